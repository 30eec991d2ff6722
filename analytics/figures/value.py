"""What a customer has brought, is expected to buy, and is worth beside the others."""

from typing import Any

import numpy as np
import pandas as pd

from analytics.analysis import customer_value
from analytics.analysis.contract import floats
from analytics.figures.work import Columns, FigureSet, Work, cents, codes

PROFITS = """
    SELECT
        customer_id,
        CAST(sum(profit) AS BIGINT) AS historic_value,
        CAST(coalesce(sum(profit) FILTER (WHERE occurred_on > $day - 365), 0) AS BIGINT) AS profit_12_months
    FROM ledger
    WHERE occurred_on <= $day
    GROUP BY customer_id
"""
DAYS_PER_MONTH = 365.25 / 12


def _value(work: Work) -> Columns:
    known = work.known
    found = work.reader.frame(PROFITS, {"day": work.as_of.date()}).set_index("customer_id")
    historic, last_year = (
        work.align(found[name]).fillna(0).astype("int64") for name in ("historic_value", "profit_12_months")
    )
    bought = known["orders"].to_numpy() > 0
    lifetime = pd.Series(np.where(bought, floats(historic) + _or_zero(work, "predicted_value"), np.nan))
    return {
        "historic_value": historic,
        "profit_12_months": last_year,
        "potential_value": cents(_potential(work)),
        "value_class": codes(
            customer_value.value_classes(lifetime, customer_value.ValueBands(**work.settings("value_classes")))
        ),
        "economic_contribution": _contribution(work, lifetime),
        "probability_of_high_value": np.full(len(known), np.nan),
    }


def _potential(work: Work) -> "pd.Series[float]":
    """Expected amount of 12 months: by the model of the customer base, where it tells nothing by the own rhythm."""
    expected = _floats(work, "expected_orders") * _floats(work, "expected_order_value")
    cycle = _floats(work, "cycle_days")
    with np.errstate(divide="ignore", invalid="ignore"):
        per_month = pd.Series(np.where(cycle > 0, DAYS_PER_MONTH / cycle, np.nan))
    continuing = pd.Series(_floats(work, "continue_likelihood") / 100)
    average = pd.Series(_floats(work, "average_order_value"))
    by_rhythm = customer_value.potential_by_rhythm(per_month, average, continuing)
    return pd.Series(np.where(np.isnan(expected), floats(by_rhythm), expected)).clip(lower=0)


def _contribution(work: Work, lifetime: "pd.Series[Any]") -> "pd.Series[float]":
    """Purchasing power is the place of the amount of 12 months among all who bought."""
    bought = work.known["orders"].to_numpy() > 0
    amount = pd.Series(np.where(bought, floats(work.known["amount_last_365"]), np.nan))
    found = customer_value.economic_contribution(
        customer_value.ranked(amount)["percentile"],
        pd.Series(np.where(bought, _floats(work, "loyalty"), np.nan)),
        customer_value.ranked(lifetime)["percentile"],
        customer_value.ContributionWeights(**work.settings("economic_contribution")),
    )
    return found.reset_index(drop=True)


def _floats(work: Work, name: str) -> Any:
    return floats(pd.Series(work.columns[name]).reset_index(drop=True))


def _or_zero(work: Work, name: str) -> Any:
    return np.nan_to_num(_floats(work, name))


VALUE = FigureSet("value", _value)
