"""Pareto/NBD: purchases at a customer's own rate until it leaves, at any moment, at its own rate.

Schmittlein, Morrison and Colombo, Counting your customers, Management Science 33 (1987); likelihood as in Fader and
Hardie, A note on deriving the Pareto/NBD model (2005):

    L(r, alpha, s, beta | x, t_x, T) = G(r + x) / G(r) * alpha^r beta^s * { (alpha + T)^-(r + x) (beta + T)^-s
                                       + s * integral from t_x to T of (alpha + u)^-(r + x) (beta + u)^-(s + 1) du }

The integral, in books a difference of two hypergeometric functions, is done by quadrature: those functions overflow for
many purchases, lose digits where alpha and beta are close, and have no cheap derivatives. With y = u + the smaller of
alpha and beta, and v = log(y / y at t_x), the integrand is smooth, log-concave and free of singularities near the
path, so few Gauss-Legendre nodes give ten digits and more; its tail is cut where it cannot count. The gradient comes
from the same nodes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analytics.analysis.buying_histories import TimeUnit, arrays, distinct_places
from analytics.analysis.contract import Floats, customer_index
from analytics.analysis.customer_base import (
    MINIMUM_CUSTOMERS,
    CustomerBaseFit,
    ages_at,
    checked_horizon,
    prepared,
    search,
    track,
    unknown_forecast,
)
from analytics.analysis.likelihood import FitStatus, Objective

NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)
TAIL = 40.0  # e^-40 of what the integrand was at its start
NEVER = -np.inf
STARTS = ((0.5, 0.2, 0.6, 0.3), (1.0, 0.5, 0.3, 0.5), (2.0, 0.3, 1.5, 3.0), (0.5, 0.05, 0.2, 0.1))


@dataclass(frozen=True)
class ParetoNbd(CustomerBaseFit):
    """Purchase rates ~ Gamma(r, alpha), rates of leaving ~ Gamma(s, beta). alpha and beta are times."""

    r: float
    alpha: float
    s: float
    beta: float


def fit(
    histories: pd.DataFrame, *, time_unit: TimeUnit = "week", minimum_customers: int = MINIMUM_CUSTOMERS
) -> ParetoNbd:
    """The parameters by maximum likelihood.

    histories: repeat_purchases, time_to_last, time_observed (`buying_histories`); optional: customers (weight of a row)
    time_unit: of these times; it is noted with the parameters and changes nothing but alpha and beta
    raises:    ValueError for histories that cannot be, such as a last purchase after the end of observation
    """
    data = prepared(histories, minimum_customers)
    starts = [(r, alpha * data.longest, s, beta * data.longest) for r, alpha, s, beta in STARTS]
    scales = {"r": 1.0, "alpha": data.longest, "s": 1.0, "beta": data.longest}
    told, parameters = search(data, _objective(data.distinct), starts, scales)
    return ParetoNbd(**told, time_unit=time_unit, **parameters)


def apply(histories: pd.DataFrame, parameters: ParetoNbd, *, horizon: float) -> pd.DataFrame:
    """What each customer is expected to do within `horizon` after as_of.

    histories: customer_id, repeat_purchases, time_to_last, time_observed
    horizon:   in the time unit of the parameters
    returns:   probability_alive (has not left by as_of), expected_purchases (repeat purchase days within the horizon),
               probability_of_no_order (within the horizon), indexed by customer_id; NaN unless the fit is ok

        E[Y(t)] = P(alive) * (r + x) (beta + T) / ((alpha + T) (s - 1)) * {1 - ((beta + T) / (beta + T + t))^(s - 1)}
    """
    horizon = checked_horizon(horizon)
    if parameters.status != FitStatus.OK:
        return unknown_forecast(histories)
    distinct, places = distinct_places(histories)
    x, last, observed = arrays(distinct)
    r, alpha, s, beta = parameters.r, parameters.alpha, parameters.s, parameters.beta
    shape, rate, rest = r + x, alpha + observed, beta + observed
    stayed = -shape * np.log(rate) - s * np.log(rest)
    alive = special.expit(stayed - np.log(s) - _Left(r, alpha, s, beta, x, last, observed).log_integral)
    living = shape / rate * rest * _growth(s, horizon / rest)
    starts_anew = np.zeros(len(x))
    left = _Left(shape, rate, s, rest, starts_anew, starts_anew, starts_anew + horizon).log_integral + np.log(s)
    stays = -shape * np.log(rate + horizon) - s * np.log(rest + horizon)
    none_if_alive = np.exp(np.logaddexp(stays, left) - stayed)
    return pd.DataFrame(
        {
            "probability_alive": alive[places],
            "expected_purchases": (alive * living)[places],
            "probability_of_no_order": (1 - alive * (1 - none_if_alive))[places],
        },
        index=customer_index(histories),
    )


def expected_repeat_purchases(
    histories: pd.DataFrame, parameters: ParetoNbd, *, horizons: Sequence[float]
) -> pd.DataFrame:
    """Repeat purchases that all these customers together are expected to have made, told without looking at what each
    has bought: against the real number this is the tracking plot.

    histories: time_observed with the other columns of `buying_histories`; optional: customers
    horizons:  times after as_of; negative ones lie before it, when who had not yet come counts nothing
    returns:   horizon, expected_repeat_purchases (cumulative since each customer's first purchase)

        E[X(t)] = r beta / (alpha (s - 1)) * {1 - (beta / (beta + t))^(s - 1)}
    """
    r, alpha, s, beta = parameters.r, parameters.alpha, parameters.s, parameters.beta

    def total(horizon: float) -> float:
        ages, customers = ages_at(histories, horizon)
        return float(customers @ (r / alpha * beta * _growth(s, ages / beta)))

    return track(horizons, total)


def _growth(s: float, share: Floats) -> Floats:
    """{1 - (1 + share)^-(s - 1)} / (s - 1), which is log(1 + share) at s = 1."""
    time = np.log1p(share)
    return time * special.exprel((1 - s) * time)


class _Left:
    """The integral over the moments at which a customer may have left.

    Each array has a row for each history; nodes run along the second axis.
    """

    def __init__(
        self,
        r: Floats | float,
        alpha: Floats | float,
        s: float,
        beta: Floats | float,
        x: Floats,
        last: Floats,
        end: Floats,
    ) -> None:
        shape = r + x
        buys, leaves = alpha + last, beta + last
        self.first_is_less = np.asarray(buys <= leaves)
        y = np.minimum(buys, leaves)
        gap = np.abs(leaves - buys)
        own = np.where(self.first_is_less, shape, s + 1)  # exponent of y
        other = np.where(self.first_is_less, s + 1, shape)  # exponent of y + gap
        length = np.log1p((end - last) / y)
        decline = own - 1 + other * y / (y + gap)
        length = np.minimum(length, TAIL / np.maximum(decline, 1e-9))
        self.steps = length[:, None] * ((NODES + 1) / 2)
        growth = np.expm1(self.steps)
        self.log_other = np.log1p((y / (y + gap))[:, None] * growth)
        heights = np.exp((1 - own)[:, None] * self.steps - other[:, None] * self.log_other) * WEIGHTS
        area = heights.sum(axis=1)
        self.y, self.gap, self.growth = y, gap, growth
        with np.errstate(divide="ignore", invalid="ignore"):
            self.shares = np.where((area > 0)[:, None], heights / area[:, None], 0.0)
            self.log_integral = (1 - own) * np.log(y) - other * np.log(y + gap) + np.log(area * length / 2)
        self.log_integral = np.where(length > 0, self.log_integral, NEVER) if len(y) else self.log_integral

    def means(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Means of log(alpha + u), 1 / (alpha + u), log(beta + u), 1 / (beta + u) over these moments."""
        own = self.y[:, None] * (1 + self.growth)
        log_own = np.log(self.y) + _mean(self.shares, self.steps)
        log_other = np.log(self.y + self.gap) + _mean(self.shares, self.log_other)
        over_own, over_other = _mean(self.shares, 1 / own), _mean(self.shares, 1 / (own + self.gap[:, None]))
        first = self.first_is_less
        return (
            np.where(first, log_own, log_other),
            np.where(first, over_own, over_other),
            np.where(first, log_other, log_own),
            np.where(first, over_other, over_own),
        )


def _objective(distinct: pd.DataFrame) -> Objective:
    """The log-likelihood of the distinct histories and its gradient by (r, alpha, s, beta)."""
    x, last, observed = arrays(distinct)
    weight = distinct["customers"].to_numpy(dtype=np.float64)
    repeats, of_repeats = np.unique(x, return_inverse=True)
    per_repeats = np.bincount(of_repeats, weight)
    total = float(weight.sum())
    blocks = [slice(start, start + 2_000) for start in range(0, len(x), 2_000)]  # small enough for the cache

    def log_likelihood(parameters: Floats) -> tuple[float, Floats]:
        r, alpha, s, beta = (float(value) for value in parameters)
        value = float(per_repeats @ (special.gammaln(r + repeats) - special.gammaln(r)))
        value += total * (r * np.log(alpha) + s * np.log(beta))
        gradient = np.array(
            [
                per_repeats @ special.digamma(r + repeats) + total * (np.log(alpha) - special.digamma(r)),
                total * r / alpha,
                total * np.log(beta),
                total * s / beta,
            ]
        )
        for block in blocks:
            part, slopes = _part(r, alpha, s, beta, x[block], last[block], observed[block], weight[block])
            value += part
            gradient += slopes
        return value, gradient

    return log_likelihood


def _part(
    r: float, alpha: float, s: float, beta: float, x: Floats, last: Floats, observed: Floats, weight: Floats
) -> tuple[float, Floats]:
    """What these histories add to the braces of the likelihood."""
    shape, rate, rest = r + x, alpha + observed, beta + observed
    stayed = -shape * np.log(rate) - s * np.log(rest)
    left = _Left(r, alpha, s, beta, x, last, observed)
    has_left = np.log(s) + left.log_integral
    gone = weight * special.expit(has_left - stayed)
    here = weight - gone
    log_buys, over_buys, log_leaves, over_leaves = left.means()
    slopes = [
        -(here @ np.log(rate)) - gone @ log_buys,
        -(here @ (shape / rate)) - gone @ (shape * over_buys),
        -(here @ np.log(rest)) + gone.sum() / s - gone @ log_leaves,
        -(here @ (s / rest)) - gone @ ((s + 1) * over_leaves),
    ]
    return float(weight @ np.logaddexp(stayed, has_left)), np.array(slopes)


def _mean(shares: Floats, values: Floats) -> Floats:
    return np.einsum("ij,ij->i", shares, values)
