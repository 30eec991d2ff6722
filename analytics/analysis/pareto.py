"""Concentration: the few customers that bring most of the revenue (R-110).

Whose amounts are handed in is the caller's choice (gross of the customers who bought, net of all known
customers, profit); every customer handed in counts, those at or below zero too.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from analytics.analysis.contract import Integers, whole


@dataclass(frozen=True)
class Pareto:
    """Totals of the concentration report; revenue in cents, shares as fractions.

    notes: `no_customers`; `no_positive_total` (nothing can be a share of it); `fewer_than_five_customers` (a
           fifth of them
    is nobody). Figures that cannot be given are None.
    """

    customers: int
    revenue: int
    customers_for_80_percent: int | None
    share_of_customers_for_80_percent: float | None
    top_20_percent_customers: int
    top_20_percent_revenue_share: float | None
    notes: tuple[str, ...] = ()


def pareto(amounts: "pd.Series[Any]") -> Pareto:
    """How many of the largest customers make 80 % of the total, and what the largest fifth (rounded down)
    brings.

    amounts: cents, one value per customer
    """
    falling = _falling(amounts)
    customers, revenue, fifth = len(falling), int(falling.sum()), len(falling) // 5
    if customers == 0:
        return Pareto(0, 0, None, None, 0, None, ("no_customers",))
    if revenue <= 0:
        return Pareto(customers, revenue, None, None, fifth, None, ("no_positive_total",))
    needed = customers_for_share(amounts, 0.8)
    return Pareto(
        customers=customers,
        revenue=revenue,
        customers_for_80_percent=needed,
        share_of_customers_for_80_percent=None if needed is None else needed / customers,
        top_20_percent_customers=fifth,
        top_20_percent_revenue_share=int(falling[:fifth].sum()) / revenue if fifth else None,
        notes=() if fifth else ("fewer_than_five_customers",),
    )


def customers_for_share(amounts: "pd.Series[Any]", share: float) -> int | None:
    """Smallest n with the sum of the n largest amounts >= share of all; None when the total is not positive.

    amounts: cents, one value per customer; share: fraction above 0, at most 1. Exactly the share counts as
             reached.
    """
    if not 0 < share <= 1:
        raise ValueError("share must be above 0 and at most 1")
    falling = _falling(amounts)
    total = int(falling.sum())
    if total <= 0:
        return None
    part = Fraction(str(share)) * total
    least = -(-part.numerator // part.denominator)  # a sum of cents reaches the share when it reaches its ceiling
    return int(np.argmax(np.cumsum(falling) >= least)) + 1


def core_customers(amounts: "pd.Series[Any]", share: float = 0.8) -> "pd.Index[Any]":
    """The customers behind `customers_for_share`, largest first; at the cut equal amounts go by customer_id.

    amounts: cents, indexed by customer_id
    """
    needed = customers_for_share(amounts, share) or 0
    return _ranked(amounts).index[:needed]


def pareto_curve(amounts: "pd.Series[Any]", points: int | None = None) -> pd.DataFrame:
    """The curve: customers ranked by amount, with what they bring together.

    amounts: cents, indexed by customer_id
    points:  draw about this many places of the curve, first and last always among them; None gives every
             customer
    returns: rank (from 1), customer_id, amount, cumulative_amount (cents), customer_share, cumulative_share
             (fractions; NaN when the total is not positive)
    """
    ranked = _ranked(amounts)
    values = whole(ranked)
    together = np.cumsum(values)
    size, total = len(values), int(values.sum())
    curve = pd.DataFrame(
        {
            "rank": np.arange(1, size + 1, dtype=np.int64),
            "customer_id": ranked.index,
            "amount": values,
            "cumulative_amount": together,
            "customer_share": np.arange(1, size + 1) / max(size, 1),
            "cumulative_share": together / total if total > 0 else np.full(size, np.nan),
        }
    )
    if points is None or size <= points:
        return curve
    places = np.unique(np.linspace(0, size - 1, max(points, 2)).round().astype(np.int64))
    return curve.iloc[places].reset_index(drop=True)


def _falling(amounts: "pd.Series[Any]") -> Integers:
    return np.sort(whole(amounts))[::-1]


def _ranked(amounts: "pd.Series[Any]") -> "pd.Series[Any]":
    return amounts.sort_index(kind="stable").sort_values(ascending=False, kind="stable")
