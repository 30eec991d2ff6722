"""Targets by value tier and severity, the clock that stops, and cases that are taken up again."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from crm.accounts.models import Role
from crm.records import services as records
from customers import tiers
from interactions.cases.queue import queue
from interactions.cases.services import close, reopen, save_case
from interactions.models import CaseMessage, FailureCause, OpenHours, ServiceTarget, SpecialDay, Task
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 5, 6, 2, tzinfo=UTC)  # a Monday, 10 o'clock in Shanghai
HOUR = timedelta(hours=1)


@pytest.fixture
def clock(monkeypatch):
    """A clock to set: clock.now."""

    class Clock:
        now = NOW

    kept = Clock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: kept.now)
    return kept


@pytest.fixture
def tier_of(monkeypatch):
    """Tiers by customer name, as analysis would say them."""
    from customers.models import Customer

    monkeypatch.setattr(tiers, "_provider", [lambda pk: Customer.objects.get(pk=pk).name.lower()])


def test_R_137_a_high_customer_is_answered_within_4_hours_and_comes_first(clock, tier_of):
    agent = factories.a_user(Role.ADMINISTRATOR)
    low = factories.a_complaint(customer=factories.a_customer(name="Low"), received_at=NOW)
    clock.now = NOW + HOUR
    high = factories.a_complaint(customer=factories.a_customer(name="High"), received_at=clock.now)
    assert high.reply_due_at - high.received_at == 4 * HOUR
    assert low.reply_due_at - low.received_at == 48 * HOUR
    assert [row.case.pk for row in queue(agent).rows] == [high.pk, low.pk]
    assert queue(agent).rows[0].next_at == high.reply_due_at


def test_R_074_a_case_of_a_high_customer_is_red_after_25_of_24_hours(clock, tier_of, client):
    case = factories.a_complaint(customer=factories.a_customer(name="High"), severity="low", received_at=NOW)
    assert case.due_at - case.received_at == 24 * HOUR
    clock.now = NOW + 25 * HOUR
    client.force_login(factories.a_user(Role.ADMINISTRATOR))
    assert case.is_overdue
    assert 'class="is-late"' in client.get("/service/").content.decode()


def test_the_most_precise_target_counts_for_reply_and_solution_each(tier_of):
    ServiceTarget.objects.all().delete()
    ServiceTarget.objects.create(reply_hours=Decimal(8), solve_hours=Decimal(40))
    ServiceTarget.objects.create(kind="complaint", solve_hours=Decimal(30))
    ServiceTarget.objects.create(severity="high", solve_hours=Decimal(20))
    ServiceTarget.objects.create(tier="high", reply_hours=Decimal("0.5"))
    mid = factories.a_complaint(customer=factories.a_customer(name="Mid"))
    high = factories.a_complaint(customer=factories.a_customer(name="High"), severity="high")
    enquiry = factories.an_enquiry(customer=factories.a_customer(name="Mid"))
    assert _hours(mid) == (8, 30)
    assert _hours(high) == (0.5, 20)
    assert _hours(enquiry) == (8, 40)
    ServiceTarget.objects.all().delete()
    assert _hours(factories.a_complaint(severity="low")) == (None, 72)


def test_targets_in_business_hours_leave_out_nights_and_holidays(clock):
    factories.a_company(time_zone="Asia/Shanghai")
    ServiceTarget.objects.filter(kind="complaint", severity="").update(in_business_hours=True)
    SpecialDay.objects.create(on=date(2024, 5, 7), name="Closed")
    assert OpenHours.objects.count() == 5
    case = factories.a_complaint(received_at=NOW)  # 48 hours of work: 8 today, 9 a day, Tuesday closed
    assert case.due_at == datetime(2024, 5, 14, 5, tzinfo=UTC)  # 8 + 9*3 (Wed-Fri) + 9 (Mon) + 4 on Tuesday the 14th


def test_waiting_for_the_customer_stops_the_clock(clock):
    case = factories.a_complaint(severity="high", received_at=NOW)
    clock.now = NOW + 4 * HOUR
    case.status = "waiting"
    case = save_case(case, user=None)
    assert (case.due_at, case.seconds_left, case.paused_at) == (None, 20 * 3600, clock.now)
    assert case.reply_due_at is None
    assert not case.is_overdue
    clock.now = NOW + 100 * HOUR
    assert case.next_deadline is None
    case.status = "in_work"
    case = save_case(case, user=None)
    assert case.due_at == NOW + 120 * HOUR
    assert case.reply_due_at == NOW + 120 * HOUR
    assert (case.seconds_left, case.paused_at, case.paused_seconds) == (None, None, 96 * 3600)
    case.severity = "low"  # 72 hours of ours, and the 96 we waited
    assert save_case(case, user=None).due_at == NOW + 168 * HOUR


def test_what_was_late_before_it_waited_stays_late(clock):
    case = factories.a_complaint(severity="high", received_at=NOW)
    clock.now = NOW + 30 * HOUR
    case.status = "waiting"
    case = save_case(case, user=None)
    assert case.due_at == NOW + 24 * HOUR
    assert case.is_overdue


def test_a_case_closed_while_it_waited_was_in_time(clock):
    case = factories.a_complaint(severity="high", received_at=NOW)
    clock.now = NOW + 4 * HOUR
    case.status = "waiting"
    save_case(case, user=None)
    clock.now = NOW + 60 * HOUR
    case = close(case, outcome="solved", user=None)
    assert case.due_at == NOW + 80 * HOUR
    assert case.was_solved_in_time


def test_a_deadline_typed_by_hand_stays_and_emptied_it_follows_again(clock):
    case = factories.a_complaint(severity="normal", received_at=NOW)
    case.due_at = NOW + 5 * HOUR
    case = save_case(case, user=None)
    case.severity = "high"
    case = save_case(case, user=None)
    assert (case.due_at, case.due_is_fixed) == (NOW + 5 * HOUR, True)
    case.due_at = None
    case = save_case(case, user=None)
    assert (case.due_at, case.due_is_fixed) == (NOW + 24 * HOUR, False)


def test_reopening_needs_a_reason_and_gives_a_new_deadline(clock, client):
    agent = factories.a_user(Role.ADMINISTRATOR)
    case = close(factories.a_complaint(severity="high", received_at=NOW), outcome="solved", user=agent)
    clock.now = NOW + 200 * HOUR
    client.force_login(agent)
    address = f"/complaints/{case.pk}/move/"
    asked = client.post(address, {"to": "open"})
    assert asked.status_code == 200
    assert "reason" in client.post(address, {"to": "open", "asked": "1", "reason": " "}).context["form"].errors
    assert client.post(address, {"to": "open", "asked": "1", "reason": "Broke again"}).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.outcome, case.reopen_reason, case.reopen_count) == ("open", "", "Broke again", 1)
    assert (case.resolved_at, case.due_at) == (None, clock.now + 24 * HOUR)
    assert CaseMessage.objects.get(complaint=case).text.endswith("Broke again")
    changes = [row.outcome for row in case.history.order_by("history_id")]
    assert changes == ["", "solved", ""]  # the history keeps how it had ended


def test_the_edit_form_asks_for_the_reason_as_well(client):
    agent = factories.a_user(Role.ADMINISTRATOR)
    client.force_login(agent)
    case = close(factories.an_enquiry(), outcome="solved", user=agent)
    data = {"title": case.title, "customer": case.customer_id, "topic": "price", "status": "open", "outcome": ""}
    data |= {"occurred_at": "2024-05-02T09:00", "received_at": "2024-05-02T09:00", "version": case.version}
    address = f"/enquiries/{case.pk}/edit/"
    assert "reopen_reason" in client.post(address, data).context["form"].errors
    assert client.post(address, data | {"reopen_reason": "Asked again"}).status_code == 302


def test_R_023_a_remedy_becomes_a_task_and_turns_red(clock, client):
    unit = factories.a_unit("service")
    agent = factories.a_user(Role.SERVICE_AGENT, unit=unit)
    manager = factories.a_user(Role.MANAGER, unit=unit)
    case = factories.a_complaint(staff=agent, unit=unit, receiving_unit=unit, received_at=NOW)
    client.force_login(agent)
    cause = FailureCause.objects.get(code="part_unavailable")
    answers = {"to": "closed", "asked": "1", "outcome": "not_solved", "remedy": "Free replacement"}
    address = f"/complaints/{case.pk}/move/"
    first = client.post(address, answers).context["form"].errors
    assert {"failure_cause", "remedy_due_on"} <= set(first)
    answers |= {"failure_cause": cause.pk, "remedy_due_on": "2024-05-20", "remedy_staff": agent.pk}
    assert client.post(address, answers).status_code == 302
    task = Task.objects.get(source="remedy")
    assert (task.title, task.staff, task.about) == ("Free replacement", agent, case)
    assert task.due_at == datetime(2024, 5, 20, 10, tzinfo=UTC)  # 18 o'clock in Shanghai
    client.force_login(manager)
    assert "Free replacement" not in client.get("/service/").content.decode()
    clock.now = datetime(2024, 5, 21, tzinfo=UTC)
    client.force_login(manager)
    page = client.get("/service/").content.decode()
    assert "Remedies overdue" in page
    assert "Free replacement" in page


def test_R_073_an_unsolved_complaint_says_why():
    case = factories.a_complaint()
    cause = FailureCause.objects.get(code="offer_refused")
    with pytest.raises(Exception, match="Say why"):
        close(case, outcome="partly", user=None)
    case = close(case, outcome="not_solved", failure_cause=cause, user=None)
    assert case.failure_cause == cause
    case = reopen(case, reason="New offer", user=None)
    assert close(case, outcome="solved", failure_cause=cause, user=None).failure_cause is None


def test_R_077_an_enquiry_answered_after_five_hours(clock):
    technical = factories.a_unit("technical")
    received = datetime(2024, 5, 3, 2, tzinfo=UTC)
    case = factories.an_enquiry(receiving_unit=technical, product=factories.a_product(), received_at=received)
    clock.now = received + 5 * HOUR
    case = close(case, outcome="solved", solution="Yes, from Monday", user=None)
    assert (case.resolved_at - case.received_at, case.answer) == (5 * HOUR, "Yes, from Monday")
    records.save(case, user=None)


def _hours(case):
    reply = case.reply_due_at and (case.reply_due_at - case.received_at) / HOUR
    return reply, (case.due_at - case.received_at) / HOUR
