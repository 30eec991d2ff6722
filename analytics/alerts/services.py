"""What a person does with an alert."""

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from analytics.alerts.watch import end_task
from analytics.models import Alert
from crm.accounts.models import Company, User
from crm.records import services as records
from interactions.models import Task

RESULTS = (Alert.Status.KEPT, Alert.Status.LOST, Alert.Status.DISMISSED)


class AlreadyClosed(Exception):
    """Somebody else, or a recompute, was quicker."""


def handle(alert: Alert, *, result: str, reason: str, user: User) -> Alert:
    """Close an alert with what came of it; its task ends with the same words."""
    if result not in RESULTS:
        raise ValueError(f"An alert cannot be closed as {result!r}.")
    with transaction.atomic():
        current = Alert.objects.select_for_update().get(pk=alert.pk)
        if current.status != Alert.Status.OPEN:
            raise AlreadyClosed(
                _("This alert was closed already: %(status)s.") % {"status": current.get_status_display()}
            )
        current.status, current.outcome, current.closed_on = result, reason, _today()
        current.save(update_fields=["status", "outcome", "closed_on"])
        task = Task.objects.open().kept().filter(pk=current.task_id).first()
        if task:
            end_task(task, is_done=result != Alert.Status.DISMISSED, outcome=_words(current))
            records.save(task, user=user)
    return current


def _words(alert: Alert) -> str:
    said = str(alert.get_status_display())
    return f"{said}: {alert.outcome}" if alert.outcome else said


def _today() -> datetime.date:
    return Company.objects.current().today()
