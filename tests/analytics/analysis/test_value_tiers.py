import pandas as pd
import pytest

from analytics.analysis.value_tiers import ValueTierLimits, apply, fit
from tests.analytics.analysis.frames import frame


def tiers(customers: pd.DataFrame, limits: ValueTierLimits | None = None) -> dict[int, str]:
    return apply(customers, fit(customers, limits))["value_tier"].to_dict()


def test_R_149_worked_example():
    customers = frame("""
        customer_id  orders_last_365  amount_last_365  mean_satisfaction
                  1               12          6000000                4.6
                  2                1             5000                2.0
    """)
    result = apply(customers, fit(customers))
    assert result["value_tier"].to_dict() == {1: "high", 2: "none"}
    assert result.loc[1, ["order_points", "amount_points", "satisfaction_points"]].tolist() == [2, 2, 2]
    assert result.loc[2, ["order_points", "amount_points", "satisfaction_points"]].tolist() == [0, 0, 0]


def test_limits_are_inclusive_and_shares_make_the_tier():
    limits = ValueTierLimits(amount_cents=(1000, 5000))
    customers = frame("""
        customer_id  orders_last_365  amount_last_365  mean_satisfaction
                  1               12             1000                  -
                  2                4             1000                  -
                  3                4              999                  -
                  4                3              999                  -
                  5                4             1000                  3
                  6                0             5000                  5
                  7               12              999                4.0
    """)
    assert tiers(customers, limits) == {
        1: "high", 2: "mid", 3: "low", 4: "none", 5: "mid", 6: "none", 7: "mid",
    }  # fmt: skip


def test_without_an_answer_the_other_two_decide():
    customers = frame("""
        customer_id  orders_last_365  amount_last_365
                  1               12             5000
                  2                1              100
    """)
    result = apply(customers, fit(customers, ValueTierLimits(amount_cents=(1000, 5000))))
    assert result["attainable_points"].tolist() == [4, 4]
    assert result["satisfaction_points"].isna().all()
    assert result["value_tier"].tolist() == ["high", "none"]


def test_only_active_customers_set_the_amount_limits():
    customers = frame("""
        customer_id  orders_last_365  amount_last_365
                  1                1              100
                  2                1              200
                  3                1              300
                  4                1              400
                  5                1              500
                  6                1              600
                  7                0                0
    """)
    parameters = fit(customers)
    assert (parameters.amount_mid, parameters.amount_high, parameters.active_customers) == (300, 500, 6)
    assert apply(customers, parameters)["amount_points"].tolist() == [0, 0, 1, 1, 2, 2, 0]


def test_no_customers_and_only_returns():
    nobody = frame("customer_id orders_last_365 amount_last_365")
    assert fit(nobody).notes == ("no_active_customers",)
    assert apply(nobody, fit(nobody)).empty
    returns = frame("""
        customer_id  orders_last_365  amount_last_365
                  1                0             -500
    """)
    assert tiers(returns) == {1: "none"}
    sold_and_returned = frame("""
        customer_id  orders_last_365  amount_last_365
                  1                1                0
    """)
    assert tiers(sold_and_returned) == {1: "none"}


def test_equal_customers_have_equal_tiers():
    customers = pd.DataFrame({"customer_id": [1, 2, 3], "orders_last_365": 2, "amount_last_365": 700})
    assert tiers(customers) == {1: "mid", 2: "mid", 3: "mid"}


def test_crossed_limits_are_refused():
    with pytest.raises(ValueError, match="lower limit"):
        ValueTierLimits(orders=(12, 4))
