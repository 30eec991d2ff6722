import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.analysis.pareto import core_customers, customers_for_share, pareto, pareto_curve


def amounts(values: list[int]) -> pd.Series:
    index = pd.Index(np.arange(1, len(values) + 1), name="customer_id")
    return pd.Series(values, index=index, dtype="int64", name="amount")


def test_R_110_21_of_100_customers_bring_80_per_cent():
    company = amounts([5_300_00] * 78 + [80_000_00] * 21 + [6_600_00])
    result = pareto(company)
    assert (result.customers, result.revenue) == (100, 2_100_000_00)
    assert result.customers_for_80_percent == 21
    assert result.share_of_customers_for_80_percent == 0.21
    assert sorted(core_customers(company)) == list(range(79, 100))
    curve = pareto_curve(company)
    assert curve["cumulative_share"][20] == 0.8
    assert curve["cumulative_share"].iloc[-1] == 1.0
    assert result.top_20_percent_customers == 20
    assert result.top_20_percent_revenue_share == 1_600_000 / 2_100_000


def test_exactly_80_per_cent_counts_and_one_cent_less_does_not():
    assert customers_for_share(amounts([8, 1, 1]), 0.8) == 1
    assert customers_for_share(amounts([7_999, 1_001, 1_000]), 0.8) == 2
    huge = 10**15
    assert customers_for_share(amounts([8 * huge, huge, huge]), 0.8) == 1
    assert customers_for_share(amounts([8 * huge - 1, huge + 1, huge]), 0.8) == 2


def test_the_top_fifth_is_rounded_down():
    result = pareto(amounts([50, 20, 10, 10, 5, 3, 1, 1, 0]))
    assert result.top_20_percent_customers == 1
    assert result.top_20_percent_revenue_share == 0.5


def test_negative_customers_count():
    result = pareto(amounts([100, 50, -50]))
    assert (result.customers, result.revenue, result.customers_for_80_percent) == (3, 100, 1)


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ([], "no_customers"),
        ([-5, -1], "no_positive_total"),
        ([0], "no_positive_total"),
        ([5], "fewer_than_five_customers"),
    ],
)
def test_too_little_is_said(values, note):
    result = pareto(amounts(values))
    assert result.notes == (note,)
    assert result.top_20_percent_revenue_share is None
    assert len(pareto_curve(amounts(values))) == len(values)


def test_all_equal():
    result = pareto(amounts([10] * 10))
    assert (result.customers_for_80_percent, result.top_20_percent_revenue_share) == (8, 0.2)


def test_the_curve_can_be_thinned_and_ties_go_by_customer():
    company = amounts([5] * 1000)
    curve = pareto_curve(company.sample(frac=1, random_state=1), points=50)
    assert len(curve) == 50
    assert curve["rank"].iloc[[0, -1]].tolist() == [1, 1000]
    assert curve["customer_id"].iloc[[0, -1]].tolist() == [1, 1000]


def test_an_impossible_share_is_refused():
    with pytest.raises(ValueError, match="share"):
        customers_for_share(amounts([1]), 1.1)


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=40).filter(lambda values: sum(values) > 0))
def test_it_is_the_smallest_number_that_reaches_the_share(values):
    needed = customers_for_share(amounts(values), 0.8)
    falling = sorted(values, reverse=True)
    assert needed is not None
    assert 10 * sum(falling[:needed]) >= 8 * sum(values)
    assert 10 * sum(falling[: needed - 1]) < 8 * sum(values)
