import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.analysis.loyalty import COMPONENTS, LoyaltySettings, components, composite
from tests.analytics.analysis.frames import frame

EXAMPLE = """
    trust  contact_frequency  service_effect  satisfaction  continue_likelihood
       80                 60              90            70                   75
"""
SATISFACTION_40 = dict.fromkeys(COMPONENTS, 15.0) | {"satisfaction": 40.0}


def one(**raw: float) -> dict[str, float]:
    return (
        components(pd.DataFrame({"customer_id": [1], **{name: [value] for name, value in raw.items()}}))
        .loc[1]
        .to_dict()
    )


def test_R_064_equal_weights_give_75():
    row = composite(frame(EXAMPLE)).iloc[0]
    assert (row["loyalty_score"], row["loyalty_band"], row["coverage"]) == (75.0, "loyal", 1.0)


def test_R_064_satisfaction_at_40_per_cent_gives_73_75():
    row = composite(frame(EXAMPLE), LoyaltySettings(weights=SATISFACTION_40)).iloc[0]
    assert row["loyalty_score"] == 73.75
    fractions = LoyaltySettings(weights={name: weight / 100 for name, weight in SATISFACTION_40.items()})
    assert composite(frame(EXAMPLE), fractions).iloc[0]["loyalty_score"] == 73.75


def test_R_065_nine_of_ten_cases_solved_in_time_are_90():
    assert one(cases_due=10, cases_solved_in_time=9)["service_effect"] == 90


def test_R_065_the_weight_of_missing_data_is_redistributed():
    parts = frame("""
        trust  contact_frequency  service_effect  satisfaction  continue_likelihood
            -                 60              90             -                    -
            -                 60               -             -                    -
            -                  -               -             -                    -
    """)
    result = composite(parts)
    assert result["loyalty_score"].fillna(-1).tolist() == [75.0, -1, -1]
    assert result["coverage"].tolist() == [0.4, 0.2, 0.0]
    assert result["components_with_data"].tolist() == [2, 1, 0]
    assert result["loyalty_band"].isna().tolist() == [False, True, True]


def test_trust_from_answers_else_from_invoices_paid_on_time():
    assert one(mean_trust_answer=4.33, invoices=3, invoices_on_time=0)["trust"] == pytest.approx(83.25)
    assert one(invoices=4, invoices_on_time=3)["trust"] == 75
    assert one(invoices=3, invoices_on_time=3)["trust"] == 100
    assert np.isnan(one(invoices=2, invoices_on_time=2)["trust"])


def test_contact_frequency_is_against_the_interval_wanted_and_at_most_100():
    assert one(contacts_last_180=3, contact_interval_days=30)["contact_frequency"] == 50
    assert one(contacts_last_180=9, contact_interval_days=30)["contact_frequency"] == 100
    assert one(contacts_last_180=0, contact_interval_days=30)["contact_frequency"] == 0
    assert np.isnan(one(contacts_last_180=3)["contact_frequency"])


def test_satisfaction_mixes_csat_and_nps_answers():
    assert one(mean_csat=4, csat_answers=2)["satisfaction"] == 75
    assert one(mean_nps=9, nps_answers=1)["satisfaction"] == 90
    assert one(mean_csat=4, csat_answers=2, mean_nps=9, nps_answers=1)["satisfaction"] == pytest.approx(80)
    assert np.isnan(one(mean_csat=float("nan"), csat_answers=0)["satisfaction"])


@pytest.mark.parametrize(("ratio", "expected"), [(0.2, 100), (1, 100), (2, 50), (3, 0), (9, 0)])
def test_likelihood_to_continue_falls_from_one_cycle_to_three(ratio, expected):
    assert one(silence_ratio=ratio)["continue_likelihood"] == expected
    assert one(silence_ratio=ratio, continue_probability=0.25)["continue_likelihood"] == 25


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (100, "very_loyal"),
        (80, "very_loyal"),
        (79.9, "loyal"),
        (60, "loyal"),
        (59, "wavering"),
        (40, "wavering"),
        (39, "at_risk"),
        (0, "at_risk"),
    ],
)
def test_bands(score, band):
    parts = pd.DataFrame({name: [float(score)] for name in COMPONENTS})
    assert composite(parts).iloc[0]["loyalty_band"] == band


def test_a_component_without_weight_neither_counts_nor_covers():
    parts = frame("""
        trust  contact_frequency  service_effect  satisfaction  continue_likelihood
           10                 60               -             -                    -
    """)
    settings = LoyaltySettings(weights=dict.fromkeys(COMPONENTS, 25.0) | {"trust": 0.0})
    row = composite(parts, settings).iloc[0]
    assert (row["components_with_data"], row["coverage"]) == (1, 0.25)
    assert np.isnan(row["loyalty_score"])


def test_impossible_settings_are_refused():
    with pytest.raises(ValueError, match="unknown"):
        LoyaltySettings(weights={"luck": 1.0})
    with pytest.raises(ValueError, match="weights"):
        LoyaltySettings(weights={"trust": 0.0})
    with pytest.raises(ValueError, match="bands"):
        LoyaltySettings(bands=(40, 60, 80))


def test_no_customers_and_no_data():
    nobody = composite(components(frame("customer_id")))
    assert nobody.empty
    assert nobody["loyalty_score"].dtype == "float64"
    stranger = components(pd.DataFrame({"customer_id": [1, 2, 3]}))
    assert stranger.isna().all(axis=None)
    assert composite(stranger)["loyalty_score"].isna().all()


@given(
    parts=st.lists(st.tuples(*[st.one_of(st.none(), st.floats(0, 100)) for _ in COMPONENTS]), min_size=1, max_size=20),
    weights=st.tuples(*[st.integers(0, 50) for _ in COMPONENTS]).filter(any),
)
def test_the_score_lies_between_its_lowest_and_highest_component(parts, weights):
    frame = pd.DataFrame(parts, columns=list(COMPONENTS), dtype="float64")
    settings = LoyaltySettings(weights=dict(zip(COMPONENTS, map(float, weights), strict=True)))
    result = composite(frame, settings)
    used = frame[[name for name, weight in settings.weights.items() if weight > 0]]
    has_score = used.notna().sum(axis=1) >= 2
    assert result["loyalty_score"].notna().tolist() == has_score.tolist()
    score = result["loyalty_score"][has_score]
    assert (score >= used.min(axis=1)[has_score] - 1e-9).all()
    assert (score <= used.max(axis=1)[has_score] + 1e-9).all()
    assert result["coverage"].between(0, 1).all()
