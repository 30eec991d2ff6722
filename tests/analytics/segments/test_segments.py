"""Segments: members with their history, versions, the builder's pages, the command."""

import datetime
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from analytics import snapshots
from analytics.models import Segment, SegmentMembership, SegmentVersion
from analytics.segments import members, migration, services, words
from crm.accounts.models import AccessRule, Company, Role, User
from customers.models import Customer
from tests.analytics import published
from tests.analytics.facts import records

pytestmark = pytest.mark.django_db

RULE = {"all": [{"attribute": "amount_12_months", "op": "gte", "value": 50_000}]}
WEEKEND_TEA = {
    "all": [
        {"attribute": "orders", "op": "gte", "value": 2},
        {"attribute": "city", "op": "is", "value": "Hangzhou"},
    ]
}


@pytest.fixture(autouse=True)
def company() -> None:
    Company(name="Tea House", currency="CNY", time_zone="Asia/Shanghai").save()


@pytest.fixture
def manager() -> User:
    AccessRule.objects.filter(role__code=Role.MANAGER, kind="customer").update(view="all")
    return User.objects.create_user("boss", password="x", role=Role.objects.get(code=Role.MANAGER))


@pytest.fixture
def rep() -> User:
    AccessRule.objects.filter(role__code=Role.SALES_REP, kind="customer").update(view="own")
    return User.objects.create_user("lin", password="x", role=Role.objects.get(code=Role.SALES_REP))


@pytest.fixture
def big_spenders(manager: User) -> Segment:
    return services.create(name="Big spenders", purpose="Invited first", rule=RULE, owner=manager, user=manager)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def stays() -> list[tuple[str, Any, Any]]:
    rows = SegmentMembership.objects.order_by("pk").values_list("customer__name", "entered_on", "left_on")
    return [(name, str(entered), str(left) if left else None) for name, entered, left in rows]


def recompute(text: str) -> None:
    assert snapshots.recompute(as_of=day(text)).status == "finished"


def test_a_new_order_makes_a_member_and_its_end_takes_it_out_again(big_spenders: Segment) -> None:
    """R-138: 48,000 in 12 months, then an order that makes it 52,000."""
    buyer = records.customer(name="Green Leaf")
    records.order({"quantity": 1, "unit_price": 48_000}, at="2026-01-10 04:00", customer=buyer)
    recompute("2026-05-19")
    assert stays() == []
    records.order({"quantity": 1, "unit_price": 4_000}, at="2026-05-20 04:00", customer=buyer)
    recompute("2026-05-20")
    assert stays() == [("Green Leaf", "2026-05-20", None)]
    recompute("2026-05-20")
    assert stays() == [("Green Leaf", "2026-05-20", None)]
    recompute("2027-02-01")
    assert stays() == [("Green Leaf", "2026-05-20", "2027-02-01")]
    records.order({"quantity": 1, "unit_price": 60_000}, at="2027-02-02 04:00", customer=buyer)
    recompute("2027-02-02")
    assert stays() == [("Green Leaf", "2026-05-20", "2027-02-01"), ("Green Leaf", "2027-02-02", None)]
    run = snapshots.Publication.current_run()
    from analytics.facts import engine

    with engine.reader(run.facts, user=None) as facts:
        assert facts.rows("SELECT * FROM members") == [{"segment_id": big_spenders.pk, "customer_id": buyer.pk}]


def test_the_migration_table_counts_who_moved_from_middle_to_high() -> None:
    """R-138: one customer passes from Mid to High by its later orders, another stays where it is."""
    rising, steady = records.customer(name="Rising"), records.customer(name="Steady")
    for month in range(1, 5):
        records.order({"unit_price": 100}, at=f"2026-0{month}-05 04:00", customer=rising)
        records.order({"unit_price": 90}, at=f"2026-0{month}-05 04:00", customer=steady)
    for number in range(10, 22):
        records.order({"unit_price": 500}, at=f"2026-05-{number} 04:00", customer=rising)
    recompute("2026-05-22")
    found = migration.between(
        "value_tier",
        day("2026-05-01"),
        day("2026-05-22"),
        run=snapshots.Publication.current_run(),
        user=None,
        none="none",
    )
    moved = {(b, a): c.customers for b, row in found.cells.items() for a, c in row.items() if c.has_moved}
    assert sum(moved.values()) == found.moved
    assert moved.get(("mid", "high"), 0) + moved.get(("high", "high"), 0) <= 1
    tiers = {(b, a): c.customers for b, row in found.cells.items() for a, c in row.items()}
    assert sum(tiers.values()) == 2


