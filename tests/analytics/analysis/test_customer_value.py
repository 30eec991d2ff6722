"""Ranks, classes, four models, one combined figure: the worked examples, and small companies."""

import numpy as np
import pandas as pd
import pytest

from analytics.analysis import customer_value
from analytics.analysis.customer_value import ContributionWeights, GrowthRule, Quadrant, ValueBands
from analytics.analysis.predicted_value import contract_value
from tests.analytics.analysis.frames import frame


def series(*values: float) -> pd.Series:
    return pd.Series(values, index=pd.RangeIndex(1, len(values) + 1, name="customer_id"))


def test_R_133_300_customers_have_rank_and_percentile():
    found = customer_value.ranked(series(*range(1000, 1300)))
    assert found["rank"].tolist() == list(range(300, 0, -1))
    assert found.loc[300, "percentile"] == pytest.approx(100 * 299.5 / 300)
    assert found.loc[1, "percentile"] == pytest.approx(100 * 0.5 / 300)


def test_equal_customers_share_rank_and_percentile_and_missing_ones_have_none():
    found = customer_value.ranked(series(5, 9, 5, np.nan))
    assert found["rank"].fillna(0).tolist() == [2, 1, 2, 0]
    assert found["percentile"].fillna(-1).round(2).tolist() == [33.33, 83.33, 33.33, -1]
    assert customer_value.ranked(series(7, 7, 7))["percentile"].tolist() == [50, 50, 50]


def test_R_153_100_customers_fall_into_bands_of_10_30_and_60():
    values = series(*(value * 1_000 for value in range(100)))
    classes = customer_value.value_classes(values, ValueBands(top=0.1, middle=0.4))
    assert classes.value_counts().to_dict() == {"base": 60, "middle": 30, "top": 10}
    assert values[classes == "top"].min() == 90_000


def test_bands_do_not_miss_by_a_rounding_and_equal_values_are_in_one_class():
    assert customer_value.value_classes(series(*range(30)))[:3].tolist() == ["base"] * 3
    assert customer_value.value_classes(series(*range(30))).value_counts()["top"] == 3
    assert set(customer_value.value_classes(series(4, 4, 4))) == {"middle"}
    assert customer_value.value_classes(series(4, np.nan)).isna().tolist() == [False, True]


def test_R_132_every_model_ranks_every_customer():
    customers = frame("""
        customer_id  lifetime_value  loyalty  orders_12_months  amount_12_months  potential_value
                  1             900       40                 2               800              100
                  2             100       90                 9               700              300
                  3             500       60                 1               100              900
    """)
    found = customer_value.model_scores(customers)
    ranks = {model: found[f"{model}_rank"].tolist() for model in customer_value.MODELS}
    assert ranks == {
        "financial": [1, 3, 2],
        "loyalty": [3, 1, 2],
        "behaviour": [1, 1, 3],  # second by orders and first by amount against first and second
        "potential": [3, 2, 1],
    }


def test_a_model_uses_what_it_knows_of_a_customer():
    customers = frame("""
        customer_id  potential_value  wallet_gap
                  1              100           -
                  2              300         900
                  3                -           -
    """)
    found = customer_value.model_scores(customers)
    assert found["potential"].fillna(-1).tolist() == [25, 62.5, -1]
    assert found["financial"].isna().all()


def test_R_134_power_70_loyalty_75_and_percentile_80_make_75():
    found = customer_value.economic_contribution(series(70), series(75), series(80))
    assert found.tolist() == [75.0]


def test_a_part_that_is_not_known_leaves_its_weight_to_the_others():
    weights = ContributionWeights(power=2, loyalty=1, lifetime=1)
    found = customer_value.economic_contribution(
        series(60, 60, 60), series(90, np.nan, np.nan), series(30, 30, np.nan), weights
    )
    assert found.fillna(-1).tolist() == [60, 50, -1]


def test_R_130_an_order_a_month_of_800_with_probability_0_8_makes_7680():
    found = customer_value.potential_by_rhythm(series(1), series(80_000), series(0.8))
    assert found.tolist() == [pytest.approx(768_000)]


def test_R_131_clv_of_a_yearly_margin_of_1200_is_2571():
    assert contract_value(1_000 * 4 * 0.3, retention_rate=0.75, yearly_discount=0.1) == pytest.approx(2571.43, abs=0.01)


HEAD = (
    "customer_id amount_12_months potential_value amount_last_180_days amount_previous_180_days churn_risk overdue"
    " profit_12_months\n"
)


def test_R_156_a_customer_of_5000_with_a_forecast_of_20000_is_a_growth_customer():
    found = customer_value.growth_customers(
        frame(
            HEAD
            + """
            1 500000 2000000 250000 250000 low    0 100
            2 500000  600000 250000 250000 low    0 100
            3      0   50000      0      0 lost   0   0
            4   2000    9000   1000   1000 low    0   0
            """
        )
    )
    assert found["is_growth_customer"].tolist() == [True, False, True, False]
    assert found.loc[1, "growth"] == 3.0
    assert np.isnan(found.loc[3, "growth"])


