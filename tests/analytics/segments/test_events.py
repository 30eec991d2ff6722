"""Conditions on what happened with a customer: each against customers whose history is known."""

import datetime
from typing import Any

import pytest

from analytics.facts import engine
from analytics.models import Run
from analytics.segments import compiler, words
from analytics.segments.events import vocabulary, windows
from analytics.segments.sizes import _may_ask
from crm.accounts.models import AccessRule, Company, Role, User
from crm.records import rules
from crm.records.kinds import kinds
from crm.records.rules import RuleError
from customers.models import Channel, Customer
from interactions.models import AfterSales, Category, Complaint, Enquiry, Interaction, OpinionType, Product
from tests.analytics import published
from tests.analytics.facts import records

DAY = datetime.date(2026, 5, 20)
EVENTS = vocabulary.offered(None)
HIGH = {"attribute": "severity", "op": "is", "value": "high"}


@pytest.fixture(autouse=True)
def facts_folder() -> None:
    """One folder for all tests of this file: that of `world`."""


@pytest.fixture(scope="module")
def world(django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    from django.db import transaction
    from django.test.utils import override_settings

    with (
        django_db_blocker.unblock(),
        override_settings(FACTS_DIR=tmp_path_factory.mktemp("facts")),
        transaction.atomic(),
    ):
        yield _world()
        transaction.set_rollback(True)


def _world() -> Run:
    """Ann buys tea often; Bo complains; Cy does not answer; Di bought long ago; Ed is new and silent.

    Moments are UTC, eight hours behind the company.
    """
    Company(name="Tea House", currency="CNY", time_zone="Asia/Shanghai").save()
    tea = Category.objects.create(name="Tea", number="TEA")
    green = Category.objects.create(name="Green tea", number="GREEN", parent=tea)
    lamps = Category.objects.create(name="Lamps", number="LAMPS")
    longjing = Product.objects.create(name="Longjing", number="P-1", category=green)
    lamp = Product.objects.create(name="Lamp", number="P-2", category=lamps)
    ann, bo, cy, di, ed = (Customer.objects.create(name=name) for name in ("Ann", "Bo", "Cy", "Di", "Ed"))
    for at in ("2026-02-20 04:00", "2026-03-10 04:00", "2026-05-01 04:00"):
        records.order({"unit_price": 400, "product": longjing}, at=at, customer=ann)
    records.order(
        {"quantity": -1, "unit_price": 400, "product": longjing, "kind": "return"},
        at="2026-05-02 04:00",
        customer=ann,
        type="return",
    )
    records.order(
        {"unit_price": 90, "product": lamp}, {"unit_price": 10, "product": longjing}, at="2026-03-01 04:00", customer=bo
    )
    records.order({"unit_price": 1000, "product": longjing}, at="2026-02-19 15:59", customer=cy)
    records.order({"unit_price": 5000, "product": lamp}, at="2024-05-01 04:00", customer=di)
    records.order({"unit_price": 7000, "product": longjing}, at="2026-05-20 16:00", customer=ed)  # the 21st there

    opinion = OpinionType.objects.first() or OpinionType.objects.create(name="Quality", code="quality")
    for customer, at, severity in (
        (bo, "2026-02-01 04:00", "high"),
        (bo, "2026-04-01 04:00", "high"),
        (bo, "2026-05-10 04:00", "low"),
        (ann, "2026-04-01 04:00", "high"),
        (ed, "2026-05-01 04:00", "high"),
    ):
        Complaint.objects.create(
            title="Cracks",
            customer=customer,
            occurred_at=records.moment(at),
            severity=severity,
            opinion_type=opinion,
            product=lamp,
        )
    phone, mail = (Channel.objects.get_or_create(code=code, defaults={"name": code})[0] for code in ("phone", "email"))
    for customer, at, channel, is_answered in (
        (cy, "2026-01-01 04:00", phone, True),
        (cy, "2026-04-01 04:00", phone, False),
        (cy, "2026-04-02 04:00", mail, True),
        (cy, "2026-04-20 04:00", phone, False),
        (cy, "2026-05-11 04:00", phone, False),
        (bo, "2026-05-12 04:00", phone, False),
        (bo, "2026-05-13 04:00", phone, False),
        (ann, "2026-03-21 04:00", mail, True),
    ):
        Interaction.objects.create(
            subject="Call", customer=customer, occurred_at=records.moment(at), channel=channel, is_answered=is_answered
        )
    Enquiry.objects.create(
        title="In stock?", customer=di, occurred_at=records.moment("2026-05-19 04:00"), topic="price"
    )
    AfterSales.objects.create(
        title="Repair", customer=di, occurred_at=records.moment("2026-05-19 04:00"), type="repair", cost=120
    )
    return published.run("2026-05-20", {each: {} for each in (ann, bo, cy, di, ed)})


def chosen(run: Run, tree: dict[str, Any], user: User | None = None) -> set[str]:
    names = dict(Customer.objects.values_list("pk", "name"))
    with engine.reader(run.facts, user=user) as facts:
        return {names[pk] for pk in compiler.members(facts, tree, as_of=run.as_of)}


def tea() -> dict[str, Any]:
    return {"attribute": "category", "op": "is", "value": Category.objects.get(number="TEA").pk}


def calls(**more: Any) -> dict[str, Any]:
    phone = {"attribute": "channel", "op": "is", "value": Channel.objects.get(code="phone").pk}
    return {
        "event": "contact",
        "where": {"all": [phone, {"attribute": "direction", "op": "is", "value": "outbound"}]},
        **more,
    }


def test_a_type_of_products_was_bought_three_times_in_90_days(world: Run) -> None:
    """The 90 days are 20 February to 20 May in Shanghai; Cy's order was a minute before the 20th."""
    asked = {"event": "order_line", "where": tea(), "measure": "times", "op": "gte", "window": {"last_days": 90}}
    assert chosen(world, asked | {"value": 3}) == {"Ann"}
    assert chosen(world, asked | {"value": 1}) == {"Ann", "Bo"}
    assert chosen(world, asked | {"value": 1, "window": {"last_days": 91}}) == {"Ann", "Bo", "Cy"}
    assert chosen(world, asked | {"value": 0, "op": "is"}) == {"Cy", "Di", "Ed"}


def test_the_amount_of_a_product_in_the_last_year(world: Run) -> None:
    longjing = {"attribute": "product", "op": "is", "value": Product.objects.get(number="P-1").pk}
    asked = {"event": "order_line", "where": longjing, "measure": "amount", "op": "gte", "window": {"last_days": 365}}
    assert chosen(world, asked | {"value": 1000}) == {"Cy"}  # Ann's 1,200 less a return of 400
    assert chosen(world, asked | {"value": "800"}) == {"Ann", "Cy"}
    assert chosen(world, asked | {"op": "between", "value": [1, 800]}) == {"Ann", "Bo"}
    assert chosen(world, asked | {"op": "lt", "value": "10.01"}) == {"Bo", "Di", "Ed"}


def test_two_complaints_since_the_last_order(world: Run) -> None:
    """Ann complained before her last order, Ed before any, Bo once before and twice after."""
    asked = {"event": "complaint", "window": {"since": "order"}}
    assert chosen(world, asked | {"op": "gte", "value": 2}) == {"Bo"}
    assert chosen(world, asked | {"op": "lt", "value": 2}) == {"Ann", "Cy", "Di"}  # Ed has no last order yet
    assert chosen(world, {"not": asked | {"op": "gte", "value": 2}}) == {"Ann", "Cy", "Di", "Ed"}
    assert chosen(world, asked | {"where": HIGH, "op": "is", "value": 1}) == {"Bo"}


def test_no_contact_in_60_days(world: Run) -> None:
    """Ann's last was on 21 March, the sixty-first day counted back."""
    asked = {"event": "contact", "op": "is", "value": 0}
    assert chosen(world, asked | {"window": {"last_days": 60}}) == {"Ann", "Di", "Ed"}
    assert chosen(world, asked | {"window": {"last_days": 61}}) == {"Di", "Ed"}
    assert chosen(world, {"event": "contact", "measure": "days_since_last", "op": "gte", "value": 60}) == {"Ann"}


def test_none_of_the_last_three_calls_was_answered(world: Run) -> None:
    """Cy answered the first call and a mail between; Bo was called twice only."""
    asked = calls(measure="answered", op="is", value=0)
    assert chosen(world, asked | {"window": {"last": 3}}) == {"Cy"}
    assert chosen(world, asked | {"window": {"last": 2}}) == {"Bo", "Cy"}
    assert chosen(world, asked | {"window": {"last": 4}}) == set()
    assert chosen(world, calls(measure="unanswered", op="lte", value=3, window={"last": 4})) == {"Cy"}


@pytest.mark.parametrize(
    ("tree", "names"),
    [
        ({"event": "order", "op": "gte", "value": 3}, {"Ann"}),
        ({"event": "order", "op": "is", "value": 0}, {"Ed"}),
        ({"event": "order", "measure": "returns", "op": "gte", "value": 1}, {"Ann"}),
        (
            {"event": "order", "measure": "amount", "op": "gte", "value": 1000, "window": {"days_ago": [80, 100]}},
            {"Cy"},
        ),
        ({"event": "order", "op": "gte", "value": 1, "window": {"period": "this_month"}}, {"Ann"}),
        ({"event": "order", "op": "gte", "value": 1, "window": {"period": "last_quarter"}}, {"Ann", "Bo", "Cy"}),
        ({"event": "order", "op": "gte", "value": 1, "window": {"between": ["2024-05-01", "2024-05-01"]}}, {"Di"}),
        ({"event": "order", "measure": "mean_amount", "op": "lte", "value": 267}, {"Ann", "Bo"}),
        ({"event": "order", "measure": "largest", "op": "between", "value": [100, 400]}, {"Ann", "Bo"}),
        ({"event": "order", "measure": "days_since_last", "op": "is", "value": 19}, {"Ann"}),
        ({"event": "order", "measure": "amount", "op": "is", "value": 800, "window": {"last": 2}}, {"Ann"}),
        ({"event": "order_line", "measure": "categories", "op": "gte", "value": 2}, {"Bo"}),
        ({"event": "order_line", "measure": "quantity", "op": "gte", "value": 2}, {"Ann", "Bo"}),
        ({"event": "complaint", "measure": "open", "op": "gte", "value": 3}, {"Bo"}),
        ({"event": "complaint", "where": HIGH, "op": "is", "value": 2}, {"Bo"}),
        ({"event": "enquiry", "where": {"attribute": "topic", "op": "in", "value": ["price"]}, "value": 1}, {"Di"}),
        ({"event": "after_sales", "measure": "cost", "op": "gt", "value": "119.99"}, {"Di"}),
        ({"event": "contact", "op": "gte", "value": 1, "window": {"since": "complaint"}}, {"Bo"}),
        (
            {"all": [{"event": "order", "value": 1}, {"not": {"event": "complaint", "op": "gte", "value": 1}}]},
            {"Cy", "Di"},
        ),
        ({"any": [{"attribute": "name_", "op": "is", "value": ""}, {"event": "enquiry", "value": 1}]}, None),
    ],
)
def test_what_happened_is_counted_summed_and_dated(world: Run, tree: dict[str, Any], names: set[str] | None) -> None:
    if names is None:
        with pytest.raises(RuleError):
            compiler.parse(tree)
        return
    assert chosen(world, tree) == names


def test_every_measure_parts_the_customers_in_two(world: Run) -> None:
    """Whatever is compared within whatever days, a condition and its negation share out all customers."""
    asked = 0
    for event in EVENTS:
        spans: list[Any] = [None, {"last_days": 90}, {"days_ago": [10, 90]}, {"period": "this_year"}]
        spans += [{"since": each.key} for each in vocabulary.anchors(event)]
        spans += [{"last": 2}] if event.last else []
        for measure in event.measures:
            for at, window in enumerate(spans):
                op = vocabulary.OPERATORS[(at + len(measure.key)) % len(vocabulary.OPERATORS)]
                tree = {"event": event.key, "measure": measure.key, "op": op, "value": [0, 1] if op == "between" else 1}
                tree |= {"window": window} if window else {}
                inside, outside = chosen(world, tree), chosen(world, {"not": tree})
                assert inside | outside == {"Ann", "Bo", "Cy", "Di", "Ed"} and not inside & outside, tree
                assert rules.dump(compiler.parse(tree)) == {**tree, "value": rules.dump(compiler.parse(tree))["value"]}
                assert words.sentence(compiler.parse(tree))
                asked += 1
    assert asked > 150


def test_every_attribute_of_an_event_narrows_it_down(world: Run) -> None:
    for event in EVENTS:
        for attribute in event.attributes:
            where = {"attribute": attribute.key, "op": "is_empty"}
            if "is_empty" not in rules.operators(attribute):
                where = {"attribute": attribute.key, "op": "is", "value": True}
            counts = {"event": event.key, "measure": event.measures[0].key, "op": "gte", "value": 1}
            every = chosen(world, counts)
            assert chosen(world, counts | {"where": where}) <= every
            with_it, without = (chosen(world, counts | {"where": each}) for each in (where, {"not": where}))
            assert with_it | without == every, attribute.key


def test_values_are_bound_and_never_text_of_the_query() -> None:
    tree = {
        "event": "complaint",
        "where": {"attribute": "competitor", "op": "is", "value": "x') OR 1=1 --"},
        "op": "gte",
        "value": 1,
        "window": {"last_days": 7},
    }
    found = compiler.to_sql(compiler.parse(tree), DAY)
    assert "1=1" not in found.sql("c.customer_id")
    assert set(found.params.values()) >= {"x') or 1=1 --", 1, DAY, datetime.date(2026, 5, 14)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({"event": "wedding", "value": 1}, "nothing called"),
        ({"event": ["order"], "value": 1}, "nothing called"),
        ({"event": "order", "value": 1, "sql": "1"}, "has no “sql”"),
        ({"event": "order", "measure": "sum(1)", "value": 1}, "possible are count"),
        ({"event": "order", "op": "contains", "value": 1}, "cannot be asked"),
        ({"event": "order", "value": "many"}, "give a number"),
        ({"event": "order", "op": "between", "value": [3, 1]}, "must not be above"),
        ({"event": "order", "value": 1, "where": {"attribute": "password"}}, "no attribute"),
        ({"event": "order", "value": 1, "where": {"event": "order", "value": 1}}, "exactly one of"),
        ({"event": "order", "value": 1, "window": {"last_days": 0}}, "whole number of days"),
        ({"event": "order", "value": 1, "window": {"days_ago": [1.5, 3]}}, "whole numbers of days"),
        ({"event": "order", "value": 1, "window": {"between": ["2026-02-30", "2026-03-01"]}}, "give a date"),
        ({"event": "order", "value": 1, "window": {"period": "next_year"}}, "none of"),
        ({"event": "order", "value": 1, "window": {"since": "order"}}, "none of"),
        ({"event": "order_line", "value": 1, "window": {"last": 3}}, "no last ones"),
        ({"event": "contact", "value": 1, "window": {"last": 3.5}}, "whole number"),
        ({"event": "contact", "value": 1, "window": "since ever"}, "A period is one of"),
        ({"event": "contact", "value": 1, "window": {"lunar": 3}}, "A period is one of"),
    ],
)
def test_what_is_no_condition_is_refused_in_words(tree: dict[str, Any], said: str) -> None:
    with pytest.raises(RuleError) as found:
        compiler.parse(tree)
    assert said in found.value.message


