"""BG/NBD and MBG/NBD against sums over what a single customer does, and against published numbers."""

import numpy as np
import pandas as pd
import pytest
from scipy import special

from analytics.analysis import beta_geometric, bg_nbd, mbg_nbd
from analytics.analysis.bg_nbd import BgNbd
from analytics.analysis.likelihood import FitStatus
from analytics.analysis.mbg_nbd import MbgNbd
from tests.analytics.analysis.companies import bg_nbd_histories

MODELS = {BgNbd: bg_nbd, MbgNbd: mbg_nbd}
ONE = pd.DataFrame({"customer_id": [1], "repeat_purchases": [2], "time_to_last": [30.43], "time_observed": [38.86]})


def known(model: type, r: float, alpha: float, a: float, b: float):
    return model(FitStatus.OK, 0.0, 1.0, 1.0, "week", (), r, alpha, a, b)


def test_the_published_customer_is_expected_to_buy_1_226_times():
    fitted = known(BgNbd, 0.2426, 4.4136, 0.7929, 2.4259)
    assert bg_nbd.apply(ONE, fitted, horizon=39).loc[1, "expected_purchases"] == pytest.approx(1.226, abs=5e-4)


def by_hand(model: type, parameters: tuple[float, ...], x: int, last: float, observed: float, time: float):
    """L, P(alive), E[Y(t)], P(none) by quadrature over the customer's own rate and chance of leaving."""
    r, alpha, a, b = parameters
    points, weight_of_rate = special.roots_genlaguerre(120, r - 1)
    rates, weight_of_rate = points[:, None] / alpha, weight_of_rate[:, None] / special.gamma(r)
    points, weight_of_chance = special.roots_jacobi(120, b - 1, a - 1)
    chances, weight_of_chance = (1 + points) / 2, weight_of_chance / weight_of_chance.sum()
    weights = weight_of_rate * weight_of_chance
    chance_to_leave = x + 1 if model is MbgNbd else x
    here = (1 - chances) ** chance_to_leave * rates**x * np.exp(-rates * observed)
    gone = 0.0
    if chance_to_leave:
        gone = chances * (1 - chances) ** (chance_to_leave - 1) * rates**x * np.exp(-rates * last)
    likelihood = (weights * (here + gone)).sum()
    buys = -np.expm1(-rates * chances * time) / chances
    return (
        np.log(likelihood),
        (weights * here).sum() / likelihood,
        (weights * here * buys).sum() / likelihood,
        1 - (weights * here * -np.expm1(-rates * time)).sum() / likelihood,
    )


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("history", [(0, 0.0, 12.0), (1, 12.0, 12.0), (4, 3.0, 30.0)])
@pytest.mark.parametrize("parameters", [(0.7, 8.0, 1.3, 2.5), (1.4, 12.0, 0.6, 0.9), (2.0, 10.0, 1.0, 3.0)])
def test_figures_are_those_of_the_single_customer_averaged(model, history, parameters):
    x, last, observed = history
    row = pd.DataFrame({"customer_id": [7], "repeat_purchases": x, "time_to_last": last, "time_observed": observed})
    log_likelihood, alive, expected, none = by_hand(model, parameters, x, last, observed, 20.0)
    objective = beta_geometric.objective(row.assign(customers=1.0), model.first_chance)
    assert objective(np.array(parameters))[0] == pytest.approx(log_likelihood, abs=1e-6)
    result = MODELS[model].apply(row, known(model, *parameters), horizon=20.0).loc[7]
    assert result["probability_alive"] == pytest.approx(alive, rel=1e-6)
    assert result["expected_purchases"] == pytest.approx(expected, rel=1e-6)
    assert result["probability_of_no_order"] == pytest.approx(none, rel=1e-6)


def test_who_never_bought_again_is_alive_in_one_model_and_in_doubt_in_the_other():
    row = ONE.assign(repeat_purchases=0, time_to_last=0.0)
    assert bg_nbd.apply(row, known(BgNbd, 0.5, 5, 0.8, 2.5), horizon=1).loc[1, "probability_alive"] == 1
    assert 0.1 < mbg_nbd.apply(row, known(MbgNbd, 0.5, 5, 0.8, 2.5), horizon=1).loc[1, "probability_alive"] < 0.9


@pytest.mark.parametrize("a", [1 - 1e-3, 1 - 1e-5, 1, 1 + 1e-9, 1 + 1.9e-4, 1 + 2.1e-4])
def test_expected_purchases_have_no_gap_at_a_equal_to_one(a):
    shape, rate, beyond = np.array([0.5, 2.5, 300.0]), np.array([20.0, 9.0, 30.0]), np.array([2.0, 4.0, 300.0])
    found = beta_geometric.expected_of_the_living(np.array([1, 1, a, 1]), shape, rate, beyond, 15.0)
    summed = [beta_geometric._sum(a, *row, 15.0) for row in zip(shape, rate, beyond, strict=True)]
    assert found == pytest.approx(summed, rel=1e-8)


def test_a_customer_of_five_thousand_purchases_gets_a_number():
    row = pd.DataFrame({"customer_id": [1], "repeat_purchases": 5_000, "time_to_last": 51.99, "time_observed": 52.0})
    result = bg_nbd.apply(row, known(BgNbd, 0.5, 5, 0.8, 2.5), horizon=52).loc[1]
    by_integral = 5_002 * ((9_563 / 5_002) ** 0.2 - 1) / 0.2  # the sum over purchases, of the chance still to be there
    assert result["expected_purchases"] == pytest.approx(by_integral, rel=0.01)
    assert result["probability_of_no_order"] < 0.01


@pytest.mark.parametrize("model", MODELS)
def test_what_was_planted_is_found(model):
    planted = np.array([0.8, 6.0, 0.9, 2.0])
    names = dict(zip(["r", "alpha", "a", "b"], planted, strict=True))
    histories = bg_nbd_histories(12_000, seed=11, first_chance=model.first_chance, **names)
    fitted = MODELS[model].fit(histories)
    assert fitted.status == FitStatus.OK
    assert fitted.values == pytest.approx(planted, rel=0.15)
