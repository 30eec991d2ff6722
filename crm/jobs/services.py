"""Asking for jobs, doing them, and keeping them going when processes die.

    jobs.enqueue("analytics.recompute", key="recompute", user=request.user)
    jobs.announce("record.saved", {"kind": "customer", "ids": [7]}, key="customer:7")

Both write rows in the caller's transaction, so what is rolled back leaves no job, and saving succeeds with the broker
down. A claim is a compare-and-set on (status, fence) with a lease; `sweep` puts back what a dead worker held.
"""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.accounts.models import Company
from crm.jobs import bell, process, registry
from crm.jobs.context import LEASE, Heartbeat, JobCancelled, JobContext, JobFailed, JobLost
from crm.jobs.models import Job, Outbox

if TYPE_CHECKING:
    from crm.accounts.models import User

__all__ = [
    "JobCancelled",
    "JobContext",
    "JobFailed",
    "JobLost",
    "announce",
    "cancel",
    "claim",
    "deliver",
    "enqueue",
    "get",
    "purge",
    "refresh_statistics",
    "retry",
    "run_job",
    "run_waiting",
    "sweep",
]

MAX_LOSSES = 50  # a job whose worker was killed this often kills its worker
FROZEN = timedelta(minutes=5)  # a live process that has not extended its lease for so long hangs
KEEP_DONE = timedelta(days=30)
KEEP_FAILED = timedelta(days=180)
KEEP_DELIVERED = timedelta(days=7)

_log = logging.getLogger(__name__)


# Asking


def enqueue(
    name: str,
    *,
    payload: dict[str, Any] | None = None,
    key: str = "",
    user: "User | None" = None,
    run_at: datetime | None = None,
) -> Job:
    """A job to be done once the caller's transaction is committed, not before `run_at`.

    While a job of the same name and `key` waits, that one is returned (brought forward when asked for earlier). One
    that runs already does not count, it may have read the data before the caller's change: the new job follows it.
    """
    with transaction.atomic():
        job = _waiting_twin(name, key, run_at or timezone.now()) if key else None
        if job is None:
            job = Job.objects.create(
                name=name, key=key, payload=payload or {}, user=user, run_at=run_at or timezone.now()
            )
        if job.run_at <= timezone.now():
            bell.ring_job_on_commit(job.pk)
    return job


def announce(topic: str, payload: dict[str, Any] | None = None, *, key: str = "") -> list[Outbox]:
    """Have every subscriber of the topic do its part once the caller's transaction is committed, each exactly once.

    With a `key`, a message that still waits for delivery is replaced by the newer payload.
    """
    rows = []
    with transaction.atomic():
        for each in registry.subscribers(topic):
            row = _undelivered_twin(each.name, key) if key else None
            if row is None:
                row = Outbox(topic=topic, subscriber=each.name, key=key)
            row.payload = payload or {}
            row.save()
            rows.append(row)
        if rows:
            bell.ring_outbox_on_commit()
    return rows


def announce_many(topic: str, messages: list[tuple[str, dict[str, Any]]]) -> int:
    """Announce many (key, payload) at once with few statements; keys are not merged with those that wait."""
    rows = [
        Outbox(topic=topic, subscriber=each.name, key=key, payload=payload)
        for each in registry.subscribers(topic)
        for key, payload in messages
    ]
    with transaction.atomic():
        Outbox.objects.bulk_create(rows, batch_size=500)
        if rows:
            bell.ring_outbox_on_commit()
    return len(rows)


def get(job_id: int) -> Job | None:
    return Job.objects.filter(pk=job_id).first()


def cancel(job: Job) -> bool:
    """Drop a waiting job, ask a running one to stop. False when it is finished already."""
    waiting = Job.objects.filter(pk=job.pk, status=Job.Status.WAITING)
    if waiting.update(status=Job.Status.CANCELLED, finished_at=timezone.now()):
        return True
    return bool(Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING).update(cancel_requested=True))


def retry(job: Job) -> bool:
    """Have a failed or cancelled job done once more. False when it is neither."""
    over = Job.objects.filter(pk=job.pk, status__in=[Job.Status.FAILED, Job.Status.CANCELLED])
    changed = over.update(
        status=Job.Status.WAITING,
        run_at=timezone.now(),
        attempts=0,
        losses=0,
        cancel_requested=False,
        error="",
        done=0,
        total=0,
        text="",
        finished_at=None,
    )
    if changed:
        bell.ring_job_on_commit(job.pk)
    return bool(changed)


