"""Every kind from a file, by its declared attributes."""

import datetime
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from crm.accounts.models import Role
from crm.records.importing import FileRefused, ImportSummary, run_import
from crm.records.kinds import kinds
from crm.records.models import Batch, SearchGram
from customers.models import ContactPerson, Customer
from interactions.cases.models import Complaint, OpinionType
from interactions.catalogue.models import Product
from interactions.contacts.models import Interaction
from interactions.work.models import Task
from tests.factories import a_category, a_company, a_customer, a_product, a_region, a_user

pytestmark = pytest.mark.django_db

CUSTOMERS = (
    "客户编号,姓名,手机,Country,type,Birthday,region,关系\n"
    "K1,王小明,13800005678,中国,person,1990年3月5日,North,\n"
    "K2,Ann Lee,+44 20 7946 0018,EIRE,organisation,,,\n"
    "K3,,138,中国,person,1990-02-30,,\n"
    "K4,Bob,,Nowhere,robot,,Atlantis,\n"
    "K1,again,,,,,,\n"
)


def take(folder: Path, kind: str, text: str, **options: object) -> ImportSummary:
    path = folder / "rows.csv"
    path.write_text(text, encoding="utf-8")
    return run_import(kind, path, **options)  # type: ignore[arg-type]


def test_customers_with_headings_in_several_languages(tmp_path: Path) -> None:
    a_company()
    region = a_region("north", name="North")
    summary = take(tmp_path, "customers", CUSTOMERS)
    assert (summary.rows, summary.created, summary.errors) == (5, {"customers": 2}, 3)
    found = [(error.number, set(error.column.split(", "))) for error in summary.error_samples]
    assert found == [(4, {"Birthday"}), (5, {"Country", "region", "type"}), (6, {"客户编号"})]
    first = Customer.objects.get(number="K1")
    assert (first.name, first.phone.as_e164, first.country, first.region) == ("王小明", "+8613800005678", "CN", region)
    assert first.birth_date == datetime.date(1990, 3, 5)
    assert first.batch == Batch.objects.get()
    assert Customer.objects.get(number="K2").country == "IE"
    assert SearchGram.objects.filter(kind="customer", object_id=first.pk, gram="王小").exists()
    assert summary.unused_columns == ["关系"]


def test_a_second_import_adds_nothing_where_a_number_matches(tmp_path: Path) -> None:
    text = "number,name\nK1,Ann\nK2,Bob\n"
    take(tmp_path, "customers", text)
    summary = take(tmp_path, "customers", text.replace("Bob", "Robert"))
    assert (summary.existing, summary.created, summary.batch) == (2, {}, None)
    assert Customer.objects.get(number="K2").name == "Bob"


def test_update_by_a_field_changes_what_differs_and_creates_the_rest(tmp_path: Path) -> None:
    a_customer(name="Ann", email="ann@example.com", city="York")
    same = a_customer(name="Bob", email="bob@example.com")
    text = "email,name,city\nann@example.com,Anna,\nbob@example.com,Bob,\nnew@example.com,Carl,Leeds\n,Nobody,\n"
    summary = take(tmp_path, "customers", text, update_by="email")
    assert (summary.updated, summary.created, summary.existing) == ({"customers": 1}, {"customers": 1}, 1)
    assert [(error.number, error.column) for error in summary.error_samples] == [(5, "email")]
    ann = Customer.objects.get(email="ann@example.com")
    assert (ann.name, ann.city, ann.version) == ("Anna", "York", 2)  # an empty cell erases nothing
    same.refresh_from_db()
    assert same.version == 1
    only = take(tmp_path, "customers", "email,name\nother@example.com,Dora\n", update_by="email", may_create=False)
    assert (only.errors, only.created) == (1, {})


def test_several_records_of_one_key_are_not_guessed_at(tmp_path: Path) -> None:
    a_customer(name="Ann", city="York")
    a_customer(name="Ann", city="Leeds")
    summary = take(tmp_path, "customers", "name,city\nAnn,Hull\n", update_by="name")
    assert "several" in summary.error_samples[0].message


def test_relations_are_found_by_number_code_or_name(tmp_path: Path) -> None:
    customer = a_customer(name="Lotus Ltd", number="K9")
    category = a_category(name="Tea", name_zh_hans="茶")
    take(tmp_path, "products", "code,name,category,price,unit cost\nT1,Oolong,茶,68.5,20\nT2,Green,Coffee,1,1\n")
    product = Product.objects.get()
    assert (product.number, product.category, product.price) == ("T1", category, 68.5)
    summary = take(
        tmp_path,
        "contacts",
        "date,customer,channel,subject,product\n"
        "2024-05-01 10:00,K9,Phone,Asked for prices,T1\n"
        "2024-05-02,lotus ltd,phone,Again,Oolong\n"
        "2024-05-02,Unknown,phone,Again,\n",
    )
    assert (summary.created, summary.errors) == ({"contacts": 2}, 1)
    contact = Interaction.objects.get(subject="Asked for prices")
    assert (contact.customer, contact.product, contact.channel.code) == (customer, product, "phone")
    assert contact.occurred_at == datetime.datetime(2024, 5, 1, 2, 0, tzinfo=datetime.UTC)  # 10:00 in Shanghai


