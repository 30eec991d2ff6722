"""What is bought after what: sequences of two products within so many days (R-062, R-228).

A customer counts once for a sequence, however often he repeats it. Two products of one day are no sequence. Works
through customers in blocks, so that memory holds the pairs of one block only.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom

from analytics.analysis.contract import Integers, days, require_columns
from analytics.analysis.significance import benjamini_hochberg

CUSTOMERS_AT_ONCE = 50_000


@dataclass(frozen=True)
class SequenceLimits:
    """within_days: from the first to the second, both days counted apart; min_support: of all customers who bought;
    min_confidence: of those who bought the first. Shares are enough when exactly reached."""

    within_days: int = 30
    min_support: Fraction = Fraction(1, 100)
    min_confidence: Fraction = Fraction(1, 10)

    def __post_init__(self) -> None:
        if not 1 <= self.within_days <= 3650:
            raise ValueError("within_days must lie between 1 and 3650")
        for name in ("min_support", "min_confidence"):
            value = getattr(self, name)
            exact = value if isinstance(value, Fraction) else Fraction(str(value))
            if not 0 <= exact <= 1:
                raise ValueError(f"{name} must lie between 0 and 1")
            object.__setattr__(self, name, exact)


def sequences(purchases: pd.DataFrame, limits: SequenceLimits | None = None) -> pd.DataFrame:
    """Pairs of items that one buys after the other.

    purchases: customer_id, occurred_on, item (int)
    returns:   first, then (items), customers (who bought `then` within the days after `first`), support = customers /
               all, confidence = customers / those who bought first, lift = confidence / share of all who bought then,
               reversed (customers who did it the other way round), median_days (from each customer's closest pair),
               p_value (binomial: that chance alone puts first so often before then), q_value (Benjamini-Hochberg);
               the greatest lift first
    """
    require_columns(purchases, "customer_id", "occurred_on", "item")
    limits = limits or SequenceLimits()
    people, _names = pd.factorize(purchases["customer_id"])
    items, codes = pd.factorize(purchases["item"], sort=True)
    day = days(purchases["occurred_on"]).astype(np.int64)
    table = np.unique(np.column_stack([people, day, items]), axis=0) if len(purchases) else np.empty((0, 3), np.int64)
    everybody, most = len(_names), len(codes)
    gaps: dict[str, Integers] = {"key": np.empty(0, np.int64), "count": np.empty(0, np.int64)}
    for start in range(0, everybody, CUSTOMERS_AT_ONCE):
        low, high = np.searchsorted(table[:, 0], [start, start + CUSTOMERS_AT_ONCE])
        gaps = _added(gaps, _closest(table[low:high], most, limits.within_days))
    return _table(gaps, _buyers(table, most), codes.to_numpy(), everybody, limits)


def _buyers(table: Integers, most: int) -> Integers:
    pairs = np.unique(table[:, 0] * max(most, 1) + table[:, 2])
    return np.bincount(pairs % max(most, 1), minlength=most)


def _closest(table: Integers, most: int, within: int) -> Integers:
    """Of each customer and ordered pair of items the shortest gap, as key (first, then, gap); one row per customer."""
    found: list[Integers] = []
    for step in range(1, len(table)):
        earlier, later = table[:-step], table[step:]
        gap = later[:, 1] - earlier[:, 1]
        near = (earlier[:, 0] == later[:, 0]) & (gap <= within)
        if not near.any():
            break
        counts = near & (gap > 0) & (earlier[:, 2] != later[:, 2])
        a, b = earlier[counts], later[counts]
        found.append(np.column_stack([(a[:, 0] * most + a[:, 2]) * most + b[:, 2], gap[counts]]))
    pairs = np.concatenate(found) if found else np.empty((0, 2), np.int64)
    if not len(pairs):
        return np.empty(0, np.int64)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    is_first = np.r_[True, pairs[1:, 0] != pairs[:-1, 0]]
    shortest = pairs[is_first]
    return (shortest[:, 0] % (most * most)) * (within + 1) + shortest[:, 1]


def _added(so_far: dict[str, Integers], keys: Integers) -> dict[str, Integers]:
    both = np.concatenate([so_far["key"], keys])
    weights = np.concatenate([so_far["count"], np.ones(len(keys), np.int64)])
    unique, places = np.unique(both, return_inverse=True)
    return {"key": unique, "count": np.bincount(places, weights, minlength=len(unique)).astype(np.int64)}


def _table(
    gaps: dict[str, Integers], buyers: Integers, codes: Any, everybody: int, limits: SequenceLimits
) -> pd.DataFrame:
    span = limits.within_days + 1
    pair, gap = gaps["key"] // span, gaps["key"] % span
    pairs, starts = np.unique(pair, return_index=True)
    sums = np.add.reduceat(gaps["count"], starts) if len(pairs) else np.empty(0, np.int64)
    counted = dict(zip(pairs.tolist(), sums.tolist(), strict=True))
    most = max(len(buyers), 1)
    first, then = pairs // most, pairs % most
    reverse = np.array([counted.get(int(b * most + a), 0) for a, b in zip(first, then, strict=True)], np.int64)
    support, confidence = limits.min_support, limits.min_confidence
    enough = (sums * support.denominator >= support.numerator * everybody) & (sums > 0)
    p = binom.sf(sums - 1, sums + reverse, 0.5) if len(sums) else np.empty(0)
    q = np.full(len(p), np.nan)
    q[enough] = benjamini_hochberg(p[enough])
    chosen = enough & (sums * confidence.denominator >= confidence.numerator * buyers[first])
    table = pd.DataFrame(
        {
            "first": codes[first[chosen]],
            "then": codes[then[chosen]],
            "customers": sums[chosen],
            "support": sums[chosen] / max(everybody, 1),
            "confidence": sums[chosen] / buyers[first[chosen]],
            "lift": sums[chosen] * float(max(everybody, 1)) / (buyers[first] * buyers[then].astype(float))[chosen],
            "reversed": reverse[chosen],
            "median_days": [_median(gap[pair == each], gaps["count"][pair == each]) for each in pairs[chosen]],
            "p_value": p[chosen],
            "q_value": q[chosen],
        }
    )
    keys = [table["then"], table["first"], -table["customers"], -table["lift"].round(12)]
    return table.iloc[np.lexsort(keys)].reset_index(drop=True)


def _median(values: Integers, counts: Integers) -> float:
    """Middle of values that occur so often; of two middle ones the mean."""
    order = np.argsort(values)
    reached = np.cumsum(counts[order])
    total = int(reached[-1])
    middle = [values[order][np.searchsorted(reached, place)] for place in ((total + 1) // 2, total // 2 + 1)]
    return float(middle[0] + middle[1]) / 2
