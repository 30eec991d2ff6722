import json

import numpy as np
import pandas as pd
import pytest
from scipy import special

from analytics.analysis import churn_features, churn_model
from analytics.analysis.churn_features import INPUTS
from analytics.analysis.churn_model import Candidate, ChurnFit, ChurnModelSettings, ChurnModelStatus
from tests.analytics.demo import drawn

AS_OF = pd.Timestamp("2026-11-22")


def drawn_cases(customers: int = 400, quarters: int = 4, *, seed: int = 1, effect: float = 3.0) -> pd.DataFrame:
    """Cases whose leaving follows a bent curve of silence and an open complaint; every other input is chance."""
    random = np.random.default_rng(seed)
    rows = customers * quarters
    cases = pd.DataFrame(random.random((rows, len(INPUTS))), columns=list(INPUTS))
    cases["silence"] = random.gamma(1.5, 0.8, rows)
    cases["open_complaint"] = (random.random(rows) < 0.2).astype(float)
    z = -2.5 + effect * (cases["silence"] - 1).clip(lower=0) + effect / 2 * cases["open_complaint"]
    days = [AS_OF - pd.Timedelta(days=90 * (1 + number)) for number in reversed(range(quarters))]
    return cases.assign(
        t0=np.repeat(days, customers),
        customer_id=np.tile(np.arange(customers), quarters),
        has_left=random.random(rows) < special.expit(z),
        silence_above_1=(cases["silence"] - 1).clip(lower=0),
    )


@pytest.fixture(scope="module")
def fitted() -> ChurnFit:
    return churn_model.train(drawn_cases(), as_of=AS_OF, left_out=380)


def test_R_226_a_model_tells_its_quality_on_the_held_out_quarter_its_period_and_its_size(fitted):
    assert (fitted.status, fitted.champion) == (ChurnModelStatus.OK, Candidate.LOGISTIC)
    assert (fitted.trained_from, fitted.held_out_on, fitted.as_of) == ("2025-11-27", "2026-08-24", "2026-11-22")
    assert (fitted.quarters, fitted.customers, fitted.cases, fitted.held_out_cases) == (4, 400, 1600, 400)
    assert fitted.left_out == 380
    assert set(fitted.qualities) == {"rule", "logistic", "tree"}
    assert fitted.quality.auc > fitted.qualities["rule"].auc > 0.7
    assert fitted.quality.cases == 400
    assert sum(each["cases"] for each in fitted.calibration["logistic"]) == 400


def test_R_226_with_20_customers_there_are_too_few_data_and_no_numbers():
    found = churn_model.train(drawn_cases(20), as_of=AS_OF)
    assert found.status == ChurnModelStatus.TOO_FEW_CUSTOMERS
    assert (found.champion, found.quality, found.logistic) == (None, None, None)
    assert (found.customers, found.cases) == (20, 80)
    with pytest.raises(ValueError, match="too_few_customers"):
        churn_model.score(drawn_cases(20), found)


def test_a_single_quarter_can_be_learned_from_but_not_judged():
    assert churn_model.train(drawn_cases(quarters=1), as_of=AS_OF).status == ChurnModelStatus.TOO_FEW_QUARTERS


def test_no_cases_at_all():
    assert churn_model.train(drawn_cases().head(0), as_of=AS_OF).status == ChurnModelStatus.TOO_FEW_QUARTERS


@pytest.mark.parametrize("everybody", [True, False])
def test_without_both_outcomes_nothing_is_learned(everybody):
    found = churn_model.train(drawn_cases().assign(has_left=everybody), as_of=AS_OF)
    assert found.status == ChurnModelStatus.TOO_FEW_OUTCOMES


@pytest.mark.slow
def test_outcomes_by_chance_bring_a_model_in_at_most_3_of_20_companies():
    found = 0
    for seed in range(20):
        cases = drawn_cases(200, 3, seed=seed)
        shuffled = cases["has_left"].sample(frac=1, random_state=seed).to_numpy()
        found += churn_model.train(cases.assign(has_left=shuffled), as_of=AS_OF).status == ChurnModelStatus.OK
    assert found <= 3


@pytest.mark.parametrize("candidate", list(Candidate))
def test_R_230_reasons_and_base_add_up_to_the_logit(fitted, candidate):
    inputs = drawn_cases(seed=9)[list(INPUTS)]
    scores = churn_model.score(inputs, fitted, by=candidate)
    total = scores.base + scores.added.sum(axis=1)
    assert np.abs(total - scores.logit).max() < 1e-9
    assert np.abs(special.expit(total) - scores.probability).max() < 1e-12


