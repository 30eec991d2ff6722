"""The queue, taking and assigning, merging and splitting, who has what open, and escalation."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from crm.accounts.models import Role
from crm.jobs import services as jobs
from crm.records import services as records
from interactions.cases import escalation, presence
from interactions.cases.escalation import escalate, manager_of
from interactions.cases.jobs import watch_deadlines
from interactions.cases.queue import queue
from interactions.cases.services import add_remedy, close, merge, note, reopen, save_case, split
from interactions.models import CaseEscalation, CaseMessage, CasePresence, Complaint, ServiceTarget, SpecialDay, Task
from tests import factories

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def house():
    """A service department with two teams, a manager above and one of the first team, and an agent of it."""
    service = factories.a_unit("service")
    first, second = factories.a_unit("first", parent=service), factories.a_unit("second", parent=service)

    class House:
        units = (service, first, second)
        head = factories.a_user(Role.MANAGER, unit=service, username="head")
        leader = factories.a_user(Role.MANAGER, unit=first, username="leader")
        agent = factories.a_user(Role.SERVICE_AGENT, unit=first, username="agent")

    return House()


@pytest.fixture
def agent(house, client):
    client.force_login(house.agent)
    return house.agent


def late(hours, **values):
    case = factories.a_complaint(**values)
    case.due_at, case.reply_due_at = timezone.now() - hours * HOUR, None
    return save_case(case, user=None)


# The queue


def test_R_273_five_open_one_overdue_the_overdue_first(client, house):
    client.force_login(house.agent)
    now = timezone.now()
    for hours in (30, 20):
        factories.a_complaint(title=f"in {hours}", due_at=now + hours * HOUR, first_reply_at=now)
    for hours in (40, 10):
        factories.an_enquiry(title=f"in {hours}", due_at=now + hours * HOUR, first_reply_at=now)
    factories.a_complaint(title="late", due_at=now - 2 * HOUR)
    close(factories.a_complaint(), outcome="solved", user=None)
    answer = client.get("/service/")
    found = answer.context["queue"]
    shown = [row.case.title for row in found.rows]
    assert shown == ["late", "in 10", "in 20", "in 30", "in 40"]
    assert (found.counts["all"], found.counts["late"], found.counts["solved_today"]) == (5, 1, 1)
    page = answer.content.decode()
    assert 'href="/complaints/new/"' in page


def test_the_queue_is_ordered_by_what_is_due_next_whatever_it_is(house):
    now = timezone.now()
    solved_soon = factories.a_complaint(due_at=now + 2 * HOUR, first_reply_at=now)
    reply_sooner = factories.an_enquiry(received_at=now - 23 * HOUR, due_at=now + 50 * HOUR)
    standing = factories.a_complaint(due_at=now + HOUR)
    standing.status = "waiting"
    save_case(standing, user=None)
    rows = queue(house.agent).rows
    assert [row.case for row in rows] == [reply_sooner, solved_soon, standing]
    assert [row.case.awaits_reply for row in rows] == [True, False, False]


def test_filters_show_my_own_my_department_and_nobodys(house, client):
    client.force_login(house.agent)
    service, first, second = house.units
    mine = factories.a_complaint(staff=house.agent)
    ours = factories.an_enquiry(receiving_unit=first, staff=house.leader)
    nobodys = factories.a_complaint(receiving_unit=second)
    every = {mine.number, ours.number, nobodys.number}
    for query, expected in {
        "": every,
        "?whose=mine": {mine.number},
        "?whose=unit": {mine.number, ours.number},
        "?whose=unassigned": {nobodys.number},
        "?kind=enquiry": {ours.number},
        "?whose=mine&kind=enquiry": set(),
        "?whose=nonsense&kind=x&page=abc": every,
    }.items():
        answer = client.get(f"/service/{query}")
        assert answer.status_code == 200
        assert {row.case.number for row in answer.context["queue"].rows} == expected, query


def test_the_queue_shows_what_may_be_seen_only(client):
    here, away = factories.a_unit(), factories.a_unit()
    rep = factories.a_user(Role.SALES_REP, unit=here)
    client.force_login(rep)
    seen = factories.a_complaint(unit=here)
    factories.a_complaint(unit=away)
    found = client.get("/service/").context["queue"]
    assert ([row.case for row in found.rows], found.counts["all"]) == ([seen], 1)


def test_the_queue_needs_as_many_queries_at_50_as_at_5(client, house, django_assert_max_num_queries):
    factories.a_company()
    client.force_login(house.agent)

    def fill(count):
        for _each in range(count):
            factories.a_complaint(
                staff=factories.a_user(), receiving_unit=house.units[1], product=factories.a_product()
            )
            factories.an_enquiry(receiving_unit=house.units[2])

    fill(3)
    client.get("/service/")
    with django_assert_max_num_queries(12) as few:
        client.get("/service/")
    fill(22)
    with django_assert_max_num_queries(12) as many:
        client.get("/service/")
    assert len(many) == len(few)


def test_a_case_is_taken_in_one_click(client, agent, house):
    case = factories.a_complaint(receiving_unit=house.units[1])
    answer = client.post(f"/complaints/{case.pk}/take/", {"next": "/service/?whose=unassigned"})
    assert (answer.status_code, answer.url) == (302, "/service/?whose=unassigned")
    case.refresh_from_db()
    assert (case.staff, case.status) == (agent, "in_work")
    stale = factories.a_complaint(receiving_unit=house.units[1])
    records.save(stale, user=None)
    client.post(f"/complaints/{stale.pk}/take/", {"version": "1"})
    stale.refresh_from_db()
    assert stale.staff is None


def test_a_case_is_given_to_a_colleague_and_back_into_the_queue(client, agent, house):
    case = factories.an_enquiry(receiving_unit=house.units[1], customer=factories.a_customer(owner=factories.a_user()))
    client.post(f"/enquiries/{case.pk}/assign/", {"staff": house.leader.pk})
    case.refresh_from_db()
    assert case.staff == house.leader
    outsider = factories.a_user(Role.SERVICE_AGENT, unit=factories.a_unit())
    client.post(f"/enquiries/{case.pk}/assign/", {"staff": outsider.pk})
    case.refresh_from_db()
    assert case.staff == house.leader
    client.post(f"/enquiries/{case.pk}/assign/", {"staff": ""})
    case.refresh_from_db()
    assert case.staff is None  # and not the owner of the customer again


def test_R_009_what_service_records_the_representative_sees_at_once(client, house):
    unit = factories.a_unit()
    rep = factories.a_user(Role.SALES_REP, unit=unit)
    li = factories.a_customer(name="Li Na", owner=rep, unit=unit)
    client.force_login(house.agent)
    data = {"title": "Cup is broken", "customer": li.pk, "opinion_type": factories.an_opinion_type().pk}
    data |= {"severity": "normal", "status": "open"}
    assert client.post("/complaints/new/", data).status_code == 302
    client.force_login(rep)
    assert "Cup is broken" in client.get(li.get_absolute_url()).content.decode()
    assert "Cup is broken" in client.get("/service/").content.decode()


# The page of a case


def test_the_page_of_a_case_takes_few_queries_whatever_hangs_on_it(client, agent, house, django_assert_max_num_queries):
    factories.a_company()
    case = factories.a_complaint(receiving_unit=house.units[1], customer=factories.a_customer(email="li@example.cn"))
    client.get(case.get_absolute_url())
    with django_assert_max_num_queries(12) as few:
        client.get(case.get_absolute_url())
    for at in range(15):
        note(case, f"Note {at}", user=factories.a_user())
        add_remedy(case, text=f"Remedy {at}", user=factories.a_user())
    with django_assert_max_num_queries(12) as many:
        client.get(case.get_absolute_url())
    assert len(many) == len(few)


def test_a_case_names_the_order_line_it_is_about(client):
    client.force_login(factories.an_administrator())
    li = factories.a_customer()
    cup = factories.a_product(name="Porcelain cup")
    order = factories.an_order([(3, 20)], product=cup, customer=li)
    line = order.lines.get()
    data = {"title": "Broken", "customer": li.pk, "opinion_type": factories.an_opinion_type().pk, "order_line": line.pk}
    data |= {"severity": "normal", "status": "open"}
    assert client.post("/complaints/new/", data).status_code == 302
    case = Complaint.objects.get()
    assert (case.order, case.product, case.order_line) == (order, cup, line)
    assert "3 × Porcelain cup" in client.get(case.get_absolute_url()).content.decode()
    other = factories.an_order(customer=li)
    wrong = client.post("/complaints/new/", data | {"order": other.pk})
    assert "order_line" in wrong.context["form"].errors


def test_somebody_else_has_this_case_open(client, house, agent, django_assert_max_num_queries):
    case = factories.a_complaint(receiving_unit=house.units[1])
    presence.say(case, house.leader)
    page = client.get(case.get_absolute_url()).content.decode()
    assert "leader has this page open as well" in page
    said = client.post(f"/complaints/{case.pk}/presence/")
    assert "leader" in said.content.decode()
    assert CasePresence.objects.filter(user=agent).count() == 1
    with django_assert_max_num_queries(9) as asked:
        client.post(f"/complaints/{case.pk}/presence/")
    assert len(asked) <= 9
    CasePresence.objects.filter(user=house.leader).update(seen_at=timezone.now() - timedelta(seconds=90))
    assert "leader" not in client.post(f"/complaints/{case.pk}/presence/").content.decode()
    assert presence.forget() == 1


# Merging and splitting


def test_two_cases_become_one_and_the_old_address_and_number_lead_there(client):
    admin = factories.an_administrator()
    client.force_login(admin)
    li = factories.a_customer()
    keep = factories.a_complaint(customer=li, title="Late", description="One")
    early = keep.received_at - 3 * HOUR
    other = factories.a_complaint(customer=li, title="Still late", description="Two", received_at=early)
    note(other, "Called", user=admin)
    task = add_remedy(other, text="Voucher", user=admin)
    old_address, history = other.get_absolute_url(), other.history.count()
    assert client.post(f"/complaints/{keep.pk}/merge/", {"duplicate": other.pk}).status_code == 302
    keep.refresh_from_db()
    assert (keep.former_numbers, keep.received_at) == (other.number, early)
    assert {each.text for each in CaseMessage.objects.filter(complaint=keep, direction="note")} == {"Called"}
    task.refresh_from_db()
    assert task.about == keep
    assert "Two" in keep.description
    assert client.get(old_address).url == keep.get_absolute_url()
    assert client.get(f"/cases/{other.number}/").url == keep.get_absolute_url()
    assert client.get(f"/complaints/?q={other.number}").context["count"] == 1
    assert client.get("/complaints/").context["count"] == 1
    assert other.history.count() > history  # kept, and says that it was merged
    assert client.get("/cases/CP-%00/").status_code == 404
    third = factories.a_complaint(customer=li)
    merge(third, keep, user=admin)
    assert client.get(old_address).url == third.get_absolute_url()
    assert Complaint.objects.get(pk=third.pk).former_numbers == f"{keep.number} {other.number}"


def test_only_what_belongs_together_is_merged(client, agent, house):
    li = factories.a_customer()
    keep = factories.a_complaint(customer=li, receiving_unit=house.units[1])
    foreign = factories.a_complaint(receiving_unit=house.units[1])
    unreachable = factories.a_complaint(customer=li, receiving_unit=factories.a_unit())
    for wrong in (foreign, unreachable, keep):
        answer = client.post(f"/complaints/{keep.pk}/merge/", {"duplicate": wrong.pk})
        assert (answer.status_code, bool(answer.context["form"].errors)) == (200, True)
    assert Complaint.objects.kept().count() == 3


def test_the_merged_address_stays_hidden_from_who_may_not_see_the_case(client):
    here, away = factories.a_unit(), factories.a_unit()
    li = factories.a_customer(unit=away)
    keep, other = (factories.a_complaint(customer=li, unit=away) for _each in range(2))
    merge(keep, other, user=None)
    client.force_login(factories.a_user(Role.SALES_REP, unit=here))
    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.get(f"/cases/{other.number}/").status_code == 404


def test_a_case_about_two_things_is_split(client):
    admin = factories.an_administrator()
    client.force_login(admin)
    case = factories.a_complaint(title="Late and broken", severity="high")
    first, second = note(case, "About the delay", user=admin), note(case, "About the crack", user=admin)
    data = {"title": "Broken", "description": "A crack", "messages": [second.pk]}
    answer = client.post(f"/complaints/{case.pk}/split/", data)
    new = Complaint.objects.get(title="Broken")
    assert answer.url == new.get_absolute_url()
    assert (new.customer, new.severity, new.split_from, new.received_at) == (
        case.customer, "high", case, case.received_at,
    )  # fmt: skip
    assert [each.text for each in CaseMessage.objects.filter(complaint=case, direction="note")] == [first.text]
    assert [each.text for each in CaseMessage.objects.filter(complaint=new, direction="note")] == [second.text]
    stolen = note(factories.a_complaint(), "Of another case", user=admin)
    assert client.post(f"/complaints/{case.pk}/split/", {"title": "X", "messages": [stolen.pk]}).status_code == 200
    assert split(case, title="Direct", user=admin, message_ids=[stolen.pk]).casemessages.count() == 1  # the event


# Escalation


def test_R_074_the_manager_of_the_department_is_told_once(house, mailoutbox):
    case = late(1, receiving_unit=house.units[1], staff=house.agent)
    assert watch_deadlines()
    jobs.run_waiting()
    task = Task.objects.get()
    assert (task.staff, task.source, task.priority, task.about) == (house.leader, "case", "high", case)
    assert [(mail.to, case.number in mail.subject) for mail in mailoutbox] == [([house.leader.email], True)]
    case.refresh_from_db()
    assert case.escalated_at is not None
    assert not watch_deadlines()
    assert escalate() == {"cases": 0, "remedies": 0}
    assert Task.objects.count() == 1


def test_a_day_later_the_manager_above_is_told(house):
    case = late(1, receiving_unit=house.units[1])
    escalate()
    Complaint.objects.filter(pk=case.pk).update(due_at=timezone.now() - 25 * HOUR)
    assert escalate()["cases"] == 1
    assert [task.staff for task in Task.objects.order_by("pk")] == [house.leader, house.head]


def test_steps_missed_together_are_told_as_one(house):
    late(30, receiving_unit=house.units[1])
    assert escalate()["cases"] == 1
    assert set(CaseEscalation.objects.values_list("step", flat=True)) == {"solution", "day_later"}
    assert Task.objects.get().staff == house.head


def test_a_late_first_reply_is_a_step_of_its_own(house):
    case = factories.an_enquiry(receiving_unit=house.units[1], received_at=timezone.now() - 23 * HOUR)
    Enquiry = type(case)
    Enquiry.objects.filter(pk=case.pk).update(reply_due_at=timezone.now() - HOUR)
    escalate()
    assert CaseEscalation.objects.get().step == "reply"
    Enquiry.objects.filter(pk=case.pk).update(due_at=timezone.now() - HOUR)
    escalate()
    assert CaseEscalation.objects.count() == 2


def test_closing_ends_the_task_and_taking_up_again_begins_anew(house):
    case = late(1, receiving_unit=house.units[1])
    escalate()
    case = close(Complaint.objects.get(pk=case.pk), outcome="solved", user=None)
    assert Task.objects.get().status == "done"
    case = reopen(case, reason="Broke again", user=None)
    assert escalate()["cases"] == 0
    Complaint.objects.filter(pk=case.pk).update(due_at=timezone.now() - HOUR)
    assert escalate()["cases"] == 1
    assert sorted(CaseEscalation.objects.values_list("round", flat=True)) == [0, 1]


def test_nobody_is_told_of_waiting_closed_deleted_or_ancient_cases(house):
    waiting = factories.a_complaint()
    waiting.status = "waiting"
    save_case(waiting, user=None)
    late(24 * 40)
    records.delete(late(2), user=None)
    close(late(2), outcome="solved", user=None)
    assert escalate()["cases"] == 0


def test_the_manager_is_looked_for_upwards(house):
    service, first, second = house.units
    assert manager_of(first) == house.leader
    assert manager_of(first, above=True) == house.head
    assert manager_of(second) == house.head
    assert manager_of(service, above=True) == house.head
    admin = factories.an_administrator()
    assert manager_of(None) == admin
    assert manager_of(factories.a_unit()) == admin
    house.leader.is_active = False
    house.leader.save()
    assert manager_of(first) == house.head


def test_R_023_a_remedy_that_was_not_done_is_told_to_the_manager_once(house, mailoutbox):
    case = factories.a_complaint(staff=house.agent)
    task = add_remedy(case, text="Free replacement", due_on=datetime(2024, 5, 20, tzinfo=UTC).date(), user=None)
    task.due_at = timezone.now() - HOUR
    records.save(task, user=None)
    assert escalate()["remedies"] == 1
    jobs.run_waiting()
    assert [mail.to for mail in mailoutbox] == [[house.leader.email]]
    assert "Free replacement" in mailoutbox[0].subject
    assert escalation.escalate()["remedies"] == 0


# Settings


def test_settings_are_checked_and_kept(client):
    client.force_login(factories.an_administrator())
    address = "/settings/service/"
    wrong = {"part": "target", "target-kind": "enquiry", "target-severity": "high", "target-reply_hours": "0"}
    errors = client.post(address, wrong).context["forms"]["target"].errors
    assert {"severity", "reply_hours"} <= set(errors)
    twice = {"part": "target", "target-kind": "enquiry", "target-reply_hours": "5"}
    assert client.post(address, twice).context["forms"]["target"].errors
    assert "__all__" in client.post(address, {"part": "target", "target-tier": "mid"}).context["forms"]["target"].errors
    good = {"part": "target", "target-tier": "mid", "target-reply_hours": "8", "target-in_business_hours": "on"}
    assert client.post(address, good).status_code == 302
    assert ServiceTarget.objects.get(tier="mid").in_business_hours
    hours = {"part": "hours", "hours-weekday": "5", "hours-opens_at": "12:00", "hours-closes_at": "09:00"}
    assert "closes_at" in client.post(address, hours).context["forms"]["hours"].errors
    day = {"part": "day", "day-on": "2030-10-01", "day-name": "National Day", "day-opens_at": "09:00"}
    assert "closes_at" in client.post(address, day).context["forms"]["day"].errors
    assert client.post(address, day | {"day-closes_at": "12:00"}).status_code == 302
    row = SpecialDay.objects.get()
    assert client.post(f"/settings/service/day/{row.pk}/delete/").status_code == 302
    assert not SpecialDay.objects.exists()
    assert client.post("/settings/service/nothing/1/delete/").status_code == 404
