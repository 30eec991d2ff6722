from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.analysis.rfm import (
    DEFAULT_RULES,
    Segment,
    SegmentRule,
    check_rules,
    fit_thresholds,
    recency_frequency_grid,
    rfm,
    score,
    segment_summary,
)
from analytics.analysis.statistics import customer_statistics
from tests.analytics.analysis.frames import frame

AS_OF = pd.Timestamp("2026-06-30")


def statistics(rows: list[tuple[int, int, int]]) -> pd.DataFrame:
    """Customers 1, 2, ... from (days since the last purchase, orders, cents)."""
    return pd.DataFrame(
        {
            "customer_id": np.arange(1, len(rows) + 1),
            "orders": np.array([row[1] for row in rows], dtype="int64"),
            "last_on": pd.to_datetime([AS_OF - pd.Timedelta(days=row[0]) if row[1] else pd.NaT for row in rows]),
            "amount": np.array([row[2] for row in rows], dtype="int64"),
        }
    )


def scored(rows: list[tuple[int, int, int]]) -> pd.DataFrame:
    frame = statistics(rows)
    return score(frame, fit_thresholds(frame, AS_OF), AS_OF)


def test_recency_runs_from_the_last_purchase():
    purchases = frame("""
        customer_id  occurred_on  amount
                  1  2024-01-05       40
                  1  2024-01-31       60
                  2  2024-01-15       25
    """)
    result = rfm(purchases, as_of=pd.Timestamp("2024-02-01"))
    assert result["recency_days"].to_dict() == {1: 1, 2: 17}
    assert result["frequency"].to_dict() == {1: 2, 2: 1}
    assert result["monetary_value"].to_dict() == {1: 100, 2: 25}


def test_a_return_lowers_the_money_and_is_no_purchase():
    purchases = frame("""
        customer_id  occurred_on  amount
                  1  2024-01-05      100
                  1  2024-01-20      -30
                  2  2024-01-20      -30
    """)
    result = rfm(purchases, as_of=pd.Timestamp("2024-02-01"))
    assert result.loc[1].to_dict() == {"recency_days": 27, "frequency": 1, "monetary_value": 70}
    assert 2 not in result.index


def test_recency_is_0_on_as_of_and_later_purchases_do_not_count():
    purchases = frame("""
        customer_id  occurred_on  amount
                  1  2024-02-01       40
                  1  2024-02-02       60
                  2  2024-02-02       60
    """)
    result = rfm(purchases, as_of=pd.Timestamp("2024-02-01"))
    assert result.to_dict("index") == {1: {"recency_days": 0, "frequency": 1, "monetary_value": 40}}


def test_R_026_an_order_of_550_raises_the_monetary_value_by_550():
    before = frame("""
        customer_id  occurred_on  gross_amount  net_amount
                  1  2026-06-01         100000      100000
    """)
    lines = 3 * 100_00 + 1 * 250_00
    order = pd.DataFrame({"customer_id": [1], "occurred_on": [AS_OF], "gross_amount": [lines], "net_amount": [lines]})
    after = pd.concat([before, order])
    money = [
        score(frame, fit_thresholds(frame, AS_OF), AS_OF).loc[1, "monetary_value"]
        for frame in (customer_statistics(before, AS_OF), customer_statistics(after, AS_OF))
    ]
    assert lines == 550_00
    assert money == [1000_00, 1550_00]
    values = [rfm(o.rename(columns={"net_amount": "amount"}), as_of=AS_OF) for o in (before, after)]
    assert values[1].loc[1, "monetary_value"] - values[0].loc[1, "monetary_value"] == 550_00


def test_R_152_the_best_fifth_in_all_three_is_5_5_5_champions():
    rows = [(5, 12, 88_000_00)] + [(10 + 20 * n, 1 + n % 5, 1_000_00 * (n + 1)) for n in range(9)]
    best = scored(rows).loc[1]
    assert (best["recency_days"], best["r_score"], best["f_score"], best["m_score"]) == (5, 5, 5, 5)
    assert best["segment"] == "champions"


def test_scores_of_five_different_customers():
    result = scored([(40, 1, 10), (30, 2, 20), (20, 3, 30), (10, 4, 40), (0, 5, 50)])
    for name in ("r_score", "f_score", "m_score"):
        assert result[name].tolist() == [1, 2, 3, 4, 5]
        assert result[name].dtype == np.int8


def test_a_value_equal_to_a_threshold_is_in_the_band_below():
    frame = statistics([(day, day + 1, day + 1) for day in range(6)])
    limits = fit_thresholds(frame, AS_OF)
    assert limits.frequency == (2.0, 3.0, 4.0, 5.0)
    assert limits.recency_days == (1.0, 2.0, 3.0, 4.0)
    result = score(frame, limits, AS_OF)
    assert result["f_score"].tolist() == [1, 1, 2, 3, 4, 5]
    assert result["r_score"].tolist() == [5, 5, 4, 3, 2, 1]


def test_thresholds_hit_a_value_exactly_whatever_the_size_of_the_company():
    for size in range(1, 200):
        frame = statistics([(0, 3 * n + 1, 7 * n) for n in range(size)])
        limits = fit_thresholds(frame, AS_OF)
        for k, limit in enumerate(limits.frequency, start=1):
            place, rest = divmod((size - 1) * k, 5)
            assert limit == pytest.approx(3 * place + 1 + 3 * rest / 5, abs=1e-9)
            if rest == 0:
                assert limit == 3 * place + 1


