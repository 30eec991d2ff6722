"""What a handler holds while it does a job: payload, progress, and the proof that the job is still its own."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, connections
from django.utils import timezone

from crm.jobs.models import Job

if TYPE_CHECKING:
    from crm.accounts.models import User

LEASE = timedelta(seconds=20)
HEARTBEAT_SECONDS = 5.0
PROGRESS_SECONDS = 0.5

_log = logging.getLogger(__name__)


class JobLost(Exception):
    """Another worker has taken the job over; what this one still has in hand must not be written."""


class JobCancelled(Exception):
    """Somebody asked to stop."""


class JobFailed(Exception):
    """The job cannot succeed, trying again is useless. The message is shown to the user."""


class JobContext:
    """One claim of a job. `fence` is larger than that of every earlier claim."""

    def __init__(self, job: Job) -> None:
        self.id: int = job.pk
        self.name: str = job.name
        self.key: str = job.key
        self.payload: dict[str, Any] = dict(job.payload)
        self.fence: int = job.fence
        self.attempt: int = job.attempts + 1
        self.user_id: int | None = job.user_id
        self.has_heartbeat = False
        self._stop: type[JobLost] | type[JobCancelled] | None = None
        self._told: dict[str, Any] = {}
        self._written_at = 0.0

    @cached_property
    def user(self) -> "User | None":
        from crm.accounts.models import User

        return User.objects.filter(pk=self.user_id).first() if self.user_id else None

    def progress(self, done: int, total: int, text: str = "") -> None:
        """Say how far the job is; raises `JobLost` or `JobCancelled`. Call it as often as you like, also inside a
        transaction: the heartbeat writes it from its own connection, twice a second at most."""
        self._raise_stop()
        self._told = {"done": done, "total": total, "text": text[:300]}
        if not self.has_heartbeat:
            self.write_progress()
            self._raise_stop()

    def write_progress(self) -> None:
        """Write what was told last, unless something was written just now."""
        now = time.monotonic()
        told = self._told
        if not told or (now - self._written_at < PROGRESS_SECONDS and told["done"] < told["total"]):
            return
        self._written_at = now
        self._told = {}
        self.beat(**told)

    def assert_mine(self) -> None:
        """Raise `JobLost` unless this claim still holds. Inside a transaction the row stays locked until its end, so
        what is published there is published by the holder; nobody can take the job over in between."""
        mine = self._row().update(lease_until=timezone.now() + LEASE)
        if not mine:
            self._stop = JobLost
        self._raise_stop()

    def beat(self, **values: Any) -> None:
        """Extend the lease (and write progress); remembers when the claim is lost or a stop was asked for."""
        if not self._row().update(lease_until=timezone.now() + LEASE, **values):
            self._stop = JobLost
        elif self._row().filter(cancel_requested=True).exists():
            self._stop = JobCancelled

    def _row(self) -> Any:
        return Job.objects.filter(pk=self.id, status=Job.Status.RUNNING, fence=self.fence)

    def _raise_stop(self) -> None:
        if self._stop is JobLost:
            raise JobLost(f"Job {self.id} was taken over.")
        if self._stop is JobCancelled:
            raise JobCancelled(f"Job {self.id} was cancelled.")


class Heartbeat:
    """Extends the lease from a thread of its own while the handler is deep in a long query."""

    def __init__(self, job: JobContext) -> None:
        self._job = job
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"heartbeat-{job.id}", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._job.has_heartbeat = True
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._ended.set()
        self._thread.join(timeout=HEARTBEAT_SECONDS)
        self._job.has_heartbeat = False

    def _run(self) -> None:
        beat_at = time.monotonic()
        try:
            while not self._ended.wait(PROGRESS_SECONDS):
                self._try(self._job.write_progress)
                if time.monotonic() - beat_at >= HEARTBEAT_SECONDS:
                    beat_at = time.monotonic()
                    self._try(self._job.beat)
        finally:
            connections.close_all()

    def _try(self, write: Callable[[], None]) -> None:
        try:
            write()
        except DatabaseError as error:  # e.g. a long write transaction on SQLite; the next beat may pass
            _log.warning("Heartbeat of job %s failed: %s", self._job.id, error)
            connections.close_all()
