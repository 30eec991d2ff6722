import numpy as np
import pandas as pd
import pytest
from scipy import integrate, special

from analytics.analysis import pareto_nbd
from analytics.analysis.likelihood import FitStatus
from analytics.analysis.pareto_nbd import ParetoNbd


def known(r: float, alpha: float, s: float, beta: float) -> ParetoNbd:
    return ParetoNbd(FitStatus.OK, 0.0, 1.0, 1.0, "week", (), r, alpha, s, beta)


def history(x: int, last: float, observed: float) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": [1], "repeat_purchases": x, "time_to_last": last, "time_observed": observed})


def of_the_books(r, alpha, s, beta, x, last, observed):
    """The integral as a difference of two hypergeometric functions, as printed."""
    whole = r + s + x
    low, second, gap = (alpha, s + 1, beta - alpha) if alpha >= beta else (beta, r + x, alpha - beta)

    def part(time):
        return special.hyp2f1(whole, second, whole + 1, -gap / (low + time)) / (low + time) ** whole

    return (part(last) - part(observed)) / whole


@pytest.mark.parametrize("parameters", [(0.55, 10.6, 0.6, 11.7), (0.55, 11.7, 0.6, 10.6), (2.0, 3.0, 1.4, 3.0)])
@pytest.mark.parametrize("of_customer", [(0, 0.0, 30.0), (2, 30.43, 38.86), (7, 5.0, 38.0)])
def test_the_likelihood_is_that_of_the_books(parameters, of_customer):
    r, alpha, s, beta = parameters
    x, last, observed = of_customer
    stayed = (alpha + observed) ** -(r + x) * (beta + observed) ** -s
    left = s * of_the_books(*parameters, *of_customer)
    logs = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    objective = pareto_nbd._objective(history(*of_customer).assign(customers=1.0))
    assert objective(np.array(parameters))[0] == pytest.approx(logs + np.log(stayed + left), abs=1e-9)
    result = pareto_nbd.apply(history(*of_customer), known(*parameters), horizon=39).loc[1]
    assert result["probability_alive"] == pytest.approx(stayed / (stayed + left), rel=1e-9)


@pytest.mark.parametrize(
    ("parameters", "of_customer"),
    [
        ((0.02, 0.01, 0.05, 300.0), (0, 0.0, 150.0)),
        ((20.0, 300.0, 3.0, 0.02), (200, 1.0, 150.0)),
        ((5.0, 7.0, 9.0, 7.0 + 1e-10), (1_000, 80.0, 90.0)),
        ((0.5, 4.0, 0.5, 4.0), (30, 89.99, 90.0)),
    ],
)
def test_where_hypergeometric_functions_fail_the_integral_holds(parameters, of_customer):
    r, alpha, s, beta = parameters
    x, last, observed = (float(value) for value in of_customer)
    found = pareto_nbd._Left(r, alpha, s, beta, np.array([x]), np.array([last]), np.array([observed])).log_integral[0]

    def scaled(time):  # by the time since t_x measured on a log scale, and by its height at t_x
        moment = last + np.expm1(time)
        height = -(r + x) * np.log((alpha + moment) / (alpha + last))
        return np.exp(height - (s + 1) * np.log((beta + moment) / (beta + last)) + time)

    end, step = np.log1p(observed - last), 1 / (1 + r + x + s)
    edges = np.unique(np.minimum(end, np.r_[0, step * np.geomspace(1e-3, 1e5, 60), end]))
    area = sum(
        integrate.quad(scaled, low, high, epsabs=0, epsrel=1e-12)[0]
        for low, high in zip(edges, edges[1:], strict=False)
    )
    expected = np.log(area) - (r + x) * np.log(alpha + last) - (s + 1) * np.log(beta + last)
    assert found == pytest.approx(expected, abs=1e-9)


def test_expectation_and_no_order_agree_with_the_living_customer():
    """After T a living customer is a new one with Gamma(r + x, alpha + T) and Gamma(s, beta + T)."""
    r, alpha, s, beta = 0.9, 6.0, 1.7, 9.0
    result = pareto_nbd.apply(history(3, 10.0, 14.0), known(r, alpha, s, beta), horizon=20).loc[1]
    shape, rate, rest = r + 3, alpha + 14, beta + 14

    def buys(time):  # mean purchases at a moment: rate of buying times still there
        return shape / rate * (rest / (rest + time)) ** s

    expected = result["probability_alive"] * integrate.quad(buys, 0, 20)[0]
    assert result["expected_purchases"] == pytest.approx(expected, rel=1e-9)

    def leaves_first(time):
        return (rate / (rate + time)) ** shape * s * rest**s / (rest + time) ** (s + 1)

    none = (rate / (rate + 20)) ** shape * (rest / (rest + 20)) ** s + integrate.quad(leaves_first, 0, 20)[0]
    alive = result["probability_alive"]
    assert result["probability_of_no_order"] == pytest.approx(1 - alive + alive * none, rel=1e-9)


def test_expectation_has_no_gap_at_s_equal_to_one():
    found = [
        pareto_nbd.apply(history(3, 10.0, 14.0), known(0.9, 6.0, s, 9.0), horizon=20).loc[1, "expected_purchases"]
        for s in (1 - 1e-7, 1, 1 + 1e-7)
    ]
    assert found[1] == pytest.approx(found[0], rel=1e-6)
    assert found[1] == pytest.approx(found[2], rel=1e-6)


def test_what_was_planted_is_found():
    random = np.random.default_rng(12)
    planted = (0.9, 5.0, 0.8, 12.0)
    r, alpha, s, beta = planted
    observed = np.repeat([40.0, 50.0, 60.0, 70.0], 3_000)
    until = np.minimum(observed, random.exponential(1 / random.gamma(s, 1 / beta, len(observed))))
    x = random.poisson(random.gamma(r, 1 / alpha, len(observed)) * until)
    last = np.array([time * random.random(n).max() if n else 0.0 for n, time in zip(x, until, strict=True)])
    fitted = pareto_nbd.fit(pd.DataFrame({"repeat_purchases": x, "time_to_last": last, "time_observed": observed}))
    assert fitted.status == FitStatus.OK
    assert [fitted.r, fitted.alpha, fitted.s, fitted.beta] == pytest.approx(planted, rel=0.15)
