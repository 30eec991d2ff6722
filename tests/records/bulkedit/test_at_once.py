"""Changes of many records at once: each record is changed by one of them, and the totals say by which."""

from typing import Any

import pytest
from django.db import connection

from crm.accounts.models import User
from crm.jobs import services as jobs
from crm.records import services as records
from crm.records.bulkedit import services
from crm.records.bulkedit.models import BulkChange
from crm.records.kinds import kinds
from customers.duplicates import merging
from customers.models import Customer, Tag
from interactions.orders.models import Order
from tests import factories
from tests.at_once import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
COUNT = 120  # more than two transactions of a change


@pytest.fixture
def ann() -> User:
    assert connection.vendor == "postgresql", "run with DATABASE_URL=postgresql://…"
    factories.a_company()
    return factories.an_administrator(username="ann")


def asked(action: str, value: Any, user: User, rows: Any = None) -> BulkChange:
    chosen = Customer.objects.all() if rows is None else rows
    return services.start([(kinds["customer"], chosen)], kind="customer", action=action, value=value, user=user)


def done(*changes: BulkChange) -> list[dict[str, int]]:
    """All of them at once; how many rows each has of which state."""
    told = at_once(*[lambda each=each: jobs.run_job(each.job_id, raise_errors=True) for each in changes])
    assert told == [True] * len(changes)
    counted = [BulkChange.objects.get(pk=each.pk).counts for each in changes]
    return [{state: count for state, count in each.items() if count} for each in counted]


def test_of_two_changes_chosen_at_the_same_time_each_record_takes_one(ann: User):
    bo = factories.a_user(username="bo")
    pks = [factories.a_customer().pk for _ in range(COUNT)]
    one, two = done(asked("assign:owner", bo.pk, ann), asked("set:relation_class", "key", ann))
    assert one.get("done", 0) + two.get("done", 0) == COUNT
    assert (one.get("touched", 0), two.get("touched", 0)) == (two.get("done", 0), one.get("done", 0))
    rows = Customer.objects.filter(pk__in=pks)
    assert rows.filter(owner=bo).exclude(relation_class="key").count() == one.get("done", 0)
    assert rows.filter(owner=None, relation_class="key").count() == two.get("done", 0)
    assert set(rows.values_list("version", flat=True)) == {2}
    assert Customer.history.filter(id__in=pks, history_type="~").count() == COUNT


def test_changes_of_overlapping_records_in_other_orders_do_not_wait_for_one_another_for_ever(ann: User):
    vip, old = Tag.objects.create(name="VIP"), Tag.objects.create(name="Old")
    pks = [factories.a_customer(name=f"{at % 7} {at}").pk for at in range(COUNT)]
    Customer.objects.filter(pk__in=pks[::2]).update(city="Hangzhou")  # moves them to the end of the table
    first = asked("add:tags", vip.pk, ann, Customer.objects.filter(pk__in=pks[:90]))
    second = asked("add:tags", old.pk, ann, Customer.objects.filter(pk__in=pks[30:]))
    one, two = done(first, second)
    assert one.get("done", 0) + two.get("done", 0) == COUNT
    assert one.get("touched", 0) + two.get("touched", 0) == 60
    assert vip.customers.count() == one["done"] and old.customers.count() == two["done"]
    assert not vip.customers.filter(pk__in=old.customers.values("pk")).exists()


def test_whoever_saves_a_form_meanwhile_keeps_his_word(ann: User):
    pks = [factories.a_customer(city="Hangzhou").pk for _ in range(COUNT)]
    change = asked("set:relation_class", "key", ann)
    saved: list[int] = []

    def typing() -> None:
        for pk in reversed(pks):
            current = Customer.objects.get(pk=pk)
            current.city = "Suzhou"
            try:
                records.save(current, user=ann, expected_version=1)
            except records.Conflict:
                continue
            saved.append(pk)

    told = at_once(lambda: jobs.run_job(change.job_id, raise_errors=True), typing)
    assert told[0] is True
    counts = BulkChange.objects.get(pk=change.pk).counts
    assert (counts["done"] + len(saved), counts["touched"]) == (COUNT, len(saved))
    assert Customer.objects.filter(city="Suzhou", relation_class="ordinary", version=2).count() == len(saved)
    assert Customer.objects.filter(city="Hangzhou", relation_class="key", version=2).count() == counts["done"]


def test_an_undo_asked_for_twice_at_once_is_done_once(ann: User):
    for _ in range(COUNT):
        factories.a_customer()
    change = asked("set:relation_class", "key", ann)
    assert done(change) == [{"done": COUNT}]
    assert sorted(at_once(*[lambda: services.ask_for_undo(change, user=ann)] * 3)) == [False, False, True]
    assert done(BulkChange.objects.get(pk=change.pk)) == [{"undone": COUNT}]
    assert set(Customer.objects.values_list("relation_class", "version")) == {("ordinary", 3)}


def test_a_change_and_a_merge_at_once_count_each_record_once(ann: User):
    pairs = [(factories.a_customer(), factories.a_customer()) for _ in range(20)]
    for _survivor, duplicate in pairs:
        factories.an_order(customer=duplicate, lines=[(1, 100)])
    change = asked("set:relation_class", "key", ann)

    def merges() -> None:
        for survivor, duplicate in reversed(pairs):
            merging.merge(survivor=survivor, duplicate=duplicate, user=ann)

    at_once(lambda: jobs.run_job(change.job_id, raise_errors=True), merges)
    counts = BulkChange.objects.get(pk=change.pk).counts
    assert counts["waiting"] == 0 and sum(counts.values()) == 40
    assert Customer.objects.kept().count() == 20
    assert sum(survivor.orders.count() for survivor, _duplicate in pairs) == 20 == Order.objects.count()
