import pandas as pd
import pytest

from analytics.analysis import churn, lifecycle, purchase_cycle
from analytics.analysis.purchase_cycle import CycleParameters
from analytics.analysis.statistics import customer_statistics
from tests.analytics.analysis.frames import frame

COMPANY = CycleParameters(30.0, 100)


def stages(orders: pd.DataFrame, as_of: str, company: CycleParameters = COMPANY) -> dict[int, str]:
    day = pd.Timestamp(as_of)
    statistics = customer_statistics(orders, day)
    risks = churn.apply(statistics, purchase_cycle.apply(statistics, company), as_of=day)
    return lifecycle.apply(statistics, risks, as_of=day)["lifecycle_stage"].to_dict()


LIFE = """
    customer_id  occurred_on  gross_amount  net_amount
              1  2026-01-01           100         100
              1  2026-01-31           100         100
              1  2026-03-02           100         100
"""


def test_R_163_from_acquisition_over_maintenance_to_churn_warning():
    life = frame(LIFE)
    assert stages(life, "2026-01-11") == {1: "acquisition"}
    assert stages(life, "2026-01-31") == {1: "acquisition"}
    assert stages(life, "2026-03-02") == {1: "maintenance"}
    assert stages(life, "2026-04-30") == {1: "maintenance"}
    assert stages(life, "2026-05-01") == {1: "churn_warning"}
    assert stages(life, "2026-08-29") == {1: "churn_warning"}
    assert stages(life, "2026-08-30") == {1: "lost"}


def test_development_is_growth_over_the_half_year_before():
    orders = frame("""
        customer_id  occurred_on  gross_amount  net_amount
                  1  2025-10-01           100         100
                  1  2025-11-01           100         100
                  1  2026-06-01           201         201
                  2  2025-10-01           100         100
                  2  2025-11-01           100         100
                  2  2026-06-01           200         200
                  3  2025-10-01           100         100
                  3  2026-06-01           900         900
    """)
    assert stages(orders, "2026-06-20") == {1: "development", 2: "maintenance", 3: "acquisition"}


def test_growth_can_be_told_180_days_after_the_first_purchase():
    orders = frame("""
        customer_id  occurred_on  gross_amount  net_amount
                  1  2026-01-01           100         100
                  1  2026-05-20           100         100
                  1  2026-06-20           100         100
    """)
    assert stages(orders, "2026-06-29") == {1: "maintenance"}
    assert stages(orders, "2026-06-30") == {1: "development"}


def test_a_prospect_is_in_acquisition_and_everybody_has_a_stage():
    statistics = pd.DataFrame(
        {
            "customer_id": [1, 2],
            "orders": 0,
            "first_on": pd.NaT,
            "last_on": pd.NaT,
            "median_interval_days": float("nan"),
            "amount_last_180": [0, -100],
            "amount_previous_180": 0,
        }
    ).astype({"first_on": "datetime64[s]", "last_on": "datetime64[s]"})
    day = pd.Timestamp("2026-01-01")
    risks = churn.apply(statistics, purchase_cycle.apply(statistics, COMPANY), as_of=day)
    assert lifecycle.apply(statistics, risks, as_of=day)["lifecycle_stage"].tolist() == ["acquisition"] * 2


def test_without_any_cycle_there_is_no_warning():
    orders = frame("""
        customer_id  occurred_on  gross_amount  net_amount
                  1  2026-01-01           100         100
    """)
    few = CycleParameters(None, 3)
    assert stages(orders, "2026-12-31", few) == {1: "acquisition"}
    assert stages(orders, "2027-01-02", few) == {1: "lost"}


def test_no_customers():
    assert stages(frame("customer_id occurred_on gross_amount net_amount"), "2026-01-01") == {}


def test_frames_of_different_customers_are_refused():
    day = pd.Timestamp("2026-03-02")
    statistics = customer_statistics(frame(LIFE), day)
    risks = churn.apply(statistics, purchase_cycle.apply(statistics, COMPANY), as_of=day)
    with pytest.raises(ValueError, match="different customers"):
        lifecycle.apply(statistics.assign(customer_id=9), risks, as_of=day)
