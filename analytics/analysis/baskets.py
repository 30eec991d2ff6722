"""What is bought together: frequent item sets and the rules that follow from them (R-062, R-180, R-228).

Agrawal and Srikant, "Fast algorithms for mining association rules" (1994); depth first as in Zaki's Eclat (2000): the
sets that begin with an item are counted within the baskets that hold it. Counting is a product of sparse matrices, so
it costs the sum over baskets of their squared size, and memory that of one prefix at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import sparse

from analytics.analysis.contract import Integers, require_columns
from analytics.analysis.significance import benjamini_hochberg, enrichment_p

Items = tuple[int, ...]
MOST_ITEMS = 4
BLOCK = 256  # items whose pairs are counted at a time


class TooManySets(ValueError):
    """More item sets are frequent than may be held: the support asked for is too small for these baskets."""


@dataclass(frozen=True)
class RuleLimits:
    """min_support, min_confidence: shares that are enough when exactly reached; given as fractions or decimal texts
    they are compared in whole numbers. max_items: of a rule, both sides together. most_sets: frequent sets at most."""

    min_support: Fraction = Fraction(1, 100)
    min_confidence: Fraction = Fraction(1, 10)
    max_items: int = 2
    most_sets: int = 100_000

    def __post_init__(self) -> None:
        for name in ("min_support", "min_confidence"):
            value = getattr(self, name)
            exact = value if isinstance(value, Fraction) else Fraction(str(value))
            if not 0 <= exact <= 1:
                raise ValueError(f"{name} must lie between 0 and 1")
            object.__setattr__(self, name, exact)
        if not 2 <= self.max_items <= MOST_ITEMS:
            raise ValueError(f"max_items must lie between 2 and {MOST_ITEMS}")
        if self.most_sets < 1:
            raise ValueError("most_sets must be 1 or more")

    def least(self, baskets: int) -> int:
        """The smallest number of baskets that is enough."""
        wanted = self.min_support * baskets
        return max(1, -(-wanted.numerator // wanted.denominator))


@dataclass(frozen=True)
class FrequentSets:
    """counts: baskets that hold all of a set, by its items in rising order; single items among them.

    baskets: with at least one item; items: different ones in all baskets
    """

    baskets: int
    items: int
    counts: dict[Items, int] = field(default_factory=dict)


def frequent_sets(lines: pd.DataFrame, limits: RuleLimits | None = None) -> FrequentSets:
    """Sets of up to max_items items that enough baskets hold.

    lines:   basket (an order, a customer …), item (int); the same item twice in a basket counts once
    raises:  TooManySets
    """
    require_columns(lines, "basket", "item")
    limits = limits or RuleLimits()
    if lines.empty:
        return FrequentSets(0, 0)
    baskets, _names = pd.factorize(lines["basket"])
    items, codes = pd.factorize(lines["item"], sort=True)
    matrix = sparse.csr_array(
        (np.ones(len(lines), np.int32), (baskets, items)), shape=(int(baskets.max()) + 1, len(codes))
    )
    matrix.sum_duplicates()
    matrix.data[:] = 1
    least = limits.least(matrix.shape[0])
    sizes = np.bincount(matrix.indices, minlength=len(codes))
    kept = np.flatnonzero(sizes >= least)
    counts: dict[Items, int] = {(int(codes[at]),): int(sizes[at]) for at in kept.tolist()}
    if len(kept) > 1:
        for found, number in _deeper(matrix[:, kept].tocsr(), least, limits.max_items):
            counts[tuple(int(codes[kept[at]]) for at in found)] = number
            if len(counts) > limits.most_sets:
                raise TooManySets(f"more than {limits.most_sets} sets are bought together often enough")
    return FrequentSets(matrix.shape[0], len(codes), counts)


def rules(found: FrequentSets, limits: RuleLimits | None = None) -> pd.DataFrame:
    """Every split of a frequent set into left and right whose confidence is enough, the greatest lift first.

    returns: left, right (tuples of items), baskets (with both), support = baskets / all, confidence = baskets / those
             with left, lift = confidence / share of right in all, leverage = support - share of left x share of right,
             conviction = (1 - share of right) / (1 - confidence), NaN when the confidence is 1,
             p_value (Fisher, one-sided), q_value (Benjamini-Hochberg over all splits looked at, also those whose
             confidence is not enough)
    """
    limits = limits or RuleLimits()
    splits = [each for items in found.counts if 1 < len(items) <= limits.max_items for each in _splits(items)]
    left = np.array([found.counts[a] for a, _b in splits], np.int64)
    right = np.array([found.counts[b] for _a, b in splits], np.int64)
    both = np.array([found.counts[tuple(sorted(a + b))] for a, b in splits], np.int64)
    p = enrichment_p(found.baskets, left, right, both) if splits else np.empty(0)
    measures = _measures(found.baskets, left, right, both)
    table = pd.DataFrame(
        {
            "left": pd.Series([a for a, _b in splits], dtype=object),
            "right": pd.Series([b for _a, b in splits], dtype=object),
            **measures,
            "p_value": p,
            "q_value": benjamini_hochberg(p),
        }
    )
    table = table[_is_enough(both, left, limits.min_confidence)]
    # lift and support as whole numbers: equal rules stay equal whatever floating point makes of them
    order = np.lexsort(
        (
            table["right"].map(str),
            table["left"].map(str),
            -table["baskets"].to_numpy(np.int64),
            -table["lift"].round(12).to_numpy(np.float64),
        )
    )
    return table.iloc[order].reset_index(drop=True)


def _measures(baskets: int, left: Integers, right: Integers, both: Integers) -> dict[str, np.ndarray]:
    confidence = both / left
    share = right / max(baskets, 1)
    with np.errstate(divide="ignore"):
        conviction = np.where(both < left, (1 - share) / np.where(both < left, 1 - confidence, 1.0), np.nan)
    return {
        "baskets": both,
        "support": both / max(baskets, 1),
        "confidence": confidence,
        "lift": both * float(max(baskets, 1)) / (left * right.astype(np.float64)),
        "leverage": both / max(baskets, 1) - left / max(baskets, 1) * share,
        "conviction": conviction,
    }


def _is_enough(both: Integers, left: Integers, share: Fraction) -> np.ndarray:
    """both / left >= share, in whole numbers where they fit and in Python's own where they do not."""
    most = max(share.denominator, share.numerator) * int(left.max(initial=0))
    if most < 2**62:
        return both * share.denominator >= left * share.numerator
    return np.array(
        [int(b) * share.denominator >= int(a) * share.numerator for a, b in zip(left, both, strict=True)], np.bool_
    )