def test_rows_are_held_to_the_rules_of_the_form(tmp_path: Path) -> None:
    a_customer(number="K9", name="Lotus")
    OpinionType.objects.get_or_create(code="quality", defaults={"name": "Product quality"})
    summary = take(
        tmp_path,
        "complaints",
        "title,customer,opinion_type,severity,received_at,status\n"
        "Broken,K9,quality,high,2024-05-01 10:00,open\n"
        "Broken too,K9,quality,high,2024-05-01 10:00,closed\n",
    )
    assert (summary.created, summary.errors) == ({"complaints": 1}, 1)
    case = Complaint.objects.get()
    assert case.due_at - case.received_at == datetime.timedelta(hours=24)  # the deadline of a severe one


def test_persons_tasks_and_categories_come_in_too(tmp_path: Path) -> None:
    customer = a_customer(number="K9", name="Lotus", type="organisation")
    take(tmp_path, "contact-persons", "customer,name,key person\nK9,Wang Fang,是\n")
    assert ContactPerson.objects.get().customer == customer
    take(tmp_path, "tasks", "title,customer,due\nCall back,K9,2024-05-01 18:00\n")
    assert Task.objects.get().customer == customer
    summary = take(tmp_path, "categories", "code,name,part of\nT,Tea,\nT1,Green tea,T\n")
    assert (summary.created, summary.errors) == ({"categories": 2}, 0)


def test_each_kind_can_be_imported() -> None:
    from crm.records.importing.general import GeneralImporter
    from crm.records.importing.registry import importer_for

    for kind in kinds:
        importer = importer_for(kind.path)
        assert importer is importer_for(kind.path) or isinstance(importer, GeneralImporter)
        if isinstance(importer, GeneralImporter):
            assert "number" in {field.key for field in importer.fields(None)}


def test_stock_movements_of_a_file_that_comes_twice_are_counted_once(tmp_path: Path) -> None:
    from interactions.orders.stock_models import StockMovement

    a_company()
    tea = a_product()
    rows = f"W-1,{tea.number},2024-05-01,120,goods received\nW-2,{tea.number},2024-05-02,-3.5,lost or broken\n"
    text = f"number,product,day,quantity,reason\n{rows}"
    first = take(tmp_path, "stock", text)
    again = take(tmp_path, "stock", text)
    assert (first.created, first.errors) == ({"stock": 2}, 0)
    assert (again.created, again.existing, again.errors) == ({}, 2, 0)
    assert sum(StockMovement.objects.values_list("quantity", flat=True)) == 116.5


def test_missing_required_columns_are_refused_whole(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="name"):
        take(tmp_path, "customers", "city\nYork\n")
    with pytest.raises(FileRefused, match="known"):
        take(tmp_path, "customers", "x,y\n1,2\n")
    with pytest.raises(FileRefused, match="email"):
        take(tmp_path, "customers", "name\nAnn\n", update_by="email")
    with pytest.raises(FileRefused, match="order-lines"):
        take(tmp_path, "nonsense", "a\n1\n")
    assert not Batch.objects.exists()


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    summary = take(tmp_path, "customers", "number,name\nK1,Ann\n,\nK2,\n", dry_run=True)
    assert (summary.created, summary.errors, summary.blank_rows) == ({"customers": 1}, 1, 1)
    assert not Customer.objects.exists()
    assert not Batch.objects.exists()


def test_who_may_not_create_may_not_import(tmp_path: Path) -> None:
    with pytest.raises(PermissionDenied):
        take(tmp_path, "products", "code,name\nP1,Tea\n", user=a_user(Role.SALES_REP))
    rep = a_user(Role.SALES_REP)
    a_customer(number="K1", name="Of another")
    summary = take(tmp_path, "customers", "number,name,tax_number\nK1,Mine,\nK2,New,12\n", update_by="number", user=rep)
    assert (summary.errors, summary.created, summary.updated) == (1, {"customers": 1}, {})
    assert summary.unused_columns == ["tax_number"]  # masked for representatives
    assert Customer.objects.get(number="K2").created_by == rep


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Nr,name\nK1,Ann\nK2,\n")
    errors, out = tmp_path / "errors.csv", StringIO()
    call_command("import", "customers", path, "--map", "Nr=number", "--errors", errors, "--json", stdout=out)
    said = json.loads(out.getvalue().splitlines()[-1])
    assert (said["rows"], said["created"], said["errors"]) == (2, {"customers": 1}, 1)
    assert said["batch"] == Batch.objects.get().pk
    assert errors.read_text(encoding="utf-8-sig").splitlines()[0] == "import_row,import_column,import_error,Nr,name"
    again = StringIO()
    call_command("import", "customers", errors, "--map", "Nr=number", stdout=again)
    assert "Not taken: 1" in again.getvalue()
    with pytest.raises(CommandError, match="no preset"):
        call_command("import", "customers", path, "--preset", "nonsense")
    with pytest.raises(CommandError, match="no file"):
        call_command("import", "customers", tmp_path / "missing.csv")
