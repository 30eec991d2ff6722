"""What BG/NBD, MBG/NBD and Pareto/NBD promise alike: degenerate companies, weights, order, units."""

import numpy as np
import pandas as pd
import pytest

from analytics.analysis import beta_geometric, bg_nbd, mbg_nbd, pareto_nbd
from analytics.analysis.buying_histories import distinct_histories
from analytics.analysis.likelihood import FitStatus
from tests.analytics.analysis.companies import bg_nbd_histories

MODELS = {"bg_nbd": bg_nbd, "mbg_nbd": mbg_nbd, "pareto_nbd": pareto_nbd}
LETTERS = {"bg_nbd": "r alpha a b", "mbg_nbd": "r alpha a b", "pareto_nbd": "r alpha s beta"}
COMPANY = bg_nbd_histories(1_500, seed=4)


def values(name: str, fitted: object) -> list[float]:
    return [getattr(fitted, letter) for letter in LETTERS[name].split()]


def histories(*rows: tuple[float, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["repeat_purchases", "time_to_last", "time_observed"], dtype="float64")
    return frame.assign(customer_id=range(len(rows)))


@pytest.fixture(scope="module", params=MODELS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def fitted(name):
    return MODELS[name].fit(COMPANY)


def objective(name: str, frame: pd.DataFrame):
    if name == "pareto_nbd":
        return pareto_nbd._objective(distinct_histories(frame))
    return beta_geometric.objective(distinct_histories(frame), 1 if name == "mbg_nbd" else 0)


@pytest.mark.parametrize("at", [(0.3, 4.0, 0.8, 2.4), (2.0, 1.5, 0.4, 1.0), (0.7, 3.0, 3.0, 3.0)])
def test_the_gradient_is_that_of_the_likelihood(name, at):
    log_likelihood = objective(name, COMPANY)
    _value, gradient = log_likelihood(np.array(at))
    moves = np.eye(4) * 1e-5
    measured = [(log_likelihood(at + move)[0] - log_likelihood(at - move)[0]) / 2e-5 for move in moves]
    assert gradient == pytest.approx(measured, rel=1e-4, abs=1e-3)


def test_no_other_parameters_are_likelier(name, fitted):
    assert fitted.status == FitStatus.OK
    log_likelihood = objective(name, COMPANY)
    found = np.array(values(name, fitted))
    best = log_likelihood(found)[0]
    assert best == pytest.approx(fitted.log_likelihood, abs=1e-9)
    random = np.random.default_rng(1)
    others = [
        log_likelihood(found * np.exp(random.normal(0, size, 4)))[0] for size in (0.01, 0.1, 1) for _ in range(20)
    ]
    assert max(others) < best


def test_days_instead_of_weeks_change_nothing_but_units(name, fitted):
    days = COMPANY.assign(time_to_last=COMPANY["time_to_last"] * 7, time_observed=COMPANY["time_observed"] * 7)
    by_day = MODELS[name].fit(days, time_unit="day")
    times = {"alpha", "beta"}
    scale = [7 if letter in times else 1 for letter in LETTERS[name].split()]
    assert values(name, by_day) == pytest.approx(np.array(values(name, fitted)) * scale, rel=1e-6)
    in_weeks = MODELS[name].apply(COMPANY, fitted, horizon=20)
    in_days = MODELS[name].apply(days, by_day, horizon=140)
    pd.testing.assert_frame_equal(in_weeks, in_days, rtol=1e-6)


def test_shuffled_rows_and_weights_give_the_same_fit(name, fitted):
    shuffled = MODELS[name].fit(COMPANY.sample(frac=1, random_state=2))
    assert values(name, shuffled) == pytest.approx(values(name, fitted), rel=1e-9)
    twice = MODELS[name].fit(pd.concat([COMPANY, COMPANY]))
    weighted = MODELS[name].fit(COMPANY.assign(customers=2))
    assert values(name, twice) == pytest.approx(values(name, weighted), rel=1e-9)
    assert values(name, twice) == pytest.approx(values(name, fitted), rel=1e-6)
    assert twice.customers == weighted.customers == 2 * fitted.customers


def test_apply_is_row_by_row(name, fitted):
    model = MODELS[name]
    whole = model.apply(COMPANY, fitted, horizon=26)
    parts = [model.apply(part, fitted, horizon=26) for part in (COMPANY[:1], COMPANY[1:700], COMPANY[700:])]
    pd.testing.assert_frame_equal(whole, pd.concat(parts), rtol=1e-12)
    assert whole.index.tolist() == COMPANY["customer_id"].tolist()
    assert whole["probability_alive"].between(0, 1).all()
    assert whole["probability_of_no_order"].between(0, 1).all()
    assert (whole["expected_purchases"] >= 0).all()
    # Who buys in the mean E times buys at least once with at most that probability.
    assert (1 - whole["probability_of_no_order"] <= whole["expected_purchases"] + 1e-12).all()


def test_nothing_is_expected_within_no_time(name, fitted):
    now = MODELS[name].apply(COMPANY, fitted, horizon=0)
    assert now["expected_purchases"].abs().max() < 1e-12
    assert (now["probability_of_no_order"] - 1).abs().max() < 1e-12
    with pytest.raises(ValueError, match="horizon"):
        MODELS[name].apply(COMPANY, fitted, horizon=-1)


def test_the_cohort_buys_about_as_often_as_it_did(name, fitted):
    found = MODELS[name].expected_repeat_purchases(COMPANY, fitted, horizons=[-1_000, -10, 0, 10])
    expected = found["expected_repeat_purchases"].tolist()
    assert expected[0] == 0
    assert expected == sorted(expected)
    assert expected[2] == pytest.approx(COMPANY["repeat_purchases"].sum(), rel=0.05)


DEGENERATE = {
    "nobody": (histories(), FitStatus.TOO_FEW_CUSTOMERS),
    "one": (histories((2, 5, 10)), FitStatus.TOO_FEW_CUSTOMERS),
    "too_few": (COMPANY[:29], FitStatus.TOO_FEW_CUSTOMERS),
    "all_came_today": (histories(*[(0, 0, 0)] * 100), FitStatus.TOO_FEW_CUSTOMERS),
    "nobody_buys_again": (histories(*[(0, 0, 10)] * 60, *[(0, 0, 20)] * 60), FitStatus.NO_REPEAT_BUYERS),
    "everybody_equal": (histories(*[(3, 8, 10)] * 200), FitStatus.NOT_IDENTIFIED),
}


@pytest.mark.parametrize("company", DEGENERATE)
def test_degenerate_companies_get_a_status_and_no_parameters(name, company):
    frame, status = DEGENERATE[company]
    fitted = MODELS[name].fit(frame)
    assert fitted.status == status
    assert fitted.customers == len(frame)
    assert np.isnan([*values(name, fitted), fitted.log_likelihood]).all()
    forecast = MODELS[name].apply(frame, fitted, horizon=10)
    assert len(forecast) == len(frame)
    assert forecast.isna().all(axis=None)
    if len(frame):
        tracked = MODELS[name].expected_repeat_purchases(frame, fitted, horizons=[0, 10])
        assert tracked["expected_repeat_purchases"].isna().all()


def test_a_company_that_nobody_leaves_is_not_identified(name):
    random = np.random.default_rng(8)
    rates = random.gamma(1.5, 1 / 3, 800)
    x = random.poisson(rates * 30)
    last = [30 * random.random(n).max() if n else 0.0 for n in x]
    fitted = MODELS[name].fit(histories(*zip(x, last, [30.0] * 800, strict=True)))
    assert fitted.status == FitStatus.NOT_IDENTIFIED
    leaving = LETTERS[name].split()[2:]
    assert set(fitted.unidentified) & set(leaving)
    assert not set(fitted.unidentified) & {"r", "alpha"}
