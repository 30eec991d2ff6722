"""The import wizard in the browser: from the upload to the sums."""

import csv
import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.test import Client

from crm.accounts.models import Role, User
from crm.jobs import services as jobs
from crm.jobs.models import Job
from crm.records.custom import registry
from crm.records.importing.models import ImportJob, ImportMapping
from crm.records.models import CustomField, CustomOption
from customers.models import Customer
from interactions.orders.models import Order, OrderLine
from tests.factories import a_company, a_customer, a_region, a_user, an_administrator
from tests.importing.wizard import errors_of, form_of, press, run, sent, uploaded

pytestmark = pytest.mark.django_db

CUSTOMERS = "客户编号,姓名,手机,城市\nK1,王小明,13800005678,上海\nK2,Ann Lee,13800005679,北京\n"


@pytest.fixture(autouse=True)
def _company(settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    a_company()


@pytest.fixture
def manager(client: Client) -> User:
    user = a_user(Role.MANAGER)
    client.force_login(user)
    return user


def test_a_file_goes_through_the_wizard(client: Client, manager: User):
    imp = uploaded(client, "customers", CUSTOMERS)
    assert imp.choices["mapping"] == {"客户编号": "number", "姓名": "name", "手机": "phone", "城市": "city"}
    page = client.get(f"/imports/{imp.pk}/columns/")
    rows = page.context["found"].rows
    assert [[cell["text"] for cell in row["cells"]] for row in rows] == [
        ["K1", "王小明", "+86 138 0000 5678", "上海"],
        ["K2", "Ann Lee", "+86 138 0000 5679", "北京"],
    ]
    assert not Customer.objects.exists()
    imp = run(client, imp)
    assert (imp.status, imp.summary["rows"], imp.summary["created"]) == ("done", 2, {"customers": 2})
    assert Customer.objects.get(number="K1").created_by == manager
    listed = client.get("/imports/").content.decode()
    assert "rows.csv" in listed
    assert client.get(f"/imports/{imp.pk}/").status_code == 200


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5"])
def test_encodings_are_recognised(client: Client, manager: User, encoding: str):
    names = ("陳小明在台北市工作", "林大同") if encoding == "big5" else ("陈小明在上海市工作", "林大同")
    text = "number,name\n" + "".join(f"K{at},{name}\n" for at, name in enumerate(names))
    imp = run(client, uploaded(client, "customers", text.encode(encoding)))
    assert list(Customer.objects.order_by("number").values_list("name", flat=True)) == list(names)
    assert imp.summary["errors"] == 0


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("Date of birth", "birth_date"),
        ("生日", "birth_date"),
        ("出生日期", "birth_date"),
        ("聯絡電話", "phone"),
        ("Nation", "country"),
    ],
)
def test_columns_are_guessed_in_three_languages(client: Client, manager: User, heading: str, key: str):
    imp = uploaded(client, "customers", f"name,{heading}\nAnn,\nBob,\n")
    assert imp.choices["mapping"] == {"name": "name", heading: key}


def test_R_242_twelve_bad_dates_and_eight_duplicates_of_a_thousand(client: Client, manager: User):
    lines = [f"K{at},Name {at},1990-01-{at % 28 + 1:02d}" for at in range(1, 1001)]
    for at in range(12):
        lines[at * 7] = f"K{at * 7 + 1},Name,1990-02-30"
    for at in range(8):
        lines[900 + at] = f"K{at + 800},Again,1990-01-01"
    text = "number,name,birth_date\n" + "\n".join(lines) + "\n"
    imp = uploaded(client, "customers", text)
    assert len(client.get(f"/imports/{imp.pk}/columns/").context["found"].rows) == 20
    imp = run(client, imp)
    assert (imp.summary["rows"], imp.summary["created"], imp.summary["errors"]) == (1000, {"customers": 980}, 20)
    rows = list(csv.DictReader(StringIO(errors_of(client, imp))))
    assert len(rows) == 20
    assert sum("is not a date" in row["import_error"] for row in rows) == 12
    assert sum("twice" in row["import_error"] for row in rows) == 8
    client.post(f"/imports/{imp.pk}/undo/")
    jobs.run_waiting()
    imp.refresh_from_db()
    assert (imp.status, imp.undone["created"], Customer.objects.count()) == ("undone", {"customers": 980}, 0)