def test_lists_of_records_do_not_take_conditions_on_events() -> None:
    with pytest.raises(RuleError):
        rules.parse({"event": "order", "value": 1}, "customer")
    with pytest.raises(TypeError):
        rules.to_q(compiler.parse({"event": "order", "value": 1}), run_id=1, as_of=DAY)


@pytest.mark.django_db
def test_who_may_see_no_complaints_can_neither_ask_nor_learn_of_them() -> None:
    rep = User.objects.create_user("lin", password="x", role=Role.objects.get(code=Role.SALES_REP))
    AccessRule.objects.filter(role__code=Role.SALES_REP, kind="complaint").update(view="none")
    tree = {"all": [{"event": "complaint", "op": "gte", "value": 1}]}
    assert "complaint" not in {each.key for each in vocabulary.offered(rep)}
    with pytest.raises(RuleError):
        compiler.parse(tree, rep)
    assert not _may_ask(tree, kinds["customer"], rep)
    assert _may_ask({"all": [{"event": "order", "value": 1}]}, kinds["customer"], rep)


def test_a_condition_is_said_in_words(world: Run) -> None:
    said = words.of_tree(
        {
            "all": [
                {
                    "event": "order_line",
                    "where": tea(),
                    "measure": "times",
                    "op": "gte",
                    "value": 3,
                    "window": {"last_days": 90},
                },
                {"event": "complaint", "op": "is", "value": 0, "window": {"since": "order"}},
            ]
        }
    )
    assert said == (
        "number of orders with these products (product type is Tea, in the last 90 days) is at least 3"
        " and number of complaints (since the last order) is 0"
    )


def test_windows_end_with_the_day_of_the_run() -> None:
    event = vocabulary.get("order")
    assert event is not None
    assert windows.read({"last_days": 1}, event).days(DAY) == (DAY, DAY)
    assert windows.read({"days_ago": [0, 6]}, event).days(DAY) == (datetime.date(2026, 5, 14), DAY)
    assert windows.read({"between": ["2026-01-01", "2027-01-01"]}, event).days(DAY) == (datetime.date(2026, 1, 1), DAY)
