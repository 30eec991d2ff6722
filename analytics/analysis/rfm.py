"""Recency, frequency and monetary value: figures, scores 1 to 5 and named segments (R-152, D-09).

A score comes from four value thresholds, the 20/40/60/80 % quantiles (linear interpolation) of the customers
who ever bought. A value equal to a threshold belongs to the band below it, for all three figures: whoever
spent exactly the threshold is in the lower monetary band, whoever bought exactly that many days ago is in the
more recent band. So equal values always get equal scores, the row order does not matter, the most recent day
scores 5 and the lowest frequency and amount score 1, also when all customers are the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.analysis.contract import (
    Floats,
    calendar_day,
    chosen,
    countable,
    customer_index,
    days_since,
    quantiles,
    require_columns,
    up_to,
    whole,
)

QUANTILES = (0.2, 0.4, 0.6, 0.8)
TOP_SCORE = len(QUANTILES) + 1


class Segment(StrEnum):
    CHAMPIONS = "champions"
    LOYAL = "loyal"
    POTENTIAL_LOYALIST = "potential_loyalist"
    NEW_CUSTOMERS = "new_customers"
    PROMISING = "promising"
    NEED_ATTENTION = "need_attention"
    ABOUT_TO_SLEEP = "about_to_sleep"
    AT_RISK = "at_risk"
    CANNOT_LOSE = "cannot_lose"
    HIBERNATING = "hibernating"
    LOST = "lost"


@dataclass(frozen=True)
class SegmentRule:
    """Scores from `r`, `f` and `m` (lowest and highest, both included) make a customer part of `segment`."""

    segment: str
    r: tuple[int, int] = (1, TOP_SCORE)
    f: tuple[int, int] = (1, TOP_SCORE)
    m: tuple[int, int] = (1, TOP_SCORE)

    def matches(self, r: int, f: int, m: int) -> bool:
        scores = ((r, self.r), (f, self.f), (m, self.m))
        return all(low <= score <= high for score, (low, high) in scores)


# The first rule that matches wins, so a later rule may be wider than its words.
DEFAULT_RULES = (
    SegmentRule(Segment.CHAMPIONS, r=(4, 5), f=(4, 5), m=(4, 5)),
    SegmentRule(Segment.LOYAL, r=(3, 5), f=(4, 5)),
    SegmentRule(Segment.POTENTIAL_LOYALIST, r=(4, 5), f=(2, 3)),
    SegmentRule(Segment.NEW_CUSTOMERS, r=(5, 5)),
    SegmentRule(Segment.PROMISING, r=(4, 4)),
    SegmentRule(Segment.NEED_ATTENTION, r=(3, 3), f=(2, 3), m=(3, 5)),
    SegmentRule(Segment.ABOUT_TO_SLEEP, r=(3, 3)),
    SegmentRule(Segment.CANNOT_LOSE, f=(4, 5), m=(4, 5)),
    SegmentRule(Segment.AT_RISK, f=(3, 5)),
    SegmentRule(Segment.HIBERNATING, r=(2, 2)),
    SegmentRule(Segment.LOST),
)


@dataclass(frozen=True)
class RfmThresholds:
    """Upper limits of the four lower bands of each figure, ascending; empty when nobody ever bought.

    notes: `no_customers`; `equal_recency`, `equal_frequency`, `equal_monetary_value` when that figure is the
           same for all
    customers, so that its score tells nothing.
    """

    recency_days: tuple[float, ...]
    frequency: tuple[float, ...]
    monetary_value: tuple[float, ...]
    customers: int
    notes: tuple[str, ...] = ()


def rfm(purchases: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Recency, frequency and monetary value of each customer who bought up to `as_of`.

    purchases: customer_id, occurred_on (calendar day in the company's time zone), amount (cents). A row whose
               amount is
               not positive is a return: it lowers the money, it is no purchase.
    returns:   recency_days (0 on as_of itself), frequency, monetary_value (cents), all int64, indexed by
               customer_id
    """
    require_columns(purchases, "customer_id", "occurred_on", "amount")
    known = up_to(purchases, as_of)
    bought = known[known["amount"] > 0].groupby("customer_id")
    last_on = bought["occurred_on"].max()
    return pd.DataFrame(
        {
            "recency_days": days_since(last_on, as_of),
            "frequency": bought.size(),
            "monetary_value": known.groupby("customer_id")["amount"].sum().reindex(last_on.index),
        },
        index=last_on.index,
    ).astype("int64")


def fit_thresholds(statistics: pd.DataFrame, as_of: pd.Timestamp) -> RfmThresholds:
    """The thresholds of a company.

    statistics: customer_id, orders, last_on, amount (cents); customers without a purchase are left out
    raises:     ValueError when a purchase lies after as_of
    """
    require_columns(statistics, "orders", "last_on", "amount")
    calendar_day(as_of)
    orders = whole(statistics["orders"])
    bought = orders > 0
    if not bought.any():
        return RfmThresholds((), (), (), 0, ("no_customers",))
    figures = {
        "recency": days_since(statistics["last_on"], as_of)[bought].astype(np.int64),
        "frequency": orders[bought],
        "monetary_value": whole(statistics["amount"])[bought],
    }
    notes = tuple(f"equal_{name}" for name, values in figures.items() if values.min() == values.max())
    limits = [quantiles(values, QUANTILES) for values in figures.values()]
    return RfmThresholds(limits[0], limits[1], limits[2], int(bought.sum()), notes)


