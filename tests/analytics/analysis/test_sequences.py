import pandas as pd
import pytest
from scipy import stats

from analytics.analysis import sequences as module
from analytics.analysis.sequences import SequenceLimits, sequences
from tests.analytics.analysis.frames import frame

EVERYTHING = {"min_support": 0, "min_confidence": 0}


def found(text: str, **limits) -> dict:
    table = sequences(frame(text), SequenceLimits(**{**EVERYTHING, **limits}))
    return {(row["first"], row["then"]): row for row in table.to_dict("records")}


PURCHASES = """
    customer_id  occurred_on  item
              1   2026-01-01     7
              1   2026-01-11     8
              1   2026-01-12     8
              2   2026-01-01     7
              2   2026-01-31     8
              2   2026-02-28     7
              3   2026-01-01     7
              3   2026-02-01     8
              4   2026-01-05     8
              4   2026-01-06     7
              5   2026-01-05     7
              5   2026-01-05     8
"""


def test_what_is_bought_after_what_within_the_days():
    pairs = found(PURCHASES)
    then = pairs[7, 8]
    assert then["customers"] == 2  # 1 and 2; 3 came a day too late, 5 bought both at once
    assert (then["support"], then["confidence"]) == (0.4, 0.4)
    assert then["lift"] == pytest.approx(0.4 / 1.0)
    assert then["median_days"] == 20.0  # 10 and 30
    assert then["reversed"] == pairs[8, 7]["customers"] == 2  # 2, 28 days later, and 4
    assert then["p_value"] == pytest.approx(stats.binomtest(2, 4, alternative="greater").pvalue)


def test_the_limits_are_exact():
    assert (7, 8) in found(PURCHASES, min_support="0.4", min_confidence="0.4")
    assert not found(PURCHASES, min_support="0.41")
    assert found(PURCHASES, within_days=31)[7, 8]["customers"] == 3
    assert found(PURCHASES, within_days=10)[7, 8]["customers"] == 1


def test_customers_in_blocks_give_the_same(monkeypatch):
    whole = sequences(frame(PURCHASES), SequenceLimits(**EVERYTHING))
    monkeypatch.setattr(module, "CUSTOMERS_AT_ONCE", 2)
    pd.testing.assert_frame_equal(whole, sequences(frame(PURCHASES), SequenceLimits(**EVERYTHING)))


def test_small_companies_have_no_sequences():
    empty = frame("customer_id  occurred_on  item").astype({"occurred_on": "datetime64[s]"})
    assert sequences(empty).empty
    assert sequences(frame("customer_id occurred_on item\n 1 2026-01-01 1")).empty


@pytest.mark.parametrize("given", [{"within_days": 0}, {"min_support": 2}, {"min_confidence": -1}])
def test_nonsense_is_refused_with_the_name_of_the_field(given):
    with pytest.raises(ValueError, match=next(iter(given))):
        SequenceLimits(**given)
