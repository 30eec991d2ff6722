"""Purchase cycle and expected next purchase (R-178, D-03)."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analytics.analysis.contract import chosen, customer_index, days, floats, require_columns, whole


class CycleSource(StrEnum):
    OWN = "own"
    ASSUMED = "assumed"


@dataclass(frozen=True)
class CycleParameters:
    """company_cycle_days: median of all intervals, None when there are fewer than minimum_intervals of them.

    minimum_orders: from this many purchases on a customer's own median interval counts.
    notes: `few_intervals` when there is no company cycle.
    """

    company_cycle_days: float | None
    intervals: int
    minimum_orders: int = 3
    notes: tuple[str, ...] = ()


def fit(intervals: pd.DataFrame, *, minimum_intervals: int = 30, minimum_orders: int = 3) -> CycleParameters:
    """The cycle assumed for customers without one of their own.

    intervals: days, intervals (how often this interval occurs), one row per length (see
               `statistics.purchase_intervals`)
    """
    require_columns(intervals, "days", "intervals")
    ordered = intervals.sort_values("days")
    lengths, counts = whole(ordered["days"]), whole(ordered["intervals"])
    total = int(counts.sum())
    if total < max(minimum_intervals, 1):
        return CycleParameters(None, total, minimum_orders, ("few_intervals",))
    reached = np.cumsum(counts)
    middle = [lengths[np.searchsorted(reached, place, side="left")] for place in ((total + 1) // 2, total // 2 + 1)]
    return CycleParameters(float(middle[0] + middle[1]) / 2, total, minimum_orders)


def apply(statistics: pd.DataFrame, parameters: CycleParameters) -> pd.DataFrame:
    """Cycle of each customer and the day of its next purchase if it keeps it.

    statistics: customer_id, orders, last_on, median_interval_days
    returns:    cycle_days (float, NaN when there is none), cycle_source (own, assumed, missing),
                next_expected_on (last_on + cycle, a fraction of a day rounded up; NaT without a cycle),
                indexed by customer_id

    With three purchases of one day there is no interval of one's own, so the company's is assumed. Whoever
    never bought has no cycle.
    """
    require_columns(statistics, "orders", "last_on", "median_interval_days")
    orders, own = whole(statistics["orders"]), floats(statistics["median_interval_days"])
    has_own = (orders >= parameters.minimum_orders) & (own > 0)
    company = np.nan if parameters.company_cycle_days is None else parameters.company_cycle_days
    is_assumed = ~has_own & (orders > 0) & ~np.isnan(company)
    cycle = np.select([has_own, is_assumed], [own, np.full(len(own), company)], np.nan)
    last = days(statistics["last_on"])
    step = np.ceil(np.nan_to_num(cycle)).astype("timedelta64[D]")
    expected = np.where(np.isnan(cycle), np.datetime64("NaT"), last + step)
    return pd.DataFrame(
        {
            "cycle_days": cycle,
            "cycle_source": chosen(list(CycleSource), np.select([has_own, is_assumed], [0, 1], -1)),
            "next_expected_on": expected.astype("datetime64[s]"),
        },
        index=customer_index(statistics),
    )
