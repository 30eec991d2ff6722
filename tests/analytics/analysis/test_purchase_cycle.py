import pandas as pd

from analytics.analysis.purchase_cycle import CycleParameters, apply, fit
from analytics.analysis.statistics import customer_statistics, purchase_intervals
from tests.analytics.analysis.frames import frame

AS_OF = pd.Timestamp("2026-04-10")
ORDERS = """
    customer_id  occurred_on  gross_amount  net_amount
              1  2026-01-01           100         100
              1  2026-01-31           100         100
              1  2026-03-02           100         100
              1  2026-04-01           100         100
              2  2026-03-01           100         100
"""


def test_R_178_cycle_30_days_next_1_may():
    statistics = customer_statistics(frame(ORDERS), AS_OF)
    parameters = fit(purchase_intervals(frame(ORDERS), AS_OF))
    result = apply(statistics, parameters)
    assert result.loc[1, "cycle_days"] == 30
    assert result.loc[1, "cycle_source"] == "own"
    assert result.loc[1, "next_expected_on"] == pd.Timestamp("2026-05-01")


def test_fewer_than_30_intervals_in_the_company_give_no_assumed_cycle():
    intervals = frame("""
        days  intervals
          10         29
    """)
    parameters = fit(intervals)
    assert (parameters.company_cycle_days, parameters.intervals) == (None, 29)
    assert parameters.notes == ("few_intervals",)
    result = apply(customer_statistics(frame(ORDERS), AS_OF), parameters)
    assert result["cycle_days"].isna().to_dict() == {1: False, 2: True}
    assert result["cycle_source"].isna().to_dict() == {1: False, 2: True}
    assert pd.isna(result.loc[2, "next_expected_on"])


def test_with_30_intervals_the_company_median_is_assumed():
    intervals = frame("""
        days  intervals
          40         15
          10         15
    """)
    parameters = fit(intervals)
    assert parameters.company_cycle_days == 25
    result = apply(customer_statistics(frame(ORDERS), AS_OF), parameters)
    assert result["cycle_days"].to_dict() == {1: 30, 2: 25}
    assert result.loc[2, "cycle_source"] == "assumed"
    assert result.loc[2, "next_expected_on"] == pd.Timestamp("2026-03-26")


def test_the_median_of_counted_intervals_is_the_median_of_the_intervals():
    intervals = frame("""
        days  intervals
           5          7
           9         13
          12         20
          30          1
    """)
    listed = intervals["days"].repeat(intervals["intervals"])
    assert fit(intervals).company_cycle_days == listed.median()


def test_half_a_day_is_rounded_up_and_two_orders_are_no_own_cycle():
    customers = frame("""
        customer_id  orders  last_on     median_interval_days
                  1       3  2026-01-01                   10.5
                  2       2  2026-01-01                   10.0
                  3       3  2026-01-01                      -
                  4       0  -                               -
    """)
    result = apply(customers, CycleParameters(60.0, 100))
    assert result.loc[1, "next_expected_on"] == pd.Timestamp("2026-01-12")
    assert result["cycle_source"].fillna("none").tolist() == ["own", "assumed", "assumed", "none"]
    assert result["cycle_days"].fillna(0).tolist() == [10.5, 60, 60, 0]


def test_no_customers():
    nobody = frame("customer_id orders last_on median_interval_days")
    result = apply(nobody, fit(frame("days intervals")))
    assert result.empty
    assert result["next_expected_on"].dtype.kind == "M"
