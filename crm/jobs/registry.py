"""Who does which job and who listens to which topic.

    @handler("analytics.recompute", label=_("Recompute"))
    def recompute(job: JobContext) -> dict: ...

    @subscriber("record.saved")
    def index(message: Message) -> None: ...

Both stand in a module `jobs.py` of an app; they are found when Django starts.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from crm.jobs.context import JobCancelled, JobContext, JobFailed, JobLost

__all__ = [
    "Handler",
    "JobCancelled",
    "JobContext",
    "JobFailed",
    "JobLost",
    "Message",
    "Subscriber",
    "find",
    "handler",
    "label",
    "subscriber",
    "subscribers",
]

HandlerFunction = Callable[[JobContext], dict[str, Any] | None]


@dataclass(frozen=True)
class Handler:
    """`max_attempts` counts runs that raised; a run whose worker was killed is taken up again without counting."""

    name: str
    function: HandlerFunction
    label: str | Promise
    max_attempts: int = 3
    back_off_seconds: float = 5.0


@dataclass(frozen=True)
class Message:
    """What a subscriber gets. `id` stays the same when a delivery is repeated."""

    id: int
    topic: str
    key: str = ""
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Subscriber:
    """`in_transaction`: the effect is rows of our database and is committed together with the mark "delivered",
    so it happens exactly once. Otherwise (mails) the mark follows the effect, which a crash between may repeat."""

    name: str
    topic: str
    function: Callable[[Message], None]
    in_transaction: bool = True
    max_attempts: int = 8
    longest_pause_seconds: int = 600


_handlers: dict[str, Handler] = {}
_subscribers: dict[str, Subscriber] = {}
_preparations: list[Callable[[], None]] = []
_log = logging.getLogger(__name__)


def handler(
    name: str, *, label: str | Promise, max_attempts: int = 3, back_off_seconds: float = 5.0
) -> Callable[[HandlerFunction], HandlerFunction]:
    """Make the function the one that does jobs called `name`."""

    def register(function: HandlerFunction) -> HandlerFunction:
        known = _handlers.get(name)
        if known and _path(known.function) != _path(function):
            raise ValueError(f"Job {name!r} already has the handler {_path(known.function)}.")
        _handlers[name] = Handler(name, function, label, max_attempts, back_off_seconds)
        return function

    return register


def subscriber(
    topic: str, *, in_transaction: bool = True, max_attempts: int = 8, longest_pause_seconds: int = 600
) -> Callable[[Callable[[Message], None]], Callable[[Message], None]]:
    """Let the function have every message of the topic."""

    def register(function: Callable[[Message], None]) -> Callable[[Message], None]:
        name = f"{topic}:{_path(function)}"
        _subscribers[name] = Subscriber(name, topic, function, in_transaction, max_attempts, longest_pause_seconds)
        return function

    return register


def before_each(prepare: Callable[[], None]) -> Callable[[], None]:
    """Have the function called before every job: a worker lives long, and what it keeps may have changed."""
    if prepare not in _preparations:
        _preparations.append(prepare)
    return prepare


def prepare() -> None:
    for each in _preparations:
        each()


def find(name: str) -> Handler | None:
    return _handlers.get(name)


def label(name: str) -> str:
    found = _handlers.get(name)
    return str(found.label) if found else name


def subscribers(topic: str) -> list[Subscriber]:
    return [each for each in _subscribers.values() if each.topic == topic]


def find_subscriber(name: str) -> Subscriber | None:
    return _subscribers.get(name)


def _path(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"
