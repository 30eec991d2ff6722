"""What a customer leaves us: revenue and every cost that is laid to its account (R-126, R-127, R-113, R-114).

    revenue (at list price, returns taken off)  - discounts  = net amount
    net amount - cost of goods - service cost - after-sales cost - marketing cost = profit
    margin = profit / revenue

Revenue counts at list price, so that a discount is taken off once and is a part of its own; revenue less discounts is
the net amount of every other report, to the cent. Money is whole cents throughout.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np
import pandas as pd

from analytics.analysis.contract import Integers, chosen, customer_index, require_columns, whole

COSTS = ("cost_of_goods", "discounts", "service_cost", "after_sales_cost", "marketing_cost")
MINUTES_PER_HOUR = 60


@dataclass(frozen=True)
class CostTerms:
    """What an hour of service costs (money of the base currency), and how long a record took that nobody timed."""

    hourly_rate: float = 200.0
    contact_minutes: int = 10
    complaint_minutes: int = 45
    enquiry_minutes: int = 15

    def __post_init__(self) -> None:
        if not 0 <= self.hourly_rate <= 1_000_000:
            raise ValueError("hourly_rate must lie between 0 and 1,000,000")
        for name in ("contact_minutes", "complaint_minutes", "enquiry_minutes"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10_000:
                raise ValueError(f"{name} must be a whole number between 0 and 10,000")

    @property
    def hourly_cents(self) -> int:
        return round(self.hourly_rate * 100)


@dataclass(frozen=True)
class SpendTerms:
    """allowed_share: of the net purchase value that marketing may cost; lower_bound: share of that cap below which
    too little is spent. Fractions."""

    allowed_share: float = 0.4
    lower_bound: float = 0.25

    def __post_init__(self) -> None:
        if not 0 < self.allowed_share <= 1:
            raise ValueError("allowed_share must be above 0 and at most 1")
        if not 0 <= self.lower_bound <= 1:
            raise ValueError("lower_bound must lie between 0 and 1")


class Spend(StrEnum):
    OVER = "over"
    WITHIN = "within"
    UNDER = "under"


def service_cents(minutes: Integers, hourly_cents: int) -> Integers:
    """The cost of each record's minutes, rounded half up record by record, so that records add up to every sum."""
    return np.asarray((2 * minutes * hourly_cents + MINUTES_PER_HOUR) // (2 * MINUTES_PER_HOUR), dtype=np.int64)


def allotted(amount: int, customers: int) -> Integers:
    """An amount of cents shared equally by so many customers: parts differ by a cent at most and add up to the amount.

    The k-th part is what the first k customers bear together less what the first k - 1 bear.
    """
    places = np.arange(customers + 1, dtype=np.int64)
    together = np.array([int(amount) * int(place) // max(customers, 1) for place in places], dtype=np.int64)
    return np.diff(together)


def profitability(parts: pd.DataFrame) -> pd.DataFrame:
    """Profit and margin of each customer.

    parts:   customer_id, revenue and the COSTS, cents
    returns: net_amount, profit (cents), margin (fraction of the revenue, NaN without a positive one), indexed by
             customer_id
    """
    require_columns(parts, "revenue", *COSTS)
    revenue = whole(parts["revenue"])
    costs = np.sum([whole(parts[name]) for name in COSTS], axis=0, dtype=np.int64)
    profit = revenue - costs
    return pd.DataFrame(
        {
            "net_amount": revenue - whole(parts["discounts"]),
            "profit": profit,
            "margin": np.where(revenue > 0, profit / np.where(revenue > 0, revenue, 1), np.nan),
        },
        index=customer_index(parts),
    )


def loss_causes(parts: pd.DataFrame) -> pd.DataFrame:
    """Why customers bring a loss: the largest of the costs, of the goods only what was not earned back by their price.

    parts:   as for `profitability`
    returns: cause (one of COSTS, missing without a loss), cause_amount (cents, 0 without a loss), indexed by
             customer_id

    Goods cost the most nearly everywhere, and are paid for by their price: they are a cause only by what they cost
    above the net amount. Of equal costs the one that comes first in COSTS is named.
    """
    made = profitability(parts)
    goods = np.maximum(whole(parts["cost_of_goods"]) - whole(made["net_amount"]), 0)
    amounts = np.array([goods, *(whole(parts[name]) for name in COSTS[1:])], dtype=np.int64).reshape(len(COSTS), -1)
    has_loss = whole(made["profit"]) < 0
    place = np.argmax(amounts, axis=0) if amounts.size else np.zeros(0, dtype=np.int64)
    return pd.DataFrame(
        {
            "cause": chosen(COSTS, np.where(has_loss, place, -1)),
            "cause_amount": np.where(has_loss, amounts.max(axis=0, initial=0), 0).astype(np.int64),
        },
        index=customer_index(parts),
    )


def net_purchase_value(parts: pd.DataFrame) -> "pd.Series[int]":
    """Purchases - returns - cost of goods - service - after-sales of each customer, cents, indexed by customer_id.

    parts: customer_id, purchases, returned, cost_of_goods, service_cost, after_sales_cost (cents, none negative in a
           plain company)
    """
    taken = ("returned", "cost_of_goods", "service_cost", "after_sales_cost")
    require_columns(parts, "purchases", *taken)
    value = whole(parts["purchases"]) - np.sum([whole(parts[name]) for name in taken], axis=0, dtype=np.int64)
    return pd.Series(value, index=customer_index(parts), name="net_purchase_value")


@dataclass(frozen=True)
class SpendCap:
    """What marketing may cost, cents. break_even: all of the net purchase value; nothing may be spent on a loss."""

    break_even: int
    cap: int
    lower_bound: int

    def verdict(self, spend: int) -> Spend:
        if spend > self.cap:
            return Spend.OVER
        return Spend.UNDER if spend < self.lower_bound else Spend.WITHIN

    def difference(self, spend: int) -> int:
        """Cents above the cap, or missing to the lower bound (negative); 0 in between."""
        if spend > self.cap:
            return spend - self.cap
        return min(spend - self.lower_bound, 0)


def spend_cap(net_purchase_value: int, terms: SpendTerms) -> SpendCap:
    """The cap of customers whose net purchase value adds up to so many cents, rounded down."""
    value = max(int(net_purchase_value), 0)
    cap = _share(value, terms.allowed_share)
    return SpendCap(value, cap, _share(cap, terms.lower_bound))


def _share(cents: int, share: float) -> int:
    part = Fraction(str(share)) * cents
    return part.numerator // part.denominator
