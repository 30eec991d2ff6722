"""Logging a contact: the record, and the task that its next step asks for."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db import transaction

from crm.accounts.models import Company, User
from crm.records import services
from interactions.contacts.models import Interaction
from interactions.contacts.overdue import close_after
from interactions.work.models import Task
from interactions.work.services import create_task

DUE_HOUR = 18  # a next step is due at the end of the working day


def save_contact(
    contact: Interaction,
    *,
    user: User | None,
    expected_version: int | None = None,
    related: Callable[[], Any] | None = None,
) -> tuple[Interaction, Task | None]:
    """Save a contact. A next step with a day becomes a task due then; a changed day moves the open task."""
    with transaction.atomic():
        contact.fill_from_customer()
        contact = services.save(contact, user=user, expected_version=expected_version, related=related)
        close_after(contact)
        return contact, _follow_up(contact, user)


def _follow_up(contact: Interaction, user: User | None) -> Task | None:
    task = (
        Task.objects.kept()
        .filter(about_type__app_label="interactions", about_type__model="interaction", about_id=contact.pk)
        .first()
    )
    if contact.next_step_on is None:
        return task
    due_at = datetime.datetime.combine(
        contact.next_step_on, datetime.time(DUE_HOUR), tzinfo=Company.objects.current().zone
    )
    title = contact.next_step or contact.subject
    if task is None:
        return create_task(
            title=title,
            customer=contact.customer,
            user=user,
            staff=contact.staff or user,
            due_at=due_at,
            source=Task.Source.FOLLOW_UP,
            about=contact,
        )
    if task.is_open and (task.due_at != due_at or task.title != title[:200]):
        task.due_at, task.title = due_at, title[:200]
        return services.save(task, user=user)
    return task
