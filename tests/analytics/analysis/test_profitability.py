"""What customers leave: the worked examples, and what must hold of any company."""

import numpy as np
import pandas as pd
import pytest

from analytics.analysis.profitability import (
    COSTS,
    CostTerms,
    Spend,
    SpendTerms,
    allotted,
    loss_causes,
    net_purchase_value,
    profitability,
    service_cents,
    spend_cap,
)
from tests.analytics.analysis.frames import frame

HEAD = "customer_id  revenue  cost_of_goods  discounts  service_cost  after_sales_cost  marketing_cost\n"


def yuan(rows: str) -> pd.DataFrame:
    """A table of yuan as cents."""
    table = frame(HEAD + rows)
    return table.assign(**{name: table[name] * 100 for name in table.columns if name != "customer_id"})


def test_R_126_a_revenue_of_20000_leaves_2500_and_a_margin_of_12_5_percent():
    hours = service_cents(np.array([600]), CostTerms(hourly_rate=200).hourly_cents)
    assert hours.tolist() == [200_000]
    found = profitability(yuan("1 20000 14000 500 2000 0 1000"))
    assert found.loc[1].to_dict() == {"net_amount": 1_950_000, "profit": 250_000, "margin": 0.125}


def test_revenue_less_discounts_is_the_net_amount_and_nothing_counts_twice():
    found = profitability(yuan("1 1000 600 100 0 0 0\n2 900 600 0 0 0 0"))
    assert found["net_amount"].tolist() == [90_000, 90_000]
    assert found["profit"].tolist() == [30_000, 30_000]


def test_R_127_a_loss_of_800_with_5000_of_service_is_caused_by_service():
    for revenue, goods in ((14_000, 9_800), (4_200, 0), (60_000, 55_800)):
        found = loss_causes(yuan(f"1 {revenue} {goods} 0 5000 0 0"))
        assert found.loc[1].to_dict() == {"cause": "service_cost", "cause_amount": 500_000}


def test_goods_are_a_cause_only_by_what_their_price_did_not_earn_back():
    found = loss_causes(
        yuan("""
        1  1000   1500    0  100    0    0
        2  1000    900    0  200    0    0
        3  1000    800  300    0    0    0
        4   100     20    0    0   90   60
        5   100     20    0   40   40   40
        6  1000    100    0    0    0    0
        """)
    )
    assert found["cause"].fillna("-").tolist() == [
        "cost_of_goods", "service_cost", "discounts", "after_sales_cost", "service_cost", "-",
    ]  # fmt: skip
    assert found["cause_amount"].tolist() == [50_000, 20_000, 30_000, 9_000, 4_000, 0]


def test_R_113_net_purchase_value_is_15000():
    parts = pd.DataFrame(
        {
            "customer_id": [1],
            "purchases": [5_000_000],
            "returned": [100_000],
            "cost_of_goods": [3_000_000],
            "service_cost": [400_000],
            "after_sales_cost": [0],
        }
    )
    assert net_purchase_value(parts).to_dict() == {1: 1_500_000}


def test_R_114_the_cap_of_100_customers_is_600000_and_warns_above_and_below():
    cap = spend_cap(100 * 1_500_000, SpendTerms(allowed_share=0.4))
    assert (cap.break_even, cap.cap, cap.lower_bound) == (150_000_000, 60_000_000, 15_000_000)
    assert (cap.verdict(75_000_000), cap.difference(75_000_000)) == (Spend.OVER, 15_000_000)
    assert (cap.verdict(3_000_000), cap.difference(3_000_000)) == (Spend.UNDER, -12_000_000)
    assert (cap.verdict(60_000_000), cap.difference(60_000_000)) == (Spend.WITHIN, 0)
    assert cap.verdict(15_000_000) == Spend.WITHIN


def test_nothing_may_be_spent_on_a_loss():
    cap = spend_cap(-5_000, SpendTerms())
    assert (cap.cap, cap.verdict(0), cap.verdict(1)) == (0, Spend.WITHIN, Spend.OVER)


@pytest.mark.parametrize("amount", [0, 1, 99, 100, 101, 1_000_003])
@pytest.mark.parametrize("customers", [1, 2, 3, 7, 100])
def test_parts_of_an_entry_add_up_to_it_to_the_cent(amount, customers):
    parts = allotted(amount, customers)
    assert len(parts) == customers
    assert parts.sum() == amount
    assert parts.max() - parts.min() <= 1


def test_an_entry_for_nobody_has_no_parts():
    assert allotted(100, 0).tolist() == []


def test_minutes_are_rounded_record_by_record():
    assert service_cents(np.array([1, 1, 1, 0, 60]), 10_000).tolist() == [167, 167, 167, 0, 10_000]


@pytest.mark.parametrize("rows", ["", "1 0 0 0 0 0 0", "1 -100 -60 0 0 0 0\n2 -100 -60 0 0 0 0"])
def test_small_companies_have_no_margin_and_do_not_fail(rows):
    parts = yuan(rows) if rows else yuan("1 1 1 1 1 1 1").head(0)
    found, causes = profitability(parts), loss_causes(parts)
    assert len(found) == len(causes) == len(parts)
    assert found["margin"].isna().all()
    assert set(causes["cause"].dropna()) <= set(COSTS)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (lambda: CostTerms(hourly_rate=-1), "hourly_rate"),
        (lambda: CostTerms(contact_minutes=1.5), "contact_minutes"),  # type: ignore[arg-type]
        (lambda: CostTerms(enquiry_minutes=-1), "enquiry_minutes"),
        (lambda: SpendTerms(allowed_share=0), "allowed_share"),
        (lambda: SpendTerms(lower_bound=1.1), "lower_bound"),
    ],
)
def test_nonsense_is_refused_by_name(terms, field):
    with pytest.raises(ValueError, match=field):
        terms()