# Doing


def claim(job_id: int) -> JobContext | None:
    """Take a due job for this process; None when another has it, it is not due, or its twin is running."""
    now = timezone.now()
    seen = Job.objects.due(now).filter(pk=job_id).first()
    if seen is None:
        return None
    free = Job.objects.filter(pk=job_id, status=Job.Status.WAITING, fence=seen.fence)
    try:
        with transaction.atomic():
            taken = free.update(
                status=Job.Status.RUNNING,
                fence=F("fence") + 1,
                lease_until=now + LEASE,
                worker=process.identity(),
                started_at=now,
                finished_at=None,
                cancel_requested=False,
                error="",
            )
    except IntegrityError:  # one_running_job_per_key: it stays waiting until its twin has ended
        return None
    if not taken:
        return None
    seen.fence += 1
    return JobContext(seen)


def run_job(job_id: int, *, heartbeat: bool = True, raise_errors: bool = False) -> bool:
    """Claim a job and do it. False when it was not to be had."""
    job = claim(job_id)
    if job is None:
        return False
    handler = registry.find(job.name)
    try:
        if handler is None:
            raise JobFailed(_("No part of this installation knows the job “%(name)s”.") % {"name": job.name})
        registry.prepare()
        with _in_the_words_of(job):
            result = _call(handler, job, heartbeat)
    except JobLost:
        _log.warning("Job %s (%s) was taken over by another worker.", job.id, job.name)
    except JobCancelled:
        _finish(job, Job.Status.CANCELLED)
    except JobFailed as error:
        _finish(job, Job.Status.FAILED, error=str(error))
        if raise_errors:
            raise
    except Exception as error:  # noqa: BLE001 - whatever a handler raises becomes a retry or a failed job
        _log.exception("Job %s (%s) raised.", job.id, job.name)
        _fail(job, handler, error)
        if raise_errors:
            raise
    else:
        _finish(job, Job.Status.DONE, result=result)
    _ring_twin(job)
    return True


def run_waiting(*, raise_errors: bool = True) -> int:
    """Do everything that is due in this process, effects first: how tests and commands work without a worker.

    Returns how many jobs were done. Errors are raised (after the row has been marked) unless told otherwise.
    """
    count = 0
    while True:
        deliver(raise_errors=raise_errors)
        done = [
            run_job(job_id, heartbeat=False, raise_errors=raise_errors)
            for job_id in Job.objects.due().values_list("pk", flat=True)
        ]
        count += sum(done)
        if not any(done):
            return count


def work() -> int:
    """Do whatever is due, one job after another, as the worker does it when a bell got lost."""
    deliver()
    tried: set[int] = set()
    count = 0
    while True:
        job_id = Job.objects.due().exclude(pk__in=tried).values_list("pk", flat=True).first()
        if job_id is None:
            return count
        tried.add(job_id)
        count += run_job(job_id)


def deliver(*, raise_errors: bool = False) -> int:
    """Deliver the effects that are due; returns how many. Several processes may do this at once."""
    count = 0
    last_id = 0
    while True:
        rows = _due_outbox().filter(pk__gt=last_id).order_by("id")[:200]
        ids = list(rows.values_list("pk", "subscriber"))
        if not ids:
            return count
        for pk, name in ids:
            count += _deliver_one(pk, name, raise_errors)
        last_id = ids[-1][0]


# Keeping it going


def sweep() -> dict[str, int]:
    """Put back what dead workers held and ring for what is due. Cheap when there is nothing to do."""
    put_back = _put_back_jobs()
    stale = Outbox.objects.filter(status=Outbox.Status.DELIVERING, lease_until__lt=timezone.now())
    messages = stale.update(status=Outbox.Status.WAITING, lease_until=None)
    due = Job.objects.due().count()
    undelivered = _due_outbox().count()
    if undelivered:
        bell.ring_outbox()
    for _each in range(min(due, 4)):  # as many workers as are free may take one
        bell.ring_work()
    return {"put_back": put_back, "messages_put_back": messages, "due": due, "undelivered": undelivered}