def test_R_050_each_customer_has_a_probability_a_band_and_the_three_reasons_that_move_it_most(fitted):
    usual = pd.DataFrame({name: [fitted.logistic.means[place]] for place, name in enumerate(fitted.logistic.inputs)})
    silent = usual.assign(silence=4.0, silence_above_1=3.0, open_complaint=1.0)
    scores = churn_model.score(pd.concat([silent, usual.assign(silence=0.0, silence_above_1=0.0)]), fitted)
    assert churn_model.bands(scores.probability, ChurnModelSettings()).tolist() == ["high", "low"]
    raising, calming = churn_model.top_reasons(scores)
    assert [code for code, _size in raising[:2]] == ["silence", "open_complaint"]
    assert all(size > 0 for _code, size in raising)
    assert calming[0][0] == "silence"
    assert all(size < 0 for _code, size in calming)


def test_the_recency_rule_wins_where_silence_is_all_there_is():
    random = np.random.default_rng(3)
    cases = drawn_cases(800)
    band = np.searchsorted(churn_model.LIMITS, cases["silence"])
    left = random.random(len(cases)) < np.array([0.05, 0.6, 0.1, 0.7, 0.15, 0.8, 0.2, 0.9])[band]
    found = churn_model.train(cases.assign(has_left=left), as_of=AS_OF)
    assert found.champion in {Candidate.RULE, Candidate.TREE}
    assert found.qualities["rule"].brier < found.qualities["logistic"].brier


def test_an_input_that_knows_the_outcome_is_refused():
    cases = drawn_cases()
    cases["complaints_of_late"] = np.where(cases["has_left"], 1.0, 0.0)
    found = churn_model.train(cases, as_of=AS_OF)
    assert found.refused == {"complaints_of_late": 1.0}
    assert "complaints_of_late" not in found.logistic.inputs
    assert found.quality.auc < 0.995


def test_newer_quarters_weigh_more():
    cases = drawn_cases(2_000, 4)
    days = sorted(cases["t0"].unique())
    turned = cases["t0"].isin(days[:2])
    random = np.random.default_rng(2)
    cases["has_left"] = random.random(len(cases)) < np.where(turned, 0.6, 0.2)
    fading = churn_model.train(cases, as_of=AS_OF, settings=ChurnModelSettings(fading=0.1, least_outcomes=10))
    equal = churn_model.train(cases, as_of=AS_OF, settings=ChurnModelSettings(fading=1.0, least_outcomes=10))
    assert fading.qualities["logistic"].calibration_error < equal.qualities["logistic"].calibration_error


def test_a_fit_is_read_back_from_json(fitted):
    assert ChurnFit.from_dict(json.loads(json.dumps(fitted.as_dict()))) == fitted


def test_drivers_are_shares_of_what_moves_the_probabilities(fitted):
    found = churn_model.drivers(fitted, drawn_cases(seed=5)[list(INPUTS)])
    assert found.index[0] == "silence"
    assert found.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"horizon_days": 3}, "horizon_days"),
        ({"medium": 0.7, "high": 0.6}, "medium and high"),
        ({"fading": 0}, "fading"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(given, named):
    with pytest.raises(ValueError, match=named):
        ChurnModelSettings(**given)


def demo_cases(company: drawn.Drawn, settings: ChurnModelSettings) -> pd.DataFrame:
    tables = (company.purchases, company.contacts, company.complaints)
    horizon = settings.horizon_days
    days = churn_features.quarters(
        company.until, horizon=horizon, first_on=company.purchases["occurred_on"].min(), most=settings.quarters
    )
    parts = []
    for t0 in (*days.training, days.held_out):
        part = churn_features.cases(*tables, t0=t0, horizon=horizon)
        left = churn_features.has_left(part.index, tables[0], t0=t0, horizon=horizon, as_of=company.until)
        parts.append(part.assign(has_left=left, t0=t0).reset_index())
    return pd.concat(parts, ignore_index=True)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_calibration_error_on_the_held_out_quarter_of_20000_customers_is_at_most_three_hundredths(seed):
    settings = ChurnModelSettings()
    company = drawn.company(customers=20_000, seed=seed)
    found = churn_model.train(demo_cases(company, settings), as_of=company.until, settings=settings)
    assert found.champion == Candidate.LOGISTIC
    assert found.quality.calibration_error <= 0.03
    assert found.quality.auc > 0.85
