"""Reports over the real facts engine: records, recompute, report, and back to the records."""

from typing import Any

import pytest
from django.core.cache import cache

from analytics import snapshots
from analytics.models import Alert
from analytics.reports import engine, registry
from analytics.reports.builders import CrossTable
from crm.accounts.models import Role, User
from tests import factories

REPORTS = [report.slug for report in registry.reports()]
# Warnings nothing speaks for are cleared; no two periods have ended; nobody was watched for long enough.
EMPTY_SO_EARLY = {"churn-alerts", "retention", "retention-curve", "survival"}


@pytest.fixture
def manager(db: None, settings: Any, tmp_path: Any) -> User:
    """A manager of one of two departments, each with two customers who bought, complained and were called."""
    settings.DATA_DIR, settings.FACTS_DIR = tmp_path, tmp_path / "facts"
    cache.clear()
    factories.a_company()
    north, south = factories.a_unit("north"), factories.a_unit("south")
    for unit in (north, south):
        for amount in (100, 250):
            customer = factories.a_customer(unit=unit)
            order = factories.an_order(
                customer=customer, unit=unit, lines=[(3, amount, factories.a_product())], promised_on="2030-01-01"
            )
            factories.an_after_sales_record(customer=customer, unit=unit, order=order)
            factories.a_complaint(customer=customer, unit=unit)
            factories.an_enquiry(customer=customer, unit=unit)
            factories.a_contact(customer=customer, unit=unit, concern="price")
            Alert.objects.create(customer=customer, band="high", opened_on="2026-01-01")
    snapshots.recompute()
    return factories.a_user(Role.MANAGER, unit=north)


def test_a_manager_counts_the_own_department(manager: User) -> None:
    for slug in REPORTS:
        _counts_the_own_department(manager, slug)


def _counts_the_own_department(manager: User, slug: str) -> None:
    own, everything = engine.ask(slug, user=manager), engine.ask(slug, user=None)
    totals, all_totals = engine.answer(own).totals, engine.answer(everything).totals
    keys = [
        key
        for key in ("customers", "orders", "baskets", "complaints", "enquiries", "contacts", "after_sales")
        if all_totals.get(key)
    ]
    if slug not in EMPTY_SO_EARLY:
        assert keys
    for key in keys:
        assert all_totals[key] == 4
        assert totals[key] == 2
        if isinstance(own.report.builder, CrossTable) or key == "customers":
            assert engine.records(own, measure=key).count() == 2


def test_figures_of_another_day_come_from_the_same_snapshot(manager: User) -> None:
    for slug in REPORTS:
        if not registry.get(slug).has_period:
            assert engine.run(slug, user=manager, as_of="2020-01-01").totals["customers"] in {0, 2}


def test_gross_scores_reach_only_visible_customers(manager: User) -> None:
    result = engine.run("rfm", user=manager, filters={"amount_basis": "gross"}, by=["customer"])
    assert sorted(row["monetary_value"] for row in result.rows) == [300.0, 750.0]
