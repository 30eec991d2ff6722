"""Forecasts of a company whose customers behave as the models say, without a database."""

import datetime

import numpy as np
import pandas as pd
import pytest

from analytics.analysis import gamma_gamma, pareto_nbd
from analytics.analysis.likelihood import FitStatus
from analytics.analysis.predicted_value import ValueTerms, predicted_value
from analytics.figures import forecast
from analytics.figures.work import Work

AS_OF = pd.Timestamp("2026-06-30")
MARGIN = 0.3


class Facts:
    """Answers as the fact engine would: histories, and the margin of the last year."""

    def __init__(self, histories: pd.DataFrame, margin: float | None = MARGIN) -> None:
        self.histories, self.margin = histories, margin

    def frame(self, sql: str, params: dict) -> pd.DataFrame:
        return self.histories

    def value(self, sql: str, params: dict) -> float | None:
        return self.margin


def histories(customers: int = 400, weeks: float = 100.0) -> pd.DataFrame:
    """Rates ~ Gamma(0.9, 8), times to leaving ~ exponential with Gamma(0.7, 15), amounts ~ Gamma-Gamma."""
    chance = np.random.default_rng(11)
    observed = np.round(chance.uniform(30, weeks, customers) * 7) / 7
    rate, leaving = chance.gamma(0.9, 1 / 8, customers), chance.gamma(0.7, 1 / 15, customers)
    lives = np.minimum(chance.exponential(1 / leaving), observed)
    rows = []
    for life, each in zip(lives, rate, strict=True):
        days = np.unique(np.ceil(np.sort(chance.uniform(0, life, chance.poisson(each * life))) * 7))
        rows.append((len(days), days[-1] / 7 if len(days) else 0.0))
    x = np.array([count for count, _last in rows])
    last = np.minimum([last for _count, last in rows], observed)
    mean = chance.gamma(6.0 * np.maximum(x, 1)) / np.maximum(x, 1) / chance.gamma(4.0, 1 / 1500, customers)
    return pd.DataFrame(
        {
            "customer_id": np.arange(10, 10 + customers),
            "repeat_purchases": x,
            "time_to_last": last,
            "time_observed": observed,
            "mean_repeat_amount": np.where(x > 0, mean, np.nan),
        }
    )


def work(found: pd.DataFrame, margin: float | None = MARGIN, **settings: object) -> Work:
    known = pd.DataFrame({"customer_id": [*found["customer_id"], 5]})  # 5 has never bought
    return Work(known, pd.DataFrame(), AS_OF, Facts(found, margin), {"forecast": settings})


@pytest.fixture(scope="module")
def company() -> pd.DataFrame:
    return histories()


@pytest.fixture(scope="module")
def told(company) -> tuple[Work, dict]:
    made = work(company)
    return made, forecast.FORECAST.step(made)


@pytest.fixture
def fitted(told, monkeypatch):
    """The models as they were fitted once."""
    monkeypatch.setattr(forecast, "fit_models", lambda found, minimum_customers: told[0].fits)


def test_forecasts_are_those_of_the_first_model_that_the_data_identify(company, told):
    made, found = told
    assert made.fits["pareto_nbd"].status == FitStatus.OK
    soon = pareto_nbd.apply(company, made.fits["pareto_nbd"], horizon=90 / 7)
    assert np.array_equal(found["probability_alive"][:-1], soon["probability_alive"])
    assert np.array_equal(found["probability_of_order"][:-1], 1 - soon["probability_of_no_order"])
    assert found["probability_of_order"].isna().iloc[-1]


def test_predicted_value_is_profit_of_twelve_months_in_cents(company, told):
    made, found = told
    amount = gamma_gamma.apply(
        company.assign(mean_repeat_amount=company["mean_repeat_amount"] / 100), made.fits["gamma_gamma"]
    )["expected_amount"]
    expected = predicted_value(
        lambda time: pareto_nbd.apply(company, made.fits["pareto_nbd"], horizon=time)["expected_purchases"],
        amount * 100,
        ValueTerms(MARGIN),
        time_unit="week",
    )
    assert found["predicted_value"].iloc[:-1].tolist() == expected["predicted_lifetime_value"].round().tolist()
    assert found["expected_orders"].iloc[:-1].tolist() == expected["expected_purchases"].tolist()
    assert found["predicted_value"].isna().iloc[-1]


def test_settings_change_horizon_and_margin(company, told, fitted):
    shorter = forecast.FORECAST.step(work(company, horizon_months=6, margin=0.15))
    assert (shorter["expected_orders"].iloc[:-1] < told[1]["expected_orders"].iloc[:-1]).all()
    half = forecast.FORECAST.step(work(company, margin=0.15))
    ratio = half["predicted_value"].astype(float) / told[1]["predicted_value"].astype(float)
    assert ratio[told[1]["predicted_value"] > 1000].round(2).dropna().unique().tolist() == [0.5]


def test_without_unit_costs_nothing_is_taken_off_and_a_note_says_so(company, told, fitted):
    made = work(company, None)
    found = forecast.FORECAST.step(made)
    assert ("forecast", "no_unit_costs") in made.notes
    total = found["predicted_value"].astype(float).sum()
    assert total * MARGIN == pytest.approx(told[1]["predicted_value"].astype(float).sum(), rel=1e-4)


def test_a_small_company_gets_no_forecast_and_hears_why(company):
    made = work(company.head(12))
    found = forecast.FORECAST.step(made)
    assert {name: pd.isna(pd.Series(column)).all() for name, column in found.items()} == dict.fromkeys(found, True)
    assert ("pareto_nbd", "too_few_customers") in made.notes
    assert forecast.used_model(made.fits) is None


def test_very_many_customers_are_fitted_in_whole_weeks(company, told, monkeypatch):
    monkeypatch.setattr(forecast, "BINNED_FROM", 300)
    made = work(company)
    forecast.FORECAST.step(made)
    assert ("forecast", "time_in_whole_weeks") in made.notes
    assert made.fits["pareto_nbd"].r == pytest.approx(told[0].fits["pareto_nbd"].r, rel=0.25)


def test_models_of_another_day_are_the_same_models(company, told):
    again = forecast.models_as_of(Facts(company), datetime.date(2026, 6, 30), {})
    assert again == told[0].fits


@pytest.mark.parametrize(
    ("name", "value"), [("margin", 2), ("horizon_months", 0), ("yearly_discount", -1), ("order_days", 0)]
)
def test_nonsense_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=name):
        forecast.ForecastSettings(**{name: value})