def test_the_error_file_is_corrected_and_imported_as_it_is(client: Client, manager: User):
    text = "number,name,生日,note\nK1,Ann,1990-02-30,=1+1\nK2,Bob,1991-01-01,x\nK3,Cy,nonsense,y\n"
    imp = run(client, uploaded(client, "customers", text))
    errors = errors_of(client, imp)
    assert errors.splitlines()[1].endswith(",K1,Ann,1990-02-30,'=1+1")
    corrected = errors.replace("1990-02-30", "1990-02-28").replace("nonsense", "1992-03-04")
    again = uploaded(client, "customers", corrected, query=f"&again={imp.pk}")
    assert again.choices["mapping"]["生日"] == "birth_date"
    again = run(client, again)
    assert (again.summary["rows"], again.summary["created"], again.summary["errors"]) == (2, {"customers": 2}, 0)
    assert Customer.objects.get(number="K1").birth_date == datetime.date(1990, 2, 28)


def test_an_error_file_of_an_error_file_has_its_columns_once(client: Client, manager: User):
    imp = run(client, uploaded(client, "customers", "number,name,生日\nK1,Ann,1990-02-30\n"))
    again = run(client, uploaded(client, "customers", errors_of(client, imp), query=f"&again={imp.pk}"))
    assert again.summary["errors"] == 1
    assert errors_of(client, again).splitlines()[0] == "import_row,import_column,import_error,number,name,生日"


def test_names_are_told_what_they_stand_for(client: Client, manager: User):
    north = a_region("north", name="North")
    text = "number,name,type,region\nK1,Ann,散客,华北\nK2,Bob,散客,华北\nK3,Cy,散客,\n"
    imp = uploaded(client, "customers", text)
    page = client.get(f"/imports/{imp.pk}/columns/")
    asked = [(value["text"], value["count"]) for value in page.context["form"].asked_values()]
    assert asked == [("散客", 3), ("华北", 2)]
    told = {"value-type-0": "person", "value-region-0": str(north.pk)}
    press(client, imp, "preview", **told)
    imp.refresh_from_db()
    assert imp.choices["values"] == {"type": {"散客": "person"}, "region": {"华北": str(north.pk)}}
    imp = run(client, imp, **told)
    assert imp.summary["created"] == {"customers": 3}
    assert list(Customer.objects.order_by("number").values_list("region", flat=True)) == [north.pk, north.pk, None]


def test_a_dry_run_writes_nothing_and_counts_everything(client: Client, manager: User):
    imp = uploaded(client, "customers", CUSTOMERS + "K3,,138,\n")
    press(client, imp, "check")
    jobs.run_waiting()
    imp.refresh_from_db()
    assert (imp.status, imp.trial["created"], imp.trial["errors"]) == ("draft", {"customers": 2}, 1)
    assert not Customer.objects.exists()
    assert "K3" in errors_of(client, imp)
    assert run(client, imp).summary["created"] == {"customers": 2}


@pytest.mark.parametrize(
    ("mode", "created", "updated", "errors"),
    [("create", 1, 0, 1), ("update", 0, 1, 1), ("both", 1, 1, 0)],
)
def test_modes(client: Client, manager: User, mode: str, created: int, updated: int, errors: int):
    a_customer(number="K9", name="Old", phone="+8613800005678", owner=manager)
    text = "name,手机\nNew,138 0000 5678\nOther,13800005679\n"
    imp = run(client, uploaded(client, "customers", text), mode=mode, keys=["phone"])
    found = imp.summary
    counts = (found["created"].get("customers", 0), found["updated"].get("customers", 0), found["errors"])
    assert counts == (created, updated, errors)
    assert Customer.objects.get(number="K9").name == ("Old" if mode == "create" else "New")


