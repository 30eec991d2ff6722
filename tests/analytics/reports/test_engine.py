"""Figures of the reports, checked by eye against the small company."""

import pytest

from analytics.reports import engine
from analytics.reports.errors import ReportError, UnknownReport
from crm.accounts.models import User
from tests.analytics.reports.facts import SmallFacts


def test_orders_summary_counts_known_customers(company: SmallFacts) -> None:
    result = engine.run("orders-summary", user=None).as_dict()
    assert result["totals"] == {
        "customers": 4,
        "orders": 6,
        "gross_amount": 4840.01,
        "returned_amount": 120.0,
        "net_amount": 4720.01,
        "average_order_value": 786.67,
    }
    assert [row["month"] for row in result["rows"]] == ["2026-02", "2026-03", "2026-04", "2026-05"]
    assert result["filters"] == {"amount_basis": "net", "customer": "known"}
    assert result["period"] == {"from": None, "to": "2026-05-20"}
    assert {note["code"] for note in result["notes"]} == {"partial_period", "unknown_customers_left_out"}


def test_any_customer_counts_sales_to_nobody_known(company: SmallFacts) -> None:
    totals = engine.run("orders-summary", user=None, filters={"customer": "any"}).totals
    assert (totals["orders"], totals["customers"], totals["gross_amount"]) == (7, 4, 4890.01)


def test_one_customer_can_be_asked_for(company: SmallFacts) -> None:
    totals = engine.run("orders-summary", user=None, filters={"customer": "C-1"}).totals
    assert (totals["orders"], totals["gross_amount"], totals["net_amount"]) == (2, 1705.0, 1605.0)


def test_product_distribution_crosses_region_and_product(company: SmallFacts) -> None:
    result = engine.run(
        "product-distribution", user=None, by=["region", "product"], period={"from": "2026-05-01", "to": "2026-05-20"}
    )
    cells = {(row["region"], row["product"]): row["quantity"] for row in result.rows}
    assert cells == {
        ("east", "TEA"): 110,
        ("east", "COF"): 30,
        ("south", "TEA"): 20,
        ("south", "COF"): 40,
        ("south_town", "COF"): 50,
    }
    assert result.totals == {"quantity": 250, "amount": 3700.01, "orders": 4, "customers": 4}
    assert result.columns[3].unit == "CNY"
    assert result.label(result.columns[0], "east") == "East"


def test_fees_count_in_money_and_never_among_products(company: SmallFacts) -> None:
    by_region = engine.run("product-distribution", user=None, by=["region"]).totals
    by_product = engine.run("product-distribution", user=None, by=["product"])
    assert by_region["amount"] == 4720.01
    assert by_product.totals["amount"] == 4710.01
    assert {row["product"] for row in by_product.rows} == {"TEA", "COF"}
    assert by_region["quantity"] == by_product.totals["quantity"]


def test_a_region_filter_takes_everything_below(company: SmallFacts) -> None:
    totals = engine.run("orders-summary", user=None, filters={"region": "south"}).totals
    assert (totals["orders"], totals["customers"]) == (3, 2)


def test_gross_basis_leaves_returns_out(company: SmallFacts) -> None:
    totals = engine.run("product-distribution", user=None, by=["product"], filters={"amount_basis": "gross"}).totals
    assert (totals["quantity"], totals["amount"]) == (363, 4830.01)


def test_rfm_shows_every_segment_once(company: SmallFacts) -> None:
    result = engine.run("rfm", user=None)
    assert len(result.rows) == 11
    assert result.rows[0] == {"segment": "champions", "customers": 1, "orders": 2, "revenue": 1605.0}
    assert result.totals == {"customers": 4, "orders": 6, "revenue": 4740.01}


def test_rfm_by_customer_lists_scores(company: SmallFacts) -> None:
    result = engine.run("rfm", user=None, by=["customer"])
    assert result.rows[0] == {
        "customer_number": "C-1",
        "recency_days": 16,
        "frequency": 2,
        "monetary_value": 1605.0,
        "r_score": 4,
        "f_score": 4,
        "m_score": 5,
        "segment": "champions",
    }
    assert len(result.rows) == 4