def score(
    statistics: pd.DataFrame,
    thresholds: RfmThresholds,
    as_of: pd.Timestamp,
    rules: Sequence[SegmentRule] = DEFAULT_RULES,
) -> pd.DataFrame:
    """Scores and segment of each customer.

    statistics: customer_id, orders, last_on, amount (cents)
    returns:    recency_days (Int64), frequency, monetary_value (int64), r_score, f_score, m_score (int8, 5 is
                best), segment (code), indexed by customer_id. Whoever never bought has no recency, scores 0
                and no segment.
    raises:     ValueError when a purchase lies after as_of, or the rules leave a cell open or cannot all be
                reached
    """
    require_columns(statistics, "orders", "last_on", "amount")
    orders, amount = whole(statistics["orders"]), whole(statistics["amount"])
    recency = days_since(statistics["last_on"], as_of)
    bought = (orders > 0) & (thresholds.customers > 0)
    r_score = np.where(bought, TOP_SCORE + 1 - _band(recency, thresholds.recency_days), 0)
    f_score = np.where(bought, _band(orders, thresholds.frequency), 0)
    m_score = np.where(bought, _band(amount, thresholds.monetary_value), 0)
    codes, cells = _segment_cells(rules)
    return pd.DataFrame(
        {
            "recency_days": countable(recency),
            "frequency": orders,
            "monetary_value": amount,
            "r_score": r_score.astype(np.int8),
            "f_score": f_score.astype(np.int8),
            "m_score": m_score.astype(np.int8),
            "segment": chosen(codes, cells[r_score, f_score, m_score]),
        },
        index=customer_index(statistics),
    )


def segment_summary(scored: pd.DataFrame, rules: Sequence[SegmentRule] = DEFAULT_RULES) -> pd.DataFrame:
    """Customers, orders and revenue of every segment, in the order of the rules, the empty ones too.

    scored:  result of `score` (with the same rules)
    returns: segment, customers, orders, revenue (cents), customer_share and revenue_share (fractions, NaN
             without a total)
    """
    codes = list(dict.fromkeys(str(rule.segment) for rule in rules))
    groups = scored[scored["segment"].notna()].groupby("segment")
    result = pd.DataFrame(
        {
            "customers": groups.size().reindex(codes, fill_value=0),
            "orders": groups["frequency"].sum().reindex(codes, fill_value=0),
            "revenue": groups["monetary_value"].sum().reindex(codes, fill_value=0),
        },
        index=pd.Index(codes, name="segment"),
    ).astype("int64")
    for share, total in (("customer_share", "customers"), ("revenue_share", "revenue")):
        result[share] = result[total] / result[total].sum() if result[total].sum() > 0 else np.nan
    return result.reset_index()


def recency_frequency_grid(scored: pd.DataFrame) -> pd.DataFrame:
    """All 25 cells of the R x F grid: r_score, f_score, customers, revenue (cents), best recency first."""
    span = range(TOP_SCORE, 0, -1)
    cells = pd.MultiIndex.from_product([span, span], names=["r_score", "f_score"])
    groups = scored[scored["r_score"] > 0].groupby(["r_score", "f_score"])["monetary_value"]
    grid = pd.DataFrame(
        {
            "customers": groups.size().reindex(cells, fill_value=0),
            "revenue": groups.sum().reindex(cells, fill_value=0),
        },
        index=cells,
    )
    return grid.astype("int64").reset_index()


def check_rules(rules: Sequence[SegmentRule]) -> None:
    """Raise ValueError unless each of the 125 cells has a rule and each rule is the first for some cell."""
    first = dict.fromkeys(range(len(rules)), 0)
    for r, f, m in product(range(1, TOP_SCORE + 1), repeat=3):
        match = next((n for n, rule in enumerate(rules) if rule.matches(r, f, m)), None)
        if match is None:
            raise ValueError(f"no segment rule for the scores {r}-{f}-{m}")
        first[match] += 1
    unreachable = [f"{n + 1} ({rules[n].segment})" for n, cells in first.items() if cells == 0]
    if unreachable:
        raise ValueError(f"segment rules never reached: {', '.join(unreachable)}")


def _band(values: npt.NDArray[Any] | Floats, limits: tuple[float, ...]) -> npt.NDArray[np.int64]:
    """1 to 5, ascending with the value; a value equal to a limit stays below it."""
    band = np.ones(len(values), dtype=np.int64)
    for limit in limits:  # four comparisons are several times quicker than a search in four limits
        band += values > limit
    return band


def _segment_cells(rules: Sequence[SegmentRule]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Codes, and for each r, f, m the position of its code; -1 where a score is 0."""
    check_rules(rules)
    codes = list(dict.fromkeys(str(rule.segment) for rule in rules))
    cells = np.full((TOP_SCORE + 1,) * 3, -1, dtype=np.int64)
    for rule in reversed(rules):
        r, f, m = (slice(low, high + 1) for low, high in (rule.r, rule.f, rule.m))
        cells[r, f, m] = codes.index(str(rule.segment))
    return codes, cells