def purge() -> dict[str, int]:
    """Delete what nobody will look up any more."""
    now = timezone.now()
    done = Job.objects.filter(status__in=[Job.Status.DONE, Job.Status.CANCELLED], finished_at__lt=now - KEEP_DONE)
    failed = Job.objects.filter(status=Job.Status.FAILED, finished_at__lt=now - KEEP_FAILED)
    delivered = Outbox.objects.filter(status=Outbox.Status.DELIVERED, delivered_at__lt=now - KEEP_DELIVERED)
    counts = {"jobs": done.delete()[0] + failed.delete()[0], "effects": delivered.delete()[0]}
    process.forget_old_pulses()
    return counts


def refresh_statistics() -> None:
    """SQLite plans by what it last knew of its tables, and looks only when told to; PostgreSQL looks by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _waiting_twin(name: str, key: str, run_at: datetime) -> Job | None:
    """The waiting job of this key, locked: the worker cannot start it before the caller's transaction has ended, so
    it will see the caller's change. One that another transaction holds is passed over rather than waited for."""
    waiting = Job.objects.filter(name=name, key=key, status=Job.Status.WAITING)
    job = _locked(waiting).order_by("id").first()
    if job and job.run_at > run_at:
        job.run_at = run_at
        job.save(update_fields=["run_at"])
    return job


def _undelivered_twin(subscriber: str, key: str) -> Outbox | None:
    waiting = Outbox.objects.filter(subscriber=subscriber, key=key, status=Outbox.Status.WAITING)
    return _locked(waiting).order_by("-id").first()


def _locked(rows: QuerySet) -> QuerySet:
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True)
    return rows  # SQLite: this transaction is the only writer


@contextmanager
def _in_the_words_of(job: JobContext) -> Iterator[None]:
    """Progress and results in the language and time zone of who asked, else of the company."""
    company = Company.objects.current()
    language = (job.user.language if job.user else "") or company.language or settings.LANGUAGE_CODE
    zone = (job.user.time_zone if job.user else "") or company.time_zone
    with translation.override(language), timezone.override(ZoneInfo(zone)):
        yield


def _call(handler: registry.Handler, job: JobContext, heartbeat: bool) -> dict[str, Any]:
    if not heartbeat:
        return handler.function(job) or {}
    with Heartbeat(job):
        return handler.function(job) or {}


def _finish(job: JobContext, status: str, *, result: dict[str, Any] | None = None, error: str = "") -> None:
    row = Job.objects.filter(pk=job.id, status=Job.Status.RUNNING, fence=job.fence)
    values: dict[str, Any] = {"status": status, "result": result or {}, "error": error}
    if not row.update(finished_at=timezone.now(), lease_until=None, **values):
        _log.warning("Job %s (%s) ended as %s after it had been taken over.", job.id, job.name, status)


def _fail(job: JobContext, handler: registry.Handler | None, error: Exception) -> None:
    """Back to waiting with growing pauses, or failed for good after the last attempt."""
    text = f"{type(error).__name__}: {error}\n\n{traceback.format_exc(limit=-8)}"
    if handler is None or job.attempt >= handler.max_attempts:
        Job.objects.filter(pk=job.id, fence=job.fence).update(attempts=job.attempt)
        _finish(job, Job.Status.FAILED, error=text)
        return
    pause = timedelta(seconds=handler.back_off_seconds * 2 ** (job.attempt - 1))
    Job.objects.filter(pk=job.id, status=Job.Status.RUNNING, fence=job.fence).update(
        status=Job.Status.WAITING,
        attempts=job.attempt,
        run_at=timezone.now() + pause,
        lease_until=None,
        error=text,
    )


def _ring_twin(job: JobContext) -> None:
    """A job of the same key had to wait for this one."""
    if not job.key:
        return
    twin = Job.objects.due().filter(name=job.name, key=job.key).values_list("pk", flat=True).first()
    if twin is not None:
        bell.ring_job_on_commit(twin)


