"""ABC classification by amount and frequency (R-151).

Score of a customer = half its share of the amount + half its share of the orders, both among the customers
who ever bought. Sorted by score, the cumulative share *before* a customer decides: below 70 % A, below 90 %
B, else C. Customers with the same score get the class of the first of them, so that equal customers are in
one class. All comparisons are made on whole numbers: a share of exactly 70 % is not below 70 %.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.analysis.contract import chosen, customer_index, require_columns, whole


class AbcClass(StrEnum):
    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True)
class AbcLimits:
    """Cumulative shares, fractions 0-1, below which a customer is in class A and in class B."""

    a: float = 0.7
    b: float = 0.9

    def __post_init__(self) -> None:
        if not 0 < self.a <= self.b <= 1:
            raise ValueError("the limits of ABC must satisfy 0 < a <= b <= 1")


@dataclass(frozen=True)
class AbcParameters:
    """Totals, and the least points (score x 2 x total_amount x total_orders) of class A and of class B.

    notes: `no_customers`, or `no_positive_amount` when shares of the total mean nothing; then there are no
           classes.
    """

    total_amount: int
    total_orders: int
    least_points_a: int | None
    least_points_b: int | None
    customers: int
    notes: tuple[str, ...] = ()


def fit(statistics: pd.DataFrame, limits: AbcLimits | None = None) -> AbcParameters:
    """Where the classes of a company end.

    statistics: customer_id, orders, amount (cents); customers without a purchase are left out
    """
    require_columns(statistics, "orders", "amount")
    limits = limits or AbcLimits()
    buyers = statistics[statistics["orders"] > 0]
    amounts, orders = whole(buyers["amount"]), whole(buyers["orders"])
    total_amount, total_orders = int(amounts.sum()), int(orders.sum())
    if buyers.empty:
        return AbcParameters(0, 0, None, None, 0, ("no_customers",))
    if total_amount <= 0:
        return AbcParameters(total_amount, total_orders, None, None, len(buyers), ("no_positive_amount",))
    points = np.sort(_points(amounts, orders, total_amount, total_orders))[::-1]
    before = np.cumsum(points) - points
    total_points = 2 * total_amount * total_orders
    least = [
        int(points[_count_below(before, Fraction(str(limit)) * total_points) - 1]) for limit in (limits.a, limits.b)
    ]
    return AbcParameters(total_amount, total_orders, least[0], least[1], len(buyers))


def apply(statistics: pd.DataFrame, parameters: AbcParameters) -> pd.DataFrame:
    """Class of each customer.

    statistics: customer_id, orders, amount (cents)
    returns:    amount_share, order_share, score (fractions), abc_class (A, B, C), indexed by customer_id; all
                missing for a customer without a purchase, and for everybody when the parameters have no
                classes
    """
    require_columns(statistics, "orders", "amount")
    amounts, orders = whole(statistics["amount"]), whole(statistics["orders"])
    index = customer_index(statistics)
    if parameters.least_points_a is None or parameters.least_points_b is None:
        shares = pd.DataFrame(np.nan, index=index, columns=["amount_share", "order_share", "score"])
        return shares.assign(abc_class=chosen(list(AbcClass), np.full(len(index), -1)))
    points = _points(amounts, orders, parameters.total_amount, parameters.total_orders)
    position = np.where(points >= parameters.least_points_a, 0, np.where(points >= parameters.least_points_b, 1, 2))
    bought = orders > 0
    amount_share = np.where(bought, amounts / parameters.total_amount, np.nan)
    order_share = np.where(bought, orders / parameters.total_orders, np.nan)
    return pd.DataFrame(
        {
            "amount_share": amount_share,
            "order_share": order_share,
            "score": (amount_share + order_share) / 2,
            "abc_class": chosen(list(AbcClass), np.where(bought, position, -1)),
        },
        index=index,
    )


def class_summary(statistics: pd.DataFrame, classified: pd.DataFrame) -> pd.DataFrame:
    """Customers, orders and revenue of every class, the empty ones too.

    statistics, classified: the frame given to `apply` and its result
    returns: abc_class, customers, orders, revenue (cents)
    """
    groups = pd.DataFrame(
        {
            "abc_class": classified["abc_class"].to_numpy(),
            "orders": whole(statistics["orders"]),
            "revenue": whole(statistics["amount"]),
        }
    ).groupby("abc_class")
    result = groups[["orders", "revenue"]].sum().reindex([str(code) for code in AbcClass], fill_value=0)
    result.insert(0, "customers", groups.size().reindex(result.index, fill_value=0))
    return result.astype("int64").rename_axis("abc_class").reset_index()


def _points(
    amounts: npt.NDArray[np.int64], orders: npt.NDArray[np.int64], total_amount: int, total_orders: int
) -> npt.NDArray[Any]:
    """Score x 2 x total_amount x total_orders, exact whole numbers: Python's own where int64 may overflow."""
    gross = int(np.abs(amounts).sum())
    if 2 * gross * total_orders >= 2**62:
        return amounts.astype(object) * total_orders + orders.astype(object) * total_amount
    return amounts * total_orders + orders * total_amount


def _count_below(before: npt.NDArray[Any], limit: Fraction) -> int:
    """How many leading customers have a cumulative share below the limit.

    Scores fall, so the cumulative sum rises and may fall back to exactly the total at the end: once at the
    limit it never goes below it again, and bisection finds the place.
    """
    low, high = 0, len(before)
    while low < high:
        middle = (low + high) // 2
        if int(before[middle]) < limit:
            low = middle + 1
        else:
            high = middle
    return low
