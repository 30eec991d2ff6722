"""Whether a record is known already, asked alike by forms, API and imports.

A room that can tell registers its check when its app is ready; kinds without one are never doubted.

    duplicates.register("customer", check, watched=("name", "phone"), survivor=survivor)
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm.accounts.models import User

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Candidate:
    """A record that may be the same as the one asked about.

    record   None where it lies outside what the reader may see, or is another row of the same question
    row      place of that other row among those asked about, counted from 0
    score    0 to 100;  reasons   codes such as "phone";  words   the same for people
    """

    record: Any | None
    score: int
    reasons: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    row: int | None = None
    erased_on: datetime.date | None = None  # no record: somebody with these values was erased then

    @property
    def is_outside(self) -> bool:
        return self.record is None and self.row is None and self.erased_on is None


# rows of values by field, who asks, the record that is being changed -> per row the candidates, the likeliest first
Check = Callable[[Sequence[Values], User | None, Any], list[list[Candidate]]]
Survivor = Callable[[str, User | None], Any]
# rows of values by field -> per row who of those erased comes back with them
ErasedCheck = Callable[[Sequence[Values]], list[list[Candidate]]]
# values, who saved them, key of the kind, id of the record, why: they belong to somebody again
Return = Callable[[Values, User | None, str, int, str], None]


@dataclass(frozen=True)
class _Entry:
    check: Check
    watched: frozenset[str]
    survivor: Survivor | None


@dataclass(frozen=True)
class _Erased:
    check: ErasedCheck
    watched: frozenset[str]
    returned: Return


_entries: dict[str, _Entry] = {}
_erased: dict[str, _Erased] = {}


def register(kind_key: str, check: Check, *, watched: Sequence[str], survivor: Survivor | None = None) -> None:
    """`watched`: form fields by which records are compared. `survivor(id or number, user)`: what a merged record is
    now part of, if that user may see it."""
    _entries[kind_key] = _Entry(check, frozenset(watched), survivor)


def register_erased(kind_key: str, check: ErasedCheck, *, watched: Sequence[str], returned: Return) -> None:
    """Whether values belong to somebody whose data was erased. `returned` is told when they were saved all the same."""
    _erased[kind_key] = _Erased(check, frozenset(watched), returned)


def is_checked(kind_key: str) -> bool:
    return kind_key in _entries or kind_key in _erased


def watched(kind_key: str) -> frozenset[str]:
    found = [each[kind_key].watched for each in (_entries, _erased) if kind_key in each]  # type: ignore[attr-defined]
    return frozenset().union(*found)


def of(kind_key: str, values: Values, user: User | None, *, record: Any = None) -> list[Candidate]:
    """Who the values may already be, those erased first; `record` is the one they belong to, if it exists."""
    found = erased_of_many(kind_key, [values])[0]
    return [*found, *(_entries[kind_key].check([values], user, record)[0] if kind_key in _entries else [])]


def erased_of_many(kind_key: str, rows: Sequence[Values]) -> list[list[Candidate]]:
    """Per row whether it brings back somebody whose data was erased."""
    return _erased[kind_key].check(rows) if kind_key in _erased else [[] for _row in rows]


def returned(kind_key: str, record: Any, user: User | None, why: str) -> None:
    """A record was saved although its values were those of somebody erased."""
    if kind_key in _erased:
        values = {name: getattr(record, name) for name in _erased[kind_key].watched}
        _erased[kind_key].returned(values, user, kind_key, record.pk, why)


def of_many(kind_key: str, rows: Sequence[Values], user: User | None) -> list[list[Candidate]]:
    """The same for the rows of a file: also against the rows before, which then are candidates with a `row`."""
    if kind_key not in _entries:
        return [[] for _row in rows]
    return _entries[kind_key].check(rows, user, None)


def survivor(kind_key: str, known_as: object, user: User | None) -> Any:
    """What the record of this id or number has been merged into; None where it was not, or nobody may know."""
    entry = _entries.get(kind_key)
    return entry.survivor(str(known_as), user) if entry and entry.survivor else None
