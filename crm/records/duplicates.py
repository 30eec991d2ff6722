"""Whether a record is known already, asked alike by forms, API and imports.

A room that can tell registers its check when its app is ready; kinds without one are never doubted.

    duplicates.register("customer", check, watched=("name", "phone"), survivor=survivor)
"""

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

    @property
    def is_outside(self) -> bool:
        return self.record is None and self.row is None


# rows of values by field, who asks, the record that is being changed -> per row the candidates, the likeliest first
Check = Callable[[Sequence[Values], User | None, Any], list[list[Candidate]]]
Survivor = Callable[[str, User | None], Any]


@dataclass(frozen=True)
class _Entry:
    check: Check
    watched: frozenset[str]
    survivor: Survivor | None


_entries: dict[str, _Entry] = {}


def register(kind_key: str, check: Check, *, watched: Sequence[str], survivor: Survivor | None = None) -> None:
    """`watched`: form fields by which records are compared. `survivor(id or number, user)`: what a merged record is
    now part of, if that user may see it."""
    _entries[kind_key] = _Entry(check, frozenset(watched), survivor)


def is_checked(kind_key: str) -> bool:
    return kind_key in _entries


def watched(kind_key: str) -> frozenset[str]:
    return _entries[kind_key].watched if kind_key in _entries else frozenset()


def of(kind_key: str, values: Values, user: User | None, *, record: Any = None) -> list[Candidate]:
    """Who the values may already be; `record` is the one they belong to, if it exists."""
    return _entries[kind_key].check([values], user, record)[0] if kind_key in _entries else []


def of_many(kind_key: str, rows: Sequence[Values], user: User | None) -> list[list[Candidate]]:
    """The same for the rows of a file: also against the rows before, which then are candidates with a `row`."""
    if kind_key not in _entries:
        return [[] for _row in rows]
    return _entries[kind_key].check(rows, user, None)


def survivor(kind_key: str, known_as: object, user: User | None) -> Any:
    """What the record of this id or number has been merged into; None where it was not, or nobody may know."""
    entry = _entries.get(kind_key)
    return entry.survivor(str(known_as), user) if entry and entry.survivor else None
