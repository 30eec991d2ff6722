import numpy as np
import pandas as pd
import pytest

from analytics.analysis import shifted_beta_geometric
from analytics.analysis.likelihood import FitStatus

# Customers of 1,000 still there after each year: the two groups of Fader and Hardie (2007).
REGULAR = [1_000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173]
HIGH_END = [1_000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394]
PUBLISHED = {"regular": (REGULAR, 0.704, 1.182), "high_end": (HIGH_END, 0.668, 3.806)}


def survivors(counts: list[int], years: int | None = None) -> pd.DataFrame:
    kept = counts if years is None else counts[: years + 1]
    return pd.DataFrame({"period": range(len(kept)), "customers": kept})


@pytest.mark.parametrize("group", PUBLISHED)
def test_seven_years_give_the_published_parameters_and_project_the_other_five(group):
    counts, alpha, beta = PUBLISHED[group]
    fitted = shifted_beta_geometric.fit(survivors(counts, 7))
    assert fitted.status == FitStatus.OK
    assert (round(fitted.alpha, 3), round(fitted.beta, 3)) == (alpha, beta)
    projected = shifted_beta_geometric.project(fitted, periods=range(13))
    assert projected["survival"][0] == 1
    assert np.abs(projected["survival"] * 1_000 - counts).max() < 20
    rates = projected["retention_rate"]
    assert np.isnan(rates[0])
    assert rates[1] == pytest.approx(fitted.beta / (fitted.alpha + fitted.beta))
    assert rates[1:].is_monotonic_increasing
    assert rates[1:].cumprod().to_numpy() == pytest.approx(projected["survival"][1:].to_numpy())


def test_the_log_likelihood_by_hand():
    fitted = shifted_beta_geometric.fit(survivors(REGULAR, 7))
    survival, value, kept = 1.0, 0.0, 1_000
    for year, left in enumerate(REGULAR[1:8], start=1):
        rate = (fitted.beta + year - 1) / (fitted.alpha + fitted.beta + year - 1)
        value += (kept - left) * np.log(survival * (1 - rate))
        survival, kept = survival * rate, left
    assert fitted.log_likelihood == pytest.approx(value + kept * np.log(survival), abs=1e-8)


def test_cohorts_watched_for_unequally_long_add_up():
    short = survivors(REGULAR, 3).assign(cohort="2024")
    long = survivors(REGULAR, 7).assign(cohort="2020")
    both = shifted_beta_geometric.fit(pd.concat([long, short]).sample(frac=1, random_state=1))
    assert both.customers == 2_000
    assert (both.alpha, both.beta) == pytest.approx((0.704, 1.182), rel=0.1)
    alone = shifted_beta_geometric.fit(long)
    doubled = shifted_beta_geometric.fit(pd.concat([long, long.assign(cohort="2021")]))
    assert (doubled.alpha, doubled.beta) == pytest.approx((alone.alpha, alone.beta), rel=1e-7)


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        ([], FitStatus.TOO_FEW_CUSTOMERS),
        ([1, 0], FitStatus.TOO_FEW_CUSTOMERS),
        ([29, 20, 15, 12], FitStatus.TOO_FEW_CUSTOMERS),
        ([1_000], FitStatus.NOT_IDENTIFIED),
        ([1_000, 800], FitStatus.NOT_IDENTIFIED),
        ([1_000, 1_000, 1_000], FitStatus.NOT_IDENTIFIED),
        ([1_000, 0], FitStatus.NOT_IDENTIFIED),
        ([4_096, 2_048, 1_024, 512, 256, 128], FitStatus.NOT_IDENTIFIED),  # all alike
    ],
)
def test_degenerate_cohorts_get_a_status_and_no_parameters(counts, status):
    fitted = shifted_beta_geometric.fit(survivors(counts))
    assert fitted.status == status
    assert np.isnan([fitted.alpha, fitted.beta, fitted.log_likelihood]).all()
    assert shifted_beta_geometric.project(fitted, periods=[1, 2])["survival"].isna().all()


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"period": [1, 2], "customers": [90, 80]}), "without a gap"),
        (pd.DataFrame({"period": [0, 2], "customers": [90, 80]}), "without a gap"),
        (pd.DataFrame({"period": [0, 1], "customers": [90, 91]}), "grow in number"),
        (pd.DataFrame({"period": [0, 1]}), "missing columns: customers"),
    ],
)
def test_survivors_that_cannot_be_are_refused(frame, words):
    with pytest.raises(ValueError, match=words):
        shifted_beta_geometric.fit(frame)
