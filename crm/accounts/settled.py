"""What settings say, kept in this process for as long as nobody changes a setting.

The company's row carries a stamp. Whatever writes roles, rights, trees or lists to choose from gives it a new one in
the same transaction, after its own rows. A request reads the company first, and what was read for an earlier request
with the same stamp is still true: a removed role is gone at the next request, in every process. Without a request
(commands, jobs) nothing is kept.

    rules = settled.kept(("rules", role_id), lambda: list(AccessRule.objects.filter(role=role_id)))
    settled.watch(Channel)   # in the app's ready()
"""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import models
from django.db.models.signals import m2m_changed, post_delete, post_save

T = TypeVar("T")
LARGEST = 2_000  # keys of one stamp: users of many places each bring some

_stamp: ContextVar[int | None] = ContextVar("settings_stamp", default=None)
_kept: tuple[int | None, dict[Hashable, Any]] = (None, {})
_lock = threading.Lock()


@contextmanager
def request_with(stamp: int | None) -> Iterator[None]:
    """The request whose company row had this stamp; None before there is a company."""
    token = _stamp.set(stamp)
    try:
        yield
    finally:
        _stamp.reset(token)


def kept(key: Hashable, read: Callable[[], T]) -> T:
    """The answer of `read`, which must depend on nothing but the key and watched models. Not to be changed."""
    stamp = _stamp.get()
    if stamp is None:
        return read()
    held = _of(stamp)
    if key not in held:
        held[key] = read()
    found: T = held[key]
    return found


def changed() -> None:
    """Give the company a new stamp; for the rest of this request nothing is kept. Bulk writes call it themselves."""
    from crm.accounts.models import Company, new_stamp

    Company.objects.update(stamp=new_stamp())
    if _stamp.get() is not None:
        _stamp.set(None)


def watch(*watched: type[models.Model]) -> None:
    """Saving or deleting a row of these models changes the settings."""
    for model in watched:
        name = f"settled {model._meta.label}"
        post_save.connect(_on_change, sender=model, dispatch_uid=f"{name} saved")
        post_delete.connect(_on_change, sender=model, dispatch_uid=f"{name} deleted")
        for relation in model._meta.many_to_many:
            through = getattr(model, relation.name).through
            m2m_changed.connect(_on_change, sender=through, dispatch_uid=f"{name} {relation.name}")


def _on_change(**kwargs: Any) -> None:
    changed()


def _of(stamp: int) -> dict[Hashable, Any]:
    """The answers of one stamp; those of another are let go."""
    global _kept
    with _lock:
        if _kept[0] != stamp or len(_kept[1]) > LARGEST:
            _kept = (stamp, {})
        return _kept[1]
