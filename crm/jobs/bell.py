"""The bell: tells a worker to look at the Job and Outbox rows. It may fail; the sweeper makes good for it."""

import logging
import time

import redis.exceptions
from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import KombuError

QUIET_SECONDS = 15.0
SWEEP_RINGS_EXPIRE_SECONDS = 20

_log = logging.getLogger(__name__)
_quiet_until = 0.0


def ring_job_on_commit(job_id: int) -> None:
    def ring() -> None:  # not a partial: Django names what failed by its __qualname__
        ring_job(job_id)

    transaction.on_commit(ring, robust=True)


def ring_outbox_on_commit() -> None:
    """Once per transaction, however many effects it announces."""
    if any(entry[1] is ring_outbox for entry in connection.run_on_commit):
        return
    transaction.on_commit(ring_outbox, robust=True)


def ring_job(job_id: int) -> bool:
    return _ring("crm.jobs.run_job", [job_id])


def ring_outbox() -> bool:
    return _ring("crm.jobs.deliver", [], expires=SWEEP_RINGS_EXPIRE_SECONDS)


def ring_work() -> bool:
    """Ask a worker to do whatever is due. Expires: while all workers are busy, such bells must not pile up."""
    return _ring("crm.jobs.work", [], expires=SWEEP_RINGS_EXPIRE_SECONDS)


def is_quiet() -> bool:
    """Whether the broker failed a moment ago and is left alone for now."""
    return time.monotonic() < _quiet_until


def _ring(task: str, arguments: list[int], expires: int | None = None) -> bool:
    """Send one message. After a failure the broker is not tried again for some seconds, so that saving stays fast."""
    global _quiet_until
    if is_quiet():
        return False
    try:
        current_app.send_task(task, args=arguments, expires=expires, retry=False, ignore_result=True)
    except (KombuError, redis.exceptions.RedisError, OSError) as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        _log.warning("The broker does not answer (%s); the sweeper will find what is due.", error)
        return False
    return True
