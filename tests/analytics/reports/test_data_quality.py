"""The report on data quality, and what it makes other reports say. Over the real facts."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from analytics import snapshots
from analytics.reports import engine
from analytics.reports.errors import ReportError
from analytics.reports.result import ReportResult
from crm.accounts.models import AccessRule, FieldRight, Role, Sensitivity, User
from crm.records.models import Batch
from customers.models import Customer
from customers.quality import storing
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def facts_folder(settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR, settings.FACTS_DIR = tmp_path, tmp_path / "facts"
    cache.clear()
    factories.a_company()


def _many(count: int, values: Callable[[int], dict[str, Any]]) -> list[Customer]:
    made = Customer.objects.bulk_create(
        Customer(number=f"T-{place}", name=f"Person {place}", **values(place)) for place in range(count)
    )
    Customer.stored_many(made)
    return made


def _row(result: ReportResult, field: str) -> dict[str, Any]:
    return next(row for row in result.rows if row["field"] == field)


def test_R_246_completeness_errors_and_their_effect_on_analyses():
    made = _many(
        300,
        lambda place: {
            "birth_date": None if place < 45 else datetime.date(1990, 1, 1),
            "phone": "+86138123" if place >= 294 else f"+8613812345{place:03d}",
        },
    )
    snapshots.recompute(as_of=datetime.date(2026, 5, 1))
    asked = engine.ask("data-quality", user=None)
    result = engine.answer(asked)
    birth_date, phone = _row(result, "birth_date"), _row(result, "phone")
    keys = ("customers", "filled", "missing", "completeness", "invalid", "duplicates")
    assert [birth_date[key] for key in keys] == [300, 255, 45, 0.85, 0, 0]
    assert [phone[key] for key in keys] == [300, 300, 0, 1.0, 6, 6]  # six share their wrong number
    assert birth_date["affects"].startswith("Age group (")
    assert phone["newest"] == made[0].modified_at.date().isoformat()
    wrong = engine.records(asked, measure="invalid", cell={"field": "phone"})
    assert sorted(wrong.page(offset=0, limit=10)) == [each.pk for each in made[294:]]
    missing = engine.records(asked, measure="missing", cell={"field": "birth_date"})
    assert sorted(missing.page(offset=0, limit=100)) == [each.pk for each in made[:45]]

    by_age = engine.run("customer-profile", user=None, by=["age_group"])
    assert {"code": "without_age_group", "text": "Customers: 45 without age."} in by_age.as_dict()["notes"]
    assert {row["age_group"]: row["customers"] for row in by_age.rows if row["customers"]} == {"35_44": 255, None: 45}
    filtered = engine.run("customer-profile", user=None, by=["sex"], filters={"age_group": "35_44"})
    assert "Customers: 45 without age." in [each.text for each in filtered.notes]
    assert "without_age_group" not in [
        each.code for each in engine.run("customer-profile", user=None, by=["sex"]).notes
    ]


def test_a_report_on_orders_says_how_many_orders_lack_what_it_is_split_by():
    factories.an_order(customer=factories.a_customer(birth_date=datetime.date(2000, 5, 1)))
    factories.an_order(customer=factories.a_customer(region=factories.a_region("east")))
    snapshots.recompute()
    notes = [each.text for each in engine.run("orders-summary", user=None, by=["region"]).notes]
    assert "Orders: 1 without region." in notes


def test_a_company_is_not_missed_what_only_persons_have():
    factories.a_customer(type="organisation", tax_number="91310000MA1FL0000X")
    factories.a_customer(type="person")
    snapshots.recompute()
    result = engine.run("data-quality", user=None)
    assert _row(result, "birth_date")["customers"] == 1
    assert (_row(result, "tax_number")["customers"], _row(result, "tax_number")["invalid"]) == (1, 1)


def test_values_are_told_by_where_they_came_from():
    batch = Batch.objects.create(source=Batch.Source.IMPORT, file_name="old.csv")
    _many(3, lambda place: {"email": "a@b.cn" if place else "", "batch": batch if place < 2 else None})
    snapshots.recompute()
    by_source = engine.run("data-quality", user=None, by=["source"], filters={"field": "email"})
    assert [(row["source"], row["filled"], row["missing"]) for row in by_source.rows] == [
        ("hand", 1, 0),
        ("import", 1, 1),
    ]
    by_file = engine.run("data-quality", user=None, by=["import_batch"], filters={"field": "email"})
    assert {by_file.label(by_file.columns[0], row["import_batch"]) for row in by_file.rows} == {"old.csv", "by hand"}


def test_fields_that_are_masked_for_the_reader_are_not_listed():
    factories.a_customer(type="organisation", tax_number="91310000MA1FL0000X")
    _many(2, lambda place: {"birth_date": datetime.date(1940, 1, 1)})
    snapshots.recompute()
    role = Role.objects.create(code="clerk", name="Clerk")
    for kind in ("customer", "report"):
        AccessRule.objects.create(role=role, kind=kind, view="all")
    for each in (Sensitivity.PERSONAL, Sensitivity.IDENTITY):
        FieldRight.objects.create(role=role, sensitivity=each, level="masked")
    clerk, boss = factories.a_user(role), factories.an_administrator()
    assert _row(engine.run("data-quality", user=boss), "birth_date")["filled"] == 2
    seen = {row["field"] for row in engine.run("data-quality", user=clerk).rows}
    assert not seen & {"birth_date", "sex", "occupation", "tax_number"}
    for cell in ({"field": "birth_date"}, {"field": "tax_number"}, {"problem": "check_digit"}):
        assert engine.records(engine.ask("data-quality", user=clerk), measure="filled", cell=cell).count() == 0
    assert engine.records(engine.ask("data-quality", user=boss), cell={"problem": "check_digit"}).count() == 1

    with pytest.raises(ReportError):
        engine.ask("customer-profile", user=clerk, by=["age_group"])
    with pytest.raises(ReportError):
        engine.ask("customer-profile", user=clerk, filters={"sex": "female"})
    with pytest.raises(ReportError):
        engine.records(engine.ask("customer-profile", user=clerk), cell={"age_group": "65_and_over"})
    assert engine.ask("customer-profile", user=clerk).arguments.by != ("age_group",)


def test_a_reader_counts_own_customers_and_values_shared_among_them():
    rep = factories.a_user(Role.SALES_REP)
    AccessRule.objects.filter(role=rep.role, kind="customer").update(view="own")
    same = {"phone": "+8613812345678"}
    own = [factories.a_customer(owner=rep, **same), factories.a_customer(owner=rep)]
    factories.a_customer(**same)
    snapshots.recompute()
    assert _row(engine.run("data-quality", user=None), "phone")["duplicates"] == 2
    phone = _row(engine.run("data-quality", user=rep), "phone")
    assert (phone["customers"], phone["filled"], phone["duplicates"]) == (2, 1, 0)
    own[1].phone = same["phone"]
    own[1].save()
    snapshots.recompute()
    assert _row(engine.run("data-quality", user=rep), "phone")["duplicates"] == 2


def test_custom_fields_and_erased_customers():
    factories.a_custom_field("Decor style", ["Modern"])
    factories.a_customer(custom={"decor_style": "modern"})
    gone = factories.a_customer()
    Customer.objects.filter(pk=gone.pk).update(erased_at=gone.created_at)
    snapshots.recompute()
    row = _row(engine.run("data-quality", user=None), "custom_decor_style")
    assert (row["customers"], row["filled"]) == (1, 1)


def test_an_answer_that_is_kept_is_not_given_to_who_sees_less():
    """Costs are masked for whoever may not see them, although both see every order."""
    product = factories.a_product(unit_cost=40)
    factories.an_order(product=product)
    snapshots.recompute()
    role = Role.objects.create(code="clerk", name="Clerk")
    AccessRule.objects.bulk_create(
        AccessRule(role=role, kind=kind, view="all")
        for kind in ("customer", "order", "contact", "complaint", "enquiry", "after_sales", "report")
    )
    with_costs = engine.run("price-effect", user=factories.an_administrator()).totals
    assert with_costs["margin_after"] == 60.0
    assert engine.run("price-effect", user=factories.a_user(role)).totals["margin_after"] is None


def test_files_that_nobody_looked_at_are_checked_with_the_next_recompute():
    customer: Any = factories.a_customer(email="no mail")
    assert customer.problems == {"email": "no_shape"}
    Customer.objects.filter(pk=customer.pk).update(problems=None)
    assert storing.catch_up() == 1
    assert Customer.objects.get(pk=customer.pk).problems == {"email": "no_shape"}
    assert storing.catch_up() == 0


def test_the_reader_is_told_what_may_be_asked(client: Any):
    boss: User = factories.an_administrator()
    client.force_login(boss)
    snapshots.recompute()
    assert client.get("/reports/data-quality/").status_code == 200
    described = client.get("/api/v1/reports/customer-profile/description").json()
    assert "age_group" in [each["key"] for each in described["by"]]
