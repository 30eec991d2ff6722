"""Doing what is on the list of work."""

import datetime

from django.utils import timezone

from crm.accounts.models import Company, User
from crm.records import services
from customers.models import Customer
from interactions.work.calendar import snoozed_until
from interactions.work.models import Task


def create_task(
    *,
    title: str,
    customer: Customer | None = None,
    user: User | None = None,
    staff: User | None = None,
    due_at: datetime.datetime | None = None,
    source: str = Task.Source.MANUAL,
    priority: str = Task.Priority.NORMAL,
    description: str = "",
    about: object | None = None,
) -> Task:
    """Put something on somebody's list; unit and region follow the customer, the owner where no staff is named."""
    task = Task(
        title=title[:200],
        customer=customer,
        staff=staff,
        due_at=due_at,
        source=source,
        priority=priority,
        description=description,
    )
    task.about = about
    task.fill_from_customer()
    if task.unit_id is None and task.staff is not None:
        task.unit = task.staff.unit
    return services.save(task, user=user)


def finish_task(task: Task, *, user: User | None, outcome: str = "", cancelled: bool = False) -> Task:
    """Done, or no longer needed. Finishing twice keeps the first moment."""
    if task.is_open:
        task.status = Task.Status.CANCELLED if cancelled else Task.Status.DONE
        task.completed_at = timezone.now()
    if outcome:
        task.outcome = outcome
    return services.save(task, user=user)


def snooze_task(task: Task, choice: str, *, user: User | None) -> Task:
    """Put off an open task; one that is done stays as it is. KeyError for an unknown choice."""
    until = snoozed_until(choice, timezone.now(), Company.objects.current().time_zone)
    if not task.is_open:
        return task
    task.due_at = until
    return services.save(task, user=user)


def reopen_task(task: Task, *, user: User | None) -> Task:
    task.status = Task.Status.OPEN
    return services.save(task, user=user)
