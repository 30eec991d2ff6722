import pandas as pd
import pytest

from analytics.analysis import value_tiers
from analytics.analysis.migration import entered_and_left, migration_table
from analytics.analysis.statistics import customer_statistics
from tests.analytics.analysis.frames import frame

BEFORE, AFTER = pd.Timestamp("2026-06-29"), pd.Timestamp("2026-06-30")
LIMITS = value_tiers.ValueTierLimits(amount_cents=(10_000_00, 50_000_00))


def test_R_138_a_new_order_moves_a_customer_from_mid_to_high():
    orders = frame("""
        customer_id  occurred_on  gross_amount  net_amount
                  1  2026-01-01       1200000     1200000
                  1  2026-02-01       1200000     1200000
                  1  2026-03-01       1200000     1200000
                  1  2026-04-01       1200000     1200000
                  1  2026-06-30        400000      400000
                  2  2026-04-01          5000        5000
    """)
    tiers, members = [], []
    for as_of in (BEFORE, AFTER):
        statistics = customer_statistics(orders, as_of)
        limits = value_tiers.fit(statistics, LIMITS)
        tier = value_tiers.apply(statistics, limits)["value_tier"]
        tiers.append(tier.rename("group").reset_index())
        rich = statistics[statistics["amount_last_365"] >= 50_000_00]
        members.append(rich[["customer_id"]].assign(group="from_50k"))
    assert migration_table(*tiers).to_dict("records") == [
        {"group_before": "mid", "group_after": "high", "customers": 1, "has_moved": True},
        {"group_before": "none", "group_after": "none", "customers": 1, "has_moved": False},
    ]
    assert entered_and_left(*members).to_dict("records") == [
        {"customer_id": 1, "group": "from_50k", "change": "entered"}
    ]


def test_who_is_in_no_group_before_or_after():
    before = frame("""
        customer_id  group
                  1  a
                  2  a
                  3  -
    """)
    after = frame("""
        customer_id  group
                  1  b
                  3  -
                  4  b
    """)
    table = migration_table(before, after).fillna("outside")
    assert table.to_numpy().tolist() == [
        ["a", "b", 1, True],
        ["a", "outside", 1, True],
        ["outside", "b", 1, True],
    ]
    assert entered_and_left(before, after).to_numpy().tolist() == [
        [1, "b", "entered"],
        [1, "a", "left"],
        [2, "a", "left"],
        [4, "b", "entered"],
    ]


def test_nobody():
    nobody = frame("customer_id group").astype({"group": "str"})
    assert migration_table(nobody, nobody).empty
    assert entered_and_left(nobody, nobody).empty


def test_a_customer_twice_in_one_run_is_refused():
    twice = frame("""
        customer_id  group
                  1  a
                  1  b
    """)
    with pytest.raises(ValueError):
        migration_table(twice, twice)
