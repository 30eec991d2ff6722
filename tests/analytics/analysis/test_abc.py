import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.analysis.abc import AbcLimits, apply, class_summary, fit
from tests.analytics.analysis.frames import frame


def classes(statistics: pd.DataFrame, limits: AbcLimits | None = None) -> list[str]:
    return apply(statistics, fit(statistics, limits))["abc_class"].tolist()


def test_R_151_worked_example():
    statistics = frame("""
        customer_id  orders  amount
                  1      50   50000
                  2      30   30000
                  3      10   10000
                  4       5    6000
                  5       5    4000
    """)
    result = apply(statistics, fit(statistics))
    assert result["abc_class"].to_dict() == {1: "A", 2: "A", 3: "B", 4: "C", 5: "C"}
    assert result["score"].tolist() == pytest.approx([0.5, 0.3, 0.1, 0.055, 0.045])
    summary = class_summary(statistics, result)
    assert summary.to_dict("list") == {
        "abc_class": ["A", "B", "C"],
        "customers": [2, 1, 2],
        "orders": [80, 10, 10],
        "revenue": [80000, 10000, 10000],
    }


def test_a_share_of_exactly_70_per_cent_is_not_below_it():
    for scale in (1, 10**12):  # the large one leaves 64 bits
        statistics = frame("""
            customer_id  orders  amount
                      1       7       7
                      2       2       2
                      3       1       1
        """)
        statistics["amount"] *= scale
        statistics["orders"] *= min(scale, 10**6)
        assert classes(statistics) == ["A", "B", "C"]


def test_equal_customers_share_the_class_of_the_first_of_them():
    statistics = frame("""
        customer_id  orders  amount
                  1       6      60
                  2       1      10
                  3       1      10
                  4       1      10
                  5       1      10
    """)
    assert classes(statistics) == ["A"] * 5
    assert classes(statistics.iloc[::-1]) == ["A"] * 5


def test_limits_are_used_and_checked():
    statistics = frame("""
        customer_id  orders  amount
                  1       5      50
                  2       3      30
                  3       2      20
    """)
    assert classes(statistics, AbcLimits(a=0.4, b=0.6)) == ["A", "B", "C"]
    with pytest.raises(ValueError, match="limits"):
        AbcLimits(a=0.9, b=0.7)


@given(
    rows=st.lists(st.tuples(st.integers(0, 9), st.integers(-50, 2_000)), min_size=1, max_size=30),
    order=st.randoms(use_true_random=False),
)
def test_row_order_never_changes_the_class_and_definition_holds(rows, order):
    statistics = pd.DataFrame(rows, columns=["orders", "amount"]).assign(customer_id=range(len(rows)))
    result = apply(statistics, fit(statistics))["abc_class"]
    places = list(range(len(rows)))
    order.shuffle(places)
    shuffled = statistics.iloc[places]
    other = apply(shuffled, fit(shuffled))["abc_class"].loc[result.index]
    pd.testing.assert_series_equal(result, other)

    buyers = [(amount, orders, n) for n, (orders, amount) in enumerate(rows) if orders > 0]
    money, visits = sum(b[0] for b in buyers), sum(b[1] for b in buyers)
    if money <= 0:
        assert result.isna().all()
        return
    points = {n: amount * visits + orders * money for amount, orders, n in buyers}
    for n, own in points.items():
        before = sum(other for other in points.values() if other > own)
        share = 10 * before
        total = 2 * money * visits
        assert result[n] == ("A" if share < 7 * total else "B" if share < 9 * total else "C")


def test_no_customers_and_only_returns_are_said():
    nobody = frame("customer_id orders amount")
    assert fit(nobody).notes == ("no_customers",)
    assert apply(nobody, fit(nobody)).empty
    returns = frame("""
        customer_id  orders  amount
                  1       0    -100
    """)
    assert apply(returns, fit(returns))["abc_class"].isna().all()
    nothing_left = frame("""
        customer_id  orders  amount
                  1       1       0
                  2       1    -100
    """)
    assert fit(nothing_left).notes == ("no_positive_amount",)
    assert apply(nothing_left, fit(nothing_left))["abc_class"].isna().all()
