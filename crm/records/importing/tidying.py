"""What an import may put in order on the way, where whoever imports asks for it: addresses into their standard form.

A floor above registers a function for a kind; it is given the values of a row by the key of their attribute and says
which of them are to be others.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Tidy = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class Tidying:
    """fields: keys of the attributes of which one must be in the file for it to be offered"""

    key: str
    label: str | Promise
    fields: frozenset[str]
    tidy: Tidy


_known: dict[str, list[Tidying]] = {}


def register(kind: str, key: str, label: str | Promise, fields: Iterable[str], tidy: Tidy) -> None:
    held = [each for each in _known.get(kind, []) if each.key != key]
    _known[kind] = [*held, Tidying(key, label, frozenset(fields), tidy)]


def of(kind: str) -> list[Tidying]:
    return _known.get(kind, [])


def tidied(kind: str, keys: Iterable[str], values: dict[str, Any], allowed: Iterable[str]) -> dict[str, Any]:
    """The values of a row in order. Only attributes that the importing user may write are touched."""
    may = set(allowed)
    for each in of(kind):
        if each.key in keys:
            values = {**values, **{key: value for key, value in each.tidy(values).items() if key in may}}
    return values
