"""What the worker does for a change of many records: short transactions, each row with the rights of that moment."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.accounts.models import Company, User
from crm.jobs.registry import JobCancelled, JobContext, JobFailed
from crm.records import notices, services
from crm.records.bulkedit import actions
from crm.records.bulkedit.actions import Action
from crm.records.bulkedit.models import BulkChange, BulkRow
from crm.records.kinds import Kind, kinds

AT_ONCE = 50  # rows in one transaction
HAND_OVER = "hand_over"
State, Status = BulkRow.State, BulkChange.Status


def run(job: JobContext) -> dict[str, Any]:
    """Safe to run again after it was interrupted: only rows that wait are written."""
    change, user = _change(job)
    _walk(job, change, State.WAITING, lambda kind, action, rows: _write(change, kind, action, rows, user), user)
    given = change.rows.filter(state=State.DONE).values_list("kind", flat=True)  # type: ignore[attr-defined]
    if change.action.startswith("assign") or change.action == HAND_OVER:
        _tell(Counter((change.value, key) for key in given), user)
    return _ended(job, change, Status.DONE)


def undo(job: JobContext) -> dict[str, Any]:
    change, user = _change(job)
    _walk(job, change, State.DONE, lambda kind, action, rows: _put_back(kind, action, rows, user), user)
    if change.action.startswith("assign") or change.action == HAND_OVER:
        back = change.rows.filter(state=State.UNDONE).values_list("before", "kind")  # type: ignore[attr-defined]
        _tell(Counter(back), user)
    return _ended(job, change, Status.UNDONE)


def action_of(change: BulkChange, kind: Kind, user: User) -> Action | None:
    """The action, if the user may (still) do it."""
    return actions.giving(kind, user) if change.action == HAND_OVER else actions.find(kind, change.action, user)


def _walk(
    job: JobContext, change: BulkChange, state: str, step: Callable[[Kind, Action, list[BulkRow]], None], user: User
) -> None:
    rows_of_change = change.rows.filter(state=state).order_by("kind", "pk")  # type: ignore[attr-defined]
    total, done = rows_of_change.count(), 0
    for key in sorted(set(rows_of_change.order_by().values_list("kind", flat=True))):
        kind = kinds[key]
        action = action_of(change, kind, user)
        if action is None:
            _stop(change, Status.FAILED)
            raise JobFailed(_("You may not do this any more."))
        while True:
            with transaction.atomic():
                job.assert_mine()
                rows = list(rows_of_change.filter(kind=key)[:AT_ONCE])
                step(kind, action, rows)
                BulkRow.objects.bulk_update(rows, ["state", "written", "before", "reason"])
            done += len(rows)
            try:
                job.progress(done, total, str(kind.label_plural))
            except JobCancelled:
                _stop(change, Status.CANCELLED)
                raise
            if len(rows) < AT_ONCE:
                break


def _write(change: BulkChange, kind: Kind, action: Action, rows: list[BulkRow], user: User) -> None:
    allowed = kind.queryset().deletable_by(user) if action.right == "delete" else kind.queryset().changeable_by(user)  # type: ignore[attr-defined]
    records = _held(allowed, rows)
    for row in rows:
        record = records.get(row.object_id)
        if record is None:
            row.state, row.reason = State.REFUSED, _("It is not yours to change.")
        elif record.version != row.version:
            row.state = State.TOUCHED
        else:
            _write_one(row, kind, record, action, change.value, user)


def _write_one(row: BulkRow, kind: Kind, record: Any, action: Action, value: Any, user: User) -> None:
    try:
        with transaction.atomic():
            before = actions.write(kind, record, action, value, user=user)
    except actions.Refused as refusal:
        row.state, row.reason = State.REFUSED, str(refusal)[:200]
    except services.Conflict:
        row.state = State.TOUCHED
    else:
        if before is actions.SAME:
            row.state = State.SAME
        else:
            row.state, row.before, row.written = State.DONE, before, record.version


def _put_back(kind: Kind, action: Action, rows: list[BulkRow], user: User) -> None:
    records = _held(kind.queryset(), rows)
    for row in rows:
        record = records.get(row.object_id)
        is_there = record is not None and record.is_deleted == (action.verb == "delete")
        if not is_there or record.version != row.written:
            row.state, row.reason = State.KEPT, ""
            continue
        try:
            with transaction.atomic():
                actions.put_back(kind, record, action, row.before, user=user)
        except actions.Refused as refusal:
            row.state, row.reason = State.KEPT, str(refusal)[:200]
        except services.Conflict:
            row.state, row.reason = State.KEPT, ""
        else:
            row.state, row.written = State.UNDONE, record.version


def _held(records: Any, rows: list[BulkRow]) -> dict[int, Any]:
    """The records of rows as they are now, locked until the transaction ends, everywhere in the same order."""
    return records.select_for_update(of=("self",)).order_by("pk").in_bulk([each.object_id for each in rows])


def _tell(given: Counter, by: User) -> None:
    """One notice for each receiver and kind, however many records it was."""
    people = User.objects.in_bulk({pk for pk, _key in given if pk and pk != by.pk})
    for (pk, key), count in given.items():
        user, kind = people.get(pk), kinds[key]
        giving = next((each for each in kind.attributes if each.source in kind.model.Access.owner), None)  # type: ignore[attr-defined]
        if user is None or giving is None:
            continue
        with translation.override(user.language or Company.objects.current().language):
            what = str(kind.label_plural)
        url = f"{kind.url('list')}?{giving.key}={pk}"
        notices.tell(user, "given_many", url, by=str(by), count=str(count), what=what)


def _change(job: JobContext) -> tuple[BulkChange, User]:
    change = BulkChange.objects.filter(pk=job.payload.get("change")).first()
    if change is None or job.user is None:
        raise JobFailed(_("This change has been deleted."))
    return change, job.user


def _stop(change: BulkChange, status: str) -> None:
    BulkChange.objects.filter(pk=change.pk).update(status=status, finished_at=timezone.now())


def _ended(job: JobContext, change: BulkChange, status: str) -> dict[str, Any]:
    with transaction.atomic():
        job.assert_mine()
        _stop(change, status)
    return {"change": change.pk, **{state: count for state, count in change.counts.items() if count}}
