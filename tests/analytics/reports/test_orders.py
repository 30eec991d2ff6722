"""Rankings, channels, prices, delivery, payment and after-sales: from records over the facts to the figures."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache

from analytics import snapshots
from analytics.models import CustomerFigures, Publication
from analytics.reports import engine, source
from analytics.reports.result import ReportResult
from customers.models import Channel
from interactions.aftersales.services import take_back
from interactions.orders.models import Order
from interactions.orders.services import save_order
from tests import factories
from tests.analytics.reports.conftest import AS_OF
from tests.analytics.reports.facts import SmallFacts, time

MAY = datetime(2024, 5, 6, 2, tzinfo=UTC)


@pytest.fixture
def records(db: None, settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR, settings.FACTS_DIR = tmp_path, tmp_path / "facts"
    cache.clear()
    factories.a_company()


def recomputed(slug: str, **given: Any) -> ReportResult:
    snapshots.recompute()
    cache.clear()
    return engine.run(slug, user=None, **given)


def monetary_value(customer: Any) -> int:
    snapshots.recompute()
    return CustomerFigures.objects.get(run=Publication.current_run(), customer=customer).monetary_value


def test_R_026_an_order_of_550_raises_the_monetary_value_by_550(records: None) -> None:
    li = factories.a_customer()
    factories.an_order(customer=li)
    before = monetary_value(li)
    order = factories.an_order([(3, 100), (1, 250)], customer=li)
    assert order.net_amount == Decimal(550)
    assert monetary_value(li) - before == 55_000
    totals = recomputed("orders-summary", by=["customer"]).rows
    assert [(row["customer_number"], row["net_amount"]) for row in totals] == [(li.number, 650.0)]


def test_R_027_a_product_groups_by_type_and_is_new_for_180_days(records: None, client: Any) -> None:
    lighting = factories.a_category(name="Lighting")
    lamp = factories.a_product(name="Aurora lamp", category=lighting, launched_on=date(2024, 5, 1))
    other = factories.a_product(category=lighting)
    for day, product in (
        (date(2024, 5, 1), lamp),
        (date(2024, 10, 27), lamp),
        (date(2024, 10, 28), lamp),
        (MAY, other),
    ):
        moment = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        factories.an_order([(1, 100, product)], occurred_at=moment)
    assert [lamp.is_new_on(date(2024, 5, 1) + timedelta(days=days)) for days in (-1, 0, 179, 180)] == [
        False,
        True,
        True,
        False,
    ]
    client.force_login(factories.an_administrator())
    assert [each["text"] for each in client.get("/orders/offers/?q=aurora").json()["results"]] == ["Aurora lamp"]
    by_type = recomputed("product-ranking", by=["category"])
    assert [(by_type.table.labels["category"][row["category"]], row["quantity"]) for row in by_type.rows] == [
        ("Lighting", 4)
    ]
    novelty = engine.run("product-ranking", user=None, by=["novelty"])
    assert {row["novelty"]: row["quantity"] for row in novelty.rows} == {"new": 2, "established": 2}
    lamp.launched_on = date(2024, 6, 1)
    lamp.save()
    assert {row["novelty"]: row["quantity"] for row in recomputed("product-ranking", by=["novelty"]).rows} == {
        "new": 2,
        "established": 2,
    }
    lamp.launched_on = date(2023, 1, 1)
    lamp.save()
    assert [row["novelty"] for row in recomputed("product-ranking", by=["novelty"]).rows] == ["established"]


def test_R_028_a_channel_of_ones_own_is_a_row_of_the_channel_report(records: None) -> None:
    web = factories.the_channel("web")
    shop = Channel.objects.create(code="mini-shop", name="Mini-shop")
    tea = factories.a_product(unit_cost=60)
    factories.an_order([(4, 100, tea)], channel=web)
    for _number in range(12):
        factories.an_order([(1, 100, tea)], channel=shop)
    result = recomputed("channels")
    assert [(row["channel"], row["orders"], row["amount"], row["share"]) for row in result.rows] == [
        ("mini-shop", 12, 1200.0, 0.75),
        ("web", 1, 400.0, 0.25),
    ]
    assert result.table.labels["channel"]["mini-shop"] == "Mini-shop"
    assert [(row["margin"], row["margin_rate"]) for row in result.rows] == [(480.0, 0.4), (160.0, 0.4)]


def test_R_029_a_return_is_one_after_sales_record_with_its_cost(records: None) -> None:
    order = factories.an_order([(3, 100), (1, 250)])
    take_back(order, quantities={order.lines.get(quantity=3).pk: Decimal(1)}, user=None, cost=Decimal("12.50"))
    result = recomputed("after-sales")
    assert [(row["after_sales_type"], row["after_sales"], row["after_sales_cost"]) for row in result.rows] == [
        ("return", 1, 12.5)
    ]
    behind = engine.records(engine.ask("after-sales", user=None), measure="after_sales")
    assert (behind.kind, behind.count()) == ("after_sales", 1)
    assert engine.run("orders-summary", user=None).totals["net_amount"] == 450.0


def test_R_030_the_report_shows_the_median_time_from_draft_to_confirmed(records: None) -> None:
    factories.an_order()
    for hours in (2, 5, 30):
        draft = factories.an_order(status="draft", created_at=MAY)
        draft.status = Order.Status.CONFIRMED
        save_order(draft, lines=draft.lines.all(), user=None)
        Order.objects.filter(pk=draft.pk).update(confirmed_at=MAY + timedelta(hours=hours))
    factories.an_order(status="draft")
    totals = recomputed("order-handling").totals
    assert (totals["orders"], totals["drafts_confirmed"], totals["median_hours_to_confirm"]) == (4, 3, 5)


def test_R_031_17_of_20_deliveries_on_time_are_85_percent_and_the_3_are_listed(records: None) -> None:
    promised = date(2024, 5, 10)
    late = []
    for number in range(20):
        order = factories.an_order(
            promised_on=promised, delivered_on=promised + timedelta(days=3 if number % 7 == 6 or number == 0 else -1)
        )
        late += [order.pk] if order.is_late else []
    factories.an_order(promised_on=promised)  # still on its way
    factories.an_order(delivered_on=promised)  # nobody promised anything
    assert len(late) == 3
    totals = recomputed("deliveries").totals
    assert (totals["deliveries"], totals["on_time"], totals["late"], totals["overdue"]) == (20, 17, 3, 1)
    assert (totals["on_time_share"], totals["mean_days_late"]) == (0.85, 3)
    behind = engine.records(engine.ask("deliveries", user=None), measure="late")
    assert sorted(behind.page(offset=0, limit=10)) == sorted(late)


def test_R_032_the_report_compares_the_margin_before_and_after_per_tier(
    db: None, monkeypatch: pytest.MonkeyPatch, company: SmallFacts
) -> None:
    facts = SmallFacts()
    for customer, tier, charged in ((1, "high", 9_200), (2, "low", 10_000)):
        shared = {"customer_id": customer, **time("2026-05-04")}
        facts.add("customers", {"customer_id": customer, "number": f"C-{customer}"})
        facts.add("figures", {"customer_id": customer, "value_tier": tier, "orders": 1})
        line = {"is_gross": True, "is_product": True, "list_amount": 10_000, "cost": 6_000, "amount": charged}
        facts.add("order_lines", {"line_id": customer, "order_id": customer, **shared, "kind": "sale", **line})
    monkeypatch.setattr(source.Source, "reader", lambda self, user: facts.reader(None))
    result = engine.run("price-effect", user=None, as_of=AS_OF)
    told = {
        row["value_tier"]: (row["discount_rate"], row["margin_before"], row["margin_after"], row["margin_effect"])
        for row in result.rows
    }
    assert told == {"high": (0.08, 40.0, 32.0, -8.0), "low": (0.0, 40.0, 40.0, 0.0)}


def test_a_discount_is_reckoned_from_the_list_price_of_the_day(records: None) -> None:
    tea = factories.a_product(price=100, unit_cost=60)
    factories.an_order([(2, 90, tea)])  # sold below the list without a discount
    imported = factories.an_order([(1, 50, tea)])
    imported.lines.update(list_price=None, discount=10)
    Order.objects.get(pk=imported.pk).save()
    line = imported.lines.get()
    line.save()
    totals = recomputed("price-effect").totals
    assert (totals["list_amount"], totals["amount"], totals["discount_amount"]) == (250.0, 225.0, 25.0)
    assert (totals["margin_before"], totals["margin_after"], totals["margin_effect"]) == (70.0, 45.0, -25.0)


def test_R_033_the_ranking_of_may_with_shares_and_its_buyers(records: None) -> None:
    buyers = [factories.a_customer() for _number in range(3)]
    a, b, c = (factories.a_product(number=code, price=1) for code in "ABC")
    postage = factories.a_product(is_fee=True)
    factories.an_order([(70, 1, a), (5, 900, c), (1, 10, postage)], customer=buyers[0], occurred_at=MAY)
    factories.an_order([(50, 1, a), (80, 2, b)], customer=buyers[1], occurred_at=MAY)
    factories.an_order([(500, 1, b)], customer=buyers[2], occurred_at=MAY - timedelta(days=20))
    may = {"from": "2024-05-01", "to": "2024-05-31"}
    result = recomputed("product-ranking", period=may)
    assert [(row["product"], row["quantity"], round(row["share"], 3)) for row in result.rows] == [
        ("A", 120, 0.585),
        ("B", 80, 0.390),
        ("C", 5, 0.024),
    ]
    asked = engine.ask("product-ranking", user=None, period=may)
    behind = engine.records(asked, measure="customers", cell={"product": "A"})
    assert (behind.kind, sorted(behind.page(offset=0, limit=10))) == ("customer", [buyers[0].pk, buyers[1].pk])


def test_settlement_days_run_from_the_invoice_else_from_the_order(records: None) -> None:
    given = {"occurred_at": MAY, "due_on": date(2024, 6, 5)}
    factories.an_order(**given, invoiced_on=date(2024, 5, 8), paid_on=date(2024, 5, 28))
    factories.an_order(**given, paid_on=date(2024, 6, 15))
    factories.an_order(**given)
    totals = recomputed("settlement", as_of=date(2024, 6, 20)).totals
    assert (totals["orders"], totals["paid"], totals["payment_overdue"], totals["overdue_amount"]) == (3, 2, 1, 100.0)
    assert (totals["median_settlement_days"], totals["paid_in_time_share"]) == (30, 0.5)
    earlier = engine.run("settlement", user=None, as_of=date(2024, 6, 1)).totals
    assert (earlier["paid"], earlier["median_settlement_days"], earlier["payment_overdue"]) == (1, 20, 0)
