import pandas as pd
import pytest

from analytics.analysis.statistics import customer_statistics, purchase_intervals
from tests.analytics.analysis.frames import frame

AS_OF = pd.Timestamp("2026-06-30")
HEAD = "customer_id occurred_on gross_amount net_amount"


def test_statistics_of_a_small_company():
    purchases = frame(f"""
        {HEAD}
        1  2026-01-01  1000  1000
        1  2026-01-31  2000  2000
        1  2026-03-02  3000  3000
        1  2026-03-05     0  -500
        2  2026-06-30   700   700
        3  2026-02-01     0  -900
    """)
    result = customer_statistics(purchases, AS_OF).set_index("customer_id")
    assert result["orders"].to_dict() == {1: 3, 2: 1, 3: 0}
    assert result["amount"].to_dict() == {1: 5500, 2: 700, 3: -900}
    assert result["gross_amount"].to_dict() == {1: 6000, 2: 700, 3: 0}
    assert result["first_on"][1] == pd.Timestamp("2026-01-01")
    assert result["last_on"][1] == pd.Timestamp("2026-03-02")
    assert result["median_interval_days"][1] == 30
    assert result["median_interval_days"].isna().to_dict() == {1: False, 2: True, 3: True}
    assert pd.isna(result["last_on"][3])


def test_windows_end_with_as_of():
    purchases = frame(f"""
        {HEAD}
        1  2026-06-30    1     1
        1  2026-01-02   10    10
        1  2026-01-01  100   100
        1  2025-07-06 1000  1000
        1  2025-07-05 5000  5000
        1  2025-07-01   20    20
        1  2025-06-30   40    40
    """)
    row = customer_statistics(purchases, AS_OF).iloc[0]
    assert (row["amount_last_180"], row["amount_previous_180"]) == (11, 1100)
    assert (row["orders_last_365"], row["amount_last_365"]) == (6, 6131)


def test_nothing_after_as_of_counts():
    purchases = frame(f"""
        {HEAD}
        1  2026-06-30  100  100
        1  2026-07-01  900  900
        2  2026-07-01  900  900
    """)
    result = customer_statistics(purchases, AS_OF)
    assert result["customer_id"].tolist() == [1]
    assert result["amount"].tolist() == [100]


def test_sales_without_a_customer_are_left_out():
    purchases = frame(f"""
        {HEAD}
        -  2026-06-01  100  100
        1  2026-06-01  200  200
    """)
    assert customer_statistics(purchases, AS_OF)["amount"].tolist() == [200]


def test_two_orders_of_one_day_are_no_interval():
    purchases = frame(f"""
        {HEAD}
        1  2026-01-01  1  1
        1  2026-01-01  1  1
        1  2026-01-11  1  1
    """)
    assert customer_statistics(purchases, AS_OF)["median_interval_days"].tolist() == [10]
    assert purchase_intervals(purchases, AS_OF).to_dict("list") == {"days": [10], "intervals": [1]}


def test_no_orders_give_a_typed_frame():
    result = customer_statistics(frame(HEAD), AS_OF)
    assert result.empty
    assert result["amount"].dtype == "int64"
    assert result["last_on"].dtype.kind == "M"
    assert purchase_intervals(frame(HEAD), AS_OF).dtypes.astype("str").tolist() == ["int64", "int64"]


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="net_amount"):
        customer_statistics(frame("customer_id occurred_on gross_amount"), AS_OF)


def test_the_frame_handed_in_is_not_changed():
    purchases = frame(f"""
        {HEAD}
        2  2026-06-01  100  100
        1  2026-06-02  100  100
    """)
    before = purchases.copy()
    customer_statistics(purchases, AS_OF)
    pd.testing.assert_frame_equal(purchases, before)