def test_pareto_says_who_brings_most(company: SmallFacts) -> None:
    totals = engine.run("pareto", user=None).totals
    assert totals["customers"] == 5
    assert totals["revenue"] == 4720.01
    assert totals["customers_for_80_percent"] == 4
    assert engine.run("pareto", user=None, filters={"amount_basis": "gross"}).totals["customers"] == 4
    listed = engine.run("pareto", user=None, by=["customer"]).rows
    assert [row["customer_number"] for row in listed] == ["C-1", "C-2", "C-3", "C-4", "C-5"]


def test_comparison_has_its_own_totals(company: SmallFacts) -> None:
    result = engine.run(
        "orders-summary", user=None, period={"from": "2026-05-01", "to": "2026-05-20"}, comparison="previous"
    )
    assert result.as_dict()["comparison"]["period"] == {"from": "2026-04-11", "to": "2026-04-30"}
    assert result.as_dict()["comparison"]["totals"]["orders"] == 1


def test_as_of_leaves_out_what_came_later(company: SmallFacts) -> None:
    assert engine.run("orders-summary", user=None, as_of="2026-04-30").totals["orders"] == 2


def test_a_rep_sees_own_rows_only(company: SmallFacts, rep: User) -> None:
    assert engine.run("orders-summary", user=rep).totals["customers"] == 2
    assert engine.run("rfm", user=rep).totals["customers"] == 2
    assert [row["customer_number"] for row in engine.run("rfm", user=rep, by=["customer"]).rows] == ["C-1", "C-2"]


@pytest.mark.parametrize(
    ("slug", "question"),
    [
        ("orders-summary", {"by": ["product"]}),
        ("orders-summary", {"by": ["month; DROP TABLE orders"]}),
        ("orders-summary", {"filters": {"colour": "red"}}),
        ("orders-summary", {"filters": {"region": "nowhere"}}),
        ("orders-summary", {"filters": {"amount_basis": "half"}}),
        ("orders-summary", {"filters": {"segment": "friends"}}),
        ("orders-summary", {"period": {"from": "yesterday"}}),
        ("orders-summary", {"period": "someday"}),
        ("orders-summary", {"comparison": "previous"}),
        ("orders-summary", {"as_of": "2026-02-30"}),
        ("rfm", {"period": {"from": "2026-01-01"}}),
    ],
)
def test_what_cannot_be_asked_is_answered_in_words(company: SmallFacts, slug: str, question: dict) -> None:
    with pytest.raises(ReportError) as caught:
        engine.run(slug, user=None, **question)
    assert len(str(caught.value)) > 20


def test_values_are_bound_never_pasted(company: SmallFacts) -> None:
    with pytest.raises(ReportError):
        engine.run("orders-summary", user=None, filters={"region": "east' OR '1'='1"})


def test_unknown_reports_are_unknown(company: SmallFacts) -> None:
    with pytest.raises(UnknownReport):
        engine.run("nothing", user=None)


def test_before_the_first_recompute_it_is_said(db: None) -> None:
    result = engine.run("orders-summary", user=None)
    assert [note.code for note in result.notes] == ["no_snapshot"]


def test_figures_of_another_day_are_computed_from_the_same_snapshot(company: SmallFacts) -> None:
    result = engine.run("rfm", user=None, as_of="2026-04-30", by=["customer"])
    listed = {row["customer_number"]: row for row in result.rows}
    assert set(listed) == {"C-1", "C-3"}
    assert listed["C-1"]["recency_days"] == 56
    assert listed["C-3"]["recency_days"] == 0
    assert listed["C-1"]["monetary_value"] == 1005.0


def test_gross_figures_are_scored_on_gross_amounts(company: SmallFacts) -> None:
    result = engine.run("rfm", user=None, filters={"amount_basis": "gross"}, by=["customer"])
    assert result.rows[0]["monetary_value"] == 1705.0
    assert result.totals["revenue"] == 4840.01


def test_thresholds_come_from_the_whole_company(company: SmallFacts, rep: User) -> None:
    """A rep sees fewer customers, but the same scores as everybody."""
    everybody = {
        row["customer_number"]: row for row in engine.run("rfm", user=None, as_of="2026-05-19", by=["customer"]).rows
    }
    own = engine.run("rfm", user=rep, as_of="2026-05-19", by=["customer"]).rows
    assert len(own) == 2
    assert all(everybody[row["customer_number"]] == row for row in own)
