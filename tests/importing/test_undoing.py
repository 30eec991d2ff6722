"""Taking an import out again."""

from pathlib import Path

import pytest
from django.test import Client

from crm.accounts.models import Role, User
from crm.jobs import services as jobs
from crm.records import services
from crm.records.importing import run_import
from crm.records.importing.models import ImportJob
from crm.records.models import SearchGram
from customers.models import Customer
from interactions.catalogue.models import Product
from interactions.orders.models import Order, OrderLine
from tests.factories import a_company, a_contact_person, a_customer, a_user, an_administrator
from tests.importing.wizard import run, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _company(settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    a_company()


@pytest.fixture
def manager(client: Client) -> User:
    user = a_user(Role.MANAGER)
    client.force_login(user)
    return user


def undone(client: Client, imp: ImportJob) -> ImportJob:
    assert client.post(f"/imports/{imp.pk}/undo/").status_code == 302
    jobs.run_waiting()
    imp.refresh_from_db()
    return imp


def test_what_was_worked_with_since_stays_and_says_why(client: Client, manager: User):
    text = "number,name\n" + "".join(f"K{at},Name {at}\n" for at in range(1, 7))
    imp = run(client, uploaded(client, "customers", text))
    changed, used, binned = (Customer.objects.get(number=number) for number in ("K1", "K2", "K3"))
    changed.city = "Rome"
    services.save(changed, user=manager)
    a_contact_person(customer=used)
    services.delete(binned, user=manager)
    page = client.get(f"/imports/{imp.pk}/undo/")
    assert page.context["found"].created == {"customers": 3}
    assert page.context["found"].kept_in_all == 3
    imp = undone(client, imp)
    assert imp.undone["created"] == {"customers": 3}
    assert sorted(each["reason"] for each in imp.undone["kept"]) == [
        "1 record of another origin belongs to it: contact person.",
        "It has been changed since.",
        "It has been put into the recycle bin since.",
    ]
    assert sorted(Customer.objects.values_list("number", flat=True)) == ["K1", "K2", "K3"]
    kept = {changed.pk, used.pk, binned.pk}
    assert set(SearchGram.objects.filter(kind="customer").values_list("object_id", flat=True)) <= kept
    assert set(Customer.history.values_list("id", flat=True)) == kept


def test_changed_values_go_back(client: Client, manager: User):
    first = a_customer(number="K1", name="Ann", city="Oslo", owner=manager)
    second = a_customer(number="K2", name="Bob", city="Rome", owner=manager)
    text = "number,name,city,生日\nK1,Anna,Bergen,1990-01-02\nK2,Robert,Milan,\nK3,Cy,Nice,\n"
    imp = run(client, uploaded(client, "customers", text), mode="both", keys=["number"])
    assert (imp.summary["created"], imp.summary["updated"]) == ({"customers": 1}, {"customers": 2})
    second.refresh_from_db()
    second.name = "Bobby"
    services.save(second, user=manager)
    imp = undone(client, imp)
    assert (imp.undone["created"], imp.undone["restored"], imp.undone["kept_in_all"]) == (
        {"customers": 1},
        {"customers": 1},
        1,
    )
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.name, first.city, first.birth_date) == ("Ann", "Oslo", None)
    assert (second.name, second.city) == ("Bobby", "Milan")


def test_orders_lines_and_what_they_brought_are_taken_out(client: Client, manager: User, tmp_path: Path):
    head = "order,date,customer,product,quantity,price\n"
    imp = run(client, uploaded(client, "order-lines", f"{head}O1,2024-01-02,C1,P1,2,10\nO2,2024-01-03,C2,P1,1,10\n"))
    more = run(client, uploaded(client, "order-lines", f"{head}O1,2024-01-02,C1,P2,1,5\nO3,2024-01-04,C1,P2,1,5\n"))
    assert Order.objects.get(number="O1").net_amount == 25
    more = undone(client, more)
    assert more.undone["created"] == {"orders": 1, "products": 1}
    assert (Order.objects.get(number="O1").net_amount, OrderLine.objects.count()) == (20, 2)
    imp = undone(client, imp)
    # the order that had got a line is newer than its import, and it has a customer and a product
    assert sorted(each["kind"] for each in imp.undone["kept"]) == ["customer", "order", "product"]
    assert (Order.objects.count(), Customer.objects.count()) == (1, 1)


def test_an_import_by_command_can_be_undone_by_an_administrator(client: Client, tmp_path: Path):
    path = tmp_path / "products.csv"
    path.write_text("number,name,price\nP1,Tea,5\n")
    run_import("products", path)
    client.force_login(an_administrator())
    imp = undone(client, ImportJob.objects.get())
    assert (imp.status, Product.objects.count()) == ("undone", 0)
