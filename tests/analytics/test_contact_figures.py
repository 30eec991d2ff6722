"""How often a customer is talked to and what about: R-017, R-024 and R-187 on page, rule and report."""

import datetime

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from analytics import snapshots
from analytics.models import CustomerFigures
from analytics.reports import engine
from analytics.segments import services
from crm.accounts.models import User
from customers.models import Customer
from interactions.contacts.models import Interaction
from tests import factories
from tests.analytics import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(settings, tmp_path) -> User:
    settings.DATA_DIR, settings.FACTS_DIR = tmp_path, tmp_path / "facts"
    cache.clear()
    factories.a_company()
    return factories.an_administrator()


def contacts(customer: Customer, concerns: list[str], *, days_apart: int = 1) -> None:
    now = timezone.now()
    for number, concern in enumerate(concerns):
        factories.a_contact(
            customer=customer, concern=concern, occurred_at=now - datetime.timedelta(days=number * days_apart)
        )


def figures_of(customer: Customer) -> CustomerFigures:
    return CustomerFigures.objects.get(customer=customer)


def test_R_017_five_contacts_make_price_the_main_concern_with_60_percent(client: Client, boss: User) -> None:
    li = factories.a_customer(name="Li Na")
    contacts(li, ["price", "price", "quality", "price", "delivery", ""])
    snapshots.recompute()
    found = figures_of(li)
    assert (found.main_concern, round(found.main_concern_share or 0, 4)) == ("price", 0.6)
    client.force_login(boss)
    page = client.get(li.get_absolute_url())
    stats = {each["key"]: each for panel in page.context["panels"] for each in _stats(panel)}
    assert stats["main_concern"]["value"] == "price (60%)"
    assert "Price (60%)" in page.content.decode()


def test_of_two_concerns_named_as_often_the_one_named_last_counts(boss: User) -> None:
    li, silent = factories.a_customer(name="Li Na"), factories.a_customer(name="Silent")
    contacts(li, ["quality", "price"])
    old = timezone.now() - datetime.timedelta(days=400)
    factories.a_contact(customer=silent, concern="price", occurred_at=old)
    snapshots.recompute()
    assert (figures_of(li).main_concern, figures_of(li).main_concern_share) == ("quality", 0.5)
    assert (figures_of(silent).main_concern, figures_of(silent).main_concern_share) == ("", None)


def test_R_024_nine_contacts_in_90_days_are_3_a_month_and_outside_of_below_1(client: Client, boss: User) -> None:
    often, seldom = factories.a_customer(name="Often"), factories.a_customer(name="Seldom")
    contacts(often, [""] * 9, days_apart=10)
    contacts(seldom, [""] * 3, days_apart=44)
    snapshots.recompute()
    assert figures_of(often).contacts_per_month == 3.0
    assert figures_of(seldom).contacts_per_month == pytest.approx(1.0)
    client.force_login(boss)
    page = client.get(often.get_absolute_url())
    stats = {each["key"]: each for panel in page.context["panels"] for each in _stats(panel)}
    assert stats["contacts_per_month"]["value"] == "3.0"
    rule = {"all": [{"attribute": "contacts_per_month", "op": "lt", "value": 2}]}
    found = services.create(name="Quiet", purpose="Calls", rule=rule, owner=boss, user=boss)
    assert [each.customer.name for each in found.memberships.all()] == ["Seldom"]
    below_one = {"all": [{"attribute": "contacts_per_month", "op": "lt", "value": 1}]}
    found = services.create(name="Silent", purpose="Calls", rule=below_one, owner=boss, user=boss)
    assert [each.customer.name for each in found.memberships.all()] == []
    assert client.get("/customers/?contacts_per_month_max=2").context["count"] == 1


def test_R_187_forty_contacts_of_the_middle_tier_are_55_30_and_15_percent(boss: User) -> None:
    mid, high = factories.a_customer(), factories.a_customer()
    now = timezone.now()
    for customer, concern, count in (
        (mid, "price", 22),
        (mid, "quality", 12),
        (mid, "offers", 6),
        (mid, "", 9),
        (high, "quality", 4),
    ):
        for _number in range(count):
            factories.a_contact(customer=customer, concern=concern, occurred_at=now)
    values = {mid: {"value_tier": "mid"}, high: {"value_tier": "high"}}
    published.publish(published.run(timezone.localdate().isoformat(), values))
    result = engine.run("concerns", user=None)
    rows = {row["value_tier"]: row for row in result.rows}
    shares = ("contacts", "price_share", "quality_share", "offers_share", "service_share")
    assert [rows["mid"][key] for key in shares] == [40, 0.55, 0.3, 0.15, 0.0]
    assert [rows["high"][key] for key in shares] == [4, 0.0, 1.0, 0.0, 0.0]
    assert Interaction.objects.count() == 53
    assert engine.records(engine.ask("concerns", user=None), measure="price_share").count() == 22
    split = engine.run("concerns", user=None, by=["concern"], filters={"value_tier": "mid"})
    assert {row["concern"]: row["share"] for row in split.rows} == {"price": 0.55, "quality": 0.3, "offers": 0.15}


def _stats(panel) -> list[dict]:
    portrait = panel.context.get("portrait")
    return portrait.stats if portrait else []
