"""By when a case must be answered and solved, and what stops the clock.

The target of a case is the most precise one that states the hours: value tier counts before severity, severity before
kind of case; reply and solution are looked up each for itself.
"""

import datetime
from dataclasses import dataclass

from crm.accounts.models import Company
from customers import tiers
from interactions.cases.clock import AlwaysOn, BusinessHours, Clock, Span
from interactions.cases.desk_models import OpenHours, ServiceTarget, SpecialDay
from interactions.cases.models import Case, Complaint

HOUR = 3600


@dataclass(frozen=True)
class Promise:
    """So many seconds by this clock."""

    seconds: int
    clock: Clock

    def from_(self, start: datetime.datetime, paused: int = 0) -> datetime.datetime:
        """The deadline of what began at `start`, with `paused` seconds in which we waited for the customer."""
        return self.clock.after(start, self.seconds + paused)


@dataclass(frozen=True)
class Promises:
    reply: Promise | None
    solution: Promise


def of(case: Case) -> Promises:
    """What is promised for a case as it is now."""
    tier = tiers.tier_of(case.customer_id)
    severity = getattr(case, "severity", "")
    kind = "complaint" if isinstance(case, Complaint) else "enquiry"
    fitting = [
        each
        for each in ServiceTarget.objects.all()
        if each.kind in {"", kind} and each.tier in {"", tier} and each.severity in {"", severity}
    ]
    fitting.sort(key=lambda each: (bool(each.tier), bool(each.severity), bool(each.kind)), reverse=True)
    reply = next((each for each in fitting if each.reply_hours is not None), None)
    solution = next((each for each in fitting if each.solve_hours is not None), None)
    hours = business_hours() if any(each and each.in_business_hours for each in (reply, solution)) else AlwaysOn()

    def promise(target: ServiceTarget, given: object) -> Promise:
        return Promise(int(float(str(given)) * HOUR), hours if target.in_business_hours else AlwaysOn())

    return Promises(
        reply=promise(reply, reply.reply_hours) if reply else None,
        solution=promise(solution, solution.solve_hours)
        if solution
        else Promise(_usual_hours(case) * HOUR, AlwaysOn()),
    )


def business_hours() -> Clock:
    """The hours of the desk; where none are kept every hour counts."""
    week: dict[int, list[Span]] = {}
    for each in OpenHours.objects.all():
        week.setdefault(each.weekday, []).append((each.opens_at, each.closes_at))
    if not week:
        return AlwaysOn()
    special: dict[datetime.date, list[Span]] = {}
    for day in SpecialDay.objects.all():
        special[day.on] = [(day.opens_at, day.closes_at)] if day.opens_at and day.closes_at else []
    return BusinessHours(Company.objects.current().zone, week, special)


def set_anew(case: Case) -> None:
    """Deadlines from the moment of receipt, or from when the case was taken up again."""
    promises = of(case)
    start = case.reopened_at or case.received_at
    if not case.due_is_fixed:
        case.due_at = promises.solution.from_(start, case.paused_seconds)
    if not case.first_reply_at:
        reply = promises.reply
        case.reply_due_at = reply.from_(case.received_at, case.paused_seconds) if reply else None


def stop_clock(case: Case, now: datetime.datetime) -> None:
    """We wait for the customer: what is left of each deadline is kept. One that has passed already stays passed."""
    promises = of(case)
    case.paused_at = now
    if case.due_at and case.due_at > now:
        case.seconds_left, case.due_at = promises.solution.clock.between(now, case.due_at), None
    if not case.first_reply_at and case.reply_due_at and case.reply_due_at > now:
        clock = promises.reply.clock if promises.reply else AlwaysOn()
        case.reply_seconds_left, case.reply_due_at = clock.between(now, case.reply_due_at), None


def start_clock(case: Case, now: datetime.datetime) -> None:
    """It is our turn again: the deadlines are as far away as they were."""
    promises = of(case)
    if case.seconds_left is not None and case.due_at is None:
        case.due_at = promises.solution.clock.after(now, case.seconds_left)
    if case.reply_seconds_left is not None and not case.first_reply_at and case.reply_due_at is None:
        clock = promises.reply.clock if promises.reply else AlwaysOn()
        case.reply_due_at = clock.after(now, case.reply_seconds_left)
    if case.paused_at:
        case.paused_seconds += promises.solution.clock.between(case.paused_at, now)
    case.paused_at = case.seconds_left = case.reply_seconds_left = None


def _usual_hours(case: Case) -> int:
    hours = case.TARGET_HOURS  # type: ignore[attr-defined]
    return hours[case.severity] if isinstance(hours, dict) else hours  # type: ignore[attr-defined]
