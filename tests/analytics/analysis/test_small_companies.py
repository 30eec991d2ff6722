"""The whole chain on companies too small to have statistics: said plainly, never a crash."""

import pandas as pd
import pytest

from analytics.analysis import abc, churn, lifecycle, loyalty, pareto, purchase_cycle, retention, rfm, value_tiers
from analytics.analysis.statistics import customer_statistics, purchase_intervals
from tests.analytics.analysis.frames import frame

AS_OF = pd.Timestamp("2026-06-30")
HEAD = "customer_id occurred_on gross_amount net_amount"
COMPANIES = {
    "nobody": "",
    "one": "1 2026-06-01 500 500",
    "three": "1 2026-06-01 500 500\n2 2026-05-01 700 700\n3 2026-04-01 900 900\n3 2026-06-20 10 10",
    "all_equal": "\n".join(f"{n} 2026-06-01 500 500\n{n} 2026-06-11 500 500" for n in range(1, 8)),
    "only_returns": "1 2026-06-01 0 -500\n2 2026-06-02 0 -900",
    "refunded": "1 2026-06-01 500 500\n1 2026-06-05 0 -500",
    "one_day": "1 2026-06-30 500 500\n1 2026-06-30 500 500\n1 2026-06-30 9 9\n2 2026-06-30 700 700",
    "only_the_future": "1 2026-07-01 500 500",
}


def analysed(name: str) -> tuple[pd.DataFrame, dict[str, tuple[str, ...]]]:
    """Every per-customer column, and the notes of each analysis."""
    orders = frame(f"{HEAD}\n{COMPANIES[name]}")
    statistics = customer_statistics(orders, AS_OF)
    thresholds = rfm.fit_thresholds(statistics, AS_OF)
    classes, tiers = abc.fit(statistics), value_tiers.fit(statistics)
    cycle = purchase_cycle.fit(purchase_intervals(orders, AS_OF))
    cycles = purchase_cycle.apply(statistics, cycle)
    risks = churn.apply(statistics, cycles, as_of=AS_OF)
    columns = [
        rfm.score(statistics, thresholds, AS_OF),
        abc.apply(statistics, classes),
        value_tiers.apply(statistics, tiers),
        cycles[["next_expected_on"]],
        risks,
        lifecycle.apply(statistics, risks, as_of=AS_OF),
        loyalty.composite(loyalty.components(statistics.assign(silence_ratio=risks["silence_ratio"].to_numpy()))),
    ]
    concentration = pareto.pareto(statistics.set_index("customer_id")["amount"])
    cohorts = retention.cohort_table(retention.activity(orders, as_of=AS_OF), as_of=AS_OF)
    notes = {"rfm": thresholds.notes, "abc": classes.notes, "tiers": tiers.notes, "cycle": cycle.notes}
    notes |= {"pareto": concentration.notes, "cohorts": () if len(cohorts) else ("no_cohorts",)}
    assert churn.reasons(statistics, risks).index.isin(statistics["customer_id"]).all()
    return pd.concat(columns, axis=1), notes


@pytest.mark.parametrize("name", COMPANIES)
def test_every_company_gets_one_row_per_customer_with_the_same_columns_and_types(name):
    result, notes = analysed(name)
    wanted, _ = analysed("three")
    assert result.dtypes.to_dict() == wanted.dtypes.to_dict()
    assert result["lifecycle_stage"].notna().all()
    assert "few_intervals" in notes["cycle"]


def test_nobody_is_said_everywhere():
    for name in ("nobody", "only_the_future"):
        result, notes = analysed(name)
        assert result.empty
        assert notes == {
            "rfm": ("no_customers",),
            "abc": ("no_customers",),
            "tiers": ("no_active_customers",),
            "cycle": ("few_intervals",),
            "pareto": ("no_customers",),
            "cohorts": ("no_cohorts",),
        }


def test_only_returns_are_no_purchases():
    result, notes = analysed("only_returns")
    assert result[["segment", "abc_class", "churn_risk", "loyalty_band"]].isna().all(axis=None)
    assert result["value_tier"].tolist() == ["none", "none"]
    assert result["lifecycle_stage"].tolist() == ["acquisition", "acquisition"]
    assert notes["pareto"] == ("no_positive_total",)


def test_a_refunded_customer_still_bought():
    result, notes = analysed("refunded")
    assert result.loc[1, ["frequency", "monetary_value", "value_tier"]].tolist() == [1, 0, "none"]
    assert notes["abc"] == ("no_positive_amount",)


def test_equal_customers_are_equal_in_everything():
    result, _ = analysed("all_equal")
    assert (result.nunique(dropna=False) == 1).all()


def test_three_orders_of_one_day_make_no_cycle():
    result, _ = analysed("one_day")
    assert result["churn_risk"].tolist() == ["unknown", "unknown"]
    assert result["recency_days"].tolist() == [0, 0]
    assert result["next_expected_on"].isna().all()
