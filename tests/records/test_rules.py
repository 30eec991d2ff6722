"""Rules: read with errors in words, compiled to rows."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from crm.accounts.models import Role
from crm.records import rules
from crm.records.kinds import kinds
from customers.models import Customer, Tag
from interactions.models import Order
from tests import factories

pytestmark = pytest.mark.django_db


def found(tree, kind="customer", **given):
    rule = rules.parse(tree, kind)
    return set(kinds[kind].model.objects.filter(rules.to_q(rule, kind=kind, **given)).values_list("pk", flat=True))


def test_texts_are_compared_without_case_and_empty_is_not_anything():
    li = factories.a_customer(name="Li Na", city="Hangzhou")
    wu = factories.a_customer(name="Wu Lei", city="")
    assert found({"attribute": "city", "op": "is", "value": "hangzhou"}) == {li.pk}
    assert found({"attribute": "city", "op": "is_not", "value": "Hangzhou"}) == {wu.pk}
    assert found({"attribute": "city", "op": "is_empty"}) == {wu.pk}
    assert found({"attribute": "city", "op": "is_not_empty"}) == {li.pk}
    assert found({"attribute": "name", "op": "contains", "value": "na"}) == {li.pk}
    assert found({"attribute": "name", "op": "in", "value": ["LI NA", "Wu Lei"]}) == {li.pk, wu.pk}


def test_groups_join_and_negate():
    a = factories.a_customer(name="A", city="Hangzhou", type="person")
    b = factories.a_customer(name="B", city="Hangzhou", type="organisation")
    c = factories.a_customer(name="C", city="", type="person")
    city = {"attribute": "city", "op": "is", "value": "Hangzhou"}
    person = {"attribute": "type", "op": "is", "value": "person"}
    assert found({"all": [city, person]}) == {a.pk}
    assert found({"any": [city, person]}) == {a.pk, b.pk, c.pk}
    assert found({"not": city}) == {c.pk}
    assert found({"not": {"any": [city, person]}}) == set()


def test_a_region_means_everything_below_it():
    east = factories.a_region("east")
    hangzhou = factories.a_region("hangzhou", parent=east)
    west = factories.a_region("west")
    inside = factories.a_customer(region=hangzhou)
    outside, nowhere = factories.a_customer(region=west), factories.a_customer()
    assert found({"attribute": "region", "op": "is", "value": east.pk}) == {inside.pk}
    assert found({"attribute": "region", "op": "not_in", "value": [east.pk]}) == {outside.pk, nowhere.pk}
    assert found({"attribute": "region", "op": "is_empty"}) == {nowhere.pk}


def test_days_are_whole_and_end_with_as_of():
    factories.a_company(time_zone="Asia/Shanghai")
    zone = ZoneInfo("Asia/Shanghai")
    last_minute = factories.an_order(occurred_at=datetime(2024, 5, 31, 23, 59, tzinfo=zone))
    first_minute = factories.an_order(occurred_at=datetime(2024, 5, 2, 0, 0, tzinfo=zone))
    day_before = factories.an_order(occurred_at=datetime(2024, 5, 1, 23, 59, tzinfo=zone))
    tree = {"attribute": "occurred_at", "op": "last_days", "value": 30}
    assert found(tree, "order", as_of=date(2024, 5, 31)) == {last_minute.pk, first_minute.pk}
    assert found({"attribute": "occurred_at", "op": "before", "value": "2024-05-02"}, "order") == {day_before.pk}
    assert found({"attribute": "occurred_at", "op": "after", "value": "2024-05-02"}, "order") == {last_minute.pk}
    assert found({"attribute": "occurred_at", "op": "on", "value": "2024-05-02"}, "order") == {first_minute.pk}


def test_amounts_compare_and_tags_match():
    small, large = factories.an_order([(1, 100)]), factories.an_order([(3, 100), (1, 250)])
    assert found({"attribute": "net_amount", "op": ">=", "value": 550}, "order") == {large.pk}
    assert found({"attribute": "net_amount", "op": "between", "value": ["99.99", 100]}, "order") == {small.pk}
    vip = Tag.objects.create(name="VIP")
    tagged, plain = factories.a_customer(), factories.a_customer()
    tagged.tags.add(vip)
    others = {small.customer_id, large.customer_id, plain.pk}
    assert found({"attribute": "tags", "op": "is", "value": vip.pk}) == {tagged.pk}
    assert found({"attribute": "tags", "op": "is_not", "value": vip.pk}) == others


def test_computed_attributes_come_from_the_figures_of_one_run():
    from analytics.models import CustomerFigures, Run

    good, poor, unknown = factories.a_customer(), factories.a_customer(), factories.a_customer()
    run, older = (Run.objects.create(as_of=date(2024, 5, 31)) for _ in range(2))
    CustomerFigures.objects.create(run=run, customer=good, frequency=5, monetary_value=550_00, rfm_segment="champions")
    CustomerFigures.objects.create(run=run, customer=poor, frequency=1, monetary_value=549_99)
    CustomerFigures.objects.create(run=older, customer=poor, frequency=9, monetary_value=900_00)
    assert found({"attribute": "frequency", "op": ">=", "value": 5}, run_id=run.pk) == {good.pk}
    assert found({"attribute": "monetary_value", "op": ">=", "value": 550}, run_id=run.pk) == {good.pk}
    assert found({"attribute": "frequency", "op": "is_not", "value": 5}, run_id=run.pk) == {poor.pk, unknown.pk}
    assert found({"attribute": "rfm_segment", "op": "is_empty"}, run_id=run.pk) == {poor.pk, unknown.pk}
    assert found({"attribute": "frequency", "op": ">=", "value": 1}, run_id=None) == set()


def test_every_recorded_attribute_answers_every_operator():
    """No attribute x operator fails on the database, and each condition and its opposite part all records."""
    for kind in kinds:
        record = factories.a_record(kind.key)
        for attribute in kind.attributes:
            if attribute.is_computed or not attribute.source or not attribute.is_filterable:
                continue
            for op in rules.operators(attribute):
                value = _a_value(attribute, op, record)
                if value is None and op not in rules.EMPTINESS:
                    continue
                tree = {"attribute": attribute.key, "op": op} | ({} if value is None else {"value": value})
                everything = set(kind.model.objects.values_list("pk", flat=True))
                yes, no = found(tree, kind.key), found({"not": tree}, kind.key)
                assert yes | no == everything, tree
                assert not yes & no, tree


def _a_value(attribute, op, record):
    if op in rules.EMPTINESS:
        return None
    one = {
        "text": "x",
        "long_text": "x",
        "number": 1,
        "money": 1,
        "ratio": 0.5,
        "date": "2024-05-31",
        "moment": "2024-05-31",
        "boolean": True,
    }.get(str(attribute.type))
    if attribute.type == "choice":
        one = str(attribute.choice_pairs()[0][0])
    if attribute.type == "relation":
        related = attribute.value_of(record)
        one = getattr(related, "pk", None)
        if one is None:
            return None
    if op in rules.COUNTS_OF_DAYS:
        return 30
    if op == "between":
        return [one, one]
    return [one] if op in {"in", "not_in"} else one


@pytest.mark.parametrize(
    ("tree", "path", "words"),
    [
        ("city", "", "object"),
        ({}, "", "exactly one"),
        ({"all": []}, "", "at least one"),
        ({"some": [1]}, "", "join"),
        ({"attribute": "shoe_size"}, "attribute", "no attribute"),
        ({"attribute": "city", "op": "gte", "value": 1}, "op", "possible are"),
        ({"all": [{"attribute": "type", "op": "is", "value": "robot"}]}, "all.0.value", "none of"),
        ({"attribute": "birth_date", "op": "on", "value": "soon"}, "value", "date"),
        ({"attribute": "birth_date", "op": "on", "value": "0001-01-01"}, "value", "date"),
        ({"attribute": "birth_date", "op": "last_days", "value": 10**9}, "value", "days"),
        ({"attribute": "name", "op": "is", "value": "a\0b"}, "value", "text"),
        ({"attribute": "region", "op": "is", "value": 10**30}, "value", "number"),
        ({"attribute": "region", "op": "is", "value": 999}, "value", "no record"),
        ({"attribute": "city", "op": "is", "value": "x", "extra": 1}, "", "extra"),
        ({"attribute": ["city"], "op": "is"}, "attribute", "no attribute"),
    ],
)
def test_wrong_rules_are_explained(tree, path, words):
    with pytest.raises(rules.RuleError) as caught:
        rules.parse(tree, "customer")
    assert caught.value.path == path
    assert words in str(caught.value)


def test_a_rule_may_not_be_endless():
    tree: dict = {"attribute": "city", "op": "is_empty"}
    for _ in range(10):
        tree = {"not": tree}
    with pytest.raises(rules.RuleError, match="too deeply"):
        rules.parse(tree, "customer")
    with pytest.raises(rules.RuleError, match="too many"):
        rules.parse({"all": [{"attribute": "city", "op": "is_empty"}] * 100}, "customer")


def test_masked_attributes_are_unknown_to_those_who_see_them_masked():
    rep = factories.a_user(Role.SALES_REP)
    tree = {"attribute": "tax_number", "op": "contains", "value": "9"}
    with pytest.raises(rules.RuleError, match="no attribute"):
        rules.parse(tree, "customer", user=rep)
    factories.a_customer(tax_number="9")
    q = rules.to_q(rules.parse(tree, "customer"), user=rep)
    assert Customer.objects.filter(q).count() == 0
    assert "tax_number" not in {each["key"] for each in rules.describe(kinds["customer"], rep)}


def test_a_rule_is_kept_as_it_was_read():
    tree = {
        "all": [
            {"attribute": "city", "op": "is", "value": "Hangzhou"},
            {"not": {"attribute": "type", "op": "is", "value": "person"}},
        ]
    }
    assert rules.dump(rules.parse(tree, "customer")) == tree
    amount = rules.parse({"attribute": "net_amount", "op": ">=", "value": "550.00"}, "order")
    assert rules.dump(amount) == {"attribute": "net_amount", "op": "gte", "value": 550}
    assert Order.objects.filter(rules.to_q(amount, kind="order")).count() == 0
