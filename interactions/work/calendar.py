"""A user's tasks by day: a month to look at, and a feed for calendar programs (RFC 5545)."""

import calendar
import datetime
import hashlib
import secrets
import zoneinfo
from collections import defaultdict
from dataclasses import dataclass, field

from django.utils import timezone
from icalendar import Calendar, Event

from crm.accounts import access
from crm.accounts.models import Company, User
from interactions.work.models import CalendarKey, Task

PAST, FUTURE = datetime.timedelta(days=90), datetime.timedelta(days=400)
LENGTH = datetime.timedelta(minutes=30)
MOST_IN_FEED = 2_000
MOST_A_DAY, MOST_SHOWN = 50, 5


@dataclass
class Day:
    date: datetime.date
    is_this_month: bool
    is_today: bool
    tasks: list[Task] = field(default_factory=list)

    @property
    def shown(self) -> list[Task]:
        return self.tasks[:MOST_SHOWN]

    @property
    def more(self) -> int:
        return max(len(self.tasks) - MOST_SHOWN, 0)


def month(user: User, first: datetime.date) -> list[list[Day]]:
    """The weeks of a month, Monday first, with the user's tasks on the days they are due in the reader's time zone."""
    today = timezone.localdate()
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    start, end = _midnight(weeks[0][0]), _midnight(weeks[-1][-1] + datetime.timedelta(days=1))
    rows = _tasks(user).filter(due_at__gte=start, due_at__lt=end).exclude(status=Task.Status.CANCELLED)
    by_day: dict[datetime.date, list[Task]] = defaultdict(list)
    for task in rows.order_by("due_at", "id")[: MOST_A_DAY * 42]:
        assert task.due_at
        by_day[timezone.localdate(task.due_at)].append(task)
    return [[Day(day, day.month == first.month, day == today, by_day[day]) for day in week] for week in weeks]


def make_key(user: User) -> str:
    """A new secret for the user's feed; the old address opens nothing any more."""
    text = secrets.token_urlsafe(24)
    CalendarKey.objects.update_or_create(user=user, defaults={"digest": _digest(text)})
    return text


def user_of(text: str) -> User | None:
    """Whose feed this is; None for an unknown secret or a user who may not sign in or see tasks."""
    key = CalendarKey.objects.select_related("user__role").filter(digest=_digest(text)).first()
    if key is None or not key.user.is_active or not access.may_view_any("task", key.user):
        return None
    return key.user


def feed(user: User, address: str) -> bytes:
    """The user's open tasks with a date, as VCALENDAR. address: the beginning of the links, such as https://crm.example."""
    now = timezone.now()
    rows = _tasks(user).open().filter(due_at__gte=now - PAST, due_at__lt=now + FUTURE).order_by("due_at", "id")
    made = Calendar()
    made.add("prodid", "-//Clientele//Tasks//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", f"{Company.objects.current().name} · {user}")
    for task in rows[:MOST_IN_FEED]:
        assert task.due_at
        event = Event()
        event.add("uid", f"task-{task.pk}@clientele")
        event.add("dtstamp", task.modified_at)
        event.add("dtstart", task.due_at.astimezone(datetime.UTC))
        event.add("dtend", (task.due_at + LENGTH).astimezone(datetime.UTC))
        event.add("summary", f"{task.title} · {task.customer}" if task.customer else task.title)
        event.add("url", address + task.get_absolute_url())
        if task.description:
            event.add("description", task.description)
        made.add_component(event)
    return made.to_ical()


def snoozed_until(choice: str, now: datetime.datetime, zone: str) -> datetime.datetime:
    """`tomorrow`, `days_3` or `next_monday` at nine in the morning of a time zone; KeyError for anything else."""
    local = now.astimezone(zoneinfo.ZoneInfo(zone))
    days = {"tomorrow": 1, "days_3": 3, "next_monday": 7 - local.weekday()}[choice]
    day = local.date() + datetime.timedelta(days=days)
    return datetime.datetime.combine(day, datetime.time(9), tzinfo=zoneinfo.ZoneInfo(zone))


def _tasks(user: User):  # type: ignore[no-untyped-def]
    return Task.objects.visible_to(user).filter(staff=user).select_related("customer")


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
