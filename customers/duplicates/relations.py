"""Whatever points at a customer, found by walking the models, and what becomes of it in a merge.

Everything moves to the survivor unless its room says otherwise with `register`. Three ways of pointing are known: a
relation, a generic relation, and a pair of columns that name kind and id of a record.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, UniqueConstraint

from customers.models import Customer

KIND_FIELDS = ("kind", "record_kind")
ID_FIELDS = ("object_id", "record_id")


@dataclass(frozen=True)
class Rule:
    """What becomes of the rows of one relation.

    stays    why they are left as they are; empty: they move
    settle   values for a row that would contradict one of the survivor's, so that both may be kept; without it such a
             row stays with the duplicate
    """

    stays: str = ""
    settle: Callable[[], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Relation:
    """One way in which rows of `model` point at a customer: by `field`, where further columns hold `condition`."""

    model: type[Model]
    field: str
    name: str
    condition: tuple[tuple[str, Any], ...] = ()
    is_key: bool = True  # a foreign key, not a bare id

    @property
    def rule(self) -> Rule:
        return _rules.get(self.name, Rule())

    def rows(self, customer_id: int) -> QuerySet:
        return self.model._base_manager.filter(**dict(self.condition), **{self.column: customer_id})

    @property
    def column(self) -> str:
        return self.model._meta.get_field(self.field).attname if self.is_key else self.field  # type: ignore[union-attr]

    def contradicting(self, duplicate_id: int, survivor_id: int) -> QuerySet:
        """Rows of the duplicate that cannot stand beside one of the survivor."""
        rows = self.rows(duplicate_id)
        contradiction = Q(pk__in=[])
        for field in self._other_ends():
            contradiction |= Q(**{field: survivor_id})  # it would point from the survivor to itself
        for others, condition in self._unique():
            same = {other: OuterRef(other) for other in others}
            theirs = self.rows(survivor_id).filter(condition, **same)
            contradiction |= Q(Exists(theirs)) & condition
        return rows.filter(contradiction)

    def _other_ends(self) -> list[str]:
        fields = self.model._meta.local_concrete_fields
        return [each.attname for each in fields if each.related_model is Customer and each.name != self.field]

    def _unique(self) -> Iterator[tuple[list[str], Q]]:
        """The other columns of each uniqueness that this relation is part of, and where it holds."""
        meta = self.model._meta
        if meta.get_field(self.field).unique:  # type: ignore[union-attr]
            yield [], Q()
        held = [(fields, Q()) for fields in meta.unique_together]
        held += [
            (each.fields, each.condition or Q()) for each in meta.constraints if isinstance(each, UniqueConstraint)
        ]
        for fields, condition in held:
            if self.field in fields:
                yield [name for name in fields if name != self.field], condition


_rules: dict[str, Rule] = {}


def register(name: str, rule: Rule) -> None:
    """`name`: "app.Model.field" as `all_relations` gives it."""
    _rules[name] = rule


def rules() -> dict[str, Rule]:
    return dict(_rules)


def all_relations() -> list[Relation]:
    """Every way in which something points at a customer, history aside: it tells what was, and stays."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if not hasattr(model, "instance_type") and model._meta.managed and not model._meta.proxy:
            found += _of_model(model)
    return sorted(found, key=lambda each: each.name)


def find(name: str) -> Relation | None:
    return next((each for each in all_relations() if each.name == name), None)


def _of_model(model: type[Model]) -> Iterator[Relation]:
    meta = model._meta
    if hasattr(model, "_history_user") or meta.model_name.startswith("historical"):  # type: ignore[union-attr]
        return
    for field in meta.local_concrete_fields:
        if field.related_model is Customer:
            yield Relation(model, field.name, f"{meta.label}.{field.name}")
    for field in meta.private_fields:
        if isinstance(field, GenericForeignKey):
            of_type = (field.ct_field, ContentType.objects.get_for_model(Customer))
            yield Relation(model, field.fk_field, f"{meta.label}.{field.name}", (of_type,), is_key=False)
    names = {field.name for field in meta.local_concrete_fields}
    kind = next((each for each in KIND_FIELDS if each in names), "")
    column = next((each for each in ID_FIELDS if each in names), "")
    if kind and column:
        yield Relation(model, column, f"{meta.label}.{column}", ((kind, Customer.Access.kind),), is_key=False)


for _name in ("DuplicatePair.first", "DuplicatePair.second", "DuplicateKey.customer"):
    register(f"customers.{_name}", Rule(stays="found anew by the next search"))
for _name in ("CustomerMerge.survivor", "CustomerMerge.duplicate", "Customer.merged_into"):
    register(f"customers.{_name}", Rule(stays="tells what was merged, and leads on step by step"))
register("customers.Erasure.customer", Rule(stays="tells whose data was erased"))
register("customers.PersonalDataFile.customer", Rule(stays="holds what was known of the duplicate"))
register("records.SearchGram.object_id", Rule(stays="written with the customer"))
register("records.ApiAnswer.object_id", Rule(stays="tells what a call of the API made"))
register("records.WebhookDelivery.object_id", Rule(stays="tells what was sent to another system"))
register("records.BulkRow.object_id", Rule(stays="tells what a change of many records did"))
register("records.ImportChange.object_id", Rule(stays="tells what an import changed"))
register("accounts.AccessLog.object_id", Rule(stays="tells what was seen then"))
