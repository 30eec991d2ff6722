"""Two imports at once give exact totals: nothing twice, nothing lost, whoever comes first."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Sum

from crm.accounts.models import User
from crm.jobs import services as jobs
from crm.jobs.models import Job
from crm.records import search
from crm.records.importing import ImportSummary, run_import, wizard
from crm.records.importing.models import ImportJob
from crm.records.importing.wizard import Choices
from crm.records.models import SearchGram
from customers.models import Customer
from interactions.catalogue.models import Product
from interactions.orders.models import Order, OrderLine
from tests import factories
from tests.at_once import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
LINES = Path(__file__).parent / "files" / "invoice_lines.csv"
ROWS = 1_200  # more than one transaction of an import


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    assert connection.vendor == "postgresql", "run with DATABASE_URL=postgresql://…"
    settings.DATA_DIR = tmp_path
    factories.a_company()
    return tmp_path


def written(path: Path, heading: str, rows: list[str]) -> Path:
    path.write_text("\n".join([heading, *rows, ""]))
    return path


def taking(kind: str, path: Path, **options: object) -> Callable[[], ImportSummary]:
    return lambda: run_import(kind, path, **options)  # type: ignore[arg-type]


def test_two_files_of_customers_get_one_row_of_numbers(folder: Path):
    files = [
        written(folder / f"{name}.csv", "name,city", [f"{name} {at},Hangzhou" for at in range(ROWS)])
        for name in ("North", "South")
    ]
    one, two = at_once(*[taking("customers", file) for file in files])
    assert [one.created, two.created] == [{"customers": ROWS}] * 2
    numbers = set(Customer.objects.values_list("number", flat=True))
    assert numbers == {f"C-{at:06d}" for at in range(1, 2 * ROWS + 1)}
    assert Customer.objects.filter(batch=one.batch, name__startswith="North").count() == ROWS
    assert Customer.objects.filter(batch=two.batch, name__startswith="South").count() == ROWS
    assert Customer.history.count() == 2 * ROWS
    assert search.find("customer", "South 77", None).count() == 11


def test_the_same_customers_by_phone_come_once(folder: Path):
    """No constraint of the database says so: the second import has to see what the first has written."""
    file = written(folder / "a.csv", "name,phone", [f"Shop {at},138{at:08d}" for at in range(ROWS)])
    told = at_once(*[taking("customers", file, known_by="phone")] * 3)
    assert sum(each.created.get("customers", 0) for each in told) == ROWS
    assert sum(each.existing for each in told) == 2 * ROWS
    assert [each.errors for each in told] == [0, 0, 0]
    assert Customer.objects.count() == Customer.objects.values("phone").distinct().count() == ROWS


def test_two_files_that_change_other_columns_of_the_same_customers_both_count(folder: Path):
    known = [factories.a_customer(name=f"Shop {at}").number for at in range(300)]
    cities = written(folder / "cities.csv", "number,city", [f"{number},Suzhou" for number in known])
    jobs_ = written(folder / "jobs.csv", "number,occupation", [f"{number},baker" for number in reversed(known)])
    told = at_once(*[taking("customers", file, update_by="number") for file in (cities, jobs_)])
    assert [(each.updated, each.errors) for each in told] == [({"customers": 300}, 0)] * 2
    assert set(Customer.objects.values_list("city", "occupation", "version")) == {("Suzhou", "baker", 3)}


def test_one_file_of_order_lines_taken_twice_at_once_counts_once():
    told = at_once(*[taking("order-lines", LINES, preset="online-retail")] * 2)
    created = {"customers": 7, "products": 14, "orders": 18, "lines": 25}
    for path, count in created.items():
        assert sum(each.created.get(path, 0) for each in told) == count, path
    assert sorted(each.existing for each in told) == [0, 25]
    assert (Customer.objects.count(), Product.objects.count()) == (7, 14)
    assert (Order.objects.count(), OrderLine.objects.count()) == (18, 25)
    assert Order.objects.get(number="536367").net_amount == Decimal("115.50")


def test_lines_of_the_same_orders_in_two_files_add_up(folder: Path):
    heading = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
    rows = [f"7{order:05d},P-{part},Part {part},2,2026-05-06 10:00:00,{part}.25,C-{order % 9},China"
            for order in range(150) for part in (1, 2, 3, 4)]  # fmt: skip
    files = [written(folder / f"{at}.csv", heading, rows[at::2]) for at in (0, 1)]
    told = at_once(*[taking("order-lines", file, preset="online-retail") for file in files])
    assert [each.created["lines"] for each in told] == [300, 300]
    assert sum(each.created.get("orders", 0) for each in told) == 150
    assert sum(each.created.get("customers", 0) for each in told) == 9
    assert set(Order.objects.values_list("net_amount", "gross_amount")) == {(Decimal("22.00"), Decimal("22.00"))}
    assert OrderLine.objects.aggregate(total=Sum("amount"))["total"] == 150 * 22
    assert {tuple(sorted(order.lines.values_list("position", flat=True))) for order in Order.objects.all()} == {
        (1, 2, 3, 4)
    }


def test_somebody_who_saves_an_order_and_an_import_that_adds_to_it_lose_nothing(folder: Path):
    heading = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
    row = "800001,P-{part},Part,1,2026-05-06 10:00:00,100,C-1,China"
    run_import("order-lines", written(folder / "a.csv", heading, [row.format(part=1)]), preset="online-retail")
    order = Order.objects.get()
    more = written(folder / "b.csv", heading, [row.format(part=part) for part in range(2, 40)])

    def noted() -> None:
        for at in range(20):
            current = Order.objects.get(pk=order.pk)
            current.carrier = f"Carrier {at}"
            current.save(update_fields=["carrier"])

    at_once(taking("order-lines", more, preset="online-retail"), noted)
    order.refresh_from_db()
    assert (order.lines.count(), order.net_amount, order.carrier) == (39, 3_900, "Carrier 19")


def test_two_workers_never_do_one_import(folder: Path):
    """Both hear the bell; the job is claimed once."""
    user: User = factories.an_administrator()
    text = "name,city\n" + "".join(f"Shop {at},Bath\n" for at in range(ROWS))
    imp = wizard.upload(user=user, importer="customers", preset="", name="shops.csv", chunks=[text.encode()])
    wizard.launch(imp, user=user)
    imp.refresh_from_db()
    told = at_once(*[lambda: jobs.run_job(imp.job_id, raise_errors=True)] * 3)
    assert sorted(told) == [False, False, True]
    imp.refresh_from_db()
    assert (imp.status, imp.summary["created"], Customer.objects.count()) == ("done", {"customers": ROWS}, ROWS)
    assert Job.objects.get(pk=imp.job_id).status == "done"


def test_two_imports_of_the_wizard_at_once(folder: Path):
    user: User = factories.an_administrator()
    made: list[ImportJob] = []
    for name in ("north", "south"):
        rows = "".join(f"{name} {at},139{at:08d}\n" for at in range(ROWS))
        imp = wizard.upload(
            user=user, importer="customers", preset="", name=f"{name}.csv", chunks=[f"name,phone\n{rows}".encode()]
        )
        choices = Choices.of(imp)
        choices.keys = ["phone"]
        wizard.save_choices(imp, choices)
        wizard.launch(imp, user=user)
        imp.refresh_from_db()
        made.append(imp)
    assert at_once(*[lambda imp=imp: jobs.run_job(imp.job_id, raise_errors=True) for imp in made]) == [True, True]
    found = [ImportJob.objects.get(pk=imp.pk) for imp in made]
    assert [each.status for each in found] == ["done", "done"]
    assert sum(each.summary["created"].get("customers", 0) for each in found) == ROWS == Customer.objects.count()
    assert SearchGram.objects.filter(kind="customer").values("object_id").distinct().count() == ROWS