@given(
    rows=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 6), st.integers(-500, 5_000)), min_size=1, max_size=40),
    order=st.randoms(use_true_random=False),
)
def test_row_order_never_changes_scores_and_equal_customers_score_equal(rows, order):
    straight = scored(rows)
    frame = statistics(rows)
    places = list(range(len(rows)))
    order.shuffle(places)
    shuffled = frame.iloc[places]
    other = score(shuffled, fit_thresholds(shuffled, AS_OF), AS_OF).loc[straight.index]
    pd.testing.assert_frame_equal(straight, other)
    names = ["r_score", "f_score", "m_score"]
    behaviour = pd.DataFrame(rows).where(lambda row: row[1] > 0, 0)
    assert straight[names].groupby([behaviour[n].to_numpy() for n in range(3)]).nunique().max().max() == 1
    bought = straight["frequency"] > 0
    assert straight.loc[bought, names].isin(range(1, 6)).all(axis=None)
    assert straight.loc[bought, "segment"].notna().all()


def test_the_rules_cover_all_125_cells_and_each_is_reached():
    check_rules(DEFAULT_RULES)
    first = {
        cell: next(rule.segment for rule in DEFAULT_RULES if rule.matches(*cell))
        for cell in product(range(1, 6), repeat=3)
    }
    assert len(first) == 125
    assert set(first.values()) == set(Segment)
    assert first[5, 5, 5] == Segment.CHAMPIONS
    assert first[1, 5, 5] == Segment.CANNOT_LOSE
    assert first[1, 1, 1] == Segment.LOST
    assert first[5, 1, 1] == Segment.NEW_CUSTOMERS


def test_scores_and_rules_agree_in_every_cell():
    cells = list(product(range(1, 6), repeat=3))
    frame = statistics([(50 - 10 * r, 10 * f, 10 * m) for r, f, m in cells])
    result = score(frame, fit_thresholds(frame, AS_OF), AS_OF)
    assert result[["r_score", "f_score", "m_score"]].apply(tuple, axis=1).tolist() == cells
    expected = [next(str(rule.segment) for rule in DEFAULT_RULES if rule.matches(*cell)) for cell in cells]
    assert result["segment"].tolist() == expected


def test_rules_with_a_gap_or_an_unreachable_rule_are_refused():
    with pytest.raises(ValueError, match="1-1-1"):
        check_rules([SegmentRule("all_but_one", r=(2, 5))])
    with pytest.raises(ValueError, match="never_reached"):
        check_rules([SegmentRule("everybody"), SegmentRule("never_reached", r=(5, 5))])


def test_edited_rules_are_used():
    frame = statistics([(0, 1, 1), (9, 1, 1)])
    rules = [SegmentRule("fresh", r=(4, 5)), SegmentRule("stale")]
    result = score(frame, fit_thresholds(frame, AS_OF), AS_OF, rules)
    assert result["segment"].tolist() == ["fresh", "stale"]
    assert segment_summary(result, rules)["customers"].tolist() == [1, 1]


def test_no_customers():
    frame = statistics([])
    limits = fit_thresholds(frame, AS_OF)
    assert limits.notes == ("no_customers",)
    result = score(frame, limits, AS_OF)
    assert result.empty
    assert result["r_score"].dtype == np.int8
    assert segment_summary(result)["customers"].sum() == 0
    assert len(segment_summary(result)) == 11


def test_one_customer_and_equal_customers_are_said_to_be_alike():
    for size in (1, 3):
        frame = statistics([(7, 2, 500)] * size)
        limits = fit_thresholds(frame, AS_OF)
        assert limits.notes == ("equal_recency", "equal_frequency", "equal_monetary_value")
        result = score(frame, limits, AS_OF)
        assert result[["r_score", "f_score", "m_score"]].drop_duplicates().to_numpy().tolist() == [[5, 1, 1]]


def test_only_returns_means_no_score():
    result = scored([(0, 0, -500), (0, 0, -100)])
    assert result["r_score"].tolist() == [0, 0]
    assert result["segment"].isna().all()
    assert result["recency_days"].isna().all()


def test_a_purchase_after_as_of_is_refused():
    frame = statistics([(3, 1, 1)])
    with pytest.raises(ValueError, match="after as_of"):
        score(frame, fit_thresholds(frame, AS_OF), AS_OF - pd.Timedelta(days=4))


def test_summary_and_grid_count_everybody_once():
    result = scored([(40, 1, 10), (30, 2, 20), (20, 3, 30), (10, 4, 40), (0, 5, 50), (0, 0, -5)])
    summary = segment_summary(result).set_index("segment")
    assert summary["customers"].sum() == 5
    assert summary.loc["champions", ["customers", "orders", "revenue"]].tolist() == [2, 9, 90]
    assert summary.loc["champions", "revenue_share"] == 0.6
    grid = recency_frequency_grid(result)
    assert len(grid) == 25
    assert grid["customers"].sum() == 5
    assert grid.iloc[0].to_dict() == {"r_score": 5, "f_score": 5, "customers": 1, "revenue": 50}
