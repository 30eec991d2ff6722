import numpy as np
import pandas as pd
import pytest

from analytics.analysis import model_quality
from analytics.analysis.model_quality import calibration, calibration_error, quality


def judged(outcome: list[int], probability: list[float]) -> model_quality.ModelQuality:
    return quality(pd.Series(outcome), pd.Series(probability))


def test_area_counts_pairs_that_are_in_order_and_half_of_those_that_are_equal():
    # pairs of one who left and one who stayed: (.8,.3) (.8,.8) (.6,.3) (.6,.8): 1 + 1/2 + 1 + 0
    assert judged([1, 0, 1, 0], [0.8, 0.3, 0.6, 0.8]).auc == 2.5 / 4


def test_area_of_every_pair_counted_one_by_one():
    random = np.random.default_rng(3)
    outcome, score = random.random(200) < 0.3, random.integers(0, 12, 200) / 12
    high, low = score[outcome][:, None], score[~outcome][None, :]
    expected = ((high > low) + (high == low) / 2).mean()
    assert quality(pd.Series(outcome), pd.Series(score)).auc == pytest.approx(expected, abs=1e-12)


def test_the_interval_of_the_area_holds_its_true_value_as_often_as_it_says():
    random = np.random.default_rng(5)
    hits = 0
    for _ in range(400):
        outcome = np.arange(120) < 40
        score = random.normal(np.where(outcome, 1.0, 0.0))
        found, error = model_quality.area_under_curve(outcome, score)
        hits += abs(found - 0.7602499) < 1.96 * error  # Phi(1 / sqrt 2)
    assert 0.92 <= hits / 400 <= 0.98


def test_brier_and_log_loss():
    found = judged([1, 0], [0.8, 0.4])
    assert found.brier == pytest.approx((0.04 + 0.16) / 2)
    assert found.log_loss == pytest.approx(-(np.log(0.8) + np.log(0.6)) / 2)


def test_calibration_is_told_against_found_in_ten_bins_of_equal_counts():
    probability = np.repeat(np.arange(1, 11) / 20, 10) + np.tile(np.arange(10) / 1e6, 10)
    outcome = np.tile(np.arange(10) < 3, 10)
    table = calibration(pd.Series(outcome), pd.Series(probability))
    assert table["cases"].tolist() == [10] * 10
    assert table["found"].tolist() == [0.3] * 10
    told = np.arange(1, 11) / 20 + 4.5e-6
    assert table["told"].to_numpy() == pytest.approx(told)
    assert calibration_error(table) == pytest.approx(np.abs(told - 0.3).mean())


def test_equal_probabilities_are_in_one_bin_whatever_the_order():
    outcome = pd.Series([1, 0, 0, 0, 1, 1])
    one = calibration(outcome, pd.Series([0.5] * 6))
    assert (one["cases"].tolist(), one["found"].tolist()) == ([6], [0.5])
    mixed = calibration(outcome, pd.Series([0.1, 0.1, 0.9, 0.9, 0.9, 0.9]))
    assert mixed["cases"].tolist() == [2, 4]


def test_lift_is_the_share_among_the_best_tenth_over_the_share_of_all():
    outcome = [1, 1] + [0] * 14 + [1, 1] + [0, 0]
    probability = [0.9, 0.8] + [0.1] * 18
    found = judged(outcome, probability)  # 20 cases, 4 left; both of the best two left
    assert (found.precision_at_10_percent, found.lift_at_10_percent) == (1.0, 5.0)


def test_ties_at_the_limit_of_the_best_tenth_count_at_their_mean():
    found = judged([1, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0.5] * 10)
    assert found.precision_at_10_percent == pytest.approx(0.1)
    assert found.lift_at_10_percent == pytest.approx(1.0)


@pytest.mark.parametrize("outcome", [[], [0, 0, 0], [1, 1]])
def test_without_both_outcomes_there_is_no_area(outcome):
    found = judged(outcome, [0.2] * len(outcome))
    assert (found.auc, found.auc_low, found.tells_apart) == (None, None, False)
    assert found.lift_at_10_percent == (None if 1 not in outcome else 1.0)


def test_three_cases_on_each_side_prove_nothing_even_when_they_are_apart():
    assert judged([1, 0], [0.9, 0.1]).auc_low < 0.5


@pytest.mark.parametrize("probability", [[1.2, 0.1], [np.nan, 0.1]])
def test_what_is_no_probability_is_refused(probability):
    with pytest.raises(ValueError, match="between 0 and 1"):
        judged([1, 0], probability)


def test_wilson_interval_of_9_of_10():
    low, high = model_quality.wilson([9], [10])
    assert (round(low[0], 4), round(high[0], 4)) == (0.5958, 0.9821)
