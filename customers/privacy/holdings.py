"""Every model that holds something of a customer, and what becomes of it when the person asks.

The ways to the customer are found by walking the models: foreign keys, over any number of steps, and pairs of columns
that name kind and id of a record. What a model holds is handed out, and its texts are emptied when the person is
erased; rooms declare in their `privacy.py` what stays because it is a code, a number or a figure. A model that nobody
declared is treated as if all its texts were personal, and fails a test.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db.models import (
    CharField,
    EmailField,
    Field,
    FileField,
    ForeignKey,
    JSONField,
    Model,
    Q,
    QuerySet,
    TextField,
)

from crm.records.models import Record
from customers.duplicates.relations import ID_FIELDS, KIND_FIELDS
from customers.models import Customer

LONGEST_WAY = 4  # steps to the customer
Values = Mapping[str, Callable[[], Any]]
Narrowing = Callable[[QuerySet], QuerySet]


@dataclass(frozen=True)
class Holding:
    """What becomes of the rows of one model.

    removed     erasing deletes the rows: nothing of them counts in a figure
    keeps       texts that stay: codes, numbers, what points at files of ours
    shared      texts that stay while another customer has the same: a town, a competitor
    values      field -> what erasing puts there, as an expression; others become empty
    narrowed    field -> the rows among those given whose text is personal
    also        further rows of a person that no way leads to
    not_handed_out   fields that are ours and say nothing of the person;  is_handed_out   False: none are
    """

    model: str
    removed: bool = False
    keeps: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    values: Values = field(default_factory=dict)
    narrowed: Mapping[str, Narrowing] = field(default_factory=dict)
    also: Callable[[Any], Q] | None = None
    not_handed_out: tuple[str, ...] = ()
    is_handed_out: bool = True
    is_declared: bool = True

    @property
    def model_class(self) -> type[Model]:
        return apps.get_model(self.model)

    @property
    def label(self) -> str:
        return str(self.model_class._meta.verbose_name_plural)

    def texts(self) -> list[Field]:
        """The fields that may hold personal texts: those that erasing empties. Numbers of records stay."""
        keeps = {*self.keeps, "number"} if issubclass(self.model_class, Record) else set(self.keeps)
        return [each for each in texts_of(self.model_class) if each.name not in keeps]


@dataclass(frozen=True)
class Mention:
    """Texts that belong to no customer but may name one: they are emptied where they hold a name or address."""

    model: str
    fields: tuple[str, ...]
    removed: bool = False


_holdings: dict[str, Holding] = {}
_mentions: dict[str, Mention] = {}


def declare(model: str, **said: Any) -> None:
    """`model` as "app.Model"; what is said of it: see Holding."""
    if model in _holdings:
        raise ValueError(f"{model} is declared twice.")
    _holdings[model] = Holding(model, **said)


def declare_mentions(model: str, *fields: str, removed: bool = False) -> None:
    _mentions[model] = Mention(model, fields, removed)


def declared() -> set[str]:
    return set(_holdings)


def mentions() -> list[Mention]:
    return [_mentions[name] for name in sorted(_mentions)]


def all_holdings() -> list[Holding]:
    """Of every model that a way leads to, those declared and those that nobody thought of; customers last."""
    found = [_holdings.get(name) or Holding(name, is_declared=False) for name in sorted(ways())]
    return sorted(found, key=lambda each: each.model_class is Customer)


def undeclared() -> list[str]:
    return sorted(set(ways()) - set(_holdings))


@cache
def ways() -> dict[str, tuple[str, ...]]:
    """Model -> the look-ups that lead from it to a customer; "kind:column" for pairs of columns, "@type:id" for generic
    relations to any record."""
    found: dict[str, tuple[str, ...]] = {Customer._meta.label: ("pk",)}
    models = [each for each in apps.get_models() if each._meta.managed and not is_history(each)]
    for model in models:
        direct = [each.name for each in _keys(model) if each.related_model is Customer]
        if direct and model is not Customer:
            found[model._meta.label] = tuple(direct)
    for _step in range(LONGEST_WAY):
        further = {}
        for model in models:
            if model._meta.label in found:
                continue
            over = [
                f"{each.name}__{way}"
                for each in _keys(model)
                for way in found.get(each.related_model._meta.label, ())
                if ":" not in way
            ]
            if over:
                further[model._meta.label] = tuple(over)
        found |= further
    for model in models:
        generic = tuple(f"@{each.ct_field}:{each.fk_field}" for each in _generic_keys(model))
        if generic:
            found[model._meta.label] = (*found.get(model._meta.label, ()), *generic)
        pair = pair_of(model)
        if pair:
            found[model._meta.label] = (*found.get(model._meta.label, ()), f"{pair[0]}:{pair[1]}")
    return found


def is_history(model: type[Model]) -> bool:
    return hasattr(model, "history_id") or hasattr(model, "instance_type") or hasattr(model, "_history_user")


def pair_of(model: type[Model]) -> tuple[str, str] | None:
    """The columns that name kind and id of any record."""
    names = {each.name for each in model._meta.local_concrete_fields}
    kind = next((each for each in KIND_FIELDS if each in names), "")
    column = next((each for each in ID_FIELDS if each in names), "")
    return (kind, column) if kind and column else None


def texts_of(model: type[Model]) -> list[Field]:
    """Fields that can hold a text of somebody: no codes of a list, no countries, no keys of rows."""
    return [
        each
        for each in model._meta.concrete_fields
        if isinstance(each, CharField | TextField | JSONField | FileField)
        and not each.primary_key
        and not each.choices
        and not hasattr(each, "countries")
    ]


def record_models() -> Iterator[type[Record]]:
    """Kinds of records that belong to customers."""
    for name in ways():
        model = apps.get_model(name)
        if issubclass(model, Record) and hasattr(model, "Access"):
            yield model


def mail_addresses_of(model: type[Model]) -> list[str]:
    return [each.name for each in model._meta.concrete_fields if isinstance(each, EmailField)]


def _generic_keys(model: type[Model]) -> list[Any]:
    return [each for each in model._meta.private_fields if isinstance(each, GenericForeignKey)]


def _keys(model: type[Model]) -> list[Any]:
    return [each for each in model._meta.local_concrete_fields if isinstance(each, ForeignKey)]


__all__ = [
    "Holding",
    "Mention",
    "all_holdings",
    "declare",
    "declare_mentions",
    "declared",
    "mentions",
    "undeclared",
    "ways",
]