def test_members_belong_to_the_publication(big_spenders: Segment) -> None:
    buyer = records.customer()
    run = published.run("2026-05-20", {buyer: {"amount_12_months": 5_200_000}})
    with pytest.raises(RuntimeError):
        connection.in_atomic_block = False
        try:
            members.publish(run, {big_spenders.pk: {buyer.pk}})
        finally:
            connection.in_atomic_block = True
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        members.publish(run, {big_spenders.pk: {buyer.pk}})
        raise ZeroDivisionError
    assert stays() == []


def test_a_changed_rule_keeps_the_old_version_and_finds_its_members_at_once(
    manager: User, big_spenders: Segment
) -> None:
    buyer, other = records.customer(name="A", city="Hangzhou"), records.customer(name="B")
    figures = {buyer: {"amount_12_months": 100, "orders": 3}, other: {"amount_12_months": 6_000_000}}
    published.publish(published.run("2026-05-20", figures))
    changed = services.change(
        big_spenders, name="Weekend tea", purpose="Tastings", rule=WEEKEND_TEA, owner=manager, user=manager
    )
    assert changed.version == 2
    assert list(SegmentVersion.objects.order_by("version").values_list("version", "rule")) == [
        (1, RULE),
        (2, WEEKEND_TEA),
    ]
    assert stays() == [("A", "2026-05-20", None)]
    services.change(changed, name="Tea", purpose="Tastings", rule=WEEKEND_TEA, owner=manager, user=manager)
    assert SegmentVersion.objects.count() == 2


def test_a_rule_that_can_no_longer_be_read_keeps_its_members(big_spenders: Segment) -> None:
    buyer = records.customer(name="A")
    published.publish(published.run("2026-05-20", {buyer: {"amount_12_months": 6_000_000}}))
    members.fill(big_spenders)
    Segment.objects.update(rule={"attribute": "removed"})
    recompute("2026-05-21")
    assert stays() == [("A", "2026-05-20", None)]
    assert "cannot be read" in words.of_tree({"attribute": "removed"})


def test_an_earlier_day_computed_again_leaves_no_stay_that_ends_before_it_began(big_spenders: Segment) -> None:
    buyer = records.customer(name="A")
    published.publish(published.run("2026-05-20", {buyer: {"amount_12_months": 6_000_000}}))
    members.fill(big_spenders)
    recompute("2026-05-01")
    assert stays() == []


def test_copying_retiring_and_using_again(manager: User, big_spenders: Segment) -> None:
    copy = services.copy(big_spenders, user=manager)
    assert (copy.name, copy.rule, copy.code) == ("Big spenders (copy)", RULE, "big-spenders-copy")
    services.retire(copy)
    assert not Segment.objects.get(pk=copy.pk).is_active
    buyer = records.customer(name="A")
    published.publish(published.run("2026-05-20", {buyer: {"amount_12_months": 6_000_000}}))
    services.reactivate(copy)
    assert stays() == [("A", "2026-05-20", None)]


def test_a_segment_of_a_chinese_name_gets_a_code(manager: User) -> None:
    made = [
        services.create(name=name, purpose="x", rule=RULE, owner=manager, user=manager)
        for name in ("周末茶客", "大客户")
    ]
    assert [each.code for each in made] == ["segment", "segment-2"]


# pages ----------------------------------------------------------------------------------------------------------------


def filled(manager: User, **more: str) -> dict[str, Any]:
    """The form of "Weekend tea" with its two rules."""
    return {
        "name": "Weekend tea",
        "purpose": "Tastings on Saturdays",
        "owner": str(manager.pk),
        "g-0": "all",
        "a-0.0": "orders",
        "o-0.0": "gte",
        "v-0.0": "2",
        "a-0.1": "city",
        "o-0.1": "is",
        "v-0.1": "Hangzhou",
        **more,
    }


@pytest.fixture
def counted() -> None:
    """37 customers of Hangzhou with two orders, others without."""
    figures = {records.customer(name=f"T{n}", city="Hangzhou"): {"orders": 2} for n in range(37)}
    figures |= {records.customer(name=f"O{n}", city="Suzhou"): {"orders": 5} for n in range(3)}
    published.publish(published.run("2026-05-20", figures))


