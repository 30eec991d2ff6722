"""What customers are expected to do: alive or gone, orders to come, and the profit they will bring.

Three models of the customer base are fitted side by side. Forecasts come from the first of PREFERENCE that the data
identify; BG/NBD stands last because it holds every customer with one purchase for alive. Without one the columns are
empty, and the rules of silence stand in where somebody has to be told something.
"""

import datetime
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.analysis import bg_nbd, gamma_gamma, mbg_nbd, pareto_nbd
from analytics.analysis.buying_histories import DAYS
from analytics.analysis.customer_base import CustomerBaseFit
from analytics.analysis.likelihood import FitStatus
from analytics.analysis.predicted_value import ValueTerms, predicted_value
from analytics.facts.statistics import buying_histories
from analytics.figures.work import Columns, FigureSet, Work, cents

if TYPE_CHECKING:
    from analytics.facts.engine import Reader

MODELS: dict[str, ModuleType] = {"bg_nbd": bg_nbd, "mbg_nbd": mbg_nbd, "pareto_nbd": pareto_nbd}
PREFERENCE = ("pareto_nbd", "mbg_nbd", "bg_nbd")
BINNED_FROM = 200_000  # customers; above, fits see time in whole weeks
MARGIN = """
    SELECT CAST(sum(amount) - sum(cost) AS DOUBLE) / nullif(sum(amount), 0) AS margin
    FROM order_lines
    WHERE cost IS NOT NULL AND occurred_on <= $day AND occurred_on > $day - 365
"""


@dataclass(frozen=True)
class ForecastSettings:
    """horizon_months: of expected orders and predicted value; order_days: of the probability of an order;
    margin: profit of each unit of amount, told from unit costs of the last 365 days unless given."""

    horizon_months: int = 12
    yearly_discount: float = 0.1
    order_days: int = 90
    margin: float | None = None
    minimum_customers: int = 30

    def __post_init__(self) -> None:
        ValueTerms(
            1.0 if self.margin is None else self.margin,
            horizon_months=self.horizon_months,
            yearly_discount=self.yearly_discount,
        )
        if not 1 <= self.order_days <= 3650:
            raise ValueError("order_days must lie between 1 and 3650")
        if self.minimum_customers < 2:
            raise ValueError("minimum_customers must be 2 or more")


def fit_models(histories: pd.DataFrame, *, minimum_customers: int) -> dict[str, Any]:
    """Every model of buying and spending, by name, whatever came of its fit."""
    fits: dict[str, Any] = {
        name: model.fit(histories, minimum_customers=minimum_customers) for name, model in MODELS.items()
    }
    fits["gamma_gamma"] = gamma_gamma.fit(histories.assign(mean_repeat_amount=histories["mean_repeat_amount"] / 100))
    return fits


def models_as_of(reader: "Reader", as_of: datetime.date, given: dict[str, Any]) -> dict[str, Any]:
    """The same as `fit_models` for a day on which no run looked; `given`: AnalysisSettings.values["forecast"]."""
    settings = ForecastSettings(**given)
    return fit_models(_binned(buying_histories(reader, as_of)), minimum_customers=settings.minimum_customers)


def used_model(fits: dict[str, Any]) -> str | None:
    """The model that forecasts are made with; None when the data identify none."""
    return next((name for name in PREFERENCE if name in fits and fits[name].status == FitStatus.OK), None)


def _forecast(work: Work) -> Columns:
    settings = ForecastSettings(**work.settings("forecast"))
    histories = buying_histories(work.reader, work.as_of.date())
    if len(histories) > BINNED_FROM:
        work.note("forecast", ("time_in_whole_weeks",))
    fits = fit_models(_binned(histories), minimum_customers=settings.minimum_customers)
    work.fits |= fits
    for name, found in fits.items():
        if found.status != FitStatus.OK:
            work.note(name, (str(found.status),))
    model = used_model(fits)
    if model is None:
        return _nothing(work)
    fitted: CustomerBaseFit = fits[model]
    week = DAYS[fitted.time_unit]
    soon = MODELS[model].apply(histories, fitted, horizon=settings.order_days / week)
    found = _value(histories, model, fits, settings, _margin(work, settings))
    return {
        "probability_alive": work.align(soon["probability_alive"]),
        "probability_of_order": work.align(1 - soon["probability_of_no_order"]),
        "expected_orders": work.align(found["expected_purchases"]),
        "expected_order_value": cents(work.align(found["expected_amount"])),
        "predicted_value": cents(work.align(found["predicted_lifetime_value"])),
    }


def _value(
    histories: pd.DataFrame, model: str, fits: dict[str, Any], settings: ForecastSettings, margin: float
) -> pd.DataFrame:
    """expected_purchases of the horizon, expected_amount and predicted_lifetime_value (cents), by customer_id."""
    amount = gamma_gamma.apply(
        histories.assign(mean_repeat_amount=histories["mean_repeat_amount"] / 100), fits["gamma_gamma"]
    )["expected_amount"]
    terms = ValueTerms(margin, horizon_months=settings.horizon_months, yearly_discount=settings.yearly_discount)
    fitted = fits[model]

    def purchases(horizon: float) -> "pd.Series[float]":
        return MODELS[model].apply(histories, fitted, horizon=horizon)["expected_purchases"]

    found = predicted_value(purchases, amount * 100, terms, time_unit=fitted.time_unit)
    return found.assign(expected_amount=amount * 100)


def _binned(histories: pd.DataFrame) -> pd.DataFrame:
    """The histories that a fit runs on: of very many customers with time in whole weeks, so that equal ones meet."""
    if len(histories) <= BINNED_FROM:
        return histories
    last, observed = np.ceil(histories["time_to_last"]), np.ceil(histories["time_observed"])
    return histories.assign(time_to_last=last, time_observed=observed)


def _margin(work: Work, settings: ForecastSettings) -> float:
    """Of the last 365 days where unit costs are known; where none is, nothing is taken off, and a note says so."""
    if settings.margin is not None:
        return settings.margin
    found = work.reader.value(MARGIN, {"day": work.as_of.date()})
    if found is None or not np.isfinite(found):
        work.note("forecast", ("no_unit_costs",))
        return 1.0
    return float(np.clip(found, -1.0, 1.0))


def _nothing(work: Work) -> Columns:
    rows = len(work.known)
    numbers = ("probability_alive", "probability_of_order", "expected_orders")
    amounts = ("expected_order_value", "predicted_value")
    return {
        **{name: np.full(rows, np.nan) for name in numbers},
        **{name: pd.array([pd.NA] * rows, dtype="Int64") for name in amounts},
    }


FORECAST = FigureSet("forecast", _forecast)
