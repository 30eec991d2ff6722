"""Whether a difference is more than chance: exact tails for tables of two by two, and false discoveries held down.

Everything works on whole columns at once: a report of rules or of traits tests thousands of pairs.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from analytics.analysis.contract import Floats

TINY = 1e-17  # a further term this small changes no digit


def enrichment_p(all_cases: Any, with_first: Any, with_second: Any, with_both: Any) -> Floats:
    """Fisher's exact test, one-sided: how likely chance alone brings at least so many cases with both.

    all_cases:   number of cases (orders, customers)
    with_first, with_second, with_both: how many of them have the first, the second, both

    P(X >= with_both) of the hypergeometric distribution. The tail is summed outwards from its first term by the ratio
    of neighbours, so it costs some standard deviations of steps, not the number of cases.
    """
    n, first, second, both = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (
        all_cases, with_first, with_second, with_both
    )))  # fmt: skip
    if ((both > np.minimum(first, second)) | (np.maximum(first, second) > n) | (first + second - both > n)).any():
        raise ValueError("there cannot be more cases with both than with each, or more with each than there are")
    above = both * n > first * second
    nowhere = np.full_like(n, -1.0)
    upper = _tail(n, first, second, np.where(above, both, nowhere), upwards=True)  # each from its shorter side
    lower = _tail(n, first, second, np.where(above, nowhere, both - 1), upwards=False)
    return np.clip(np.where(above, upper, 1 - lower), 0.0, 1.0)


def two_sided_p(all_cases: Any, with_first: Any, with_second: Any, with_both: Any) -> Floats:
    """Twice the smaller tail, at most 1: for differences that may go either way."""
    n, first, second, both = (np.asarray(each, np.float64) for each in (all_cases, with_first, with_second, with_both))
    upper = enrichment_p(n, first, second, both)
    lower = enrichment_p(n, n - first, second, second - both)  # few with both: many with the second alone
    return np.minimum(1.0, 2 * np.minimum(upper, lower))


def benjamini_hochberg(p_values: Any) -> Floats:
    """q-values: the share of false discoveries to expect among all findings that are at least as clear as this one."""
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p, kind="stable")
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    found = np.empty_like(p)
    found[order] = np.minimum.accumulate(ranked[::-1])[::-1]
    return np.minimum(found, 1.0)


def _tail(n: Floats, first: Floats, second: Floats, start: Floats, *, upwards: bool) -> Floats:
    """Sum of the hypergeometric probabilities from `start` outwards."""
    least, most = np.maximum(0.0, first + second - n), np.minimum(first, second)
    is_there = (start >= least) & (start <= most)
    at = np.where(is_there, start, most)
    term = np.where(is_there, np.exp(_log_probability(n, first, second, at)), 0.0)
    total: npt.NDArray[np.float64] = term.copy()
    while True:
        if upwards:
            ratio = (first - at) * (second - at) / ((at + 1) * (n - first - second + at + 1))
        else:
            ratio = at * (n - first - second + at) / ((first - at + 1) * (second - at + 1))
        at = at + 1 if upwards else at - 1
        inside = (at >= least) & (at <= most)
        term = np.where(inside, term * np.where(inside, ratio, 0.0), 0.0)
        if not (term > TINY * total).any():
            return total
        total += term


def _log_probability(n: Floats, first: Floats, second: Floats, both: Floats) -> Floats:
    return _log_choose(first, both) + _log_choose(n - first, second - both) - _log_choose(n, second)


def _log_choose(n: Floats, k: Floats) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), np.float64)
