"""Retention: cohorts by both formulas, rates from period to period, by any dimension."""

import pytest

from analytics.reports import engine, registry
from analytics.reports.errors import ReportError
from tests.analytics.reports.facts import SmallFacts, time


@pytest.fixture
def tea_house(company: SmallFacts, monkeypatch: pytest.MonkeyPatch) -> SmallFacts:
    """Forty customers buy in the first quarter, thirty of them again in the second; ten of the thirty live in the east.

    Five of those who did not come back in the second quarter come back in the third.
    """
    from analytics.reports import source

    facts = SmallFacts()
    facts.add("regions", {"region_id": 1, "code": "east", "name": "East", "path": "/1/"})
    facts.add("regions", {"region_id": 2, "code": "south", "name": "South", "path": "/2/"})
    order = 0
    for number in range(1, 41):
        region = 1 if number <= 10 or number == 40 else 2
        facts.add("customers", {"customer_id": number, "number": f"C-{number}", "region_id": region, "owner_id": 11})
        days = ["2025-01-15", *(["2025-05-05"] if number <= 30 else []), *(["2025-08-08"] if 30 < number <= 35 else [])]
        for day in days:
            order += 1
            facts.add(
                "orders",
                {
                    "order_id": order,
                    "customer_id": number,
                    "region_id": region,
                    **time(day),
                    "is_purchase": True,
                    "gross_amount": 1000,
                    "net_amount": 1000,
                    "type": "sale",
                },
            )
    monkeypatch.setattr(source.Source, "reader", lambda self, user: facts.reader(None))
    return facts


def test_R_040_thirty_of_forty_customers_came_back_in_the_next_quarter(tea_house: SmallFacts) -> None:
    asked = engine.ask("retention", user=None, by=["quarter"], as_of="2025-07-20")
    result = engine.answer(asked)
    assert result.rows[0] == {
        "period": "2025-Q1", "customers": 40, "retained": 30, "retention_rate": 0.75, "is_partial": False,
    }  # fmt: skip
    assert result.totals["retention_rate"] == 0.75
    assert result.rows[1]["is_partial"]
    assert engine.records(asked, measure="retained", cell={"period": "2025-Q1"}).count() == 30
    assert engine.records(asked, measure="customers", cell={"period": "2025-Q1"}).count() == 40
    assert engine.records(asked, measure="retained").count() == result.totals["retained"]


def test_R_040_the_cohort_of_the_first_quarter(tea_house: SmallFacts) -> None:
    rows = engine.run("retention-cohorts", user=None, by=["quarter"], as_of="2025-09-30").rows
    assert [(row["period"], row["retention_rate"]) for row in rows] == [
        ("2025-Q1", 1.0), ("2025-Q2", 0.75), ("2025-Q3", 0.125),
    ]  # fmt: skip


def test_who_buys_in_the_period_or_later_counts_as_still_there(tea_house: SmallFacts) -> None:
    asked = engine.ask(
        "retention-cohorts", user=None, by=["quarter"], as_of="2025-09-30", filters={"counted": "on_or_after"}
    )
    result = engine.answer(asked)
    assert [row["customers"] for row in result.rows] == [40, 35, 5]
    assert result.filters["counted"] == "on_or_after"
    assert "later_purchases_unknown" in {note.code for note in result.notes}
    behind = engine.records(asked, measure="customers", cell={"cohort": "2025-Q1", "period": "2025-Q2"})
    assert behind.count() == 35


def test_the_rate_may_be_of_the_customers_of_the_period_before(tea_house: SmallFacts) -> None:
    filters = {"rate_of": "previous", "counted": "on_or_after"}
    rows = engine.run("retention-cohorts", user=None, by=["quarter"], as_of="2025-09-30", filters=filters).rows
    assert [row["retention_rate"] for row in rows] == [None, 0.875, round(5 / 35, 6)]


@pytest.mark.parametrize("by", [["quarter", "region"], ["region", "quarter"]])
def test_R_040_cohorts_by_region(tea_house: SmallFacts, by: list[str]) -> None:
    asked = engine.ask("retention-cohorts", user=None, by=by, as_of="2025-09-30")
    result = engine.answer(asked)
    found = {(row["region"], row["period"]): (row["cohort_size"], row["customers"]) for row in result.rows}
    assert found == {
        ("south", "2025-Q1"): (29, 29), ("south", "2025-Q2"): (29, 20), ("south", "2025-Q3"): (29, 5),
        ("east", "2025-Q1"): (11, 11), ("east", "2025-Q2"): (11, 10), ("east", "2025-Q3"): (11, 0),
    }  # fmt: skip
    assert result.label(result.columns[0], "east") == "East"
    for (region, period), (size, customers) in found.items():
        cell = {"region": region, "cohort": "2025-Q1", "period": period}
        assert engine.records(asked, measure="customers", cell=cell).count() == customers
        assert engine.records(asked, measure="cohort_size", cell=cell).count() == size
    assert result.totals["customers"] == 40


def test_R_040_the_rate_by_region(tea_house: SmallFacts) -> None:
    rows = engine.run("retention", user=None, by=["quarter", "region"], as_of="2025-07-20").rows
    rates = {row["region"]: row["retention_rate"] for row in rows if row["period"] == "2025-Q1"}
    assert rates == {"south": round(20 / 29, 6), "east": round(10 / 11, 6)}


def test_an_unknown_formula_is_refused_in_words() -> None:
    report = registry.get("retention-cohorts")
    with pytest.raises(ReportError, match="Known: on, on_or_after"):
        report.parameters[0].read("sometimes")
