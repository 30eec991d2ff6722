"""Asking for a change of many records, and for its undo."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from crm.accounts.models import User
from crm.jobs import services as jobs
from crm.records.bulkedit.models import BulkChange, BulkRow
from crm.records.kinds import Kind

LARGEST = 10_000
RUN, UNDO = "records.bulk_change", "records.bulk_undo"


def start(
    selection: list[tuple[Kind, QuerySet]], *, action: str, value: Any, user: User, kind: str = "", query: str = ""
) -> BulkChange:
    """Note the rows with the versions they have now, and have a job write them."""
    with transaction.atomic():
        change = BulkChange.objects.create(kind=kind, user=user, action=action, value=value, query=query)
        for of, rows in selection:
            chosen = rows.order_by("pk").values_list("pk", "version")
            noted = (BulkRow(change=change, kind=of.key, object_id=pk, version=version) for pk, version in chosen)
            BulkRow.objects.bulk_create(noted, batch_size=500)
        change.job = jobs.enqueue(RUN, payload={"change": change.pk}, key=f"bulk:{change.pk}", user=user)
        change.save(update_fields=["job"])
    return change


def ask_for_undo(change: BulkChange, *, user: User) -> bool:
    """False where there is nothing to be put back, or somebody has just asked for it."""
    with transaction.atomic():
        # its job is read by a question of its own: joined, it would be that of before the wait for the lock
        held = BulkChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
        if not held.may_be_undone:
            return False
        held.job = jobs.enqueue(UNDO, payload={"change": held.pk}, key=f"bulk:{held.pk}", user=user)
        held.status = BulkChange.Status.UNDOING
        held.save(update_fields=["job", "status"])
    return True
