"""Somebody leaves: what a successor gets, what stays, and the way back."""

import pytest

from crm.accounts.models import AccessLog
from crm.jobs import services as jobs
from crm.records import services
from crm.records.bulkedit.models import BulkChange
from crm.records.models import Notice
from interactions.cases.models import Complaint
from interactions.orders.models import Order
from interactions.work.models import Task
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    factories.a_company()
    boss = factories.an_administrator(username="boss", language="en")
    client.force_login(boss)
    return boss


@pytest.fixture
def leaving():
    return factories.a_user(username="wang")


@pytest.fixture
def successor():
    return factories.a_user(username="chen", language="en")


@pytest.fixture
def work(leaving):
    """Two customers, an open and a done task, an open and a closed complaint, a draft, an order and a call."""
    customer, other = (factories.a_customer(owner=leaving) for _ in range(2))
    common = {"customer": customer, "staff": leaving}
    return {
        "customer": customer,
        "other": other,
        "task": factories.a_task(**common),
        "done": factories.a_task(status=Task.Status.DONE, **common),
        "complaint": factories.a_complaint(**common),
        "closed": factories.a_complaint(status=Complaint.Status.CLOSED, outcome="solved", **common),
        "draft": factories.an_order(status=Order.Status.DRAFT, **common),
        "order": factories.an_order(**common),
        "contact": factories.a_contact(**common),
    }


def holder(record) -> str:
    record.refresh_from_db()
    return (record.owner if hasattr(record, "owner") else record.staff).username


def holders(work) -> dict[str, str]:
    return {name: holder(record) for name, record in work.items()}


def hand_over(client, leaving, **given):
    return client.post(f"/users/{leaving.pk}/hand-over/", given)


EVERYTHING = ["customer", "task", "complaint", "order"]


def test_customers_open_work_and_drafts_go_and_the_past_stays(client, boss, leaving, successor, work):
    page = client.get(f"/users/{leaving.pk}/hand-over/")
    assert {each.kind.key: each.count for each in page.context["held"]} == {
        "customer": 2, "task": 1, "complaint": 1, "order": 1,
    }  # fmt: skip
    answer = hand_over(client, leaving, receiver=successor.pk, kinds=EVERYTHING)
    jobs.run_waiting()
    change = BulkChange.objects.get()
    assert answer.headers["Location"] == change.get_absolute_url()
    gone = {"customer", "other", "task", "complaint", "draft"}
    assert {name for name, who in holders(work).items() if who == "chen"} == gone
    assert {name for name, who in holders(work).items() if who == "wang"} == set(work) - gone
    page = client.get(change.get_absolute_url()).content.decode()
    assert "Hand-over" in page and "chen" in page
    assert {notice.data["count"] for notice in Notice.objects.filter(user=successor)} == {"1", "2"}
    entry = AccessLog.objects.get(action="settings")
    assert (entry.object_id, entry.count, entry.detail["handed over to"]) == (str(leaving.pk), 5, "chen")


def test_it_can_be_taken_back_but_for_what_somebody_has_touched_since(client, boss, leaving, successor, work):
    hand_over(client, leaving, receiver=successor.pk, kinds=EVERYTHING)
    jobs.run_waiting()
    work["other"].refresh_from_db()
    work["other"].city = "Suzhou"
    services.save(work["other"], user=successor, expected_version=work["other"].version)
    client.post(f"{BulkChange.objects.get().get_absolute_url()}undo/")
    jobs.run_waiting()
    assert {name for name, who in holders(work).items() if who == "chen"} == {"other"}


def test_only_the_kinds_that_were_chosen_go(client, boss, leaving, successor, work):
    hand_over(client, leaving, receiver=successor.pk, kinds=["task"])
    jobs.run_waiting()
    assert {name for name, who in holders(work).items() if who == "chen"} == {"task"}


def test_the_receiver_must_be_somebody_who_works_here(client, boss, leaving, work):
    former = factories.a_user(username="former", is_active=False)
    for receiver in ("", former.pk, leaving.pk, 999_999):
        answer = hand_over(client, leaving, receiver=receiver, kinds=["task"])
        assert (answer.status_code, BulkChange.objects.count()) == (200, 0)
        assert answer.context["form"].errors["receiver"]
    answer = hand_over(client, leaving, receiver=former.pk, kinds=["contact"])
    assert answer.context["form"].errors["kinds"]


def test_nobody_else_hands_over(client, leaving, successor, work):
    factories.a_company()
    client.force_login(factories.a_user("manager", username="may"))
    assert client.get(f"/users/{leaving.pk}/hand-over/").status_code == 404
    assert hand_over(client, leaving, receiver=successor.pk, kinds=["task"]).status_code == 404
    assert BulkChange.objects.count() == 0


def test_who_has_nothing_hands_nothing_over(client, boss, successor):
    page = client.get(f"/users/{successor.pk}/hand-over/")
    assert page.context["held"] == []
    assert "no open work" in page.content.decode()


def test_it_asks_as_many_questions_for_much_as_for_little(client, boss, leaving, work, django_assert_max_num_queries):
    client.get(f"/users/{leaving.pk}/hand-over/")
    with django_assert_max_num_queries(13):
        client.get(f"/users/{leaving.pk}/hand-over/")
