"""The builder's form for conditions on events: read, changed by its buttons, filled again from a saved rule."""

import datetime
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils.translation import override

from analytics.models import Segment
from analytics.segments import compiler, services
from analytics.segments.builder import Builder, EventLine, UnknownField
from crm.accounts.models import AccessRule, Company, Role, User
from crm.records import rules
from tests import factories
from tests.analytics import published

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 5, 20)


@pytest.fixture(autouse=True)
def company() -> None:
    Company(name="Tea House", currency="CNY", time_zone="Asia/Shanghai").save()


@pytest.fixture
def manager() -> User:
    AccessRule.objects.filter(role__code=Role.MANAGER, kind="customer").update(view="all")
    return User.objects.create_user("boss", password="x", role=Role.objects.get(code=Role.MANAGER))


def form(**fields: Any) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name.replace("__", "-").replace("_", "."), value if isinstance(value, list) else [value])
    return data


def at(day: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"{day}T04:00:00+00:00")


def bought(category: Any, **more: Any) -> QueryDict:
    """Tea at least 3 times in 90 days, as the form sends it."""
    return form(
        g__0="all",
        a__0_0="event:order_line",
        m__0_0="times",
        o__0_0="gte",
        v__0_0="3",
        n__0_0="last_days",
        x__0_0="90",
        g__0_0="all",
        a__0_0_0="category",
        o__0_0_0="in",
        v__0_0_0=[str(category.pk)],
        **more,
    )


def test_a_condition_on_events_is_read_with_what_narrows_it_down(manager: User) -> None:
    tea = factories.a_category(name="Tea")
    builder = Builder.of_form(bought(tea), manager)
    assert builder.rule() is not None
    assert builder.tree() == {
        "all": [
            {
                "event": "order_line",
                "measure": "times",
                "op": "gte",
                "value": "3",
                "where": {"all": [{"attribute": "category", "op": "in", "value": [str(tea.pk)]}]},
                "window": {"last_days": "90"},
            }
        ]
    }


@pytest.mark.parametrize(
    ("window", "fields", "tree"),
    [
        ("ever", {}, None),
        ("days_ago", {"x__0_0": "30", "y__0_0": "60"}, {"days_ago": ["30", "60"]}),
        ("between", {"x__0_0": "2026-01-01", "y__0_0": "2026-02-01"}, {"between": ["2026-01-01", "2026-02-01"]}),
        ("period:last_quarter", {}, {"period": "last_quarter"}),
        ("since:order", {}, {"since": "order"}),
        ("last", {"x__0_0": "3"}, {"last": "3"}),
    ],
)
def test_days_of_every_sort_go_through_the_form_and_back(
    manager: User, window: str, fields: dict[str, str], tree: Any
) -> None:
    data = form(a__0_0="event:contact", m__0_0="answered", o__0_0="is", v__0_0="0", n__0_0=window, **fields)
    builder = Builder.of_form(data, manager)
    rule = builder.rule()
    assert rule is not None
    assert builder.tree()["all"][0].get("window") == tree
    again = Builder.of_rule(rules.dump(rule), manager)
    assert again.rule() == rule
    line = again.root.parts[0]
    assert isinstance(line, EventLine) and line.window == window


def test_a_group_may_say_that_nothing_of_it_is_true(manager: User) -> None:
    saved = {
        "all": [
            {"attribute": "city", "op": "is", "value": "Hangzhou"},
            {"not": {"any": [{"event": "order", "value": 1}, {"attribute": "city", "op": "is_empty"}]}},
            {
                "not": {
                    "event": "complaint",
                    "value": 1,
                    "where": {"attribute": "severity", "op": "is", "value": "high"},
                }
            },
        ]
    }
    builder = Builder.of_rule(saved, manager)
    assert [each.mode for each in builder.root.parts if not each.is_line] == ["none", "none"]
    assert builder.rule() is not None
    chosen = [str(compiler.to_sql(compiler.parse(each), DAY).params) for each in (saved, builder.tree())]
    assert chosen[0] == chosen[1]


def test_a_rule_deeper_than_the_form_is_not_squeezed_into_it(manager: User) -> None:
    narrow = {"any": [{"all": [{"attribute": "severity", "op": "is", "value": "high"}]}]}
    with pytest.raises(ValueError):
        Builder.of_rule({"event": "complaint", "value": 1, "where": narrow}, manager)


