import json

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, special

from analytics.analysis import logistic
from analytics.analysis.logistic import LogisticFit


def drawn(cases: int = 400, *, seed: int = 1) -> tuple[pd.DataFrame, pd.Series]:
    random = np.random.default_rng(seed)
    x = pd.DataFrame({"days": random.gamma(2, 30, cases), "complaint": random.random(cases) < 0.2})
    z = -2 + 0.02 * x["days"] + 1.1 * x["complaint"]
    return x.astype(float), pd.Series(random.random(cases) < special.expit(z))


def test_one_yes_or_no_input_gives_the_odds_of_the_table():
    # 30 of 40 with a complaint left, 20 of 60 without one
    x = pd.DataFrame({"complaint": [1.0] * 40 + [0.0] * 60})
    y = pd.Series([1] * 30 + [0] * 10 + [1] * 20 + [0] * 40)
    fitted = logistic.fit(x, y, penalty=1e-9)
    odds_ratio = np.exp(fitted.coefficients[0] / fitted.scales[0])
    assert odds_ratio == pytest.approx((30 / 10) / (20 / 40), rel=1e-6)
    assert logistic.probability(x, fitted).iloc[[0, 99]].tolist() == pytest.approx([0.75, 1 / 3])


def test_the_fit_is_where_a_general_search_ends():
    x, y = drawn()
    fitted = logistic.fit(x, y, penalty=3.0)
    z = (x - x.mean()) / x.std(ddof=0)

    def loss(beta: np.ndarray) -> float:
        eta = beta[0] + z.to_numpy() @ beta[1:]
        return -(y * eta - np.logaddexp(0, eta)).sum() + 1.5 * (beta[1:] ** 2).sum()

    best = optimize.minimize(loss, np.zeros(3), method="BFGS", options={"gtol": 1e-9})
    assert [fitted.intercept, *fitted.coefficients] == pytest.approx(best.x, abs=1e-5)


def test_intercept_and_contributions_add_up_to_the_logit():
    x, y = drawn()
    fitted = logistic.fit(x, y)
    total = logistic.contributions(x, fitted).sum(axis=1) + fitted.intercept
    assert np.abs(total - special.logit(logistic.probability(x, fitted))).max() < 1e-9


def test_the_mean_probability_is_the_share_of_the_outcome():
    x, y = drawn()
    assert logistic.probability(x, logistic.fit(x, y, penalty=50.0)).mean() == pytest.approx(y.mean(), abs=1e-9)


def test_a_weight_of_two_is_the_case_twice():
    x, y = drawn(60)
    weights = pd.Series(np.arange(60) % 3)
    twice = x.loc[x.index.repeat(weights)], y.loc[y.index.repeat(weights)]
    weighted, repeated = logistic.fit(x, y, weights=weights), logistic.fit(*twice)
    assert weighted.coefficients == pytest.approx(repeated.coefficients, abs=1e-8)


def test_95_percent_intervals_hold_the_truth_as_often_as_they_say():
    hits = 0
    for seed in range(200):
        x, y = drawn(300, seed=seed)
        fitted = logistic.fit(x, y, penalty=1e-6)
        slope, error = (each[0] / fitted.scales[0] for each in (fitted.coefficients, fitted.standard_errors))
        hits += abs(slope - 0.02) < 1.96 * error
    assert 183 <= hits <= 198


def test_cases_of_one_customer_repeated_do_not_look_like_more_knowledge():
    x, y = drawn(200)
    customer = pd.Series(np.tile(np.arange(200), 5))
    five = pd.concat([x] * 5, ignore_index=True), pd.concat([y] * 5, ignore_index=True)
    alone = logistic.fit(x, y, penalty=1e-9, groups=pd.Series(np.arange(200)))
    apart, together = (logistic.fit(*five, penalty=1e-9, groups=each) for each in (None, customer))
    assert together.standard_errors == pytest.approx(alone.standard_errors, rel=1e-6)
    assert apart.standard_errors[0] == pytest.approx(alone.standard_errors[0] / np.sqrt(5), rel=1e-6)


def test_an_input_that_tells_the_outcome_without_fail_stays_finite():
    x = pd.DataFrame({"knows": [0.0] * 50 + [1.0] * 50})
    fitted = logistic.fit(x, pd.Series([0] * 50 + [1] * 50))
    assert fitted.has_converged
    assert 1 < fitted.coefficients[0] < 10


def test_an_input_that_never_changes_adds_nothing():
    x, y = drawn(50)
    fitted = logistic.fit(x.assign(always=7.0), y)
    assert fitted.coefficients[2] == 0
    assert logistic.contributions(x.assign(always=9.0), fitted)["always"].eq(0).all()


def test_the_more_important_input_comes_first():
    x, y = drawn(2000)
    table = logistic.coefficients(logistic.fit(x.assign(noise=np.random.default_rng(2).normal(size=2000)), y))
    assert table["input"].tolist() == ["days", "complaint", "noise"]
    assert table["importance"].sum() == pytest.approx(1)
    assert (table["low"] < table["coefficient"]).all() and (table["coefficient"] < table["high"]).all()


@pytest.mark.parametrize(
    ("outcome", "penalty", "message"),
    [([1, 1, 1], 1.0, "with and without"), ([0, 1, 1], 0.0, "above zero"), ([0, 1, np.nan], 1.0, "missing")],
)
def test_what_cannot_be_fitted_is_refused(outcome, penalty, message):
    with pytest.raises(ValueError, match=message):
        logistic.fit(pd.DataFrame({"x": [1.0, 2.0, 3.0]}), pd.Series(outcome), penalty=penalty)


def test_a_fit_is_read_back_from_json():
    fitted = logistic.fit(*drawn(50))
    assert LogisticFit.from_dict(json.loads(json.dumps(fitted.as_dict()))) == fitted
