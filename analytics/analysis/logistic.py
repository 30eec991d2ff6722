"""Logistic regression with a penalty, and what each input adds to the logit of each customer.

    log(p / (1 - p)) = intercept + sum over inputs of b_j * (x_j - mean_j) / scale_j

maximises  sum of w (y log p + (1 - y) log(1 - p)) - penalty / 2 * sum of b_j^2  (le Cessie and van Houwelingen, Ridge
estimators in logistic regression, Applied Statistics 41 (1992)) by Newton's steps with the analytic gradient and
curvature. The penalty keeps coefficients finite where an input tells the outcome apart without fail; the intercept is
not penalised, so the mean probability is the share of the outcome.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import linalg, special

from analytics.analysis.contract import Floats, require_columns

STEPS = 100
CLOSE = 1e-10  # gradient of the mean penalised log-likelihood
HALVINGS = 40


@dataclass(frozen=True)
class LogisticFit:
    """inputs: names of the columns; means, scales: what standardises them; coefficients and standard_errors: of the
    standardised inputs, in the same order. An input that never changes has coefficient 0 and scale 1.

    standard_errors come from the curvature with the penalty in it and the spread of the slopes (White, Econometrica 48
    (1980)), added up over groups of cases that belong together where they were given.
    """

    inputs: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    intercept: float
    coefficients: tuple[float, ...]
    standard_errors: tuple[float, ...]
    penalty: float
    cases: float
    positives: float
    log_likelihood: float
    has_converged: bool = True

    def as_dict(self) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "LogisticFit":
        given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls(**given)


def fit(
    cases: pd.DataFrame,
    outcome: "pd.Series[Any]",
    *,
    inputs: Sequence[str] | None = None,
    weights: "pd.Series[Any] | None" = None,
    groups: "pd.Series[Any] | None" = None,
    penalty: float = 1.0,
) -> LogisticFit:
    """cases: numeric inputs, none missing; outcome: yes/no of the same cases; weights: how many cases a row stands for;
    groups: what the case is of, such as the customer, when there are several of each

    raises: ValueError without both outcomes, for a missing number or a penalty that is not above zero
    """
    names = tuple(cases.columns if inputs is None else inputs)
    require_columns(cases, *names)
    if not penalty > 0:
        raise ValueError("penalty must be above zero")
    x, y = cases[list(names)].to_numpy(dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not np.isfinite(x).all() or not np.isfinite(y).all():
        raise ValueError("inputs and outcome must not be missing")
    total, positives = float(w.sum()), float((w * y).sum())
    if not 0 < positives < total:
        raise ValueError("there must be cases with and without the outcome")
    means = w @ x / total
    scales = np.sqrt(w @ (x - means) ** 2 / total)
    moves = scales > 1e-12 * np.maximum(np.abs(means), 1)
    scales = np.where(moves, scales, 1.0)
    design = np.column_stack([np.ones(len(y)), (x - means) / scales * moves])
    ridge = np.r_[0.0, np.full(len(names), penalty)]
    start = np.r_[special.logit(positives / total), np.zeros(len(names))]
    beta, has_converged = _climb(design, y, w, ridge, start)
    errors = _errors(design, y, w, ridge, beta, groups)[1:]
    return LogisticFit(
        names,
        tuple(means.tolist()),
        tuple(scales.tolist()),
        float(beta[0]),
        tuple((beta[1:] * moves).tolist()),
        tuple(np.where(moves, errors, np.nan).tolist()),
        penalty,
        total,
        positives,
        float(_likelihood(design, y, w, beta)),
        has_converged,
    )


def logit(cases: pd.DataFrame, fitted: LogisticFit) -> "pd.Series[float]":
    found = _standardised(cases, fitted) @ np.array(fitted.coefficients) + fitted.intercept
    return pd.Series(found, index=cases.index, name="logit")


def probability(cases: pd.DataFrame, fitted: LogisticFit) -> "pd.Series[float]":
    return pd.Series(special.expit(logit(cases, fitted).to_numpy()), index=cases.index, name="probability")


def contributions(cases: pd.DataFrame, fitted: LogisticFit) -> pd.DataFrame:
    """What each input adds to each logit: the intercept plus the sum of a row is the logit.

    Against the mean case: an input at its mean adds nothing.
    """
    found = _standardised(cases, fitted) * np.array(fitted.coefficients)
    return pd.DataFrame(found, index=cases.index, columns=list(fitted.inputs))


def coefficients(fitted: LogisticFit) -> pd.DataFrame:
    """returns: input, coefficient (logit for one standard deviation more), low, high (95 %), odds_ratio (for one
    standard deviation), importance (share of the sum of absolute coefficients), the most important first"""
    beta, error = np.array(fitted.coefficients), np.array(fitted.standard_errors)
    reach = special.ndtri(0.975) * error
    size = np.abs(beta)
    table = pd.DataFrame(
        {
            "input": fitted.inputs,
            "coefficient": beta,
            "low": beta - reach,
            "high": beta + reach,
            "odds_ratio": np.exp(beta),
            "importance": size / size.sum() if size.sum() else size,
        }
    )
    return table.sort_values(["importance", "input"], ascending=[False, True], ignore_index=True)


def _standardised(cases: pd.DataFrame, fitted: LogisticFit) -> Floats:
    require_columns(cases, *fitted.inputs)
    x = cases[list(fitted.inputs)].to_numpy(dtype=np.float64)
    found: Floats = (x - np.array(fitted.means)) / np.array(fitted.scales)
    return found


def _climb(design: Floats, y: Floats, w: Floats, ridge: Floats, beta: Floats) -> tuple[Floats, bool]:
    """Newton's steps, each halved until the penalised likelihood rises."""
    total = w.sum()
    value = _penalised(design, y, w, ridge, beta)
    for _ in range(STEPS):
        gradient = design.T @ (w * (y - special.expit(design @ beta))) - ridge * beta
        if np.abs(gradient).max() <= CLOSE * total:
            return beta, True
        step = linalg.solve(_curvature(design, beta, w, ridge), gradient, assume_a="pos")
        for _ in range(HALVINGS):
            found = _penalised(design, y, w, ridge, beta + step)
            if found >= value - 1e-12 * abs(value):
                break
            step = step / 2
        beta, value = beta + step, found
    return beta, False


def _errors(
    design: Floats, y: Floats, w: Floats, ridge: Floats, beta: Floats, groups: "pd.Series[Any] | None"
) -> Floats:
    """Standard errors that hold when cases of one group are alike."""
    inverse = linalg.inv(_curvature(design, beta, w, ridge))
    slopes = design * (w * (y - special.expit(design @ beta)))[:, None]
    if groups is not None:
        codes, names = pd.factorize(np.asarray(groups))
        added = np.zeros((len(names), slopes.shape[1]))
        np.add.at(added, codes, slopes)
        slopes = added
    spread: Floats = inverse @ (slopes.T @ slopes) @ inverse
    return np.sqrt(np.diag(spread))


def _curvature(design: Floats, beta: Floats, w: Floats, ridge: Floats) -> Floats:
    p = special.expit(design @ beta)
    return (design * (w * p * (1 - p))[:, None]).T @ design + np.diag(ridge + 1e-12)


def _penalised(design: Floats, y: Floats, w: Floats, ridge: Floats, beta: Floats) -> float:
    return _likelihood(design, y, w, beta) - float(ridge @ beta**2) / 2


def _likelihood(design: Floats, y: Floats, w: Floats, beta: Floats) -> float:
    z = design @ beta
    return float((w * (y * z - np.logaddexp(0, z))).sum())