def _splits(items: Items) -> Iterator[tuple[Items, Items]]:
    for size in range(1, len(items)):
        for left in combinations(items, size):
            yield left, tuple(each for each in items if each not in left)


def _deeper(matrix: sparse.csr_array, least: int, depth: int) -> Iterator[tuple[Items, int]]:
    """Sets of two and more columns of a 0/1 matrix with at least `least` rows, and how many rows hold them."""
    columns = matrix.tocsc()
    for first in range(0, matrix.shape[1], BLOCK):
        last = min(first + BLOCK, matrix.shape[1])
        pairs = (columns[:, first:last].T @ matrix).tocsr()
        for at in range(first, last):
            row = slice(pairs.indptr[at - first], pairs.indptr[at - first + 1])
            others, numbers = pairs.indices[row], pairs.data[row]
            chosen = (others > at) & (numbers >= least)
            order = np.argsort(others[chosen])
            others, numbers = others[chosen][order], numbers[chosen][order]
            yield from (((at, int(other)), int(number)) for other, number in zip(others, numbers, strict=True))
            if depth > 2 and len(others) > 1:
                rows = columns.indices[columns.indptr[at] : columns.indptr[at + 1]]
                within = matrix[np.sort(rows)][:, others].tocsr()
                for found, number in _deeper(within, least, depth - 1):
                    yield (at, *(int(others[each]) for each in found)), number
