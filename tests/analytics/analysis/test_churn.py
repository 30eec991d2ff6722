import pandas as pd
import pytest

from analytics.analysis import churn, purchase_cycle
from analytics.analysis.purchase_cycle import CycleParameters
from analytics.analysis.statistics import customer_statistics, purchase_intervals
from tests.analytics.analysis.frames import frame

AS_OF = pd.Timestamp("2026-07-05")
COMPANY = CycleParameters(30.0, 100)
NO_COMPANY_CYCLE = CycleParameters(None, 5, notes=("few_intervals",))


def customer(silence: int, cycle: float | None = 30.0, orders: int = 4, **more: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [1],
            "orders": [orders],
            "last_on": [AS_OF - pd.Timedelta(days=silence)],
            "median_interval_days": [float("nan") if cycle is None else cycle],
            **{name: [value] for name, value in more.items()},
        }
    )


def risk(statistics: pd.DataFrame, company: CycleParameters = COMPANY) -> pd.Series:
    return churn.apply(statistics, purchase_cycle.apply(statistics, company), as_of=AS_OF).iloc[0]


def test_R_042_cycle_30_days_silence_95_days_is_a_high_risk_at_3_2_times_the_cycle():
    orders = frame("""
        customer_id  occurred_on  gross_amount  net_amount
                  1  2026-01-01           100         100
                  1  2026-01-31           100         100
                  1  2026-03-02           100         100
                  1  2026-04-01           100         100
    """)
    statistics = customer_statistics(orders, AS_OF)
    cycles = purchase_cycle.apply(statistics, purchase_cycle.fit(purchase_intervals(orders, AS_OF)))
    result = churn.apply(statistics, cycles, as_of=AS_OF)
    row = result.loc[1]
    assert (row["silence_days"], row["cycle_days"], row["churn_risk"]) == (95, 30, "high")
    assert row["is_alert"]
    assert round(row["silence_ratio"], 1) == 3.2
    found = churn.reasons(statistics.drop(columns="amount_previous_180"), result)
    assert found.to_dict() == {
        1: [{"code": "silence", "days": 95, "cycle": 30.0, "ratio": 3.17, "cycle_source": "own"}]
    }


@pytest.mark.parametrize(
    ("silence", "expected"),
    [(0, "low"), (44, "low"), (45, "medium"), (59, "medium"), (60, "high"), (180, "high"), (181, "lost")],
)
def test_R_044_30_day_cycle_warns_from_day_45_is_high_from_60_and_lost_after_180(silence, expected):
    row = risk(customer(silence))
    assert row["churn_risk"] == expected
    assert row["is_alert"] == (expected in {"medium", "high"})
    assert row["lost_after_days"] == 180


def test_lost_on_is_the_first_day_beyond_the_limit():
    assert risk(customer(200))["lost_on"] == AS_OF - pd.Timedelta(days=200 - 181)
    assert pd.isna(risk(customer(180))["lost_on"])
    assert risk(customer(181))["lost_on"] == AS_OF


@pytest.mark.parametrize(("cycle", "limit"), [(5, 90), (15, 90), (20.5, 123), (60.8, 364.8), (100, 365)])
def test_lost_is_at_least_90_and_at_most_365_days(cycle, limit):
    assert risk(customer(1, cycle))["lost_after_days"] == pytest.approx(limit)


def test_fewer_than_three_orders_are_lost_after_365_days():
    row = risk(customer(365, orders=2))
    assert (row["cycle_source"], row["churn_risk"], row["lost_after_days"]) == ("assumed", "high", 365)
    assert risk(customer(366, orders=2))["churn_risk"] == "lost"


@pytest.mark.parametrize("sign", ["has_open_complaint", "has_named_competitor"])
@pytest.mark.parametrize(("silence", "expected"), [(10, "medium"), (50, "high"), (70, "high"), (181, "lost")])
def test_a_complaint_or_competitor_lifts_one_band(sign, silence, expected):
    row = risk(customer(silence, **{sign: True}))
    assert row["churn_risk"] == expected
    assert row["lifted"] == (silence < 60)


def test_both_signs_lift_one_band_only_and_both_are_reasons():
    statistics = customer(
        10,
        has_open_complaint=True,
        has_named_competitor=True,
        amount_last_180=100,
        amount_previous_180=900,
    )
    result = churn.apply(statistics, purchase_cycle.apply(statistics, COMPANY), as_of=AS_OF)
    assert result.loc[1, "churn_risk"] == "medium"
    assert [reason["code"] for reason in churn.reasons(statistics, result)[1]] == [
        "silence",
        "open_complaint",
        "named_competitor",
        "falling_amount",
    ]
    assert churn.reasons(statistics, result)[1][-1] == {"code": "falling_amount", "last": 100, "previous": 900}


