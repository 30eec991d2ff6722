"""How the installation is doing, in words a manager understands. Floors above add their own lines.

@status.register
def last_recompute() -> status.Line: ...
"""

import logging
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import redis.exceptions
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from kombu.exceptions import KombuError

from crm.jobs import process
from crm.jobs.models import Job, Outbox


class State(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Line:
    """One thing that can be well or not. `key` is stable, label and text are for people."""

    key: str
    label: str
    state: State
    text: str

    @property
    def colour(self) -> str:
        return {State.GOOD: "green", State.WARNING: "yellow", State.BAD: "red"}[self.state]

    @property
    def state_label(self) -> str:
        return {State.GOOD: _("in order"), State.WARNING: _("look at it"), State.BAD: _("not working")}[self.state]

    def as_dict(self) -> dict[str, str]:
        return {"key": self.key, "state": str(self.state), "label": self.label, "text": self.text}


LineFunction = Callable[[], "Line | Iterable[Line]"]
BROKER_CHECK_SECONDS = 5.0

_functions: list[LineFunction] = []
_broker_checked: dict[str, Any] = {"at": -BROKER_CHECK_SECONDS, "answers": False}
_log = logging.getLogger(__name__)


def register(function: LineFunction) -> LineFunction:
    """Add the function's line or lines to the status page and to `check_health`."""
    if function not in _functions:
        _functions.append(function)
    return function


def lines() -> list[Line]:
    found: list[Line] = []
    for function in [_database, _worker, _scheduler, _broker, _jobs, _effects, *_functions]:
        try:
            told = function()
        except Exception:  # noqa: BLE001 - one broken line must not hide the others
            _log.exception("The status line of %s failed.", function)
            told = Line(function.__name__, function.__name__, State.BAD, _("This could not be found out."))
        found += [told] if isinstance(told, Line) else list(told)
    return found


def worst(found: list[Line]) -> State:
    states = {line.state for line in found}
    return next((state for state in (State.BAD, State.WARNING) if state in states), State.GOOD)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() is not None
    except DatabaseError:
        return False


def _database() -> Line:
    line = partial(Line, "database", _("Database"))
    if database_answers():
        return line(State.GOOD, _("Records can be read and saved."))
    return line(State.BAD, _("The database does not answer."))


def _worker() -> Line:
    line = partial(Line, "worker", _("Background work"))
    count = process.living("worker")
    if not count:
        return line(State.BAD, _("Nobody works through the jobs: imports, recomputes and mails are waiting."))
    text = ngettext("%(count)d process is ready for jobs.", "%(count)d processes are ready for jobs.", count)
    return line(State.GOOD, text % {"count": count})


def _scheduler() -> Line:
    line = partial(Line, "scheduler", _("Scheduler"))
    if process.living("scheduler"):
        return line(State.GOOD, _("Nightly and repeated jobs start on time."))
    return line(State.BAD, _("Nightly and repeated jobs do not start."))


def _broker() -> Line:
    line = partial(Line, "broker", _("Job signals"))
    if _broker_answers():
        return line(State.GOOD, _("The worker hears of new jobs at once."))
    return line(State.WARNING, _("The broker does not answer. Nothing is lost, but jobs start late."))


def _jobs() -> Line:
    line = partial(Line, "jobs", _("Jobs"))
    counts = dict(
        Job.objects.filter(status__in=[Job.Status.WAITING, Job.Status.RUNNING, Job.Status.FAILED])
        .order_by()
        .values_list("status")
        .annotate(Count("id"))
    )
    failed = counts.get(Job.Status.FAILED, 0)
    text = _("%(waiting)d waiting, %(running)d running, %(failed)d failed.") % {
        "waiting": counts.get(Job.Status.WAITING, 0),
        "running": counts.get(Job.Status.RUNNING, 0),
        "failed": failed,
    }
    return line(State.WARNING if failed else State.GOOD, text)


def _effects() -> Line:
    line = partial(Line, "effects", _("Mails and search index"))
    waiting = Outbox.objects.filter(status__in=[Outbox.Status.WAITING, Outbox.Status.DELIVERING]).count()
    failed = Outbox.objects.filter(status=Outbox.Status.FAILED).count()
    text = _("%(waiting)d on their way, %(failed)d failed.") % {"waiting": waiting, "failed": failed}
    return line(State.WARNING if failed else State.GOOD, text)


def _broker_answers() -> bool:
    """Asked at most every few seconds: a broker that is down answers slowly."""
    now = time.monotonic()
    if now - _broker_checked["at"] >= BROKER_CHECK_SECONDS:
        _broker_checked.update(at=now, answers=_ask_broker())
    return bool(_broker_checked["answers"])


def _ask_broker() -> bool:
    if settings.EMBEDDED_BROKER:
        folder = Path(str(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"]))
        return folder.is_dir() and os.access(folder, os.W_OK)
    try:
        with current_app.connection_for_write() as asked:
            asked.ensure_connection(max_retries=1, timeout=2)
    except (KombuError, redis.exceptions.RedisError, OSError):
        return False
    return True
