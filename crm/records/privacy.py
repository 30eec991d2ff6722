"""How much of each attribute a reader has. Every screen, file and interface asks here."""

from collections.abc import Iterator
from typing import Any

from crm.accounts import access
from crm.accounts.models import FieldRight, User
from crm.records.attributes import Attribute
from crm.records.kinds import Kind

Level = FieldRight.Level


def level(kind: Kind, attribute: Attribute, user: User | None) -> str:
    return access.field_level(kind.key, attribute.sensitivity, user)


def may_see(kind: Kind, attribute: Attribute, user: User | None) -> bool:
    """In full or masked; a hidden attribute does not exist for the reader."""
    return level(kind, attribute, user) != Level.HIDDEN


def may_read(kind: Kind, attribute: Attribute, user: User | None) -> bool:
    """In full. Only then may it be filtered, sorted or searched by: a mask that answers questions is none."""
    return level(kind, attribute, user) in {Level.READ, Level.WRITE}


def may_reveal(kind: Kind, attribute: Attribute, user: User | None) -> bool:
    """Masked everywhere, but one value at a time is shown for a reason that is logged."""
    return level(kind, attribute, user) == Level.REVEAL


def may_write(kind: Kind, attribute: Attribute, user: User | None) -> bool:
    return level(kind, attribute, user) == Level.WRITE


def seen(kind: Kind, user: User | None) -> Iterator[Attribute]:
    return (each for each in kind.attributes if may_see(kind, each, user))


def columns(kind: Kind, user: User | None) -> list[Attribute]:
    """What a list or file of this reader may show."""
    return [each for each in seen(kind, user) if each.is_column and each.source]


def filterable(kind: Kind, user: User | None) -> list[Attribute]:
    return [each for each in kind.attributes if each.is_filterable and each.source and may_read(kind, each, user)]


def sortable(kind: Kind, user: User | None) -> list[Attribute]:
    return [each for each in kind.attributes if each.is_sortable and each.source and may_read(kind, each, user)]


def readable_sensitivities(kind: Kind, user: User | None) -> list[str]:
    """The privacy classes whose texts the reader may search."""
    return sorted({each.sensitivity for each in kind.attributes if may_read(kind, each, user)})


def may_act(record: Any, user: User | None, action: str) -> bool:
    """Whether this one record lies in the user's scope: the policy's Q, asked of an object already in memory."""
    scope = access.scope(record.Access.kind, user, action)
    if scope.is_everything or scope.is_nothing:
        return scope.is_everything
    if any(_reached(record, lookup) == scope.user_id for lookup in record.Access.owner):
        return True
    units = any(_reached(record, lookup) in scope.unit_ids for lookup in record.Access.unit)
    return units or any(_reached(record, lookup) in scope.region_ids for lookup in record.Access.region)


def _reached(record: Any, lookup: str) -> int | None:
    """The id at the end of a lookup such as customer__owner."""
    *way, last = lookup.split("__")
    for step in way:
        record = getattr(record, step)
        if record is None:
            return None
    return getattr(record, f"{last}_id")
