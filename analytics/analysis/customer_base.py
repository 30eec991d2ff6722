"""What the models of a customer base (BG/NBD, MBG/NBD, Pareto/NBD) have in common: gates, parameters, columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.analysis.buying_histories import TimeUnit, arrays, distinct_histories
from analytics.analysis.contract import Floats, customer_index, require_columns
from analytics.analysis.likelihood import FitStatus, Maximum, Objective, maximise

MINIMUM_CUSTOMERS = 30


@dataclass(frozen=True)
class CustomerBaseFit:
    """What every fit tells, whatever the model. Parameters are NaN unless the status is ok.

    time_unit:    of the histories, of alpha (and beta where it is a time) and of every horizon. The log-likelihood is
                  that of the moments of purchase, so from weeks to days it moves by a constant that says nothing.
    unidentified: the letters of the parameters that the data do not tell, when the status is `not_identified`
    """

    status: FitStatus
    log_likelihood: float
    customers: float
    repeat_buyers: float
    time_unit: TimeUnit
    unidentified: tuple[str, ...]


@dataclass(frozen=True)
class Data:
    """The distinct histories of a company, with the answers to the first questions of every fit."""

    distinct: pd.DataFrame
    customers: float
    repeat_buyers: float
    longest: float
    refusal: FitStatus | None


def prepared(histories: pd.DataFrame, minimum_customers: int) -> Data:
    """The data of a fit, with the status that refuses them where they are too small."""
    distinct = distinct_histories(histories)
    customers = float(distinct["customers"].sum())
    x, _last, observed = arrays(distinct)
    repeat_buyers = float(distinct["customers"].to_numpy()[x > 0].sum())
    longest = float(observed.max(initial=0.0))
    refusal = None
    if customers < minimum_customers or not longest > 0:
        refusal = FitStatus.TOO_FEW_CUSTOMERS
    elif not repeat_buyers:
        refusal = FitStatus.NO_REPEAT_BUYERS
    return Data(distinct, customers, repeat_buyers, longest, refusal)


def search(
    data: Data, log_likelihood: Objective, starts: Sequence[Sequence[float]], scales: Mapping[str, float]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What every fit tells, and the parameters, by the letters that are the keys of `scales`."""
    letters = list(scales)
    found = Maximum(data.refusal or FitStatus.OK, np.full(len(letters), np.nan), np.nan)
    if not data.refusal:
        found = maximise(log_likelihood, starts=starts, weight=data.customers, scales=list(scales.values()))
    told = {
        "status": found.status,
        "log_likelihood": found.log_likelihood,
        "customers": data.customers,
        "repeat_buyers": data.repeat_buyers,
        "unidentified": tuple(letters[place] for place in found.unknown),
    }
    return told, dict(zip(letters, found.values.tolist(), strict=True))


def unknown_forecast(histories: pd.DataFrame) -> pd.DataFrame:
    """The columns of a forecast where the fit is not ok."""
    names = ["probability_alive", "expected_purchases", "probability_of_no_order"]
    return pd.DataFrame(np.nan, index=customer_index(histories), columns=names)


def track(horizons: Sequence[float], total: Callable[[float], float]) -> pd.DataFrame:
    """horizon, expected_repeat_purchases."""
    totals = [total(horizon) for horizon in horizons]
    return pd.DataFrame({"horizon": list(horizons), "expected_repeat_purchases": totals}, dtype="float64")


def checked_horizon(horizon: float) -> float:
    if not (np.isfinite(horizon) and horizon >= 0):
        raise ValueError("horizon must be a number of zero or more")
    return float(horizon)


def ages_at(histories: pd.DataFrame, horizon: float) -> tuple[Floats, Floats]:
    """How old each distinct age of the customers will be after `horizon` (a negative one looks back), none below zero;
    and how many customers have it."""
    require_columns(histories, "time_observed")
    distinct = distinct_histories(histories).groupby("time_observed")["customers"].sum()
    ages = distinct.index.to_numpy(dtype=np.float64) + horizon
    return np.maximum(ages, 0), distinct.to_numpy(dtype=np.float64)
