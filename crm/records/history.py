"""Who changed what, and when: the history of a record as a reader may see it."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.records import lookups, privacy, values
from crm.records.attributes import Attribute, Type
from crm.records.custom.attributes import CustomAttribute
from crm.records.kinds import Kind

LIMIT = 200


@dataclass(frozen=True)
class Change:
    label: Any
    old: str
    new: str


@dataclass
class Entry:
    """One saving of a record."""

    at: datetime.datetime
    user: User | None
    action: str
    changes: list[Change] = field(default_factory=list)


def entries(kind: Kind, record: Any, user: User | None) -> list[Entry]:
    """Newest first. Masked attributes show that they changed, not how; hidden ones do not show."""
    rows = list(record.history.select_related("history_user").order_by("-history_date", "-history_id")[: LIMIT + 1])
    attributes = [each for each in privacy.seen(kind, user) if _is_field(kind, each)]
    names = _Names(kind, attributes, rows)
    found = []
    for at, row in enumerate(rows[:LIMIT]):
        older = rows[at + 1] if at + 1 < len(rows) else None
        changes = _changes(kind, attributes, row, older, user, names)
        if changes or older is None or row.history_type != "~" or row.deleted_at != older.deleted_at:
            found.append(Entry(row.history_date, row.history_user, _action(row, older), changes))
    return found


def _changes(
    kind: Kind, attributes: list[Attribute], row: Any, older: Any, user: User | None, names: "_Names"
) -> list[Change]:
    found = []
    for attribute in attributes:
        new, old = names.raw(attribute, row), names.raw(attribute, older) if older else None
        if (new or None) == (old or None) and not (older and new != old and attribute.type == Type.BOOLEAN):
            continue
        is_readable = privacy.may_read(kind, attribute, user)
        shown = (lambda value, each=attribute: names.text(each, value)) if is_readable else _masked(attribute, names)
        found.append(Change(attribute.label, shown(old), shown(new)))
    return found


def _masked(attribute: Attribute, names: "_Names") -> Any:
    return lambda value: values.mask(attribute, names.text(attribute, value))


def _is_field(kind: Kind, attribute: Attribute) -> bool:
    if attribute.lies_in_json:
        return True
    if attribute.key in {"created_at", "created_by", "modified_at"} or "__" in attribute.source:
        return False
    names = {each.name for each in kind.model._meta.fields} | {each.name for each in kind.model._meta.many_to_many}
    return attribute.source in names


def _action(row: Any, older: Any) -> str:
    if row.history_type == "+" or older is None:
        return _("created")
    if row.deleted_at and not older.deleted_at and getattr(row, "merged_into_id", None):
        return _("merged into another record")
    if row.deleted_at and not older.deleted_at:
        return _("put into the recycle bin")
    if older.deleted_at and not row.deleted_at:
        return _("restored")
    return _("changed")


class _Names:
    """Names of all related rows that the history mentions, fetched with one query per relation."""

    def __init__(self, kind: Kind, attributes: list[Attribute], rows: list[Any]) -> None:
        self.names: dict[tuple[str, int], str] = {}
        self.multiple: dict[tuple[int, str], list[int]] = {}
        wanted: dict[str, set[int]] = {}
        for attribute in attributes:
            if attribute.type != Type.RELATION:
                continue
            if attribute.is_multiple:
                self._read_multiple(kind, attribute, rows)
            ids = {each for row in rows for each in self._ids(attribute, row)}
            wanted.setdefault(attribute.related, set()).update(ids)
        for related, ids in wanted.items():
            if ids:
                found = lookups.get(related).model._default_manager.in_bulk(ids)
                self.names.update({(related, pk): str(row) for pk, row in found.items()})

    def raw(self, attribute: Attribute, row: Any) -> Any:
        if attribute.type == Type.RELATION:
            return tuple(self._ids(attribute, row))
        value = attribute.value_of(row) if attribute.lies_in_json else getattr(row, attribute.source)
        return str(value) if attribute.type == Type.TEXT and value else value

    def text(self, attribute: Attribute, value: Any) -> str:
        if attribute.type == Type.RELATION:
            return ", ".join(self.names.get((attribute.related, each), f"#{each}") for each in value or ())
        return values.text(attribute, value)

    def _ids(self, attribute: Attribute, row: Any) -> list[int]:
        if attribute.is_multiple:
            return self.multiple.get((row.history_id, attribute.source), [])
        if isinstance(attribute, CustomAttribute):
            pk = attribute.stored(row)
            return [pk] if pk else []
        pk = getattr(row, f"{attribute.source}_id")
        return [pk] if pk else []

    def _read_multiple(self, kind: Kind, attribute: Attribute, rows: list[Any]) -> None:
        relation = kind.model._meta.get_field(attribute.source)
        through = getattr(kind.model.history.model, attribute.source).model  # type: ignore[attr-defined]
        target = relation.m2m_reverse_field_name()  # type: ignore[attr-defined]
        found = through.objects.filter(history_id__in=[row.history_id for row in rows])
        for history_id, pk in found.order_by(target).values_list("history_id", f"{target}_id"):
            self.multiple.setdefault((history_id, attribute.source), []).append(pk)
