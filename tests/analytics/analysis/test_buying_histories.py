import pandas as pd
import pytest

from analytics.analysis.buying_histories import buying_histories, distinct_histories
from tests.analytics.analysis.frames import frame

ORDERS = """
    customer_id  occurred_on  gross_amount
              1  2026-01-01           100
              1  2026-01-08           300
              1  2026-01-08           200
              1  2026-01-22           400
              2  2026-01-05           700
              2  2026-01-05           700
              3  2026-01-06           500
              3  2026-01-07          -500
              4  2026-01-07             0
              5  2026-02-01           900
"""
AS_OF = pd.Timestamp("2026-01-29")


def test_repeat_days_count_once_and_times_are_exact_days_over_seven():
    result = buying_histories(frame(ORDERS), as_of=AS_OF).set_index("customer_id")
    assert result.index.tolist() == [1, 2, 3]
    assert result["repeat_purchases"].tolist() == [2, 0, 0]
    assert result["time_to_last"].tolist() == [3.0, 0.0, 0.0]
    assert result["time_observed"].tolist() == [28 / 7, 24 / 7, 23 / 7]
    assert result.loc[1, "mean_repeat_amount"] == 450  # 500 on the 8th, 400 on the 22nd; the first 100 is left out
    assert result["mean_repeat_amount"].isna().tolist() == [False, True, True]


def test_days_instead_of_weeks_change_nothing_but_units():
    weeks = buying_histories(frame(ORDERS), as_of=AS_OF)
    days = buying_histories(frame(ORDERS), as_of=AS_OF, time_unit="day")
    assert days["time_to_last"].tolist() == [21.0, 0.0, 0.0]
    assert days["time_observed"].tolist() == [28.0, 24.0, 23.0]
    pd.testing.assert_frame_equal(
        weeks.drop(columns=["time_to_last", "time_observed"]), days.drop(columns=["time_to_last", "time_observed"])
    )
    with pytest.raises(ValueError, match="time_unit must be one of week, day"):
        buying_histories(frame(ORDERS), as_of=AS_OF, time_unit="year")


def test_is_purchase_decides_where_it_is_given():
    orders = frame(ORDERS).assign(is_purchase=[True] * 9 + [False])
    result = buying_histories(orders, as_of=AS_OF).set_index("customer_id")
    assert result.index.tolist() == [1, 2, 3, 4]
    assert result.loc[3, "repeat_purchases"] == 1


def test_rows_in_any_order_and_purchases_of_nobody():
    orders = frame(ORDERS)
    nobody = orders.assign(customer_id=None).astype({"customer_id": "Int64"})
    shuffled = pd.concat([orders.sample(frac=1, random_state=3), nobody])
    pd.testing.assert_frame_equal(
        buying_histories(shuffled, as_of=AS_OF), buying_histories(orders, as_of=AS_OF), check_dtype=False
    )


def test_no_orders_are_no_histories_with_the_same_types():
    result = buying_histories(frame("customer_id occurred_on gross_amount"), as_of=AS_OF)
    assert result.empty
    assert result.dtypes.to_dict() == buying_histories(frame(ORDERS), as_of=AS_OF).dtypes.to_dict()
    assert distinct_histories(result).empty


def test_equal_histories_are_one_row_with_a_weight():
    histories = frame("""
        repeat_purchases  time_to_last  time_observed  customers
                       0           0.0           10.0          3
                       2           4.0           10.0          1
                       0           0.0           10.0          2
                       1           4.0           10.0          0
    """)
    assert distinct_histories(histories).to_numpy().tolist() == [[0, 0, 10, 5], [2, 4, 10, 1]]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ((1, 5.0, 4.0), "after time_observed"),
        ((0, 1.0, 4.0), "without a repeat purchase"),
        ((-1, 1.0, 4.0), "missing, infinite or negative"),
        ((1, float("nan"), 4.0), "missing, infinite or negative"),
        ((1, 1.0, float("inf")), "missing, infinite or negative"),
    ],
)
def test_histories_that_cannot_be_are_refused(row, words):
    histories = pd.DataFrame([row], columns=["repeat_purchases", "time_to_last", "time_observed"])
    with pytest.raises(ValueError, match=words):
        distinct_histories(histories)
    with pytest.raises(ValueError, match="missing columns: time_observed"):
        distinct_histories(histories.drop(columns="time_observed"))
