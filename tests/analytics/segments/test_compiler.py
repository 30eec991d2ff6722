"""Both compilers of a rule choose the same customers, whatever the attribute and the operator."""

import datetime
from typing import Any

import pytest

from analytics.demo.texts import SEGMENTS
from analytics.facts import engine
from analytics.models import Run
from analytics.segments import compiler
from crm.accounts.models import Company, Region, Role, User
from crm.records import rules
from crm.records.attributes import Attribute, Type
from crm.records.kinds import kinds
from crm.records.rules import RuleError
from customers.models import Channel, Customer, Industry
from tests.analytics import published

AS_OF = "2026-05-20"
DAY = datetime.date(2026, 5, 20)
KIND = kinds["customer"]
ASKED = compiler.attributes(None)


@pytest.fixture(autouse=True)
def facts_folder() -> None:
    """One folder for all tests of this file: that of `world`."""


@pytest.fixture(scope="module")
def world(django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Six customers: filled, empty, tied, at the edges, in a region below another; kept for all tests of this file."""
    from django.db import transaction
    from django.test.utils import override_settings

    with (
        django_db_blocker.unblock(),
        override_settings(FACTS_DIR=tmp_path_factory.mktemp("facts")),
        transaction.atomic(),
    ):
        yield _world()
        transaction.set_rollback(True)


def _world() -> tuple[Run, list[Customer]]:
    Company(name="Tea House", currency="CNY", time_zone="Asia/Shanghai").save()
    east = Region.objects.create(name="East", code="east")
    town = Region.objects.create(name="Town", code="town", parent=east)
    south = Region.objects.create(name="South", code="south")
    owner = User.objects.create_user("lin", password="x")
    industry = Industry.objects.create(name="Tea", code="tea")
    channel = Channel.objects.first() or Channel.objects.create(name="Web", code="web")
    filled = {"owner": owner, "industry": industry, "channel": channel, "sex": "female", "income_band": "high"}
    customers = [
        Customer.objects.create(name="A", city="Hangzhou", region=east, country="CN", type="organisation", **filled),
        Customer.objects.create(name="B", city="杭州", region=town, country="CN", lost_on=DAY, lost_reason="Price"),
        Customer.objects.create(name="C", city="HANGZHOU west", region=south, relation_class="key", **filled),
        Customer.objects.create(name="D", lost_on=datetime.date(2026, 5, 14), lost_reason="50% dearer_elsewhere"),
        Customer.objects.create(name="E", city="hangzhou"),
        Customer.objects.create(name="F"),
    ]
    figures = {
        customers[0]: _row(5, "2026-05-20", high=True),
        customers[1]: _row(3, "2026-05-14", high=True),
        customers[2]: _row(3, "2026-05-13"),
        customers[3]: _row(1, "2026-02-28"),
        customers[4]: {},  # never bought: counts are zero, the rest is missing
    }  # the last came after the run: it has no figures
    return published.run(AS_OF, figures), customers


def _row(size: int, day: str, high: bool = False) -> dict[str, Any]:
    """Figures that grow with `size`; equal sizes are ties."""
    found: dict[str, Any] = {"rfm_segment": "champions" if high else "lost", "abc_class": "A" if high else "C"}
    found |= {"value_tier": "high" if high else "none", "lifecycle_stage": "maintenance" if high else "lost"}
    found |= {"churn_risk": "low" if high else "lost", "loyalty_band": "loyal" if high else ""}
    for attribute in ASKED:
        if not attribute.is_computed or attribute.key in found:
            continue
        if attribute.type == Type.DATE:
            found[attribute.figure] = day
        elif attribute.type == Type.BOOLEAN:
            found[attribute.figure] = high
        elif attribute.type == Type.RATIO:
            found[attribute.figure] = size / 10
        else:
            found[attribute.figure] = size * 100 if attribute.type == Type.MONEY else size
    return found


def _values(attribute: Attribute, op: str) -> list[Any]:
    """Values to ask with: at, below and above what customers have."""
    if op in rules.EMPTINESS:
        return [None]
    if op in rules.COUNTS_OF_DAYS:
        return [1, 7, 8, 82, 83]
    singles = {
        Type.TEXT: ["hangzhou", "杭州", "50%", "_", "Price", "nowhere"],
        Type.NUMBER: [0, 1, 3, 3.5, 5, 6],
        Type.MONEY: [0, 1, 3, "3.01", 5, 6],
        Type.RATIO: [0, 0.1, 0.3, 0.5, 1],
        Type.DATE: ["2026-05-13", "2026-05-14", "2026-05-20", "2030-01-01"],
        Type.BOOLEAN: [True, False],
    }
    if attribute.type == Type.CHOICE:
        given = [code for code, _label in attribute.choice_pairs()][:11]
        given = ["CN", "DE"] if attribute.key == "country" else given
    elif attribute.type == Type.RELATION:
        from crm.records import lookups

        given = list(lookups.get(attribute.related).model.objects.values_list("pk", flat=True))
    else:
        given = singles[Type.TEXT if attribute.type == Type.LONG_TEXT else attribute.type]
    if op == "between":
        return [[given[0], given[2]], [given[1], given[1]], [given[-1], given[-1]]]
    if op in {"in", "not_in"}:
        return [given[:1], given[:2], given] if given else []
    return given


def _by_both(world: tuple[Run, list[Customer]], tree: dict[str, Any]) -> tuple[set[str], set[str]]:
    run, _customers = world
    rule = compiler.parse(tree)
    rows = Customer.objects.filter(rules.to_q(rule, run_id=run.pk, as_of=run.as_of))
    with engine.reader(run.facts, user=None) as facts:
        found = set(compiler.members(facts, tree, as_of=run.as_of))
    names = dict(Customer.objects.values_list("pk", "name"))
    return {each.name for each in rows}, {names[pk] for pk in found}


@pytest.mark.parametrize("attribute", ASKED, ids=lambda each: each.key)
def test_each_operator_means_the_same_to_both(world: Any, attribute: Attribute) -> None:
    asked = 0
    for op in rules.operators(attribute):
        for value in _values(attribute, op):
            tree = {"attribute": attribute.key, "op": op}
            tree |= {} if op in rules.EMPTINESS else {"value": value}
            by_q, by_sql = _by_both(world, tree)
            assert by_q == by_sql, tree
            opposite = _by_both(world, {"not": tree})
            assert opposite[0] == opposite[1] == set("ABCDEF") - by_q, tree
            asked += 1
    assert asked


@pytest.mark.parametrize(
    ("tree", "names"),
    [
        ({"attribute": "city", "op": "is", "value": "hangzhou"}, "AE"),
        ({"attribute": "city", "op": "contains", "value": "ZHOU"}, "ACE"),
        ({"attribute": "city", "op": "contains", "value": "杭"}, "B"),
        ({"attribute": "city", "op": "is_not", "value": "hangzhou"}, "BCDF"),
        ({"attribute": "city", "op": "is_empty"}, "DF"),
        ({"attribute": "lost_reason", "op": "contains", "value": "0%"}, "D"),
        ({"attribute": "lost_reason", "op": "contains", "value": "r_e"}, "D"),
        ({"attribute": "orders", "op": "gte", "value": 3}, "ABC"),
        ({"attribute": "orders", "op": "lt", "value": 1}, "E"),
        ({"attribute": "orders", "op": "is_empty"}, "F"),
        ({"attribute": "amount_12_months", "op": "between", "value": [1, 3]}, "BCD"),
        ({"attribute": "amount_12_months", "op": "gt", "value": "2.99"}, "ABC"),
        ({"attribute": "loyalty_coverage", "op": "gte", "value": 0.3}, "ABC"),
        ({"attribute": "last_on", "op": "last_days", "value": 7}, "AB"),
        ({"attribute": "last_on", "op": "not_last_days", "value": 7}, "CDEF"),
        ({"attribute": "last_on", "op": "before", "value": "2026-05-14"}, "CD"),
        ({"attribute": "loyalty_band", "op": "is_empty"}, "CDEF"),
        ({"attribute": "abc_class", "op": "in", "value": ["A", "B"]}, "AB"),
        ({"attribute": "cycle_is_assumed", "op": "is", "value": False}, "CDE"),
        ({"attribute": "lost_on", "op": "is_not_empty"}, "BD"),
        (
            {
                "any": [
                    {"attribute": "type", "op": "is", "value": "organisation"},
                    {
                        "all": [
                            {"attribute": "orders", "op": "is", "value": 3},
                            {"not": {"attribute": "city", "op": "is", "value": "杭州"}},
                        ]
                    },
                ]
            },
            "AC",
        ),
    ],
)
def test_a_rule_chooses_the_customers_it_says(world: Any, tree: dict[str, Any], names: str) -> None:
    assert _by_both(world, tree) == (set(names), set(names))


def test_a_region_stands_for_everything_below(world: Any) -> None:
    east = Region.objects.get(code="east").pk
    assert _by_both(world, {"attribute": "region", "op": "is", "value": east}) == ({"A", "B"}, {"A", "B"})
    by_q, by_sql = _by_both(world, {"attribute": "region", "op": "not_in", "value": [east]})
    assert by_q == by_sql == set("CDEF")


def test_values_are_parameters_and_never_text_of_the_query(world: Any) -> None:
    found = compiler.to_sql(compiler.parse({"attribute": "city", "op": "is", "value": "x' OR 1=1 --"}), DAY)
    assert "OR 1=1" not in found.sql("c.customer_id")
    assert found.params == {"p0": "x' or 1=1 --"}


@pytest.mark.django_db
@pytest.mark.parametrize("tree", [{"attribute": "phone", "op": "contains", "value": "1"}, {"attribute": "nonsense"}])
def test_what_the_facts_do_not_hold_is_refused(tree: dict[str, Any]) -> None:
    with pytest.raises(RuleError):
        compiler.parse(tree)


@pytest.mark.django_db
def test_masked_attributes_cannot_be_asked_about() -> None:
    agent = User.objects.create_user("may", password="x", role=Role.objects.get(code=Role.SERVICE_AGENT))
    assert "income_band" not in {each.key for each in compiler.attributes(agent)}
    with pytest.raises(RuleError):
        compiler.parse({"attribute": "income_band", "op": "is", "value": "high"}, agent)


@pytest.mark.parametrize("rule", [each[3] for each in SEGMENTS], ids=[each[0] for each in SEGMENTS])
def test_every_segment_of_the_demo_company_is_a_rule(rule: dict[str, Any]) -> None:
    assert compiler.parse(rule)
