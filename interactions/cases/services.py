"""Complaints and enquiries from receipt to outcome."""

import datetime
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from crm.accounts.models import User
from crm.records import services
from interactions.cases.models import Case, Complaint, Enquiry

C = TypeVar("C", Complaint, Enquiry)


def target_hours(case: Case) -> int:
    """By when a case should be solved: complaints by severity, enquiries within a day."""
    hours = case.TARGET_HOURS  # type: ignore[attr-defined]
    return hours[case.severity] if isinstance(hours, dict) else hours  # type: ignore[attr-defined]


def deadline(case: Case) -> datetime.datetime:
    return case.received_at + datetime.timedelta(hours=target_hours(case))


def save_case(case: C, *, user: User | None, expected_version: int | None = None) -> C:
    """Save a case. Its deadline follows severity until somebody sets another; closing notes when it was resolved."""
    with transaction.atomic():
        case.fill_from_customer()
        before = type(case).objects.filter(pk=case.pk).first() if case.pk else None
        if case.due_at is None or (before and before.due_at == deadline(before) and case.due_at == before.due_at):
            case.due_at = deadline(case)
        if case.status == Case.Status.CLOSED:
            case.resolved_at = case.resolved_at or timezone.now()
        elif before and before.status == Case.Status.CLOSED:
            case.resolved_at = None  # taken up again
        return services.save(case, user=user, expected_version=expected_version)