def test_the_preview_shows_the_count_at_once(client: Client, manager: User, counted: None) -> None:
    """R-139."""
    client.force_login(manager)
    page = client.post("/segments/new/", filled(manager, action="preview")).content.decode()
    assert "37 customers as of" in page
    assert f"snapshot {snapshots.Publication.current_run().pk}" in page
    assert not Segment.objects.exists()


def test_saving_makes_the_segment_with_its_members(client: Client, manager: User, counted: None) -> None:
    client.force_login(manager)
    response = client.post("/segments/new/", filled(manager, action="save"))
    segment = Segment.objects.get()
    assert response.headers["Location"] == f"/segments/{segment.pk}/"
    assert segment.rule == {
        "all": [
            {"attribute": "orders", "op": "gte", "value": "2"},
            {"attribute": "city", "op": "is", "value": "Hangzhou"},
        ]
    }
    page = client.get(f"/segments/{segment.pk}/").content.decode()
    for text in ("37", "Tastings on Saturdays", "T36", "orders is at least 2 and city is “Hangzhou”"):
        assert text in page
    assert "O1" not in page
    assert "37" in client.get("/segments/").content.decode()


def test_without_a_purpose_a_segment_is_refused_and_nothing_typed_is_lost(client: Client, manager: User) -> None:
    """R-157."""
    client.force_login(manager)
    page = client.post("/segments/new/", filled(manager, action="save", purpose="")).content.decode()
    assert "This field is required" in page
    for text in ('value="Weekend tea"', 'value="Hangzhou"', '<option value="gte" selected>'):
        assert text in page
    assert not Segment.objects.exists()


def test_a_wrong_value_is_explained_at_its_line(client: Client, manager: User) -> None:
    client.force_login(manager)
    page = client.post("/segments/new/", filled(manager, action="save") | {"v-0.0": "many"}).content.decode()
    assert "give a number" in page
    assert 'value="many"' in page
    assert not Segment.objects.exists()


@pytest.mark.parametrize(
    "extra", [{"password": "x"}, {"v-0.0.0.0.0.0": "1"}, {"g-0": "some"}, {"action": "drop"}, {"action": "remove:0.9"}]
)
def test_an_unknown_field_is_refused(client: Client, manager: User, extra: dict[str, str]) -> None:
    client.force_login(manager)
    assert client.post("/segments/new/", filled(manager, action="save") | extra).status_code == 400


def test_lines_and_groups_are_added_and_removed_without_scripts(client: Client, manager: User) -> None:
    client.force_login(manager)
    page = client.post("/segments/new/", filled(manager, action="add-group:0")).content.decode()
    assert 'name="g-0.2"' in page and 'name="a-0.2.0"' in page and 'value="Hangzhou"' in page
    page = client.post("/segments/new/", filled(manager, action="add-group:0.2") | {"g-0.2": "any", "a-0.2.0": ""})
    assert 'name="g-0.2.1"' in page.content.decode()
    assert 'value="add-group:0.2.1"' not in page.content.decode()
    page = client.post("/segments/new/", filled(manager, action="remove:0.0")).content.decode()
    assert 'name="a-0.1"' not in page and 'value="Hangzhou"' in page


def test_a_saved_rule_comes_back_into_its_form(client: Client, manager: User) -> None:
    rule = {
        "any": [
            {"attribute": "loyalty_coverage", "op": "between", "value": [0.25, 0.6]},
            {"all": [{"attribute": "last_on", "op": "last_days", "value": 30}]},
            {"attribute": "abc_class", "op": "in", "value": ["A", "B"]},
        ]
    }
    segment = services.create(name="Mixed", purpose="x", rule=rule, owner=manager, user=manager)
    client.force_login(manager)
    page = client.get(f"/segments/{segment.pk}/edit/").content.decode()
    for text in (
        'name="v-0.0" id="v-0.0" value="25"',
        'name="w-0.0" id="w-0.0" value="60"',
        'value="30"',
        '<option value="B" selected>',
    ):
        assert text in page
    from analytics.segments.builder import Builder

    built = Builder.of_rule(rule, manager)
    assert built.rule() is not None
    assert built.tree()["any"][0]["value"] == ["0.25", "0.6"]


