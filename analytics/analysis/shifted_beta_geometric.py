"""Shifted-beta-geometric: how many of a cohort will still be there, told from the first few periods.

Fader and Hardie, How to project customer retention, Journal of Interactive Marketing 21 (2007), for contracts and
subscriptions, where leaving is seen. At the end of every period a customer leaves with its own probability, which is
Beta(alpha, beta) over customers; retention rises with time because those who leave easily leave first.

    P(leaves in period t) = B(alpha + 1, beta + t - 1) / B(alpha, beta)
    S(t)                  = B(alpha, beta + t) / B(alpha, beta)
    retention rate of t   = S(t) / S(t - 1) = (beta + t - 1) / (alpha + beta + t - 1)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analytics.analysis.contract import Floats, Integers, floats, require_columns, whole
from analytics.analysis.likelihood import FitStatus, Objective, maximise

MINIMUM_CUSTOMERS = 30
LETTERS = ("alpha", "beta")
STARTS = ((1.0, 1.0), (0.5, 3.0), (2.0, 10.0))


@dataclass(frozen=True)
class ShiftedBetaGeometric:
    """Parameters are NaN unless the status is ok; one period of the survivors is the unit of time.

    unidentified: the letters of the parameters that the data do not tell (nobody has left, everybody left at once, all
                  customers alike, one period only), when the status is `not_identified`
    """

    status: FitStatus
    log_likelihood: float
    customers: float
    alpha: float
    beta: float
    unidentified: tuple[str, ...] = ()
    time_unit: str = ""  # what a period is, where whoever fits says it


def fit(survivors: pd.DataFrame, *, minimum_customers: int = MINIMUM_CUSTOMERS) -> ShiftedBetaGeometric:
    """The parameters by maximum likelihood.

    survivors: period (0, 1, 2, ... without a gap), customers (still there at the end of the period; at 0 all of them);
               optional: cohort, when several are watched for unequally long
    raises:    ValueError for a gap, a missing period 0, or survivors that grow in number
    """
    periods, lost, kept = _counts(survivors)
    customers = float(lost.sum() + kept.sum())
    if customers < minimum_customers or not customers:
        return ShiftedBetaGeometric(FitStatus.TOO_FEW_CUSTOMERS, np.nan, customers, np.nan, np.nan)
    found = maximise(_objective(periods, lost, kept), starts=STARTS, weight=customers, scales=(1.0, 1.0))
    letters = tuple(LETTERS[place] for place in found.unknown)
    alpha, beta = found.values.tolist()
    return ShiftedBetaGeometric(found.status, found.log_likelihood, customers, alpha, beta, letters)


def project(parameters: ShiftedBetaGeometric, *, periods: Sequence[int]) -> pd.DataFrame:
    """period, survival (share of the cohort still there at its end), retention_rate (of those there at its start; NaN
    for period 0); NaN unless the fit is ok."""
    times = np.asarray(periods, dtype=np.float64)
    if (times < 0).any():
        raise ValueError("a period must not lie before 0")
    alpha, beta = parameters.alpha, parameters.beta
    survival = np.exp(special.betaln(alpha, beta + times) - special.betaln(alpha, beta))
    rate = np.where(times > 0, (beta + times - 1) / (alpha + beta + times - 1), np.nan)
    return pd.DataFrame({"period": list(periods), "survival": survival, "retention_rate": rate})


def _counts(survivors: pd.DataFrame) -> tuple[Integers, Floats, Floats]:
    """For each period from 1 on how many left in it, and how many were last seen at its end; at place 0 who was seen in
    period 0 only and says nothing."""
    require_columns(survivors, "period", "customers")
    keys = ["cohort"] if "cohort" in survivors.columns else []
    ordered = survivors.sort_values([*keys, "period"])
    period, customers = whole(ordered["period"]), floats(ordered["customers"])
    if not len(period):
        return np.arange(1, dtype=np.int64), np.zeros(1), np.zeros(1)
    cohort = pd.factorize(ordered["cohort"])[0] if keys else np.zeros(len(period), dtype=np.int64)
    begins = np.r_[True, cohort[1:] != cohort[:-1]]
    if (period[begins] != 0).any() or (np.diff(period)[~begins[1:]] != 1).any():
        raise ValueError("the periods of a cohort must be 0, 1, 2 and so on without a gap")
    gone = np.r_[0.0, -np.diff(customers)]
    gone[begins] = 0
    if not np.isfinite(customers).all() or (customers < 0).any() or (gone < 0).any():
        raise ValueError("survivors are missing, negative or grow in number")
    ends = np.r_[begins[1:], True]
    size = int(period.max()) + 1
    lost, kept = np.zeros(size), np.zeros(size)
    np.add.at(lost, period, gone)
    np.add.at(kept, period[ends], customers[ends])
    return np.arange(size, dtype=np.int64), lost, kept


def _objective(periods: Integers, lost: Floats, kept: Floats) -> Objective:
    """The log-likelihood and its gradient by (alpha, beta)."""
    later = np.maximum(periods - 1, 0)  # nobody is lost in period 0

    def log_likelihood(parameters: Floats) -> tuple[float, Floats]:
        alpha, beta = (float(value) for value in parameters)
        whole_beta, both = special.betaln(alpha, beta), special.digamma(alpha + beta)
        value = lost @ (special.betaln(alpha + 1, beta + later) - whole_beta)
        value += kept @ (special.betaln(alpha, beta + periods) - whole_beta)
        all_lost = both - special.digamma(alpha + beta + 1 + later)
        all_kept = both - special.digamma(alpha + beta + periods)
        slopes = [
            lost @ (1 / alpha + all_lost) + kept @ all_kept,
            lost @ (special.digamma(beta + later) - special.digamma(beta) + all_lost)
            + kept @ (special.digamma(beta + periods) - special.digamma(beta) + all_kept),
        ]
        return float(value), np.array(slopes)

    return log_likelihood
