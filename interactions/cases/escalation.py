"""Telling somebody above that a deadline was missed: once per case, step and time the case was taken up."""

import datetime
import logging
from collections.abc import Callable
from typing import Any

from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.accounts.models import Company, Role, Unit, User
from crm.jobs import services as jobs
from crm.records import services
from interactions.cases import desk_models
from interactions.cases.desk_models import CaseEscalation
from interactions.cases.models import Complaint, Enquiry
from interactions.cases.services import note_event
from interactions.work.models import Task
from interactions.work.services import create_task

ESCALATED = "case.escalated"
LATER = datetime.timedelta(hours=24)
LOOK_BACK = datetime.timedelta(days=30)  # cases of an import that are open since years are nobody's emergency
HANDLE_WITHIN = datetime.timedelta(hours=4)
Step = CaseEscalation.Step
Tell = Callable[[int, int], None]
_log = logging.getLogger(__name__)


def missed(model: type[Complaint] | type[Enquiry], step: str, now: datetime.datetime) -> QuerySet:
    """Open cases that missed the deadline of a step and of which nobody was told yet."""
    late = {
        Step.REPLY: Q(first_reply_at__isnull=True, reply_due_at__lt=now, reply_due_at__gt=now - LOOK_BACK),
        Step.SOLUTION: Q(due_at__lt=now, due_at__gt=now - LOOK_BACK),
        Step.DAY_LATER: Q(due_at__lt=now - LATER, due_at__gt=now - LOOK_BACK),
    }[Step(step)]
    of_case = {model.Access.kind: OuterRef("pk")}
    told = CaseEscalation.objects.filter(step=step, round=OuterRef("reopen_count"), **of_case)
    return model.objects.kept().open().filter(late).filter(~Exists(told))


def is_needed() -> bool:
    now = timezone.now()
    waiting = (missed(model, step, now) for model in (Complaint, Enquiry) for step in Step.values)
    return any(rows.exists() for rows in waiting) or _undone_remedies(now).exists()


def escalate(progress: Tell = lambda done, total: None) -> dict[str, int]:
    """Tell of everything that is due to be told. Safe to repeat: what was told is noted in the same transaction."""
    now = timezone.now()
    told = 0
    for model in (Complaint, Enquiry):
        steps: dict[int, list[str]] = {}
        for step in Step.values:
            for pk in missed(model, step, now).order_by("pk").values_list("pk", flat=True):
                steps.setdefault(pk, []).append(step)
        for place, (pk, due) in enumerate(steps.items()):
            progress(place, len(steps))
            told += _tell(model, pk, due, now)
    return {"cases": told, "remedies": _tell_of_remedies(now)}


def manager_of(unit: Unit | None, *, above: bool = False) -> User | None:
    """Who answers for a department: its manager, or the one of the nearest department above; `above` skips the first.

    Where no department has one, an administrator is told, so that nothing is told to nobody.
    """
    ids = [int(each) for each in unit.path.strip("/").split("/") if each] if unit else []
    managers = User.objects.filter(
        is_active=True, unit__in=ids, role__home=Role.Home.MANAGER, role__is_administrator=False
    ).order_by("pk")
    by_unit: dict[int | None, User] = {}
    for user in managers:
        by_unit.setdefault(user.unit_id, user)
    found = [by_unit[each] for each in reversed(ids) if each in by_unit]
    if not found:
        return User.objects.administrators().order_by("pk").first()
    return found[1] if above and len(found) > 1 else found[0]


def _tell(model: type[Complaint] | type[Enquiry], pk: int, steps: list[str], now: datetime.datetime) -> bool:
    """The highest of the steps is told, the others are noted with it."""
    try:
        with transaction.atomic():
            rows = model.objects.select_related("customer", "unit", "receiving_unit").select_for_update(of=("self",))
            case = rows.get(pk=pk)
            if not case.is_open:
                return False
            manager = manager_of(case.receiving_unit or case.unit, above=Step.DAY_LATER in steps)
            for step in steps:
                of_case = desk_models.of(case)
                CaseEscalation.objects.create(step=step, round=case.reopen_count, at=now, told=manager, **of_case)
            with translation.override(_language(manager)):
                _put_on_list(case, steps[-1], manager, now)
            case.escalated_at = now
            services.save(case, user=None)
            return True
    except IntegrityError:  # another worker told of it just now
        return False


def _put_on_list(case: Complaint | Enquiry, step: str, manager: User | None, now: datetime.datetime) -> None:
    text = _("%(step)s: %(number)s %(title)s") % {
        "step": str(Step(step).label).capitalize(),
        "number": case.number,
        "title": case.title,
    }
    task = create_task(
        title=text,
        customer=case.customer,
        staff=manager,
        due_at=now + HANDLE_WITHIN,
        source=Task.Source.CASE,
        priority=Task.Priority.HIGH,
        description=_("Handled by %(staff)s. See to it that the customer hears from us.")
        % {"staff": case.staff or _("nobody")},
        about=case,
    )
    note_event(case, _("Escalated to %(manager)s.") % {"manager": manager or _("nobody")}, user=None)
    if manager and manager.email:
        payload = {"user": manager.pk, "subject": text, "task": task.pk}
        jobs.announce(ESCALATED, payload, key=f"{ESCALATED}:{task.pk}")


def _undone_remedies(now: datetime.datetime) -> QuerySet:
    undone = Task.objects.kept().open().filter(source=Task.Source.REMEDY, escalated_at__isnull=True)
    return undone.filter(due_at__lt=now, due_at__gt=now - LOOK_BACK)


def _tell_of_remedies(now: datetime.datetime) -> int:
    """A remedy that was promised and not done: its manager gets a mail, the task shows that it was escalated."""
    count = 0
    for task in _undone_remedies(now).select_related("unit", "staff", "customer"):
        manager = manager_of(task.unit)
        with transaction.atomic():
            task.escalated_at = now
            services.save(task, user=None)
            if manager and manager.email:
                with translation.override(_language(manager)):
                    subject = _("Remedy overdue: %(title)s") % {"title": task.title}
                payload = {"user": manager.pk, "subject": subject, "task": task.pk}
                jobs.announce(ESCALATED, payload, key=f"{ESCALATED}:{task.pk}")
        count += 1
    return count


def mail_manager(payload: dict[str, Any]) -> None:
    """The mail of an escalation, in the manager's language."""
    user = User.objects.filter(pk=payload["user"], is_active=True).first()
    task = Task.objects.filter(pk=payload["task"]).select_related("customer", "staff").first()
    if user is None or task is None or not user.email:
        return
    with translation.override(_language(user)):
        lines = [task.title, str(task.customer or ""), task.description]
        send_mail(str(payload["subject"])[:200], "\n\n".join(filter(None, lines)), None, [user.email])


def _language(user: User | None) -> str:
    return (user.language if user else "") or Company.objects.current().language
