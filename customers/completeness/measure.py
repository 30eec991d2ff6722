"""The share of a customer's tracked fields that are filled, weighted: 70 for seven of ten equal ones.

The same whole number, cut and not rounded, is made of a record in memory and by the database for lists and filters.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Cast

from crm.accounts import settled
from crm.accounts.models import User
from crm.records import privacy
from crm.records.attributes import Attribute, Type
from crm.records.custom.attributes import CustomAttribute
from crm.records.kinds import kinds
from customers.completeness.models import TrackedField
from customers.models import Customer

PERSON, ORGANISATION = Customer.Type.PERSON.value, Customer.Type.ORGANISATION.value
# What only one type of customer can have.
ONLY = {
    **dict.fromkeys(("sex", "birth_date", "occupation", "income_band"), PERSON),
    **dict.fromkeys(("industry", "website", "tax_number"), ORGANISATION),
}
# Ten for a person, ten for an organisation, until the company chooses.
USUAL = (
    "phone", "email", "address", "city", "region", "owner", "channel",
    "sex", "birth_date", "occupation",
    "industry", "tax_number", "website",
)  # fmt: skip
TEXTS = {Type.TEXT, Type.LONG_TEXT, Type.CHOICE}


@dataclass(frozen=True)
class Completeness:
    """`missing`: the attributes without a value, the heaviest first."""

    percent: int
    missing: list[Attribute]


def weights() -> dict[str, int]:
    """Attribute key -> weight, of what counts now."""
    rows = settled.kept("completeness", lambda: dict(TrackedField.objects.values_list("attribute", "weight")))
    return {key: weight for key, weight in (rows or dict.fromkeys(USUAL, 1)).items() if weight}


def trackable() -> list[Attribute]:
    """What may count: everything that is entered by hand, custom fields too."""
    fields = {each.name for each in Customer._meta.fields}
    found = [each for each in kinds["customer"].attributes if each.is_importable and each.key not in {"number", "name"}]
    return [each for each in found if each.is_custom or (each.source in fields and each.key not in {"type", "lost_on"})]


def types_of(attribute: Attribute) -> tuple[str, ...]:
    """The types of customer that can have it."""
    if isinstance(attribute, CustomAttribute):
        return attribute.applies_to or (PERSON, ORGANISATION)
    return (ONLY[attribute.key],) if attribute.key in ONLY else (PERSON, ORGANISATION)


def of(customer: Customer, user: User | None) -> Completeness:
    """What is missing is told as far as the reader sees the fields at all. Asks nothing of the database."""
    kind = kinds["customer"]
    tracked = [(each, weight) for each, weight in _tracked() if customer.type in types_of(each)]
    filled = sum(weight for each, weight in tracked if _is_filled(each, customer))
    total = sum(weight for _each, weight in tracked)
    missing = sorted(
        ((each, weight) for each, weight in tracked if not _is_filled(each, customer)), key=lambda pair: -pair[1]
    )
    return Completeness(
        filled * 100 // total if total else 100,
        [each for each, _weight in missing if privacy.may_see(kind, each, user)],
    )


def percent() -> Any:
    """The same for the database."""
    whens = [When(type=code, then=_of_type(code)) for code in (PERSON, ORGANISATION)]
    return Case(*whens, default=Value(0), output_field=IntegerField())


def _of_type(code: str) -> Any:
    tracked = [(each, weight) for each, weight in _tracked() if code in types_of(each)]
    total = sum(weight for _each, weight in tracked)
    if not total:
        return Value(100)
    filled: Any = Value(0)
    for attribute, weight in tracked:
        filled = filled + Case(When(_has(attribute), then=Value(weight)), default=Value(0))
    return Cast(filled * Value(100) / Value(total), IntegerField())


def _tracked() -> Iterable[tuple[Attribute, int]]:
    known = kinds["customer"].by_key
    return [(known[key], weight) for key, weight in sorted(weights().items()) if key in known]


def _is_filled(attribute: Attribute, customer: Customer) -> bool:
    if isinstance(attribute, CustomAttribute):
        return attribute.stored(customer) is not None
    if attribute.type == Type.RELATION:
        return getattr(customer, f"{attribute.source}_id") is not None
    return getattr(customer, attribute.source) not in (None, "")


def _has(attribute: Attribute) -> Q:
    there = Q(**{f"{attribute.source}__isnull": False})
    return there & ~Q(**{attribute.source: ""}) if attribute.type in TEXTS else there
