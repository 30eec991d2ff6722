"""Thin Celery shells: they look whether there is anything to do, and ask for the job."""

from celery import shared_task

from interactions.cases import jobs


@shared_task(name="interactions.watch_deadlines")
def watch_deadlines() -> None:
    jobs.watch_deadlines()


@shared_task(name="interactions.watch_mailbox")
def watch_mailbox() -> None:
    jobs.watch_mailbox()
