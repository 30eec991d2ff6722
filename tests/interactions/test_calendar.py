"""Tasks by day: the month, the feed for calendar programs, and putting off."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from icalendar import Calendar

from crm.accounts.models import Role
from interactions.work import calendar
from interactions.work.models import CalendarKey, Task
from interactions.work.services import create_task, finish_task, snooze_task
from tests import factories

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def rep():
    factories.a_company()
    return factories.a_user(Role.SALES_REP)


def due(user, *moment, title="Call Li Na", **values):
    return create_task(title=title, staff=user, due_at=datetime.datetime(*moment, tzinfo=SHANGHAI), **values)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("tomorrow", (2026, 5, 7)), ("days_3", (2026, 5, 9)), ("next_monday", (2026, 5, 11))],
)
def test_put_off_until_nine_in_the_morning_of_the_company(choice, expected):
    late = datetime.datetime(2026, 5, 5, 17, 30, tzinfo=datetime.UTC)  # Wednesday half past one in Shanghai
    assert calendar.snoozed_until(choice, late, "Asia/Shanghai") == datetime.datetime(*expected, 9, tzinfo=SHANGHAI)


def test_from_a_monday_the_next_monday_is_in_a_week():
    monday = datetime.datetime(2026, 5, 4, 1, tzinfo=datetime.UTC)
    assert calendar.snoozed_until("next_monday", monday, "Asia/Shanghai").date() == datetime.date(2026, 5, 11)


def test_a_task_is_put_off_on_its_page_and_a_done_one_is_not(client, rep):
    task = due(rep, 2026, 5, 6, 10)
    client.force_login(rep)
    assert client.post(f"/tasks/{task.pk}/snooze/", {"until": "tomorrow"}).status_code == 302
    task.refresh_from_db()
    moved = task.due_at
    assert moved > datetime.datetime(2026, 5, 6, 10, tzinfo=SHANGHAI)
    client.post(f"/tasks/{task.pk}/snooze/", {"until": "some day"})
    finish_task(task, user=rep)
    snooze_task(task, "days_3", user=rep)
    task.refresh_from_db()
    assert task.due_at == moved


def test_the_month_shows_own_tasks_on_their_day_in_the_readers_zone(client, rep):
    due(rep, 2026, 5, 6, 0, 30, title="Just after midnight")
    due(factories.a_user(Role.SALES_REP), 2026, 5, 6, 10, title="Of a colleague")
    client.force_login(rep)
    answer = client.get("/tasks/calendar/?month=2026-05")
    days = {day.date: [task.title for task in day.tasks] for week in answer.context["weeks"] for day in week}
    assert days[datetime.date(2026, 5, 6)] == ["Just after midnight"]
    assert days[datetime.date(2026, 5, 5)] == []
    assert (min(days), max(days)) == (datetime.date(2026, 4, 27), datetime.date(2026, 5, 31))
    for nonsense in ("", "2026", "9999-12", "0001-01", "x"):
        assert client.get(f"/tasks/calendar/?month={nonsense}").status_code == 200


def test_the_feed_holds_open_tasks_and_opens_to_its_secret_only(client, rep):
    soon = datetime.datetime.now(SHANGHAI).replace(microsecond=0) + datetime.timedelta(days=2)
    task = create_task(title="Visit; bring, samples", staff=rep, due_at=soon, customer=factories.a_customer(owner=rep))
    finish_task(create_task(title="Done", staff=rep, due_at=soon), user=rep)
    client.force_login(rep)
    address = client.post("/tasks/calendar/").context["address"]
    assert CalendarKey.objects.get().digest not in address

    stranger = Client()
    answer = stranger.get(address)
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert str(event["summary"]) == f"Visit; bring, samples · {task.customer}"
    assert event.decoded("dtstart") == soon
    assert str(event["url"]).endswith(task.get_absolute_url())
    assert stranger.get("/calendar/guess.ics").status_code == 404

    client.post("/tasks/calendar/")
    assert stranger.get(address).status_code == 404, "a new address replaces the old one"


def test_the_feed_of_somebody_who_left_is_closed(client, rep):
    client.force_login(rep)
    address = client.post("/tasks/calendar/").context["address"]
    assert Client().get(address).status_code == 200
    rep.is_active = False
    rep.save()
    assert Client().get(address).status_code == 404


def test_as_many_questions_for_fifty_tasks_as_for_five(client, rep, django_assert_max_num_queries):
    client.force_login(rep)
    counts = []
    for number in (5, 45):
        for _each in range(number):
            due(rep, 2026, 5, 6, 10, customer=factories.a_customer(owner=rep))
        client.get("/tasks/calendar/?month=2026-05")
        with django_assert_max_num_queries(12) as asked:
            client.get("/tasks/calendar/?month=2026-05")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert Task.objects.count() == 50