def _put_back_jobs() -> int:
    """Running jobs whose worker has ended, or let its lease run out, become waiting ones again."""
    now = timezone.now()
    count = 0
    for job in Job.objects.filter(status=Job.Status.RUNNING).only("pk", "fence", "worker", "lease_until", "losses"):
        expired = job.lease_until is None or job.lease_until < now
        if not (process.is_gone(job.worker) or (expired and not _is_only_slow(job, now))):
            continue
        row = Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING, fence=job.fence, lease_until=job.lease_until)
        if job.losses + 1 >= MAX_LOSSES:
            text = _("The worker ended %(times)d times while doing this job.") % {"times": job.losses + 1}
            row.update(status=Job.Status.FAILED, error=text, finished_at=now, lease_until=None)
            continue
        values: dict[str, Any] = {"status": Job.Status.WAITING, "losses": job.losses + 1, "lease_until": None}
        put_back = row.filter(cancel_requested=False).update(run_at=now, **values)
        row.filter(cancel_requested=True).update(status=Job.Status.CANCELLED, finished_at=now, lease_until=None)
        if put_back:
            _log.warning("Job %s lost its worker and waits again.", job.pk)
            count += 1
    return count


def _is_only_slow(job: Job, now: datetime) -> bool:
    """A process of this machine that lives but could not write lately, e.g. within a long transaction on SQLite."""
    frozen = job.lease_until is None or job.lease_until < now - FROZEN
    return not frozen and process.lives_here(job.worker)


def _due_outbox() -> QuerySet[Outbox]:
    return Outbox.objects.filter(status=Outbox.Status.WAITING, run_at__lte=timezone.now())


def _deliver_one(pk: int, name: str, raise_errors: bool) -> bool:
    subscriber = registry.find_subscriber(name)
    if subscriber is None:
        _log.warning("Effect %s has no subscriber %s here and keeps waiting.", pk, name)
        Outbox.objects.filter(pk=pk).update(run_at=timezone.now() + timedelta(minutes=10))
        return False
    try:
        if subscriber.in_transaction:
            return _deliver_in_transaction(pk, subscriber)
        return _deliver_and_mark(pk, subscriber)
    except Exception as error:  # noqa: BLE001 - whatever a subscriber raises becomes a later attempt
        _log.exception("Effect %s could not be delivered to %s.", pk, name)
        _put_off(pk, subscriber, error)
        if raise_errors:
            raise
    return False


def _deliver_in_transaction(pk: int, subscriber: registry.Subscriber) -> bool:
    with transaction.atomic():
        if not _mark_delivered(pk, Outbox.Status.WAITING):
            return False
        subscriber.function(_message(pk))
    return True


def _deliver_and_mark(pk: int, subscriber: registry.Subscriber) -> bool:
    lease = timezone.now() + timedelta(minutes=2)
    waiting = Outbox.objects.filter(pk=pk, status=Outbox.Status.WAITING)
    if not waiting.update(status=Outbox.Status.DELIVERING, lease_until=lease):
        return False
    subscriber.function(_message(pk))
    return _mark_delivered(pk, Outbox.Status.DELIVERING)


def _mark_delivered(pk: int, status: str) -> bool:
    now = timezone.now()
    row = Outbox.objects.filter(pk=pk, status=status)
    return bool(row.update(status=Outbox.Status.DELIVERED, delivered_at=now, lease_until=None, error=""))


def _message(pk: int) -> registry.Message:
    """Read after the row was taken: until then a newer announcement may have replaced the payload."""
    row = Outbox.objects.get(pk=pk)
    return registry.Message(id=row.pk, topic=row.topic, key=row.key, payload=row.payload)


def _put_off(pk: int, subscriber: registry.Subscriber, error: Exception) -> None:
    row = Outbox.objects.filter(pk=pk).filter(~Q(status=Outbox.Status.DELIVERED))
    attempts = (row.values_list("attempts", flat=True).first() or 0) + 1
    is_last = attempts >= subscriber.max_attempts
    pause = min(5 * 2 ** min(attempts - 1, 20), subscriber.longest_pause_seconds)
    row.update(
        status=Outbox.Status.FAILED if is_last else Outbox.Status.WAITING,
        attempts=attempts,
        run_at=timezone.now() + timedelta(seconds=pause),
        lease_until=None,
        error=f"{type(error).__name__}: {error}",
    )
