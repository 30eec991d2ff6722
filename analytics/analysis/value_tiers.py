"""Value tiers high, middle, low, none from frequency, amount and satisfaction (R-149, D-08)."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.analysis.contract import chosen, customer_index, floats, quantile, require_columns, whole

POINTS_PER_MEASURE = 2


class ValueTier(StrEnum):
    HIGH = "high"
    MID = "mid"
    LOW = "low"
    NONE = "none"


@dataclass(frozen=True)
class ValueTierLimits:
    """Each measure gives 2 points from its upper limit on, 1 from its lower limit on; all limits are
    inclusive.

    orders:              purchases in 365 days
    amount_quantiles:    place of the limits among the customers with a purchase in 365 days, fractions
    amount_cents:        fixed limits that replace the quantiles when given
    satisfaction:        mean answer, 1 to 5
    high_share, mid_share: share of the attainable points from which a customer is High, Mid
    """

    orders: tuple[int, int] = (4, 12)
    amount_quantiles: tuple[float, float] = (0.4, 0.8)
    amount_cents: tuple[int, int] | None = None
    satisfaction: tuple[float, float] = (3.0, 4.0)
    high_share: float = 0.75
    mid_share: float = 0.5

    def __post_init__(self) -> None:
        pairs = (self.orders, self.amount_quantiles, self.satisfaction, self.amount_cents or (0, 0))
        if any(low > high for low, high in pairs) or not 0 < self.mid_share <= self.high_share <= 1:
            raise ValueError("a lower limit of the value tiers lies above its upper limit")


@dataclass(frozen=True)
class ValueTierParameters:
    """The limits with the amounts they mean in this company, in cents; notes: `no_active_customers`."""

    amount_mid: float
    amount_high: float
    active_customers: int
    limits: ValueTierLimits = field(default_factory=ValueTierLimits)
    notes: tuple[str, ...] = ()


def fit(statistics: pd.DataFrame, limits: ValueTierLimits | None = None) -> ValueTierParameters:
    """The amount limits of a company.

    statistics: orders_last_365, amount_last_365 (net cents); only customers with a purchase in the 365 days
                set limits
    """
    require_columns(statistics, "orders_last_365", "amount_last_365")
    limits = limits or ValueTierLimits()
    active = statistics[statistics["orders_last_365"] > 0]
    rising = np.sort(whole(active["amount_last_365"]))
    notes = ("no_active_customers",) if active.empty else ()
    if limits.amount_cents is not None:
        mid, high = (float(limit) for limit in limits.amount_cents)
    elif active.empty:
        mid, high = np.inf, np.inf
    else:
        mid, high = (quantile(rising, share) for share in limits.amount_quantiles)
    return ValueTierParameters(mid, high, len(active), limits, notes)


def apply(statistics: pd.DataFrame, parameters: ValueTierParameters) -> pd.DataFrame:
    """Points and tier of each customer.

    statistics: customer_id, orders_last_365, amount_last_365 (net cents) and, where known, mean_satisfaction
                (1-5, NaN
                without an answer: the customer is judged by the other two)
    returns:    order_points, amount_points (int8), satisfaction_points (Int8), attainable_points (int8),
                points_share (fraction), value_tier (code), indexed by customer_id. Without a purchase in 365
                days the tier is none.
    """
    require_columns(statistics, "orders_last_365", "amount_last_365")
    limits = parameters.limits
    orders, amounts = whole(statistics["orders_last_365"]), whole(statistics["amount_last_365"])
    order_points = _points(orders, *limits.orders)
    # An amount of zero or less never earns points, even where the company's quantile lies that low.
    amount_points = np.where(amounts > 0, _points(amounts, parameters.amount_mid, parameters.amount_high), 0)
    satisfaction = np.full(len(statistics), np.nan)
    if "mean_satisfaction" in statistics.columns:
        satisfaction = floats(statistics["mean_satisfaction"])
    answered = ~np.isnan(satisfaction)
    satisfaction_points = np.where(answered, _points(satisfaction, *limits.satisfaction), 0)
    attainable = np.where(answered, 3, 2) * POINTS_PER_MEASURE
    share = (order_points + amount_points + satisfaction_points) / attainable
    position = np.select(
        [(orders <= 0) | (share <= 0), share >= limits.high_share, share >= limits.mid_share], [3, 0, 1], 2
    )
    return pd.DataFrame(
        {
            "order_points": order_points.astype(np.int8),
            "amount_points": amount_points.astype(np.int8),
            "satisfaction_points": pd.arrays.IntegerArray(satisfaction_points.astype(np.int8), ~answered),
            "attainable_points": attainable.astype(np.int8),
            "points_share": share,
            "value_tier": chosen(list(ValueTier), position),
        },
        index=customer_index(statistics),
    )


def _points(values: npt.NDArray[np.int64] | npt.NDArray[np.float64], low: float, high: float) -> npt.NDArray[np.int64]:
    return (values >= low).astype(np.int64) + (values >= high)
