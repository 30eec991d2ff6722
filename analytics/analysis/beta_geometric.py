"""What BG/NBD and MBG/NBD share: Poisson purchases, and after each chance a coin that decides whether one leaves.

The two differ only in the first chance. In BG/NBD it comes with the first repeat purchase (`chances = x`), in MBG/NBD
already with the purchase that made somebody a customer (`chances = x + 1`). With n = x + k chances (k = 0 or 1)

    L(r, alpha, a, b | x, t_x, T) = B(a, b + n) / B(a, b) * G(r + x) / G(r) * alpha^r
                                    * { (alpha + T)^-(r + x)  +  [n > 0] a / (b + n - 1) * (alpha + t_x)^-(r + x) }

G the gamma, B the beta function. The sum is taken as a softplus of the difference of the logs, and everything that
depends on x alone is worked out once for each x.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

import numpy as np
import pandas as pd
from scipy import special

from analytics.analysis.buying_histories import TimeUnit, arrays, distinct_places
from analytics.analysis.contract import Floats, customer_index
from analytics.analysis.customer_base import (
    CustomerBaseFit,
    ages_at,
    checked_horizon,
    prepared,
    search,
    track,
    unknown_forecast,
)
from analytics.analysis.likelihood import FitStatus, Objective

NEAR_ONE = 2e-4  # so close to a = 1 the closed form loses its digits
AROUND_ONE = (0.998, 0.999, 1.001, 1.002)
STARTS = ((0.3, 0.1, 0.8, 2.5), (1.0, 0.5, 0.3, 4.0), (3.0, 0.5, 2.0, 2.0), (0.5, 0.02, 0.1, 0.5))


@dataclass(frozen=True)
class BetaGeometric(CustomerBaseFit):
    """Purchase rates ~ Gamma(r, alpha), chances of leaving ~ Beta(a, b). alpha is a time."""

    first_chance: ClassVar[int]

    r: float
    alpha: float
    a: float
    b: float

    @property
    def values(self) -> Floats:
        return np.array([self.r, self.alpha, self.a, self.b])


Fitted = TypeVar("Fitted", bound=BetaGeometric)


def fitted(model: type[Fitted], histories: pd.DataFrame, time_unit: TimeUnit, minimum_customers: int) -> Fitted:
    """The parameters of a model by maximum likelihood."""
    data = prepared(histories, minimum_customers)
    starts = [(r, alpha * data.longest, a, b) for r, alpha, a, b in STARTS]
    scales = {"r": 1.0, "alpha": data.longest, "a": 1.0, "b": 1.0}
    told, parameters = search(data, objective(data.distinct, model.first_chance), starts, scales)
    return model(**told, time_unit=time_unit, **parameters)


def forecast(histories: pd.DataFrame, parameters: BetaGeometric, horizon: float) -> pd.DataFrame:
    """What each customer is expected to do within `horizon`: the columns that both models return."""
    horizon = checked_horizon(horizon)
    if parameters.status != FitStatus.OK:
        return unknown_forecast(histories)
    distinct, places = distinct_places(histories)
    x, last, observed = arrays(distinct)
    shape, rate = parameters.r + x, parameters.alpha + observed
    alive = probability_alive(parameters.values, parameters.first_chance, x, last, observed)
    beyond = parameters.b + x + parameters.first_chance
    living = expected_of_the_living(parameters.values, shape, rate, beyond, horizon)
    buys_if_alive = -np.expm1(-shape * np.log1p(horizon / rate))
    return pd.DataFrame(
        {
            "probability_alive": alive[places],
            "expected_purchases": (alive * living)[places],
            "probability_of_no_order": (1 - alive * buys_if_alive)[places],
        },
        index=customer_index(histories),
    )


def cumulative(histories: pd.DataFrame, parameters: BetaGeometric, horizons: Sequence[float]) -> pd.DataFrame:
    """Repeat purchases expected of all these customers from their first purchase until `horizon` after as_of."""
    r, alpha, a, b = (float(value) for value in parameters.values)
    stays_at_first = b / (a + b) if parameters.first_chance else 1.0

    def total(horizon: float) -> float:
        if parameters.status != FitStatus.OK:
            return np.nan
        ages, customers = ages_at(histories, horizon)
        shape, rate, beyond = (np.full(len(ages), value) for value in (r, alpha, b + parameters.first_chance))
        living = expected_of_the_living(parameters.values, shape, rate, beyond, ages)
        return float(customers @ living) * stays_at_first

    return track(horizons, total)


def objective(distinct: pd.DataFrame, first_chance: int) -> Objective:
    """The log-likelihood of the distinct histories and its gradient by (r, alpha, a, b)."""
    x, last, observed = arrays(distinct)
    weight = distinct["customers"].to_numpy(dtype=np.float64)
    repeats, of_repeats = np.unique(x, return_inverse=True)
    lasts, of_last = np.unique(last, return_inverse=True)
    ends, of_end = np.unique(observed, return_inverse=True)
    chances = repeats + first_chance
    per_repeats = np.bincount(of_repeats, weight)
    per_end = np.bincount(of_end, weight)
    total = float(weight.sum())

    def log_likelihood(parameters: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = (float(value) for value in parameters)
        shapes = r + repeats
        end, until = np.log(alpha + ends), np.log(alpha + lasts)
        odds = _log_odds(a, b, chances)
        gap = odds[of_repeats] + shapes[of_repeats] * (end[of_end] - until[of_last])
        gone = weight * special.expit(gap)
        shape_gone = shapes[of_repeats] * gone
        repeats_gone = np.bincount(of_repeats, gone, len(repeats))
        weighted_end = np.bincount(of_end, weight * shapes[of_repeats], len(ends))
        value = (
            per_repeats
            @ (special.gammaln(shapes) - special.gammaln(r) + special.betaln(a, b + chances) - special.betaln(a, b))
            + total * r * np.log(alpha)
            - weighted_end @ end
            + weight @ np.logaddexp(0, gap)
        )
        end_gone, last_gone = (np.bincount(of_end, gone, len(ends)), np.bincount(of_last, gone, len(lasts)))
        end_shape, last_shape = (
            np.bincount(of_end, shape_gone, len(ends)),
            np.bincount(of_last, shape_gone, len(lasts)),
        )
        both, all_chances = special.digamma(a + b), special.digamma(a + b + chances)
        safe = np.where(chances > 0, b + chances - 1, 1.0)
        gradient = [
            per_repeats @ special.digamma(shapes)
            + total * (np.log(alpha) - special.digamma(r))
            + (end_gone - per_end) @ end
            - last_gone @ until,
            total * r / alpha
            + ((end_shape - weighted_end) / (alpha + ends)).sum()
            - (last_shape / (alpha + lasts)).sum(),
            per_repeats @ (both - all_chances) + repeats_gone.sum() / a,
            per_repeats @ (special.digamma(b + chances) - all_chances + both - special.digamma(b))
            - repeats_gone @ (1 / safe),
        ]
        return float(value), np.array(gradient)

    return log_likelihood


def probability_alive(parameters: Floats, first_chance: int, x: Floats, last: Floats, observed: Floats) -> Floats:
    """Chance that a customer with this history has not left by T."""
    r, alpha, a, b = (float(value) for value in parameters)
    gap = _log_odds(a, b, x + first_chance) + (r + x) * np.log((alpha + observed) / (alpha + last))
    return special.expit(-gap)


def expected_of_the_living(
    parameters: Floats, shape: Floats, rate: Floats, beyond: Floats, horizon: Floats | float
) -> Floats:
    """Purchases within `horizon` of somebody who has not left: purchase rate ~ Gamma(shape, rate), chance of leaving
    after each ~ Beta(a, beyond).

        z = t / (rate + t)
        E = (a + beyond - 1) / (a - 1) * {1 - (1 - z)^shape 2F1(shape, beyond; a + beyond - 1; z)}
          = sum over j >= 0 of P(N > j) * B(a, beyond + j) / B(a, beyond),   N ~ negative binomial(shape, z)

    The first is used, around a = 1, where it is 0 / 0, interpolated between places beside it; the second where the
    first leaves the range of floating point (very many purchases).
    """
    a = float(parameters[2])
    if abs(a - 1) < NEAR_ONE:
        found = np.zeros(len(shape))
        for beside, share in zip(AROUND_ONE, _lagrange(AROUND_ONE, a), strict=True):
            found += share * _closed_form(beside, shape, rate, beyond, horizon)
    else:
        found = _closed_form(a, shape, rate, beyond, horizon)
    is_wrong = ~np.isfinite(found) | (found < 0)
    if is_wrong.any():
        time = np.broadcast_to(horizon, shape.shape)
        for place in np.flatnonzero(is_wrong):
            found[place] = _sum(a, shape[place], rate[place], beyond[place], time[place])
    return found


def _lagrange(places: Sequence[float], at: float) -> list[float]:
    """What each of the values at `places` counts in the polynomial through them, at another place."""
    return [float(np.prod([(at - other) / (place - other) for other in places if other != place])) for place in places]


def _closed_form(a: float, shape: Floats, rate: Floats, beyond: Floats, horizon: Floats | float) -> Floats:
    with np.errstate(all="ignore"):
        part = special.hyp2f1(shape, beyond, a + beyond - 1, horizon / (rate + horizon))
        stays = part * np.exp(-shape * np.log1p(horizon / rate))
        return (a + beyond - 1) / (a - 1) * (1 - stays)


def _sum(a: float, shape: float, rate: float, beyond: float, horizon: float) -> float:
    share = horizon / (rate + horizon)
    mean = shape * horizon / rate
    most = int(mean + 12 * np.sqrt(mean * (1 + horizon / rate)) + 40 * (1 + horizon / rate))
    numbers = np.arange(most)
    more = special.betainc(numbers + 1.0, shape, share)
    stays = np.exp(special.betaln(a, beyond + numbers) - special.betaln(a, beyond))
    return float(more @ stays)


def _log_odds(a: float, b: float, chances: Floats) -> Floats:
    """log of a / (b + n - 1), minus infinity before the first chance to leave."""
    has_chance = chances > 0
    return np.where(has_chance, np.log(a) - np.log(np.where(has_chance, b + chances - 1, 1.0)), -np.inf)
