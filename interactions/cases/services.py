"""Complaints and enquiries from receipt to outcome."""

import datetime
from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.accounts.models import Company, User
from crm.records import services
from interactions.cases import deadlines, desk_models
from interactions.cases.desk_models import CaseMessage
from interactions.cases.models import Case, Complaint, Enquiry
from interactions.work.models import Task
from interactions.work.services import create_task, finish_task

C = TypeVar("C", Complaint, Enquiry)
END_OF_WORK = datetime.time(18)


def save_case(case: C, *, user: User | None, expected_version: int | None = None) -> C:
    """Save a case with its clock.

    The deadline follows the targets until somebody sets another. Waiting for the customer stops the clock, closing
    notes when it was resolved, and a closed case that is open again has a new deadline from now on.
    """
    with transaction.atomic():
        before = type(case).objects.filter(pk=case.pk).first() if case.pk else None
        chosen = case.staff_id
        case.fill_from_customer()
        if before is not None:
            case.staff_id = chosen  # an unassigned case stays so until somebody takes it
        _keep_time(case, before)
        case = services.save(case, user=user, expected_version=expected_version)
        if before is not None and before.is_open and not case.is_open:
            _end_escalations(case, user)
        return case


def take(case: C, *, user: User, expected_version: int | None = None) -> C:
    """The user's own from now on, and in work if nobody had begun."""
    return assign(case, to=user, user=user, expected_version=expected_version)


def assign(case: C, *, to: User | None, user: User | None, expected_version: int | None = None) -> C:
    """Somebody's, or nobody's: back into the queue."""
    case.staff = to
    if to is not None and to == user and case.status == Case.Status.OPEN:
        case.status = Case.Status.IN_WORK
    return save_case(case, user=user, expected_version=expected_version)


def close(
    case: C,
    *,
    outcome: str,
    user: User | None,
    failure_cause: Any = None,
    solution: str = "",
    remedy: str = "",
    remedy_due_on: datetime.date | None = None,
    remedy_staff: User | None = None,
    expected_version: int | None = None,
) -> C:
    """End a case with its outcome. What was not solved says why; a remedy becomes somebody's task."""
    needs_cause = isinstance(case, Complaint) and outcome != Case.Outcome.SOLVED
    if needs_cause and not failure_cause:
        raise ValidationError({"failure_cause": _("Say why it could not be solved.")})
    with transaction.atomic():
        case.status, case.outcome = Case.Status.CLOSED, outcome
        if solution:
            if isinstance(case, Enquiry):
                case.answer = solution
            else:
                case.solution = solution
        if isinstance(case, Complaint):
            case.failure_cause = failure_cause if needs_cause else None
        case = save_case(case, user=user, expected_version=expected_version)
        if remedy:
            add_remedy(case, text=remedy, due_on=remedy_due_on, staff=remedy_staff, user=user)
    return case