def test_R_128_60_customers_of_the_middle_tier_fall_into_four_fields_and_8_are_watched():
    rows = []
    for number in range(60):
        growing, at_risk = number < 20, number % 5 < 2
        risk = ["high", "low", "low"] if number % 3 == 0 else ["low", "low", "low"]
        rows.append(
            {
                "customer_id": number,
                "amount_12_months": 100_000,
                "potential_value": 100_000,
                "amount_last_180_days": 60_000 if growing else 50_000,
                "amount_previous_180_days": 50_000,
                "churn_risk": risk[0] if at_risk else "low",
                "overdue": int(at_risk and number % 3 == 1),
                "profit_12_months": -1 if at_risk and number % 3 == 2 else 500,
            }
        )
    found = customer_value.growth_customers(pd.DataFrame(rows), GrowthRule(change=0.1))
    counts = found["quadrant"].value_counts().to_dict()
    assert counts == {
        Quadrant.GROWING_AT_RISK: 8,
        Quadrant.GROWING_SAFE: 12,
        Quadrant.STEADY_AT_RISK: 16,
        Quadrant.STEADY_SAFE: 24,
    }
    watched = found[found["quadrant"] == Quadrant.GROWING_AT_RISK]
    assert (watched["risk_churn"].sum(), watched["risk_credit"].sum(), watched["risk_cost"].sum()) == (3, 3, 2)


def test_R_135_sales_of_50000_of_a_demand_of_200000_are_a_quarter_and_150000_are_left():
    found = customer_value.share_of_wallet(series(5_000_000, 100, 300), series(20_000_000, np.nan, 200))
    assert found["share"].fillna(-1).tolist() == [0.25, -1, 1.5]
    assert found["gap"].fillna(-1).tolist() == [15_000_000, -1, 0]


def test_R_041_a_new_customer_costs_2000_and_a_kept_one_100():
    found = customer_value.cost_per_customer(acquisition=50_000, new=25, care=6_000, kept=60)
    assert (found.per_new, found.per_kept, found.ratio) == (2_000, 100, 20)
    nobody = customer_value.cost_per_customer(acquisition=50_000, new=0, care=0, kept=60)
    assert (nobody.per_new, nobody.per_kept, nobody.ratio) == (None, 0, None)


def test_R_136_60_percent_of_the_profit_and_25_percent_of_the_hours_are_a_ratio_of_2_4():
    groups = frame("""
        profit  resource
           600        25
           300        25
           100        50
    """)
    found = customer_value.allocation(groups)
    assert found["ratio"].tolist() == [pytest.approx(2.4), pytest.approx(1.2), pytest.approx(0.2)]
    assert found["proposed"].tolist() == [pytest.approx(60), pytest.approx(30), pytest.approx(10)]


def test_a_tier_with_a_loss_gets_nothing_proposed_and_hours_of_nobody_have_no_ratio():
    found = customer_value.allocation(frame("profit  resource\n 100 0\n -50 10"))
    assert found["profit_share"].tolist() == [1, 0]
    assert np.isnan(found.loc[0, "ratio"])
    assert found["proposed"].tolist() == [10, 0]


def test_R_161_20_at_the_start_3_in_and_1_out_are_22_and_95_percent():
    months = pd.DataFrame(
        [("2026-01", customer) for customer in range(20)]
        + [("2026-02", customer) for customer in range(1, 23)]
        + [("2026-03", customer) for customer in range(1, 23)]
    ).set_axis(["month", "customer_id"], axis=1)
    found = customer_value.high_value_moves(months)
    assert found.iloc[0].to_dict() == {
        "month": "2026-02", "at_start": 20, "entered": 3, "left": 1, "at_end": 22, "retention_rate": 0.95,
    }  # fmt: skip
    assert found.iloc[1]["retention_rate"] == 1


@pytest.mark.parametrize("count", [0, 1, 3])
def test_small_companies_of_equal_customers_are_answered(count):
    ones = np.ones(count, dtype="int64")
    customers = pd.DataFrame(
        {
            **dict.fromkeys(("amount_12_months", "potential_value", "amount_last_180_days"), ones),
            "customer_id": np.arange(count),
            "amount_previous_180_days": ones * 0,
            "churn_risk": ["low"] * count,
            "lifetime_value": ones * 1.0,
        }
    )
    assert len(customer_value.growth_customers(customers)) == count
    assert customer_value.model_scores(customers)["financial"].tolist() == [50.0] * count
    values = customers.set_index("customer_id")["lifetime_value"]
    assert len(customer_value.value_classes(values)) == count
    assert customer_value.economic_contribution(values, values, values).tolist() == [1.0] * count
    assert customer_value.high_value_moves(pd.DataFrame({"month": [], "customer_id": []})).empty


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (lambda: ValueBands(top=0), "top"),
        (lambda: ContributionWeights(loyalty=-1), "loyalty"),
        (lambda: ContributionWeights(0, 0, 0), "power"),
        (lambda: GrowthRule(change=-1), "change"),
        (lambda: GrowthRule(least_amount=-1), "least_amount"),
    ],
)
def test_nonsense_is_refused_by_name(rule, field):
    with pytest.raises(ValueError, match=field):
        rule()
