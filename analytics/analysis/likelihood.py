"""Maximum likelihood for models whose parameters are all positive, and what to call the outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import optimize

from analytics.analysis.contract import Floats

FARTHEST = 11.0  # |log parameter|: e^11 is 60,000 times the scale at which the models live
WEAKEST = 2.5  # standard error of the log of the least known combination of parameters
CLOSE = 1e-6  # gradient of the mean log-likelihood by log parameter

Objective = Callable[[Floats], tuple[float, Floats]]


class FitStatus(StrEnum):
    """What came of a fit. Only `ok` has parameters.

    not_identified:    the data cannot tell the parameters: the likelihood is flat, or rises towards a limit of the
                       model such as nobody ever leaving or all customers being alike
    no_repeat_buyers:  nobody bought a second time
    too_few_customers: fewer than the model needs
    did_not_converge:  no maximum was found
    """

    OK = "ok"
    NOT_IDENTIFIED = "not_identified"
    NO_REPEAT_BUYERS = "no_repeat_buyers"
    TOO_FEW_CUSTOMERS = "too_few_customers"
    DID_NOT_CONVERGE = "did_not_converge"


@dataclass(frozen=True)
class Maximum:
    """values: the parameters, NaN unless the status is ok; log_likelihood: NaN likewise.

    unknown: places of the parameters that the data do not tell, when not identified
    """

    status: FitStatus
    values: Floats
    log_likelihood: float
    unknown: tuple[int, ...] = ()


def maximise(
    log_likelihood: Objective, *, starts: Sequence[Sequence[float]], weight: float, scales: Sequence[float]
) -> Maximum:
    """The parameters at which the log-likelihood is largest.

    log_likelihood: parameters -> its value and its gradient by the parameters
    starts:         where to begin, each the positive parameters; short climbs from all, a long one from the best
    weight:         customers (or spells) in the data; the search runs on the mean
    scales:         size of one unit of each parameter (of a time, how long the data runs), so that "far away" means the
                    same in weeks and in days

    The search is quasi-Newton (L-BFGS-B) in the logs of the parameters, finished by Newton steps: the result then
    depends neither on the start nor on the order of the rows. At the end the curvature must show all parameters.
    """
    unit = np.asarray(scales, dtype=np.float64)
    nothing = np.full(len(unit), np.nan)

    def loss(logs: Floats) -> tuple[float, Floats]:
        values = unit * np.exp(logs)
        value, gradient = log_likelihood(values)
        return -value / weight, -gradient * values / weight

    best = min((_climb(loss, np.log(np.asarray(start) / unit), 12) for start in starts), key=lambda found: found[0])
    value, logs = _climb(loss, best[1], 500)
    if not np.isfinite(value):
        return Maximum(FitStatus.DID_NOT_CONVERGE, nothing, np.nan)
    for _ in range(3):
        curvature = _curvature(loss, logs)
        if unknown := _unknown(curvature, logs, weight):
            return Maximum(FitStatus.NOT_IDENTIFIED, nothing, np.nan, unknown)
        value, gradient = loss(logs)
        step = np.linalg.solve(curvature, gradient)
        if np.abs(step).max() > 1 or loss(logs - step)[0] > value + 1e-12:
            break
        logs = logs - step
        if np.abs(step).max() < 1e-9:
            break
    value, gradient = loss(logs)
    if np.abs(gradient).max() > CLOSE:
        return Maximum(FitStatus.DID_NOT_CONVERGE, nothing, np.nan)
    return Maximum(FitStatus.OK, unit * np.exp(logs), float(-value * weight))


def _climb(loss: Objective, logs: Floats, steps: int) -> tuple[float, Floats]:
    found = optimize.minimize(
        loss,
        np.clip(logs, -FARTHEST, FARTHEST),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-FARTHEST, FARTHEST)] * len(logs),
        options={"maxiter": steps, "ftol": 1e-13, "gtol": 1e-8},
    )
    return float(found.fun) if np.isfinite(found.fun) else np.inf, found.x


def _unknown(curvature: Floats, logs: Floats, weight: float) -> tuple[int, ...]:
    """Places of the parameters that ran away or take part in a direction in which the likelihood is flat."""
    strengths, directions = np.linalg.eigh(curvature)
    is_flat = ~(strengths * weight > 1 / WEAKEST**2)
    takes_part = (np.abs(directions[:, is_flat]) > 0.3).any(axis=1)
    ran_away = np.abs(logs) > FARTHEST - 0.5
    return tuple(np.flatnonzero(takes_part | ran_away).tolist())


def _curvature(loss: Objective, logs: Floats, step: float = 1e-4) -> Floats:
    """Second derivatives, by central differences of the gradient."""
    moves = np.eye(len(logs)) * step
    rows = [(loss(logs + move)[1] - loss(logs - move)[1]) / (2 * step) for move in moves]
    found = np.array(rows)
    return (found + found.T) / 2