def test_lines_are_added_to_an_event_and_taken_away_again(manager: User) -> None:
    builder = Builder.of_form(form(g__0="all", a__0_0="event:complaint", v__0_0="2"), manager)
    assert builder.press("add-line:0.0")
    line = builder.root.parts[0]
    assert isinstance(line, EventLine)
    assert [(each.place, each.is_fresh) for each in line.narrowed.parts] == [("0.0.0", True)]
    assert builder.rule() is None and "remove the empty line" in line.error
    assert builder.press("remove:0.0.0") and not line.narrowed.parts
    assert builder.press("add-event:0")
    assert [each.is_event for each in builder.root.parts] == [True, True]
    with pytest.raises(UnknownField):
        builder.press("add-group:0.0")
    with pytest.raises(UnknownField):
        builder.press("remove:0.0.5")


def test_asking_about_something_else_forgets_what_narrowed_the_event_down(manager: User) -> None:
    data = bought(factories.a_category(name="Tea"))
    data["a-0.0"] = "city"
    data["o-0.0"], data["v-0.0"] = "is", "Hangzhou"
    builder = Builder.of_form(data, manager)
    assert builder.tree() == {"all": [{"attribute": "city", "op": "is", "value": "Hangzhou"}]}
    data["a-0.0"] = "event:complaint"
    line = Builder.of_form(data, manager).root.parts[0]
    assert isinstance(line, EventLine) and line.measure == "count"


def test_the_page_counts_and_names_some_of_them(client: Client, manager: User) -> None:
    tea = factories.a_category(name="Tea")
    green = factories.a_product(name="Longjing", category=tea)
    keen, other = factories.a_customer(name="Keen", owner=manager), factories.a_customer(name="Other", owner=manager)
    for day in ("2026-03-01", "2026-04-01", "2026-05-01"):
        factories.an_order([(1, 50)], product=green, customer=keen, occurred_at=at(day), status="confirmed")
    factories.an_order([(1, 50)], product=green, customer=other, occurred_at=at("2026-05-01"), status="confirmed")
    published.publish(published.run("2026-05-20", {keen: {}, other: {}}))
    client.force_login(manager)
    data = dict(bought(tea).lists())
    page = client.post("/segments/new/", data | {"action": "change"}).content.decode()
    assert "1 customer as of" in page and "50.0% of 2" in page
    assert ">Keen</a>" in page and ">Other</a>" not in page
    assert (
        "number of orders with these products (product type is one of Tea, in the last 90 days) is at least 3" in page
    )
    saved = data | {"name": "Tea lovers", "purpose": "Tastings", "owner": str(manager.pk), "action": "save"}
    assert client.post("/segments/new/", saved).status_code == 302
    segment = Segment.objects.get()
    assert [each.customer for each in segment.memberships.all()] == [keen]
    page = client.get(f"/segments/{segment.pk}/edit/").content.decode()
    for text in ('value="event:order_line" selected', 'id="x-0.0" value="90"', f'value="{tea.pk}" selected'):
        assert text in page


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(client: Client, manager: User) -> None:
    client.force_login(manager)
    data = {"a-0.0": "event:contact", "v-0.0": "none", "n-0.0": "last", "x-0.0": "three", "action": "preview"}
    page = client.post("/segments/new/", data).content.decode()
    assert "number of contacts: give a number" in page
    assert 'value="none"' in page and 'value="three"' in page
    for extra in ({"z-0.0": "1"}, {"a-0.0.0": "event:order"}, {"g-0.0.0.0": "all"}):
        assert client.post("/segments/new/", data | extra).status_code == 400


def test_the_form_speaks_chinese(client: Client, manager: User) -> None:
    manager.language = "zh-hans"
    manager.save()
    segment = services.create(
        name="沉默", purpose="x", rule={"event": "contact", "op": "is", "value": 0, "window": {"last_days": 60}},
        owner=manager, user=manager,
    )  # fmt: skip
    client.force_login(manager)
    with override("zh-hans"):
        page = client.get(f"/segments/{segment.pk}/").content.decode()
    assert "联系次数（近60天）是0" in page
