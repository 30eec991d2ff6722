"""R-002: rules on custom fields mean the same to the database and to the facts."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest

from analytics.facts import engine, store
from analytics.models import Run
from analytics.segments import compiler, members, services
from crm.accounts.models import Company, FieldRight, Role, User
from crm.records import rules
from crm.records.attributes import Attribute
from crm.records.custom import registry
from crm.records.kinds import kinds
from customers.models import Customer
from tests import factories
from tests.analytics import published

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 5, 20)


@pytest.fixture
def world() -> Iterator[Run]:
    """A to F: filled, ties, at the edges, false and zero, empty. One field of each type."""
    Company(name="Tea House", currency="CNY", time_zone="Asia/Shanghai").save()
    registry.forget()
    east = factories.a_region("east")
    town = factories.a_region("town", parent=east)
    factories.a_custom_field("Motto", type="text")
    factories.a_custom_field("Story", type="long_text")
    factories.a_custom_field("Visits", type="number")
    factories.a_custom_field("Since", type="date")
    factories.a_custom_field("Style", options=["Modern", "Classic"])
    factories.a_custom_field("Rooms", options=["Bath", "Bathroom"], type="choices")
    factories.a_custom_field("Listed", type="boolean")
    factories.a_custom_field("Depot", type="relation", related="region")
    values: dict[str, dict[str, Any]] = {
        "A": {"motto": "Hangzhou", "story": "50% of_it", "visits": 3, "since": "2026-05-20", "style": "modern",
              "rooms": ["bath"], "listed": True, "depot": east.pk},
        "B": {"motto": "hangzhou", "visits": 3.5, "since": "2026-05-14", "style": "modern", "rooms": ["bathroom"],
              "listed": False, "depot": town.pk},
        "C": {"motto": "杭州 \"quoted\" 'x'", "visits": -0.1, "since": "1999-12-31", "style": "classic",
              "rooms": ["bath", "bathroom"]},
        "D": {"visits": 0, "listed": False},
        "E": {"motto": "true", "story": "null"},
        "F": {},
    }  # fmt: skip
    for name, custom in values.items():
        factories.a_customer(name=name, custom=custom)
    yield published.publish(published.run(str(DAY), {}))
    registry.forget()


def by_both(run: Run, tree: dict[str, Any]) -> tuple[str, str]:
    rule = compiler.parse(tree)
    rows = Customer.objects.filter(rules.to_q(rule, run_id=run.pk, as_of=run.as_of))
    with engine.reader(run.facts, user=None) as facts:
        found = compiler.members(facts, tree, as_of=run.as_of)
    called = dict(Customer.objects.values_list("pk", "name"))
    return "".join(sorted(each.name for each in rows)), "".join(sorted(called[pk] for pk in found))


def asked(attribute: Attribute, op: str) -> list[Any]:
    if op in rules.EMPTINESS:
        return [None]
    if op in rules.COUNTS_OF_DAYS:
        return [1, 6, 7]
    given: dict[str, list[Any]] = {
        "custom_motto": ["hangzhou", "杭州", "x'", "true", '"quoted"', "nowhere"],
        "custom_story": ["0%", "f_i", "null", "50"],
        "custom_visits": [-0.1, 0, 3, "3.5", 4],
        "custom_since": ["1999-12-31", "2026-05-14", "2026-05-20"],
        "custom_style": ["modern", "classic"],
        "custom_rooms": ["bath", "bathroom"],
        "custom_listed": [True, False],
        "custom_depot": [],
    }
    found = given[attribute.key]
    if attribute.related:
        found = sorted(factories.Region.objects.values_list("pk", flat=True))
    if op == "between":
        return [[found[0], found[2]], [found[1], found[1]]]
    return [found[:1], found] if op in {"in", "not_in"} else found


def test_each_operator_means_the_same_to_both(world: Run) -> None:
    ours = [each for each in compiler.attributes(None) if each.is_custom]
    assert len(ours) == 8
    for attribute in ours:
        for op in rules.operators(attribute):
            for value in asked(attribute, op):
                tree = {"attribute": attribute.key, "op": op} | ({} if value is None else {"value": value})
                by_q, by_sql = by_both(world, tree)
                assert by_q == by_sql, tree
                rest = "".join(sorted(set("ABCDEF") - set(by_q)))
                assert by_both(world, {"not": tree}) == (rest, rest), tree


@pytest.mark.parametrize(
    ("key", "op", "value", "names"),
    [
        ("custom_style", "is", "modern", "AB"),
        ("custom_style", "is_not", "modern", "CDEF"),
        ("custom_rooms", "is", "bath", "AC"),
        ("custom_rooms", "is_empty", None, "DEF"),
        ("custom_motto", "is", "HANGZHOU", "AB"),
        ("custom_motto", "contains", "杭", "C"),
        ("custom_visits", "gt", 3, "B"),
        ("custom_visits", "lt", 0, "C"),
        ("custom_since", "last_days", 7, "AB"),
        ("custom_listed", "is", False, "BD"),
    ],
)
def test_R_002_a_rule_finds_the_customers_it_says(world: Run, key: str, op: str, value: Any, names: str) -> None:
    tree = {"attribute": key, "op": op} | ({} if value is None else {"value": value})
    assert by_both(world, tree) == (names, names)


def test_a_place_stands_for_everything_below(world: Run) -> None:
    east = factories.Region.objects.get(code="east").pk
    assert by_both(world, {"attribute": "custom_depot", "op": "is", "value": east}) == ("AB", "AB")


def test_R_002_a_segment_by_a_custom_field_has_its_members_at_once(world: Run) -> None:
    boss = factories.an_administrator()
    rule = {"all": [{"attribute": "custom_style", "op": "is", "value": "modern"}]}
    segment = services.create(name="Modern", purpose="Catalogue", rule=rule, owner=boss, user=boss)
    assert {each.customer.name for each in segment.memberships.select_related("customer")} == {"A", "B"}


def test_who_sees_a_field_masked_does_not_find_it_in_the_facts(world: Run) -> None:
    factories.CustomField.objects.filter(key="visits").update(sensitivity="finance")
    registry.load()
    role = Role.objects.get(code=Role.MANAGER)
    FieldRight.objects.update_or_create(
        role=role, kind="customer", sensitivity="finance", defaults={"level": FieldRight.Level.MASKED}
    )
    manager: User = factories.a_user(role)
    role.rules.filter(kind="customer").update(view="all")
    ask = "SELECT count(*) FROM customers WHERE json_extract_string(custom, '$.{}') IS NOT NULL"
    with engine.reader(world.facts, user=manager) as facts:
        assert (facts.value(ask.format("visits")), facts.value(ask.format("style"))) == (0, 3)
    with engine.reader(world.facts, user=None) as facts:
        assert facts.value(ask.format("visits")) == 4


def test_facts_of_before_there_were_custom_fields_read_as_empty(world: Run) -> None:
    from dataclasses import replace

    old = engine.Reader(replace(store.load(world.facts), format=1), None)
    assert old.value("SELECT count(custom) FROM customers") == 0
    old.close()


def test_a_segment_by_a_retired_field_keeps_its_members(world: Run) -> None:
    boss = factories.an_administrator()
    rule = {"all": [{"attribute": "custom_style", "op": "is", "value": "modern"}]}
    segment = services.create(name="Modern", purpose="Catalogue", rule=rule, owner=boss, user=boss)
    factories.CustomField.objects.filter(key="style").update(is_active=False)
    registry.load()
    with engine.reader(world.facts, user=None) as facts:
        assert members.find(facts, [segment], run=world) == {}
    assert kinds["customer"].by_key.get("custom_style") is None
