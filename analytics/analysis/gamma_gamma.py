"""Gamma-Gamma: how much a customer will spend on a purchase, told from the mean of a few.

Fader, Hardie and Lee, RFM and CLV: using iso-value curves, Journal of Marketing Research 42 (2005); formulas as in
Fader and Hardie, The Gamma-Gamma model of monetary value (2013). Amounts of a customer scatter around its own mean,
Gamma(p, nu), and the rates differ between customers, nu ~ Gamma(q, v). With x repeat purchases of m in the mean

    L(p, q, v | x, m) = G(p x + q) / (G(p x) G(q)) * v^q m^(p x - 1) x^(p x) / (v + m x)^(p x + q)
    E(M)              = p v / (q - 1)
    E(M | x, m)       = p (v + m x) / (p x + q - 1)

It assumes that how much one spends has nothing to do with how often one buys; the fit tells the correlation found.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from analytics.analysis.contract import Floats, customer_index, floats, require_columns
from analytics.analysis.likelihood import FitStatus, Maximum, Objective, maximise

MINIMUM_REPEAT_BUYERS = 30
LETTERS = ("p", "q", "v")
STARTS = ((2.0, 3.0, 1.0), (6.0, 4.0, 0.5), (1.0, 2.0, 2.0))  # v by the mean amount


@dataclass(frozen=True)
class GammaGamma:
    """v is money, in the unit of the amounts. Parameters and mean are NaN unless the status is ok.

    mean_amount:  E(M), of a purchase of anybody
    customers:    repeat buyers with a positive mean, the only ones that a fit can use
    correlation:  between repeat purchases and their mean amount; NaN when either is the same for all
    unidentified: the letters of the parameters that the data do not tell, when the status is `not_identified`
    """

    status: FitStatus
    log_likelihood: float
    customers: float
    correlation: float
    p: float
    q: float
    v: float
    unidentified: tuple[str, ...] = ()

    @property
    def mean_amount(self) -> float:
        return self.p * self.v / (self.q - 1)


def fit(histories: pd.DataFrame, *, minimum_repeat_buyers: int = MINIMUM_REPEAT_BUYERS) -> GammaGamma:
    """The parameters by maximum likelihood.

    histories: repeat_purchases, mean_repeat_amount (`buying_histories`; any unit of money); optional: customers
               (weight). Rows without a repeat purchase, or whose mean is not above zero (gifts), say nothing and are
               left out.

    Amounts so scattered that their mean does not exist (q <= 1) count as not identified.
    """
    x, mean, weight = _used(histories)
    customers = float(weight.sum())
    if not customers or customers < minimum_repeat_buyers:
        status = FitStatus.TOO_FEW_CUSTOMERS if customers else FitStatus.NO_REPEAT_BUYERS
        return GammaGamma(status, np.nan, customers, np.nan, np.nan, np.nan, np.nan)
    correlation = _correlation(x, mean, weight)
    level = float(np.average(mean, weights=weight))
    starts = [(p, q, v * level) for p, q, v in STARTS]
    found = maximise(_objective(x, mean, weight), starts=starts, weight=customers, scales=(1.0, 1.0, level))
    if found.status == FitStatus.OK and found.values[1] <= 1:
        found = Maximum(FitStatus.NOT_IDENTIFIED, np.full(3, np.nan), np.nan, (1,))
    letters = tuple(LETTERS[place] for place in found.unknown)
    p, q, v = found.values.tolist()
    return GammaGamma(found.status, found.log_likelihood, customers, correlation, p, q, v, letters)


def apply(histories: pd.DataFrame, parameters: GammaGamma) -> pd.DataFrame:
    """What a customer is expected to spend on its next purchases.

    histories: customer_id, repeat_purchases, mean_repeat_amount
    returns:   expected_amount of each purchase, indexed by customer_id: between its own mean and that of all, the
               nearer to its own the more purchases there are; without a repeat purchase that of all. NaN unless the
               fit is ok.
    """
    require_columns(histories, "repeat_purchases", "mean_repeat_amount")
    p, q, v = parameters.p, parameters.q, parameters.v
    mean = floats(histories["mean_repeat_amount"])
    x = np.where(mean > 0, floats(histories["repeat_purchases"]), 0)
    spent = x * np.where(x > 0, mean, 0)
    expected = np.where(x > 0, p * (v + spent) / (p * x + q - 1), parameters.mean_amount)
    return pd.DataFrame({"expected_amount": expected}, index=customer_index(histories))


def _used(histories: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    require_columns(histories, "repeat_purchases", "mean_repeat_amount")
    x, mean = floats(histories["repeat_purchases"]), floats(histories["mean_repeat_amount"])
    weight = floats(histories["customers"]) if "customers" in histories.columns else np.ones(len(histories))
    if not np.isfinite(np.concatenate([x, weight])).all() or (weight < 0).any() or (x < 0).any():
        raise ValueError("histories hold a missing, infinite or negative number")
    if np.isinf(mean).any() or (np.isnan(mean) & (x > 0)).any():
        raise ValueError("mean_repeat_amount is missing or infinite for a repeat buyer")
    pairs = pd.DataFrame({"x": x, "mean": mean, "weight": weight})[(x > 0) & (mean > 0) & (weight > 0)]
    distinct = pairs.groupby(["x", "mean"], as_index=False)["weight"].sum()
    return floats(distinct["x"]), floats(distinct["mean"]), floats(distinct["weight"])


def _correlation(x: Floats, mean: Floats, weight: Floats) -> float:
    if np.ptp(x) == 0 or np.ptp(mean) == 0:
        return np.nan
    both: npt.NDArray[np.float64] = np.cov(x, mean, aweights=weight, ddof=0)
    return float(both[0, 1] / np.sqrt(both[0, 0] * both[1, 1]))


def _objective(x: Floats, mean: Floats, weight: Floats) -> Objective:
    """The log-likelihood and its gradient by (p, q, v)."""
    repeats, of_repeats = np.unique(x, return_inverse=True)
    per_repeats = np.bincount(of_repeats, weight)
    total, spent = float(weight.sum()), x * mean
    weighted, log_spent, log_mean = weight * x, np.log(spent), float(weight @ np.log(mean))

    def log_likelihood(parameters: Floats) -> tuple[float, Floats]:
        p, q, v = (float(value) for value in parameters)
        shapes = p * repeats
        log_all = np.log(v + spent)
        gammas = special.gammaln(shapes + q) - special.gammaln(shapes) - special.gammaln(q)
        value = per_repeats @ gammas + total * q * np.log(v)
        value += p * (weighted @ log_spent) - log_mean - (p * weighted + q * weight) @ log_all
        both = special.digamma(shapes + q)
        slopes = [
            per_repeats @ (repeats * (both - special.digamma(shapes))) + weighted @ (log_spent - log_all),
            per_repeats @ (both - special.digamma(q)) + total * np.log(v) - weight @ log_all,
            total * q / v - (p * weighted + q * weight) @ (1 / (v + spent)),
        ]
        return float(value), np.array(slopes)

    return log_likelihood
