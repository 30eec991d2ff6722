import pandas as pd
import pytest

from analytics.analysis.predicted_value import DAYS_PER_MONTH, ValueTerms, contract_value, predicted_value

AMOUNT = pd.Series([10_000.0, 500.0], index=pd.Index([7, 8], name="customer_id"))


def steady(per_month: dict[int, float], days_per_unit: int):
    """Forecast of customers who buy so often each month."""
    return lambda time: pd.Series(per_month) * time * days_per_unit / DAYS_PER_MONTH


def test_R_131_margin_1200_a_year_retention_75_per_cent_discount_10_per_cent_are_2571():
    margin = 1_000 * 4 * 0.30
    assert contract_value(margin, retention_rate=0.75, yearly_discount=0.10) == pytest.approx(2_571.43, abs=0.005)


def test_a_contract_that_never_ends_at_no_discount_has_no_value():
    with pytest.raises(ValueError, match="make the sum finite"):
        contract_value(100, retention_rate=1, yearly_discount=0)
    with pytest.raises(ValueError, match="retention_rate"):
        contract_value(100, retention_rate=1.2, yearly_discount=0.5)


def test_value_is_discounted_profit_within_the_horizon():
    terms = ValueTerms(margin=0.3, horizon_months=12, yearly_discount=0.1)
    found = predicted_value(steady({8: 0.0, 7: 2.0}, 7), AMOUNT, terms, time_unit="week")
    factors = sum(1.1 ** (-month / 12) for month in range(1, 13))
    assert found.loc[7, "expected_purchases"] == pytest.approx(24)
    assert found.loc[7, "expected_revenue"] == pytest.approx(240_000)
    assert found.loc[7, "discounted_purchases"] == pytest.approx(2 * factors)
    assert found.loc[7, "predicted_lifetime_value"] == pytest.approx(2 * factors * 10_000 * 0.3)
    assert found.loc[8].tolist() == [0, 0, 0, 0]


def test_weeks_and_days_give_the_same_value():
    terms = ValueTerms(margin=0.3)
    weeks = predicted_value(steady({7: 2.0, 8: 1.0}, 7), AMOUNT, terms, time_unit="week")
    days = predicted_value(steady({7: 2.0, 8: 1.0}, 1), AMOUNT, terms, time_unit="day")
    pd.testing.assert_frame_equal(weeks, days)


def test_without_a_discount_value_is_margin_times_revenue():
    terms = ValueTerms(margin=0.25, horizon_months=3, yearly_discount=0)
    found = predicted_value(steady({7: 2.0, 8: 1.0}, 7), AMOUNT, terms, time_unit="week")
    assert found["predicted_lifetime_value"].tolist() == pytest.approx([15_000, 375])


@pytest.mark.parametrize(
    ("words", "terms"),
    [
        ("margin", {"margin": 30}),
        ("horizon_months", {"margin": 0.3, "horizon_months": 0}),
        ("yearly_discount", {"margin": 0.3, "yearly_discount": -0.1}),
    ],
)
def test_terms_that_make_no_sense_are_refused(words, terms):
    with pytest.raises(ValueError, match=words):
        ValueTerms(**terms)