def test_authors_and_dates_are_kept_when_columns_say_so(client: Client, manager: User):
    ann = a_user(username="ann")
    text = "number,name,created_at,created_by\nK1,Ann,2015-03-04 10:30,ann\nK2,Bob,,\n"
    run(client, uploaded(client, "customers", text))
    first, second = Customer.objects.order_by("number")
    assert first.created_by == ann
    assert first.created_at == datetime.datetime(2015, 3, 4, 2, 30, tzinfo=datetime.UTC)  # 10:30 in Shanghai
    assert second.created_by == manager
    assert first.history.get().history_user == manager


def test_a_saved_mapping_serves_the_next_file(client: Client, manager: User):
    imp = uploaded(client, "customers", "who,where\nAnn,Rome\n")
    columns = {"who": "name", "where": "city"}
    press(client, imp, "save_mapping", columns=columns, mapping_name="Shop")
    assert ImportMapping.objects.get().name == "Shop"
    second = uploaded(client, "customers", "where,who\nOslo,Bob\n")
    assert second.choices["mapping"] == {"where": "city", "who": "name"}
    run(client, second)
    assert Customer.objects.get().city == "Oslo"
    client.post(f"/imports/mappings/{ImportMapping.objects.get().pk}/delete/")
    assert not ImportMapping.objects.exists()


def test_two_columns_for_one_field_are_refused_and_the_form_is_kept(client: Client, manager: User):
    imp = uploaded(client, "customers", "who,name\nAnn,Bob\n")
    answer = press(client, imp, "run", columns={"who": "name"}, mode="both")
    assert answer.status_code == 400
    assert answer.context["form"]["column-0"].value() == "name"
    assert answer.context["form"]["mode"].value() == "both"
    assert not Job.objects.exists()


def test_what_is_missing_is_said_before_the_run(client: Client, manager: User):
    imp = uploaded(client, "customers", "城市\n上海\n")
    answer = press(client, imp, "run")
    assert answer.status_code == 400
    assert "no column for" in answer.content.decode()


def test_ambiguous_dates_are_asked_for(client: Client, manager: User):
    imp = uploaded(client, "customers", "name,生日\nAnn,1/2/1990\n")
    page = client.get(f"/imports/{imp.pk}/columns/")
    assert "say whether day or month comes first" in page.content.decode()
    run(client, imp, date_order="dmy")
    assert Customer.objects.get().birth_date == datetime.date(1990, 2, 1)


def test_order_lines_go_the_same_way(client: Client, manager: User):
    text = (
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        "536365,85123A,HOLDER,6,2010-12-01 08:26,2.55,17850,United Kingdom\n"
        "C536379,85123A,HOLDER,-1,2010-12-01 09:41,2.55,17850,United Kingdom\n"
        "536366,22633,WARMER,nonsense,2010-12-01 08:28,1.85,17850,United Kingdom\n"
    )
    imp = uploaded(client, "order-lines", text, query="&preset=online-retail")
    page = client.get(f"/imports/{imp.pk}/columns/")
    assert [row["outcome"] for row in page.context["found"].rows] == ["create", "create", "error"]
    imp = run(client, imp)
    assert imp.summary["classes"] == {"sale": 1, "return": 1}
    assert imp.summary["errors"] == 1
    assert (Order.objects.count(), OrderLine.objects.count()) == (2, 2)
    again = uploaded(
        client,
        "order-lines",
        errors_of(client, imp).replace("nonsense", "2"),
        query=f"&preset=online-retail&again={imp.pk}",
    )
    assert run(client, again).summary["created"]["lines"] == 1


