"""Writing records: one transaction each, guarded by the version that the writer had read."""

import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.records import notices, search
from crm.records.attachments import services as attachments
from crm.records.kinds import kinds
from crm.records.models import Record
from crm.records.notices import services as notice_services
from crm.records.webhooks.announcing import announce, announce_many
from crm.records.webhooks.models import Event

logger = logging.getLogger(__name__)
R = TypeVar("R", bound=Record)


class Conflict(Exception):
    """Somebody saved the record since it was read; `current` is what it is now."""

    def __init__(self, current: Record) -> None:
        super().__init__(f"{current} is at version {current.version}")
        self.current = current


class InUse(Exception):
    """The record cannot be purged: others point at it."""


def save(
    record: R,
    *,
    user: User | None,
    expected_version: int | None = None,
    related: Callable[[], Any] | None = None,
    tells: bool = True,
) -> R:
    """Save a record with what belongs to it (`related`: tags, lines) and bring its search index up to date.

    `expected_version` is what the writer had read; Conflict is raised and nothing written when it is another by now.
    `tells`: false where the caller tells once for many who was given what.
    """
    kind = kinds.of(record)
    event = Event.CHANGED if record.pk else Event.CREATED
    with transaction.atomic():
        before = None
        if record.pk:
            before = current = _locked(record)
            if expected_version is not None and current.version != expected_version:
                raise Conflict(current)
            record.version = current.version
        elif record.created_by_id is None:
            record.created_by = user
        record.save()
        if related:
            related()
        search.index(kind, [record])
        if tells:
            _tell_who_is_responsible(record, before, user)
        announce(kind, record, event)
    return record


def follow_up(pairs: Iterable[tuple[Record, Record]], user: User | None) -> None:
    """What `save` does beside the tables after a change, for records that were changed many at once.

    pairs: each record with what it was before
    """
    changed = []
    for record, before in pairs:
        _tell_who_is_responsible(record, before, user)
        changed.append(record)
    if changed:
        announce_many(kinds.of(changed[0]), changed, Event.CHANGED)


def _tell_who_is_responsible(record: Record, before: Record | None, user: User | None) -> None:
    """Whoever is given a record by somebody else, or by the house itself, hears of it."""
    for lookup in record.Access.owner:  # type: ignore[attr-defined]
        if "__" in lookup:
            continue
        given = getattr(record, f"{lookup}_id")
        had = getattr(before, f"{lookup}_id") if before else None
        if given and given != had and given != (user.pk if user else None) and (before or user):
            notices.tell(
                getattr(record, lookup),
                "given" if user else "given_by_the_house",
                record.get_absolute_url(),
                **notice_services.data_of(record, user),
            )


def delete(record: R, *, user: User | None) -> R:
    """Put a record into the recycle bin. Its own records stay and show again when it is restored."""
    with transaction.atomic():
        record.deleted_at, record.deleted_by = timezone.now(), user
        record.save(update_fields={"deleted_at", "deleted_by"})
        search.remove(kinds.of(record), [record.pk])
        announce(kinds.of(record), record, Event.DELETED)
    return record


def restore(record: R, *, user: User | None) -> R:
    with transaction.atomic():
        record.deleted_at, record.deleted_by = None, None
        record.save(update_fields={"deleted_at", "deleted_by"})
        search.index(kinds.of(record), [record])
        announce(kinds.of(record), record, Event.RESTORED)
    return record


def purge(record: Record, *, user: User | None) -> None:
    """Remove a record from the recycle bin for good, with its history."""
    kind = kinds.of(record)
    with transaction.atomic():
        search.remove(kind, [record.pk])
        attachments.remove_all(kind.key, record.pk)
        history = getattr(record, "history", None)
        pk = record.pk
        try:
            record.delete()
        except models.ProtectedError as error:
            raise InUse(_("Other records still belong to it. Purge those first.")) from error
        if history is not None:
            type(record).history.filter(id=pk).delete()  # type: ignore[attr-defined]
    logger.info("%s %s purged by %s", kind.key, pk, user)


def _locked(record: R) -> R:
    """The row as it is now, locked until the transaction ends (SQLite locks the whole database for it)."""
    return type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk)  # type: ignore[attr-defined]
