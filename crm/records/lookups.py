"""What a relation may point at, found by typing: every kind of record and the small tables of the company.

A room registers its own small tables; the kinds need no registration.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet

from crm.accounts import settled
from crm.accounts.models import Region, Unit, User
from crm.records.kinds import kinds

NAMES = ("code", "name", "name_zh_hans", "name_zh_hant")
PAGE_SIZE = 20
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Lookup:
    """A table that relations point at.

    search    ORM fields looked through;  is_small  few rows: a plain select shows them all
    rows      what may be chosen by a user; by default everything
    sort      ORM field that orders the rows and lists sorted by such a relation
    """

    key: str
    model: type[Model]
    search: tuple[str, ...] = NAMES
    is_small: bool = False
    is_tree: bool = False
    sort: str = "name"
    rows: Callable[[User | None], QuerySet] | None = None

    def queryset(self, user: User | None) -> QuerySet:
        return self.rows(user) if self.rows else self.model._default_manager.all()

    def find(self, text: str, user: User | None) -> QuerySet:
        found = self.queryset(user)
        for word in text.split():
            matches = Q()
            for name in self.search:
                matches |= Q(**{f"{name}__icontains": word})
            found = found.filter(matches)
        return found.order_by(self.sort, "pk")


class _KindLookup(Lookup):
    """Records of a kind: those the user may see, found through the search index."""

    def queryset(self, user: User | None) -> QuerySet:
        return self.model._default_manager.visible_to(user)  # type: ignore[attr-defined]

    def find(self, text: str, user: User | None) -> QuerySet:
        from crm.records import search

        found = self.queryset(user)
        kind = kinds[self.key]
        return search.narrow(kind, found, text, user).order_by(*kind.order_by)


_registered: dict[str, Lookup] = {}


def register(lookup: Lookup) -> Lookup:
    if lookup.key in _registered or lookup.key in kinds:
        raise ValueError(f"Lookup {lookup.key} is registered twice.")
    _registered[lookup.key] = lookup
    if lookup.is_small:
        settled.watch(lookup.model)
    return lookup


def get(key: str) -> Lookup:
    """The lookup of a related key; LookupError for an unknown one."""
    if key in _registered:
        return _registered[key]
    kind = kinds[key]
    has_path = any(field.name == "path" for field in kind.model._meta.fields)
    has_name = any(field.name == "name" for field in kind.model._meta.fields)
    return _KindLookup(key, kind.model, is_tree=has_path, sort="name" if has_name else "number")


def by_ids(key: str, ids: list[int], user: User | None) -> QuerySet:
    """Rows chosen by id; a tree's node stands for itself and everything below."""
    lookup = get(key)
    chosen = lookup.queryset(user).filter(pk__in=ids)
    if not lookup.is_tree:
        return chosen
    below = Q(pk__in=[])
    for path in chosen.values_list("path", flat=True):
        below |= Q(path__startswith=path)
    return lookup.model._default_manager.filter(below)


def is_id(value: Any) -> bool:
    """Whether a text can be the id of a row in any database."""
    text = str(value)
    return text.isascii() and text.isdigit() and len(text) <= 19 and 0 < int(text) <= LARGEST_ID


def hint(row: Any) -> str:
    """The number or code beside the name, to tell namesakes apart."""
    return str(getattr(row, "number", "") or getattr(row, "code", "") or "")


register(
    Lookup(
        "user",
        User,
        search=("username", "first_name", "last_name"),
        sort="username",
        rows=lambda user: User.objects.filter(is_active=True),
    )
)
register(Lookup("unit", Unit, is_tree=True, sort="path"))
register(Lookup("region", Region, is_tree=True, sort="path"))
