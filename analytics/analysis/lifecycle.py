"""Lifecycle stage of every customer (R-163, D-02).

The first that is true decides: lost (see churn), churn warning (silence at least twice the cycle),
development, maintenance (3 or more purchases), acquisition (everybody else, prospects included).

Development compares the last 180 days with the 180 before them, so it needs a customer who had already bought
before the last 180 days. Without that the third purchase of a new customer would always be "development",
while it is to be maintenance.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analytics.analysis.churn import ChurnRisk
from analytics.analysis.contract import (
    calendar_day,
    chosen,
    customer_index,
    days,
    floats,
    require_columns,
    whole,
)
from analytics.analysis.statistics import HALF_YEAR_DAYS


class LifecycleStage(StrEnum):
    ACQUISITION = "acquisition"
    MAINTENANCE = "maintenance"
    DEVELOPMENT = "development"
    CHURN_WARNING = "churn_warning"
    LOST = "lost"


@dataclass(frozen=True)
class LifecycleRule:
    """maintenance_orders: purchases from which one is kept; warning_ratio: silence / cycle of the warning."""

    maintenance_orders: int = 3
    warning_ratio: float = 2.0


def apply(
    statistics: pd.DataFrame, churn: pd.DataFrame, *, as_of: pd.Timestamp, rule: LifecycleRule | None = None
) -> pd.DataFrame:
    """Stage of each customer.

    statistics: customer_id, orders, first_on, amount_last_180, amount_previous_180 (net cents)
    churn:      churn_risk, silence_ratio of the same customers in the same order (`churn.apply`)
    returns:    lifecycle_stage (code, never missing), indexed by customer_id
    raises:     ValueError when the two frames are of different customers
    """
    require_columns(statistics, "orders", "first_on", "amount_last_180", "amount_previous_180")
    require_columns(churn, "churn_risk", "silence_ratio")
    rule = rule or LifecycleRule()
    index = customer_index(statistics)
    if not churn.index.equals(index):
        raise ValueError("statistics and churn are of different customers")
    is_lost = (churn["churn_risk"] == ChurnRisk.LOST).to_numpy(np.bool_)
    is_overdue = floats(churn["silence_ratio"]) >= rule.warning_ratio
    is_kept = whole(statistics["orders"]) >= rule.maintenance_orders
    is_comparable = days(statistics["first_on"]) <= calendar_day(as_of) - np.timedelta64(HALF_YEAR_DAYS, "D")
    has_grown = whole(statistics["amount_last_180"]) > whole(statistics["amount_previous_180"])
    position = np.select([is_lost, is_overdue, is_kept & is_comparable & has_grown, is_kept], [4, 3, 2, 1], 0)
    return pd.DataFrame({"lifecycle_stage": chosen(list(LifecycleStage), position)}, index=index)
