import numpy as np
import pandas as pd
import pytest
from scipy import integrate, special

from analytics.analysis import gamma_gamma
from analytics.analysis.gamma_gamma import GammaGamma
from analytics.analysis.likelihood import FitStatus
from tests.analytics.analysis.companies import gamma_gamma_histories

COMPANY = gamma_gamma_histories(3_000, seed=5)
PUBLISHED = GammaGamma(FitStatus.OK, 0.0, 946.0, 0.1, 6.25, 3.74, 15.45)


@pytest.fixture(scope="module")
def fitted():
    return gamma_gamma.fit(COMPANY)


def letters(fitted: GammaGamma) -> list[float]:
    return [fitted.p, fitted.q, fitted.v]


def test_the_mean_of_the_published_parameters_is_35_dollars():
    assert PUBLISHED.mean_amount == pytest.approx(35.24, abs=0.01)  # 35.17 with all digits of the parameters


def test_expected_amount_lies_between_own_mean_and_that_of_all():
    rows = pd.DataFrame(
        {"customer_id": [1, 2, 3, 4], "repeat_purchases": [0, 1, 50, 2], "mean_repeat_amount": [np.nan, 80, 80, 0]}
    )
    found = gamma_gamma.apply(rows, PUBLISHED)["expected_amount"]
    assert found[1] == found[4] == PUBLISHED.mean_amount
    assert found[2] == pytest.approx(6.25 * (15.45 + 80) / (6.25 + 3.74 - 1))
    assert PUBLISHED.mean_amount < found[2] < found[3] < 80
    share = 2.74 / (6.25 * 50 + 2.74)
    assert found[3] == pytest.approx(share * PUBLISHED.mean_amount + (1 - share) * 80)


def test_the_likelihood_is_the_mean_over_the_own_rates_of_customers():
    p, q, v, x, mean = 2.5, 3.5, 20.0, 3, 14.0

    def at(rate):
        shape = p * x
        own = shape * np.log(rate * x) + (shape - 1) * np.log(mean) - rate * x * mean - special.gammaln(shape)
        return np.exp(own + q * np.log(v) + (q - 1) * np.log(rate) - v * rate - special.gammaln(q))

    expected = np.log(integrate.quad(at, 0, 5, epsabs=0)[0])
    one = gamma_gamma._objective(np.array([3.0]), np.array([mean]), np.array([1.0]))
    assert one(np.array([p, q, v]))[0] == pytest.approx(expected, abs=1e-9)


def test_the_gradient_is_that_of_the_likelihood():
    log_likelihood = gamma_gamma._objective(*gamma_gamma._used(COMPANY))
    at = np.array([2.0, 3.0, 700.0])
    moves = np.diag([1e-5, 1e-5, 1e-2])
    measured = [(log_likelihood(at + move)[0] - log_likelihood(at - move)[0]) / (2 * move.sum()) for move in moves]
    assert log_likelihood(at)[1] == pytest.approx(measured, rel=1e-5)


def test_what_was_planted_is_found(fitted):
    assert fitted.status == FitStatus.OK
    assert letters(fitted) == pytest.approx([6, 4, 1_500], rel=0.2)
    assert fitted.mean_amount == pytest.approx(3_000, rel=0.05)
    assert abs(fitted.correlation) < 0.1


def test_units_of_money_weights_and_order(fitted):
    dollars = gamma_gamma.fit(COMPANY.assign(mean_repeat_amount=COMPANY["mean_repeat_amount"] / 100))
    assert letters(dollars) == pytest.approx([fitted.p, fitted.q, fitted.v / 100], rel=1e-6)
    twice = gamma_gamma.fit(pd.concat([COMPANY, COMPANY]).sample(frac=1, random_state=1))
    weighted = gamma_gamma.fit(COMPANY.assign(customers=2))
    assert letters(twice) == pytest.approx(letters(weighted), rel=1e-9)
    assert twice.correlation == pytest.approx(fitted.correlation, rel=1e-9)


def test_who_did_not_buy_again_or_got_gifts_says_nothing(fitted):
    more = pd.DataFrame(
        {"customer_id": [-1, -2], "repeat_purchases": [0, 3], "mean_repeat_amount": [np.nan, 0.0]},
    )
    assert letters(gamma_gamma.fit(pd.concat([COMPANY, more]))) == letters(fitted)


@pytest.mark.parametrize(
    ("company", "status"),
    [
        (COMPANY[:0], FitStatus.NO_REPEAT_BUYERS),
        (COMPANY.assign(repeat_purchases=0), FitStatus.NO_REPEAT_BUYERS),
        (COMPANY[:1], FitStatus.TOO_FEW_CUSTOMERS),
        (COMPANY[:29], FitStatus.TOO_FEW_CUSTOMERS),
        (COMPANY.assign(mean_repeat_amount=500.0), FitStatus.NOT_IDENTIFIED),
    ],
)
def test_degenerate_companies_get_a_status_and_no_parameters(company, status):
    fitted = gamma_gamma.fit(company)
    assert fitted.status == status
    assert np.isnan([*letters(fitted), fitted.mean_amount, fitted.log_likelihood]).all()
    assert gamma_gamma.apply(company, fitted)["expected_amount"].isna().all()


def test_a_repeat_buyer_without_an_amount_is_refused():
    with pytest.raises(ValueError, match="mean_repeat_amount"):
        gamma_gamma.fit(COMPANY.assign(mean_repeat_amount=np.nan))
