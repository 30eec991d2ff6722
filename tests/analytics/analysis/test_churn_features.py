import numpy as np
import pandas as pd
import pytest

from analytics.analysis import churn_features as features
from analytics.analysis import leakage
from analytics.analysis.churn_features import INPUTS, REASONS, cases, has_left, history, quarters
from tests.analytics.analysis.frames import frame

T0 = pd.Timestamp("2026-07-05")
HORIZON = 90


def records() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Customer 1 buys every 30 days, 2 bought once, 3 twice and long ago; 35 others give the company its rhythm."""
    purchases = frame("""
        customer_id  occurred_on  gross_amount  net_amount
                  1  2026-03-02         10000       10000
                  1  2026-04-01         10000       10000
                  1  2026-05-01         10000       10000
                  1  2026-05-09             0       -5000
                  1  2026-05-31          2000        2000
                  2  2026-06-15          7000        7000
                  3  2025-01-01          7000        7000
                  3  2025-02-01          7000        7000
    """)
    days = pd.to_datetime(["2026-05-01", "2026-06-10"])
    others = [(10 + number, day, 5_000, 5_000) for number in range(35) for day in days]
    purchases = pd.concat([purchases, pd.DataFrame(others, columns=purchases.columns)], ignore_index=True)
    contacts = pd.DataFrame(
        [
            (1, "2026-06-01", "outbound", True, ""),
            (1, "2026-06-10", "outbound", False, ""),
            (1, "2026-06-20", "inbound", True, "Rival Co"),
            (2, "2025-12-01", "outbound", True, "Rival Co"),
        ],
        columns=["customer_id", "occurred_on", "direction", "is_answered", "competitor"],
    )
    complaints = pd.DataFrame(
        [
            (1, "2026-06-25", None, "", ""),
            (2, "2026-06-16", "2026-06-20", "not_solved", ""),
            (2, "2026-06-17", "2026-06-18", "solved", ""),
        ],
        columns=["customer_id", "occurred_on", "resolved_on", "outcome", "competitor"],
    )
    for table, names in ((contacts, ["occurred_on"]), (complaints, ["occurred_on", "resolved_on"])):
        for name in names:
            table[name] = pd.to_datetime(table[name])
    return purchases, contacts, complaints


def known_of(*tables: pd.DataFrame) -> pd.DataFrame:
    return cases(*tables, t0=T0, horizon=HORIZON)


def test_what_is_known_of_a_customer_on_the_day():
    known = history(*records(), t0=T0).set_index("customer_id")
    counted = ["orders_last_90", "orders_previous_90", "contacts_180_days", "outbound_180", "answered_180"]
    assert known.loc[1, counted].tolist() == [2, 2, 3, 2, 1]
    service = ["open_complaints", "complaints_90_days", "unsolved_365", "has_named_competitor"]
    assert known.loc[1, service].tolist() == [1, 1, 0, True]
    assert known.loc[2, service].tolist() == [0, 2, 1, False]  # the competitor was named over 180 days ago


def test_inputs_in_numbers_that_can_be_checked_by_hand():
    found = known_of(*records()).loc[1]
    assert found["silence"] == pytest.approx(35 / 30)
    assert found["silence_above_1"] == pytest.approx(5 / 30)
    assert found["orders_trend"] == 0
    assert found["amount_trend"] == 1  # all within the last 180 days
    assert found["returned_share"] == pytest.approx(5_000 / 32_000)
    assert found["unanswered_share"] == pytest.approx(1.5 / 3)
    assert found[["open_complaint", "named_competitor", "cycle_is_own", "one_order"]].tolist() == [1, 1, 1, 0]
    assert found["age"] == pytest.approx(np.log1p(125))


def test_who_is_lost_already_is_no_case():
    found = known_of(*records())
    assert 3 not in found.index
    assert {1, 2, 10, 44} <= set(found.index)
    assert list(found.columns) == list(INPUTS)
    assert not found.isna().to_numpy().any()


@pytest.mark.parametrize("table", [0, 1, 2])
def test_moving_a_record_from_the_day_after_t0_to_the_fifth_changes_no_input(table):
    before = known_of(*records())
    late = {
        0: {"gross_amount": 9_000, "net_amount": 9_000},
        1: {"direction": "outbound", "is_answered": True, "competitor": "Rival Co"},
        2: {"resolved_on": pd.NaT, "outcome": "", "competitor": "Rival Co"},
    }[table]
    for day in (1, 5):
        tables = list(records())
        row = pd.DataFrame([{"customer_id": 1, "occurred_on": T0 + pd.Timedelta(days=day), **late}])
        tables[table] = pd.concat([tables[table], row.astype(tables[table].dtypes)], ignore_index=True)
        pd.testing.assert_frame_equal(known_of(*tables), before)


def test_a_complaint_solved_after_t0_is_open_on_t0():
    purchases, contacts, complaints = records()
    before = known_of(purchases, contacts, complaints)
    complaints.loc[0, ["resolved_on", "outcome"]] = [T0 + pd.Timedelta(days=2), "solved"]
    pd.testing.assert_frame_equal(known_of(purchases, contacts, complaints), before)


def test_an_order_on_t0_is_known_and_one_the_day_after_is_an_outcome():
    purchases, contacts, complaints = records()
    assert has_left([1, 2], purchases, t0=T0, horizon=HORIZON, as_of=T0 + pd.Timedelta(days=90)).tolist() == [
        True,
        True,
    ]
    purchases.loc[0, "occurred_on"] = T0
    assert known_of(purchases, contacts, complaints).loc[1, "silence"] == 0
    purchases.loc[0, "occurred_on"] = T0 + pd.Timedelta(days=1)
    left = has_left([1, 2], purchases, t0=T0, horizon=HORIZON, as_of=T0 + pd.Timedelta(days=90))
    assert left.to_dict() == {1: False, 2: True}


def test_the_last_day_of_the_horizon_counts_and_the_next_does_not():
    for day, expected in ((90, False), (91, True)):
        purchases = frame("customer_id occurred_on gross_amount net_amount\n1 2026-01-01 5 5")
        purchases.loc[0, "occurred_on"] = T0 + pd.Timedelta(days=day)
        found = has_left([1], purchases, t0=T0, horizon=HORIZON, as_of=T0 + pd.Timedelta(days=120))
        assert found.tolist() == [expected]


def test_an_outcome_that_is_not_known_yet_is_missing_for_everybody():
    purchases = records()[0]
    purchases.loc[0, "occurred_on"] = T0 + pd.Timedelta(days=1)
    found = has_left([1, 2], purchases, t0=T0, horizon=HORIZON, as_of=T0 + pd.Timedelta(days=89))
    assert found.isna().tolist() == [True, True]


def test_a_return_is_no_stay():
    purchases = records()[0]
    purchases.loc[3, "occurred_on"] = T0 + pd.Timedelta(days=3)
    left = has_left([1], purchases, t0=T0, horizon=HORIZON, as_of=T0 + pd.Timedelta(days=90))
    assert left.tolist() == [True]


@pytest.mark.parametrize("horizon", [30, 90, 120, 182])
def test_no_outcome_that_is_learned_from_reaches_into_the_days_of_the_held_out_one(horizon):
    as_of = pd.Timestamp("2026-11-22")
    found = quarters(as_of, horizon=horizon, first_on=pd.Timestamp("2020-01-01"), most=8)
    length = pd.Timedelta(days=horizon)
    assert found.held_out + length == as_of
    assert len(found.training) == 8
    assert max(found.training) + length <= found.held_out
    assert set(np.diff(found.training)) == {np.timedelta64(90, "D")}


def test_a_young_company_has_fewer_days_or_none():
    as_of = pd.Timestamp("2026-11-22")
    assert len(quarters(as_of, horizon=90, first_on=as_of - pd.Timedelta(days=400), most=8).training) == 2
    assert quarters(as_of, horizon=90, first_on=as_of - pd.Timedelta(days=200), most=8).training == ()


def test_every_input_is_about_something():
    added = pd.DataFrame(np.ones((2, len(INPUTS))), columns=list(INPUTS))
    found = features.by_reason(added)
    assert list(found.columns) == list(dict.fromkeys(REASONS.values()))
    assert found.sum(axis=1).tolist() == [len(INPUTS)] * 2
    assert found["silence"].tolist() == [sum(reason == "silence" for reason in REASONS.values())] * 2


def test_an_input_that_knows_the_outcome_is_found_out():
    outcome = pd.Series(np.arange(200) < 60)
    inputs = pd.DataFrame(
        {
            "fair": np.random.default_rng(1).normal(size=200) + outcome,
            "knows": np.where(outcome, 0.0, 1.0),
            "knows_by_silence": np.where(outcome, np.nan, 3.0),
        }
    )
    assert leakage.give_aways(inputs, outcome) == {"knows": 1.0, "knows_by_silence": 1.0}


def test_a_column_with_days_after_t0_is_found_out():
    dates = pd.DataFrame({"closed_on": [T0 + pd.Timedelta(days=1), T0, pd.NaT], "seen_on": [T0, T0, T0]})
    assert leakage.dated_after(dates, T0) == {"closed_on": 1}
