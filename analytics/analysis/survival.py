"""How long customers stay when some are still there: Kaplan-Meier curve, median, log-rank test.

Kaplan and Meier, Nonparametric estimation from incomplete observations, JASA 53 (1958); Greenwood, The natural
duration of cancer (1926), for the variance; Mantel, Evaluation of survival data, Cancer Chemotherapy Reports 50 (1966).
A spell is one customer: how long it was watched, and whether it ended (left) or was still going on (censored).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats

from analytics.analysis.contract import Floats, floats, require_columns

HALF = 0.5 + 1e-12  # a product of shares may miss one half by a rounding


@dataclass(frozen=True)
class LogRank:
    """Do the groups leave alike? statistic is chi-square with degrees_of_freedom; p_value is NaN when it cannot be told
    (one group only, or nobody left).

    groups: group, customers, ended, expected_ended (if all groups left alike)
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    groups: pd.DataFrame


def kaplan_meier(spells: pd.DataFrame) -> pd.DataFrame:
    """Share of customers still there after each duration at which one left.

    spells:  duration (any unit, zero or more), has_ended (yes/no; no: still there, censored); optional: customers (how
             many a row stands for)
    returns: duration, at_risk (watched until then), ended, survival, standard_error (Greenwood), low, high (95 %, on
             the scale of log(-log S), so within 0 to 1; NaN once nobody is left), from duration 0 with survival 1
    raises:  ValueError for a missing or negative duration

        S(t) = product over t_i <= t of (1 - d_i / n_i),   Var S(t) = S(t)^2 * sum of d_i / (n_i (n_i - d_i))

    Who is censored at a duration was still at risk then.
    """
    counts = _counts(spells)
    counts = counts[counts["ended"] > 0]
    at_risk, ended = floats(counts["at_risk"]), floats(counts["ended"])
    survival = np.cumprod((at_risk - ended) / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(ended / (at_risk * (at_risk - ended))))
        error = np.where(survival > 0, survival * spread, 0.0)
        reach = np.exp(special.ndtri(0.975) * spread / np.abs(np.log(survival)))
        low, high = survival**reach, survival ** (1 / reach)
    low, high = (np.where(survival > 0, side, np.nan) for side in (low, high))
    everybody = float(_weights(spells).sum())
    columns = {
        "duration": floats(counts["duration"]),
        "at_risk": at_risk,
        "ended": ended,
        "survival": survival,
        "standard_error": error,
        "low": low,
        "high": high,
    }
    start = dict(zip(columns, (0.0, everybody, 0.0, 1.0, 0.0, 1.0, 1.0), strict=True))
    if len(counts) and columns["duration"][0] == 0:
        return pd.DataFrame(columns)
    return pd.DataFrame({name: np.r_[start[name], column] for name, column in columns.items()})


def median_duration(curve: pd.DataFrame) -> float:
    """The first duration after which half of the customers or fewer are there, of a curve of `kaplan_meier`; NaN while
    more than half are."""
    require_columns(curve, "duration", "survival")
    reached = floats(curve["duration"])[floats(curve["survival"]) <= HALF]
    return float(reached[0]) if len(reached) else np.nan


def log_rank(spells: pd.DataFrame, *, by: str) -> LogRank:
    """Whether groups of customers differ in how long they stay.

    spells: duration, has_ended, the column named by `by` (rows without a group are left out); optional: customers

    At every duration at which somebody left, those who left are compared with what each group's share of those at risk
    makes one expect; the differences are summed and measured by their hypergeometric covariance.
    """
    require_columns(spells, by)
    known = spells[spells[by].notna()]
    names = sorted(known[by].unique())
    parts = [_counts(known[known[by] == name]).set_index("duration") for name in names]
    totals = [float(_weights(known[known[by] == name]).sum()) for name in names]
    moments = _counts(known)
    moments = moments[moments["ended"] > 0]
    when, at_risk, ended = (floats(moments[name]) for name in ("duration", "at_risk", "ended"))
    per_group_ended = _stacked([floats(part["ended"].reindex(when, fill_value=0)) for part in parts], len(when))
    per_group_risk = _stacked([_at_risk(known[known[by] == name], when) for name in names], len(when))
    shares = per_group_risk / at_risk
    observed, expected = per_group_ended.sum(axis=1), (shares * ended).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(at_risk > 1, ended * (at_risk - ended) / (at_risk - 1), 0.0)
    covariance = np.diag(shares @ factor) - (shares * factor) @ shares.T
    groups = pd.DataFrame({"group": names, "customers": totals, "ended": observed, "expected_ended": expected})
    degrees = int(np.linalg.matrix_rank(covariance)) if len(names) > 1 else 0
    if not degrees:
        return LogRank(np.nan, 0, np.nan, groups)
    difference = observed - expected
    statistic = float(difference @ np.linalg.pinv(covariance, hermitian=True) @ difference)
    return LogRank(statistic, degrees, float(stats.chi2.sf(statistic, degrees)), groups)


def _counts(spells: pd.DataFrame) -> pd.DataFrame:
    """duration, ended, at_risk at each different duration."""
    require_columns(spells, "duration", "has_ended")
    duration, weight = floats(spells["duration"]), _weights(spells)
    if not np.isfinite(duration).all() or (duration < 0).any():
        raise ValueError("a duration is missing, infinite or negative")
    if spells["has_ended"].isna().any():
        raise ValueError("has_ended is missing")
    has_ended = spells["has_ended"].to_numpy(dtype=np.bool_)
    rows = pd.DataFrame({"duration": duration, "ended": weight * has_ended, "watched": weight})
    counts = rows.groupby("duration", as_index=False).sum()
    counts["at_risk"] = counts["watched"][::-1].cumsum()[::-1]
    return counts.drop(columns="watched")


def _at_risk(spells: pd.DataFrame, when: Floats) -> Floats:
    duration, weight = floats(spells["duration"]), _weights(spells)
    order = np.argsort(duration)
    watched = np.r_[0.0, np.cumsum(weight[order])]
    return watched[-1] - watched[np.searchsorted(duration[order], when, side="left")]


def _weights(spells: pd.DataFrame) -> Floats:
    weight = floats(spells["customers"]) if "customers" in spells.columns else np.ones(len(spells))
    if not np.isfinite(weight).all() or (weight < 0).any():
        raise ValueError("customers is missing, infinite or negative")
    return weight


def _stacked(rows: list[Floats], length: int) -> Floats:
    return np.vstack(rows) if rows else np.zeros((0, length))
