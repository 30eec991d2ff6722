"""What customers bring, cost and are worth: from records over the facts to the figures, by the worked examples."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache

from analytics import snapshots
from analytics.models import AnalysisSettings, CustomerFigures, Publication
from analytics.reports import engine
from analytics.reports.result import ReportResult
from crm.accounts.models import FieldRight, Role
from customers.models import Customer
from tests import factories

MAY = datetime(2024, 5, 6, 2, tzinfo=UTC)
PARTS = ("revenue", "discounts", "cost_of_goods", "service_cost", "after_sales_cost", "marketing_cost")


@pytest.fixture
def records(db: None, settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR, settings.FACTS_DIR = tmp_path, tmp_path / "facts"
    cache.clear()
    factories.a_company()


def recomputed(slug: str, **given: Any) -> ReportResult:
    snapshots.recompute()
    cache.clear()
    return engine.run(slug, user=given.pop("user", None), **given)


def figures(customer: Customer) -> CustomerFigures:
    return CustomerFigures.objects.get(run=Publication.current_run(), customer=customer)


def li() -> Customer:
    """Revenue 20,000, goods 14,000, discounts 500, ten hours of service at 200, marketing 1,000."""
    customer = factories.a_customer(name="Li")
    machine = factories.a_product(price=20_000, unit_cost=14_000)
    order = factories.an_order([(1, 20_000, machine)], customer=customer, occurred_at=MAY)
    order.lines.update(discount=Decimal("2.5"), unit_cost=14_000, list_price=20_000)
    order.lines.get().save()
    factories.a_contact(customer=customer, occurred_at=MAY, minutes_spent=120)
    factories.a_complaint(customer=customer, occurred_at=MAY, minutes_spent=400)
    factories.an_enquiry(customer=customer, occurred_at=MAY, minutes_spent=80)
    factories.a_cost_entry(1_000, customer=customer, occurred_at=MAY, purpose="care")
    return customer


def test_R_126_profit_2500_margin_12_5_percent_and_every_part_opens_its_records(records: None) -> None:
    customer = li()
    result = recomputed("profitability")
    row = result.rows[0]
    assert [row[key] for key in PARTS] == [20_000, 500, 14_000, 2_000, 0, 1_000]
    assert (row["service_hours"], row["net_amount"]) == (10, 19_500)
    assert (row["profit"], row["margin"]) == (2_500, 0.125)
    asked = engine.ask("profitability", user=None)
    cell = {"customer": customer.number}
    opened = {
        measure: (behind.kind, behind.count())
        for measure in ("revenue", "discounts", "cost_of_goods", "contacts_cost", "complaints_cost", "marketing_cost")
        for behind in [engine.records(asked, measure=measure, cell=cell)]
    }
    assert opened == {
        **dict.fromkeys(("revenue", "discounts", "cost_of_goods"), ("order", 1)),
        "contacts_cost": ("contact", 1),
        "complaints_cost": ("complaint", 1),
        "marketing_cost": ("cost_entry", 1),
    }
    parts = [key for key, _label in asked.report.builder.parts("profit")]
    assert parts[0] == "net_amount" and {"enquiries_cost", "after_sales_cost"} <= set(parts)
    assert figures(customer).historic_value == 250_000


def test_profits_of_customers_add_up_to_the_ledger_in_every_split(records: None) -> None:
    li()
    for amount in (100, 250, 30):
        customer = factories.a_customer(region=factories.a_region())
        order = factories.an_order([(3, amount, factories.a_product(unit_cost=20))], customer=customer)
        order.lines.update(unit_cost=Decimal(20))
        factories.a_contact(customer=customer)
        factories.an_after_sales_record(customer=customer, order=order, cost=Decimal("9.99"))
    factories.an_order([(1, 77)], customer=None)
    factories.a_cost_entry("100.01")
    totals = recomputed("profitability").totals
    net = engine.run("orders-summary", user=None).totals["net_amount"]
    assert totals["net_amount"] == net == totals["revenue"] - totals["discounts"]
    for split in ("customer", "region", "value_tier", "staff", "month"):
        rows = engine.run("profitability", user=None, by=[split]).rows
        for key in (*PARTS, "profit"):
            assert round(sum(row[key] for row in rows), 2) == totals[key], (split, key)
    saved = CustomerFigures.objects.filter(run=Publication.current_run()).values_list("historic_value", flat=True)
    assert sum(saved) == round(totals["profit"] * 100)
    assert totals["marketing_cost"] == 1_100.01


def test_the_page_says_what_an_hour_costs_and_whose_time_nobody_noted(records: None) -> None:
    AnalysisSettings.objects.create(values={"profitability": {"hourly_rate": 90, "contact_minutes": 20}})
    customer = factories.a_customer()
    factories.an_order([(1, 100, factories.a_product(name="Tea"))], customer=customer)
    factories.a_contact(customer=customer)
    result = recomputed("profitability")
    assert (result.totals["service_hours"], result.totals["service_cost"]) == (0.33, 30)
    notes = {note.code: note.text for note in result.notes}
    assert (
        "90.00 CNY" in notes["cost_terms"] and "1 of 1" in notes["cost_terms"] and "20 minutes" in notes["cost_terms"]
    )
    assert "1 order lines" in notes["costs_unknown"] and "100.00 CNY" in notes["costs_unknown"]


def test_changed_terms_count_from_the_next_run_on(records: None) -> None:
    factories.a_contact(minutes_spent=60)
    assert recomputed("profitability").totals["service_cost"] == 200
    AnalysisSettings.objects.create(values={"profitability": {"hourly_rate": 100}})
    cache.clear()
    assert engine.run("profitability", user=None).totals["service_cost"] == 200
    assert recomputed("profitability").totals["service_cost"] == 100


def test_who_may_not_see_costs_finds_no_report_on_profit_and_no_profit(records: None, client: Any) -> None:
    customer = li()
    rep = factories.a_user(Role.SALES_REP)
    Customer.objects.filter(pk=customer.pk).update(owner=rep)
    snapshots.recompute()
    client.force_login(rep)
    assert client.get("/reports/profitability/").status_code == 404
    assert "profitability" not in client.get("/reports/").content.decode()
    page = client.get("/customers/?columns=name,historic_value,profit_12_months").content.decode()
    assert "Li" in page and "2,500" not in page
    assert client.get("/customers/?sort=historic_value").status_code in {200, 400}
    FieldRight.objects.filter(role=rep.role, sensitivity="finance").update(level=FieldRight.Level.READ)
    assert client.get("/reports/profitability/").status_code == 404  # marketing costs stay closed


def test_a_manager_sees_the_profit_of_the_own_department_only(records: None) -> None:
    customer = li()
    unit = factories.a_unit()
    other = factories.a_customer(unit=unit)
    factories.an_order([(1, 100)], customer=other, unit=unit)
    factories.a_cost_entry(10, occurred_at=datetime.now(UTC))
    manager = factories.a_user(Role.MANAGER, unit=unit)
    result = recomputed("profitability", user=manager)
    assert [row["customer_number"] for row in result.rows] == [other.number]
    assert result.totals["marketing_cost"] == 5
    asked = engine.ask("profitability", user=manager)
    assert engine.records(asked, measure="marketing_cost").count() == 1
    assert customer.number not in str(result.as_dict())


def test_the_records_of_a_profit_lead_from_kind_to_kind(records: None, client: Any) -> None:
    customer = li()
    snapshots.recompute()
    client.force_login(factories.an_administrator())
    address = f"/reports/profitability/records/?measure=profit&cell.customer={customer.number}"
    page = client.get(address)
    assert page.context["listed"].kind.key == "order"
    labels = [str(each["label"]) for each in page.context["parts"]]
    assert labels == ["Net amount", "Contacts", "Complaints", "Enquiries", "After-sales cost", "Marketing cost"]
    costs = client.get(page.context["parts"][-1]["url"].replace("?", "/reports/profitability/records/?"))
    assert (costs.context["listed"].kind.key, len(costs.context["listed"])) == ("cost_entry", 1)
    assert client.get(f"{address}&part=nonsense").status_code == 200
