"""A custom field as an attribute of its kind: whatever reads attributes knows it without being told."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model

from crm.accounts.models import User
from crm.records.attributes import Attribute, Type

PREFIX = "custom_"  # of the key in addresses, files and the API, so that no field of the house is ever in its way
TRANSFORMS = {
    Type.NUMBER: "as_number",
    Type.DATE: "as_date",
    Type.BOOLEAN: "as_boolean",
    Type.RELATION: "as_id",
}


@dataclass(frozen=True)
class CustomAttribute(Attribute):
    """An attribute whose values lie in `custom` under `name`.

    applies_to   codes of the kind's `type` that it is for; empty for all
    section      heading it stands under; empty for "Further information"
    hint         a line below its control
    """

    pk: int = 0
    name: str = ""
    section: str = ""
    hint: str = ""
    applies_to: tuple[str, ...] = ()
    is_required: bool = False
    is_custom = True
    lies_in_json = True

    @property
    def facts_path(self) -> str:
        return self.name

    @property
    def field_name(self) -> str:
        return self.key

    def stored(self, record: Any) -> Any:
        """The value as JSON keeps it, also of a row of the history; None where there is none."""
        return (getattr(record, "custom", None) or {}).get(self.name)

    def value_of(self, record: Any) -> Any:
        value = self.stored(record)
        if value is None:
            return None
        if self.type == Type.DATE:
            return datetime.date.fromisoformat(value)
        if self.type == Type.NUMBER and isinstance(value, float):
            return Decimal(str(value))
        if self.type == Type.RELATION:
            return _related(record, self.related, value)
        return value

    def is_for(self, record: Any) -> bool:
        """Whether a record is of a type that has this field. One that was given a value before goes on showing it."""
        return (
            not self.applies_to or getattr(record, "type", None) in self.applies_to or self.stored(record) is not None
        )


def json_of(attribute: CustomAttribute, value: Any) -> Any:
    """A cleaned value as JSON keeps it; None for what is empty and therefore not kept."""
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


def prefetch(records: Iterable[Any], attributes: Iterable[Attribute], user: User | None = None) -> None:
    """Fetch what custom relations of these records point at, one query for each kind of row."""
    from crm.records import lookups

    records = list(records)
    wanted: dict[str, set[int]] = {}
    for each in attributes:
        if isinstance(each, CustomAttribute) and each.type == Type.RELATION:
            ids = {each.stored(record) for record in records} - {None}
            wanted.setdefault(each.related, set()).update(ids)
    for related, ids in wanted.items():
        found = lookups.get(related).model._default_manager.in_bulk(ids) if ids else {}
        for record in records:
            held = record.__dict__.setdefault("_custom_related", {})
            held.update({(related, pk): found.get(pk) for pk in ids})


def _related(record: Any, related: str, pk: int) -> Model | None:
    from crm.records import lookups

    held = record.__dict__.setdefault("_custom_related", {})
    if (related, pk) not in held:
        held[related, pk] = lookups.get(related).model._default_manager.filter(pk=pk).first()
    found: Model | None = held[related, pk]
    return found


__all__ = ["PREFIX", "TRANSFORMS", "CustomAttribute", "json_of", "prefetch"]