def test_who_does_not_set_rules_only_looks(client: Client, rep: User, big_spenders: Segment) -> None:
    client.force_login(rep)
    assert client.get("/segments/").status_code == 200
    assert client.get(f"/segments/{big_spenders.pk}/").status_code == 200
    for page in ("edit/", "copy/", "retire/", "reactivate/"):
        assert client.post(f"/segments/{big_spenders.pk}/{page}", {}).status_code == 404
    assert client.get("/segments/new/").status_code == 404
    assert client.post("/segments/new/", filled(rep, action="save")).status_code == 404
    assert Segment.objects.count() == 1


def test_only_members_the_reader_may_see_are_counted(client: Client, rep: User, big_spenders: Segment) -> None:
    own, other = records.customer(name="Mine", owner=rep), records.customer(name="Theirs")
    published.publish(published.run("2026-05-20", dict.fromkeys([own, other], {"amount_12_months": 6_000_000})))
    members.fill(big_spenders)
    client.force_login(rep)
    page = client.get(f"/segments/{big_spenders.pk}/").content.decode()
    assert "Mine" in page and "Theirs" not in page
    assert '<span class="count" data-list-count>1</span>' in page


def test_who_may_not_read_income_does_not_see_members_by_income(client: Client, rep: User, manager: User) -> None:
    rule = {"all": [{"attribute": "income_band", "op": "is", "value": "high"}]}
    own = records.customer(name="Mine", owner=rep, income_band="high")
    published.publish(published.run("2026-05-20", {own: {}}))
    segment = services.create(name="Rich", purpose="x", rule=rule, owner=manager, user=manager)
    assert SegmentMembership.objects.count() == 1
    client.force_login(rep)
    page = client.get(f"/segments/{segment.pk}/").content.decode()
    assert "Mine" not in page and "its members are not shown" in page
    assert "Rich" not in client.get(f"/customers/{own.pk}/").content.decode()
    client.force_login(manager)
    assert "Rich" in client.get(f"/customers/{own.pk}/").content.decode()


def test_pages_take_the_same_queries_for_many_members(client: Client, manager: User, big_spenders: Segment) -> None:
    client.force_login(manager)

    def queries(count: int) -> int:
        made = [records.customer(name=f"C{n}-{count}", owner=manager) for n in range(count)]
        published.publish(published.run("2026-05-20", dict.fromkeys(made, {"amount_12_months": 6_000_000})))
        members.fill(big_spenders)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/segments/{big_spenders.pk}/").status_code == 200
        return len(captured)

    queries(2)
    assert queries(3) == queries(24)


def test_the_migration_page(client: Client, manager: User) -> None:
    client.force_login(manager)
    assert client.get("/segments/migration/").status_code == 200
    buyer = records.customer()
    records.order({"unit_price": 100}, at="2026-05-10 04:00", customer=buyer)
    recompute("2026-05-20")
    page = client.get("/segments/migration/?of=lifecycle_stage&from=2026-05-01&to=2026-05-20").content.decode()
    assert "Acquisition" in page
    assert client.get("/segments/migration/?of=password").status_code == 400
    assert "must lie before" in client.get("/segments/migration/?from=2026-05-21").content.decode()


# the command ----------------------------------------------------------------------------------------------------------


def test_the_command_lists_the_numbers_of_the_members(big_spenders: Segment) -> None:
    first, second = records.customer(), records.customer()
    published.publish(published.run("2026-05-20", dict.fromkeys([first, second], {"amount_12_months": 6_000_000})))
    members.fill(big_spenders)
    said = StringIO()
    call_command("segment", "Big spenders", format="json", stdout=said)
    found = json.loads(said.getvalue())
    assert (found["members"], found["count"], found["as_of"]) == ([first.number, second.number], 2, "2026-05-20")
    said = StringIO()
    call_command("segment", "big-spenders", format="csv", stdout=said)
    assert said.getvalue().splitlines() == [
        "customer_number,entered_on",
        f"{first.number},2026-05-20",
        f"{second.number},2026-05-20",
    ]
    with pytest.raises(CommandError, match="no segment"):
        call_command("segment", "Nobody")


def test_a_customer_in_the_recycle_bin_is_no_member(big_spenders: Segment) -> None:
    buyer = records.customer()
    published.publish(published.run("2026-05-20", {buyer: {"amount_12_months": 6_000_000}}))
    members.fill(big_spenders)
    Customer.objects.update(deleted_at=datetime.datetime(2026, 5, 20, tzinfo=datetime.UTC))
    said = StringIO()
    call_command("segment", "big-spenders", format="json", stdout=said)
    assert json.loads(said.getvalue())["members"] == []