def test_without_a_cycle_there_is_no_alert_but_one_can_be_lost():
    assert risk(customer(100, None, orders=1, has_open_complaint=True), NO_COMPANY_CYCLE)["churn_risk"] == "unknown"
    statistics = customer(400, None, orders=1)
    result = churn.apply(statistics, purchase_cycle.apply(statistics, NO_COMPANY_CYCLE), as_of=AS_OF)
    assert result.loc[1, "churn_risk"] == "lost"
    assert churn.reasons(statistics, result)[1] == [
        {"code": "silence", "days": 400, "cycle": None, "ratio": None, "cycle_source": None}
    ]


def test_a_person_may_set_a_customer_to_lost_until_it_buys_again():
    row = risk(customer(10, lost_by_user_on=AS_OF - pd.Timedelta(days=5)))
    assert (row["churn_risk"], row["lost_on"]) == ("lost", AS_OF - pd.Timedelta(days=5))
    assert risk(customer(10, lost_by_user_on=AS_OF - pd.Timedelta(days=11)))["churn_risk"] == "low"
    assert risk(customer(10, lost_by_user_on=AS_OF + pd.Timedelta(days=1)))["churn_risk"] == "low"
    statistics = customer(10, lost_by_user_on=AS_OF)
    result = churn.apply(statistics, purchase_cycle.apply(statistics, COMPANY), as_of=AS_OF)
    assert churn.reasons(statistics, result)[1][0] == {"code": "lost_by_user", "on": "2026-07-05"}


def test_prospects_have_no_risk_and_nobody_is_a_typed_frame():
    prospects = frame("""
        customer_id  orders  last_on  median_interval_days
                  1       0  -                           -
    """)
    row = risk(prospects)
    assert pd.isna(row["churn_risk"])
    assert not row["is_alert"]
    nobody = frame("customer_id orders last_on median_interval_days")
    result = churn.apply(nobody, purchase_cycle.apply(nobody, COMPANY), as_of=AS_OF)
    assert result.empty
    assert result["is_alert"].dtype == "bool"
    assert churn.reasons(nobody, result).empty


def test_frames_of_different_customers_are_refused():
    one, two = customer(1), customer(1).assign(customer_id=2)
    with pytest.raises(ValueError, match="different customers"):
        churn.apply(one, purchase_cycle.apply(two, COMPANY), as_of=AS_OF)


def test_an_impossible_rule_is_refused():
    with pytest.raises(ValueError, match="ratios"):
        churn.ChurnRule(medium_ratio=3)
    with pytest.raises(ValueError, match="days"):
        churn.ChurnRule(least_lost_days=400)


CUSTOMERS = """
    customer_id  region  first_on    lost_on
              1  east    2025-01-01  -
              2  east    2025-01-01  2026-05-10
              3  east    2025-01-01  2026-04-30
              4  south   2025-01-01  2026-05-01
              5  south   2026-05-02  2026-05-20
              6  south   2025-01-01  2026-06-01
              7  -       -           -
"""
MAY = {"start": pd.Timestamp("2026-05-01"), "end": pd.Timestamp("2026-05-31")}


def test_churn_rate_is_lost_in_the_period_over_active_at_its_start():
    result = churn.churn_rate(frame(CUSTOMERS), **MAY)
    assert result.to_dict("records") == [{"active_at_start": 4, "lost": 2, "churn_rate": 0.5}]


def test_the_first_and_last_day_belong_to_the_period():
    customers = frame("""
        customer_id  first_on    lost_on
                  1  2025-01-01  2026-05-01
                  2  2025-01-01  2026-05-31
                  3  2025-01-01  2026-06-01
                  4  2026-05-01  -
    """)
    assert churn.churn_rate(customers, **MAY).loc[0, ["active_at_start", "lost"]].tolist() == [3, 2]


def test_churn_rate_by_region():
    result = churn.churn_rate(frame(CUSTOMERS), **MAY, by=["region"])
    assert result["region"].tolist()[:2] == ["east", "south"]
    assert result["active_at_start"].tolist() == [2, 2, 0]
    assert result["lost"].tolist() == [1, 1, 0]
    assert result["churn_rate"].tolist()[:2] == [0.5, 0.5]
    assert pd.isna(result["churn_rate"][2])


def test_R_045_14_of_200_is_7_per_cent():
    customers = pd.DataFrame(
        {
            "customer_id": range(200),
            "first_on": pd.Timestamp("2025-01-01"),
            "lost_on": [pd.Timestamp("2026-05-15")] * 14 + [pd.NaT] * 186,
        }
    )
    assert churn.churn_rate(customers, **MAY).loc[0, "churn_rate"] == 0.07


def test_churn_rate_of_nobody():
    result = churn.churn_rate(frame("customer_id region first_on lost_on"), **MAY)
    assert result[["active_at_start", "lost"]].to_numpy().tolist() == [[0, 0]]
    assert result["churn_rate"].isna().all()
    assert churn.churn_rate(frame("customer_id region first_on lost_on"), **MAY, by=["region"]).empty