def test_fixed_width_and_its_error_file(client: Client, manager: User):
    text = " 00001 19970101  1   11.77\n 00002 19970112  1   xx.00\n"
    imp = run(client, uploaded(client, "orders", text, name="cdnow.txt", query="&preset=cdnow"))
    assert (imp.summary["created"]["orders"], imp.summary["errors"]) == (1, 1)
    corrected = errors_of(client, imp).replace("xx.00", "12.00")
    again = run(client, uploaded(client, "orders", corrected, query=f"&preset=cdnow&again={imp.pk}"))
    assert (again.summary["created"]["orders"], again.summary["errors"]) == (1, 0)


def test_only_the_owner_and_administrators_see_an_import(client: Client, manager: User):
    imp = run(client, uploaded(client, "customers", CUSTOMERS + "K3,,138,\n"))
    addresses = [f"/imports/{imp.pk}/{page}" for page in ("", "file/", "errors/", "undo/")]
    assert [client.get(address).status_code for address in addresses] == [200, 200, 200, 200]
    client.force_login(a_user(Role.MANAGER))
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404, 404]
    assert "rows.csv" not in client.get("/imports/").content.decode()
    client.force_login(an_administrator())
    assert [client.get(address).status_code for address in addresses] == [200, 200, 200, 200]


def test_who_may_not_create_a_kind_may_not_import_it(client: Client):
    client.force_login(a_user(None))
    assert client.get("/imports/").status_code == 404
    assert sent(client, "customers", CUSTOMERS).status_code == 404
    client.force_login(a_user(Role.EXECUTIVE))
    assert sent(client, "customers", CUSTOMERS).status_code == 400
    assert not ImportJob.objects.exists()
    client.force_login(a_user(Role.SERVICE_AGENT))
    labels = [offer.importer for offer in client.get("/imports/new/").context["offers"]]
    assert "products" not in labels


def test_masked_fields_cannot_be_imported(client: Client):
    from crm.accounts.models import FieldRight, Sensitivity

    user = a_user(Role.SALES_REP)
    FieldRight.objects.update_or_create(
        role=user.role, kind="", sensitivity=Sensitivity.CONTACT, defaults={"level": FieldRight.Level.MASKED}
    )
    FieldRight.objects.filter(role=user.role, kind="customer", sensitivity=Sensitivity.CONTACT).delete()
    client.force_login(user)
    imp = uploaded(client, "customers", "name,phone\nAnn,13800005678\n")
    assert imp.choices["mapping"] == {"name": "name"}
    page = client.get(f"/imports/{imp.pk}/columns/")
    assert "phone" not in dict(page.context["form"].fields["column-1"].choices)
    answer = client.post(f"/imports/{imp.pk}/columns/", form_of(imp) | {"column-1": "phone", "action": "run"})
    assert answer.status_code == 400


def test_a_cancelled_import_goes_on(client: Client, manager: User):
    imp = uploaded(client, "customers", CUSTOMERS)
    press(client, imp, "run")
    client.post(f"/imports/{imp.pk}/cancel/")
    imp = ImportJob.objects.get()
    assert (imp.stage, imp.may_go_on, Customer.objects.count()) == ("cancelled", True, 0)
    client.post(f"/imports/{imp.pk}/go-on/")
    jobs.run_waiting()
    imp.refresh_from_db()
    assert (imp.status, imp.summary["created"]) == ("done", {"customers": 2})


def test_R_002_custom_fields_are_imported_and_their_choices_told(client: Client, manager: User):
    field = CustomField.objects.create(kind="customer", key="style", name="Decor style", type="choice")
    modern = CustomOption.objects.create(field=field, code="modern", name="Modern")
    registry.refresh()
    imp = uploaded(client, "customers", "number,name,Decor style\nK1,Ann,Modern\nK2,Bob,Baroque\n")
    assert imp.choices["mapping"]["Decor style"] == "custom_style"
    imp = run(client, imp)
    assert (imp.summary["created"], imp.summary["errors"]) == ({"customers": 1}, 1)
    assert Customer.objects.get().custom == {"style": modern.code}
