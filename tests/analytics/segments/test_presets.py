"""The methods of segmentation open the builder with their fields; the rules of their worked examples choose."""

import datetime
from typing import Any

import pytest
from django.test import Client

from analytics.facts import engine
from analytics.segments import compiler, presets
from analytics.segments.presets import PRESETS
from crm.accounts.models import AccessRule, Company, Role, User
from customers.models import Channel, Customer
from tests import factories
from tests.analytics import published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def company() -> None:
    Company(name="Tea House", currency="CNY", time_zone="Asia/Shanghai").save()


@pytest.fixture
def manager() -> User:
    AccessRule.objects.filter(role__code=Role.MANAGER, kind="customer").update(view="all")
    return User.objects.create_user("boss", password="x", role=Role.objects.get(code=Role.MANAGER))


def chosen(tree: dict[str, Any], figures: dict[Customer, dict[str, Any]]) -> set[str]:
    run = published.run("2026-05-20", figures)
    with engine.reader(run.facts, user=None) as facts:
        found = compiler.members(facts, tree, as_of=run.as_of)
    return set(Customer.objects.filter(pk__in=found).values_list("name", flat=True))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda each: each.key)
def test_a_method_opens_the_builder_with_its_fields_and_explains_itself(
    client: Client, manager: User, preset: presets.Preset
) -> None:
    client.force_login(manager)
    response = client.get(f"/segments/new/?preset={preset.key}")
    page = response.content.decode()
    assert str(preset.help) in page
    lines = list(response.context["builder"].root.lines())
    mode = next(iter(preset.tree))
    assert response.context["builder"].root.mode == mode
    assert len(lines) == len(preset.tree[mode])
    assert all(line.event if line.is_event else line.attribute for line in lines)


def test_there_is_no_method_of_another_name(client: Client, manager: User) -> None:
    client.force_login(manager)
    assert client.get("/segments/new/?preset=lunar").status_code == 404


def test_R_143_a_city_is_chosen_whatever_its_letters() -> None:
    here, there = factories.a_customer(name="Here", city="Hangzhou"), factories.a_customer(name="There", city="Suzhou")
    tree = {"any": [{"attribute": "city", "op": "is", "value": "hangzhou"}]}
    assert chosen(tree, {here: {}, there: {}}) == {"Here"}


def test_R_144_at_least_one_order_a_month_by_the_web() -> None:
    web = Channel.objects.get_or_create(code="web", defaults={"name": "Web"})[0]
    often, seldom, elsewhere = (factories.a_customer(name=name) for name in ("Often", "Seldom", "Elsewhere"))
    for customer, count, channel in ((often, 12, web), (seldom, 11, web), (elsewhere, 12, factories.the_channel())):
        for number in range(count):
            at = datetime.datetime(2026, 5, 19, 4, tzinfo=datetime.UTC) - datetime.timedelta(days=30 * number)
            factories.an_order([(1, 10)], customer=customer, channel=channel, occurred_at=at, status="confirmed")
    tree = presets.BY_KEY["behavioural"].tree["all"][0] | {
        "where": {"all": [{"attribute": "channel", "op": "in", "value": [web.pk]}]}
    }
    assert chosen(tree, dict.fromkeys([often, seldom, elsewhere], {})) == {"Often"}


def test_R_145_two_complaints_in_90_days_or_little_satisfaction() -> None:
    loud, quiet, low = (factories.a_customer(name=name) for name in ("Loud", "Quiet", "Low"))
    for customer, days in ((loud, (1, 89)), (quiet, (1, 90))):
        for ago in days:
            at = datetime.datetime(2026, 5, 20, 4, tzinfo=datetime.UTC) - datetime.timedelta(days=ago)
            factories.a_complaint(customer=customer, occurred_at=at)
    figures = {loud: {"satisfaction": 90}, quiet: {"satisfaction": 90}, low: {"satisfaction": 40}}
    assert chosen({"any": presets.BY_KEY["satisfaction"].tree["any"][:2]}, figures) == {"Loud", "Low"}


def test_R_146_loyal_and_going_on() -> None:
    advocate, doubter = factories.a_customer(name="Advocate"), factories.a_customer(name="Doubter")
    figures = {
        advocate: {"loyalty": 80, "continue_likelihood": 80, "frequency": 3},
        doubter: {"loyalty": 79.9, "continue_likelihood": 90, "frequency": 9},
    }
    assert chosen(presets.BY_KEY["loyalty"].tree, figures) == {"Advocate"}
