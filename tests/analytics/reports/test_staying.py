"""How long customers stay: the curve with its projection, the survival curve, groups compared."""

import datetime

import numpy as np
import pytest

from analytics.reports import engine
from tests.analytics.reports.facts import SmallFacts

AS_OF = datetime.date(2026, 5, 20)  # the published day of the small company


@pytest.fixture
def stayers(company: SmallFacts, monkeypatch: pytest.MonkeyPatch) -> SmallFacts:
    """Sixty customers with a cycle of ten days, lost after 90: the horizon is 18 February.

    All came on 10 November. In the east ten left at once, ten in December, twenty are there; in the south none left.
    """
    from analytics.reports import source

    facts = SmallFacts()
    facts.add("regions", {"region_id": 1, "code": "east", "name": "East", "path": "/1/"})
    facts.add("regions", {"region_id": 2, "code": "south", "name": "South", "path": "/2/"})
    for number in range(1, 61):
        region = 1 if number <= 40 else 2
        last = "2025-11-10" if number <= 10 else "2025-12-15" if number <= 20 else "2026-05-01"
        facts.add("customers", {"customer_id": number, "number": f"C-{number}", "region_id": region, "owner_id": 11})
        facts.add(
            "figures",
            {
                "customer_id": number,
                "orders": 3,
                "first_on": "2025-11-10",
                "last_on": last,
                "cycle_days": 10.0,
                "cycle_is_assumed": False,
            },
        )
    facts.add("customers", {"customer_id": 61, "number": "C-61", "region_id": 2, "owner_id": 11})
    facts.add(
        "figures",
        {"customer_id": 61, "orders": 1, "first_on": "2026-04-01", "last_on": "2026-04-01", "cycle_is_assumed": False},
    )
    monkeypatch.setattr(source.Source, "reader", lambda self, user: facts.reader(None))
    return facts


def test_the_share_still_there_month_by_month(stayers: SmallFacts) -> None:
    asked = engine.ask("retention-curve", user=None, filters={"ahead": 2})
    result = engine.answer(asked)
    seen = [row for row in result.rows if not row["is_projected"]]
    assert [(row["period_number"], row["at_risk"], row["customers"]) for row in seen] == [
        (0, 60, 60), (1, 60, 50), (2, 50, 40), (3, 40, 40),
    ]  # fmt: skip
    assert [row["survival"] for row in seen] == [1.0, 0.833333, 0.666667, 0.666667]
    assert result.totals["customers"] == 60
    assert "too_young" in {note.code for note in result.notes}
    for row in seen:
        cell = {"period_number": str(row["period_number"])}
        assert engine.records(asked, measure="customers", cell=cell).count() == row["customers"]
        assert engine.records(asked, measure="at_risk", cell=cell).count() == row["at_risk"]
    projected = [row["projected"] for row in result.rows]
    assert len(projected) == 6
    assert np.all(np.diff(projected) < 0)


def test_without_leavers_there_is_no_projection_and_the_note_says_why(stayers: SmallFacts) -> None:
    result = engine.run("retention-curve", user=None, filters={"region": "south"})
    assert all(row["projected"] is None for row in result.rows)
    assert [note.code for note in result.notes if note.code.startswith("projection")] == [
        "projection_too_few_customers"
    ]
    everybody = engine.run("retention-curve", user=None, by=["region"])
    notes = {note.code: note.text for note in everybody.notes}
    assert notes["projection_ok"].startswith("East: ")
    assert notes["projection_too_few_customers"].startswith("South: ")
    assert everybody.totals["customers"] == 60


def test_the_survival_curve_by_steps_of_days(stayers: SmallFacts) -> None:
    asked = engine.ask("survival", user=None, filters={"step": 50})
    result = engine.answer(asked)
    assert [(row["duration"], row["at_risk"], row["ended"], row["survival"]) for row in result.rows] == [
        (0, 60, 10, 0.833333), (50, 40, 10, 0.666667), (100, 40, 0, 0.666667),
    ]  # fmt: skip
    assert result.totals == {"customers": 60, "ended": 20, "median_days": None, "log_rank_p": None}
    assert "median_not_reached" in {note.code for note in result.notes}
    for row in result.rows:
        cell = {"duration": str(row["duration"])}
        for measure in ("at_risk", "ended"):
            assert engine.records(asked, measure=measure, cell=cell).count() == row[measure]
    assert engine.records(asked, measure="ended").count() == 20


def test_groups_that_stay_unequally_long_are_told_apart(stayers: SmallFacts) -> None:
    asked = engine.ask("survival", user=None, by=["region"])
    result = engine.answer(asked)
    assert result.totals["log_rank_p"] < 0.001
    notes = {note.code: note.text for note in result.notes}
    assert "groups_differ" in notes
    assert notes["medians"] == "Half stay as long as: East 35 days; South not reached."
    east = [row for row in result.rows if row["region"] == "east"]
    assert east[0]["survival"] == 0.75
    assert engine.records(asked, measure="ended", cell={"region": "east", "duration": "0"}).count() == 10


def test_only_customers_who_came_in_the_period_count(stayers: SmallFacts) -> None:
    late = engine.run("survival", user=None, period={"from": "2026-01-01"})
    assert late.totals["customers"] == 0
    assert {"no_data", "too_young", "first_purchase_in_period"} <= {note.code for note in late.notes}
