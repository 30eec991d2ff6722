"""Thin Celery shells. Arguments are ids; every one of them may be lost or come twice."""

import logging
from typing import Any

from celery import shared_task

from crm.jobs import registry, services

_log = logging.getLogger(__name__)


@shared_task(name="crm.jobs.run_job")
def run_job(job_id: int) -> None:
    services.run_job(job_id)


@shared_task(name="crm.jobs.deliver")
def deliver() -> None:
    services.deliver()


@shared_task(name="crm.jobs.work")
def work() -> None:
    services.work()


@shared_task(name="crm.jobs.sweep")
def sweep() -> None:
    services.sweep()


@shared_task(name="crm.jobs.purge")
def purge() -> None:
    services.purge()
    services.refresh_statistics()


@shared_task(name="crm.jobs.enqueue_job")
def enqueue_job(name: str, payload: dict[str, Any] | None = None) -> None:
    """Ask for a job at a time of the schedule. At most one of them waits, so calling twice asks once."""
    if registry.find(name) is None:
        _log.warning("The schedule asks for the job %s, which this installation does not know.", name)
        return
    services.enqueue(name, payload=payload, key=f"schedule:{name}")