def reopen(case: C, *, reason: str, user: User | None, expected_version: int | None = None) -> C:
    """Take a closed case up again, for a reason. Its outcome goes; the history keeps it."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the case is taken up again.")})
    with transaction.atomic():
        case.status, case.outcome, case.reopen_reason = Case.Status.OPEN, "", reason.strip()[:300]
        if isinstance(case, Complaint):
            case.failure_cause = None
        case = save_case(case, user=user, expected_version=expected_version)
        note_event(case, _("Taken up again: %(reason)s") % {"reason": case.reopen_reason}, user=user)
    return case


def add_remedy(
    case: Complaint | Enquiry,
    *,
    text: str,
    user: User | None,
    due_on: datetime.date | None = None,
    staff: User | None = None,
) -> Task:
    """What is done for the customer after a fault, as a task of who is to do it."""
    zone = Company.objects.current().zone
    return create_task(
        title=text,
        customer=case.customer,
        user=user,
        staff=staff or case.staff or user,
        due_at=datetime.datetime.combine(due_on, END_OF_WORK, zone) if due_on else None,
        source=Task.Source.REMEDY,
        priority=Task.Priority.HIGH,
        description=_("Remedy for %(number)s: %(title)s") % {"number": case.number, "title": case.title},
        about=case,
    )


def merge(keep: C, duplicate: C, *, user: User | None) -> C:
    """One case out of two of the same customer. Messages, tasks and number go over; the old address leads here."""
    if keep.pk == duplicate.pk or type(keep) is not type(duplicate):
        raise ValidationError(_("Choose another case of the same kind."))
    if keep.customer_id != duplicate.customer_id:
        raise ValidationError(_("Only cases of the same customer can be merged."))
    with transaction.atomic():
        CaseMessage.objects.filter(**desk_models.of(duplicate)).update(**desk_models.of(keep))
        for task in Task.objects.filter(about_type__model=duplicate._meta.model_name, about_id=duplicate.pk):
            task.about = keep
            services.save(task, user=user)
        type(keep).objects.filter(merged_into=duplicate).update(merged_into=keep)
        numbers = [*keep.former_numbers.split(), duplicate.number, *duplicate.former_numbers.split()]
        keep.former_numbers = " ".join(numbers)[:400]
        keep.received_at = min(keep.received_at, duplicate.received_at)
        keep.first_reply_at = min(filter(None, [keep.first_reply_at, duplicate.first_reply_at]), default=None)
        if duplicate.description and duplicate.description != keep.description:
            keep.description = f"{keep.description}\n\n{duplicate.number}: {duplicate.description}".strip()
        keep = save_case(keep, user=user)
        names = {"number": duplicate.number, "title": duplicate.title}
        note_event(keep, _("%(number)s “%(title)s” was merged into this case.") % names, user=user)
        duplicate.merged_into = keep
        services.save(duplicate, user=user)
        services.delete(duplicate, user=user)
    return keep


def split(case: C, *, title: str, user: User | None, description: str = "", message_ids: Iterable[int] = ()) -> C:
    """A second case out of one that is about two things; chosen messages go along."""
    with transaction.atomic():
        copied = ["customer", "product", "order", "occurred_at", "received_at", "staff", "unit", "receiving_unit"]
        copied += ["region", "channel", *(["opinion_type", "severity"] if isinstance(case, Complaint) else ["topic"])]
        new = type(case)(title=title[:200], description=description, split_from=case)
        for name in copied:
            setattr(new, name, getattr(case, name))
        new = save_case(new, user=user)
        moved = CaseMessage.objects.filter(pk__in=list(message_ids), **desk_models.of(case))
        moved.exclude(direction=CaseMessage.Direction.EVENT).update(**desk_models.of(new))
        note_event(case, _("%(number)s was split off this case.") % {"number": new.number}, user=user)
        note_event(
            new, _("Split off %(number)s “%(title)s”.") % {"number": case.number, "title": case.title}, user=user
        )
    return new


def note(case: Complaint | Enquiry, text: str, *, user: User | None) -> CaseMessage:
    """An internal note: the customer never sees it."""
    direction = CaseMessage.Direction.NOTE
    return CaseMessage.objects.create(direction=direction, text=text, user=user, **desk_models.of(case))


def note_event(case: Complaint | Enquiry, text: str, *, user: User | None) -> CaseMessage:
    direction = CaseMessage.Direction.EVENT
    return CaseMessage.objects.create(direction=direction, text=text, user=user, **desk_models.of(case))


def _end_escalations(case: Case, user: User | None) -> None:
    """Nobody need look after a case that is closed."""
    about = {"about_type__model": case._meta.model_name, "about_id": case.pk}
    for task in Task.objects.kept().open().filter(source=Task.Source.CASE, **about):
        finish_task(task, user=user, outcome=_("The case is closed."))


def _keep_time(case: Case, before: Case | None) -> None:
    now = timezone.now()
    _notice_deadline_set_by_hand(case, before)
    was_closed = before is not None and before.status == Case.Status.CLOSED
    if was_closed and case.is_open:
        case.resolved_at, case.due_at, case.due_is_fixed = None, None, False
        case.reopened_at, case.reopen_count, case.escalated_at = now, case.reopen_count + 1, None
        case.paused_seconds = 0
    changed = before is None or was_closed or _is_another_promise(case, before)
    stopped_at = case.paused_at
    if stopped_at and (changed or case.status != Case.Status.WAITING):
        deadlines.start_clock(case, stopped_at if case.status == Case.Status.WAITING else now)
    if changed or (case.due_at is None and not case.paused_at):
        deadlines.set_anew(case)
    if case.status == Case.Status.WAITING and not case.paused_at:
        deadlines.stop_clock(case, stopped_at or now)
    if case.status == Case.Status.CLOSED:
        case.resolved_at = case.resolved_at or now


def _is_another_promise(case: Case, before: Case) -> bool:
    """Whether something changed that targets depend on."""
    names = ("severity", "received_at", "customer_id")
    return any(getattr(case, name, None) != getattr(before, name, None) for name in names)


def _notice_deadline_set_by_hand(case: Case, before: Case | None) -> None:
    """A typed deadline stays; emptying it gives the target's back."""
    if before is None:
        case.due_is_fixed = case.due_at is not None
    elif case.due_at is None:
        case.due_is_fixed = case.due_is_fixed and case.paused_at is not None
    elif case.due_at != before.due_at:
        case.due_is_fixed, case.seconds_left = True, None
