"""All that matters about a customer on one page, to read and to print: basics, orders, feedback, contacts.

Rooms say with `register` what of theirs belongs on it. Long lists show the newest rows with the count and total of all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum, Window
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts import access
from crm.accounts.models import Company, User
from crm.records import privacy, tables, values
from crm.records.kinds import kinds
from customers.models import Customer
from customers.privacy import consents
from customers.relations.models import CustomerRelation

SHOWN = 200
RELATIONS = 50
GROUPS = {
    "basics": gettext_lazy("Basics"),
    "orders": gettext_lazy("Orders"),
    "feedback": gettext_lazy("Feedback"),
    "contacts": gettext_lazy("Contacts"),
}


@dataclass(frozen=True)
class Part:
    """A list of records on the dossier.

    columns   keys of attributes;  total   key of the attribute whose sum is said;  only   rows that count
    """

    kind: str
    group: str
    columns: tuple[str, ...]
    total: str = ""
    only: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Listed:
    """A part as its reader may see it. `amount` is None where the part has no total or the reader not the right."""

    part: Part
    title: Any
    heads: list[Any]
    rows: list[list[values.Shown]]
    count: int
    amount: Decimal | None

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.rows)


@dataclass(frozen=True)
class Tab:
    key: str
    label: Any
    count: int | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class Dossier:
    customer: Customer
    sections: list[values.Section]
    parts: list[Listed]
    consents: list[Any]
    relations: list[tuple[Any, Customer, str]]
    currency: str

    @property
    def tabs(self) -> list[Tab]:
        """The parts of the page with how much is in each: Basics, Orders (12, total), Feedback (3)."""
        found = [Tab("basics", GROUPS["basics"])]
        for key in ("orders", "feedback", "contacts"):
            of_group = [each for each in self.parts if each.part.group == key]
            if of_group:
                amounts = [each.amount for each in of_group if each.amount is not None]
                total = sum(amounts, Decimal(0)) if amounts else None
                found.append(Tab(key, GROUPS[key], sum(each.count for each in of_group), total))
        return found

    @property
    def groups(self) -> list[tuple[Tab, list[Listed]]]:
        return [(tab, [each for each in self.parts if each.part.group == tab.key]) for tab in self.tabs[1:]]


_parts: list[Part] = []


def register(part: Part) -> None:
    if part.group not in GROUPS:
        raise ValueError(f"Unknown part of the dossier: {part.group!r}.")
    if part not in _parts:
        _parts.append(part)


def of(customer: Customer, user: User) -> Dossier:
    kind = kinds["customer"]
    listed = [_listed(each, customer, user) for each in _parts if access.may_view_any(each.kind, user)]
    return Dossier(
        customer=customer,
        sections=values.sections(kind, customer, user),
        parts=listed,
        consents=consents.table(customer),
        relations=_relations(customer, user),
        currency=Company.objects.current().currency,
    )


def _listed(part: Part, customer: Customer, user: User) -> Listed:
    """One question to the database: the newest rows, each with the count and sum of all."""
    kind = kinds[part.kind]
    columns = [kind.attribute(key) for key in part.columns]
    columns = [each for each in columns if privacy.may_see(kind, each, user)]
    rows = kind.model._default_manager.visible_to(user).filter(customer=customer, **part.only)  # type: ignore[attr-defined]
    rows = rows.annotate(in_all=Window(Count("pk")))
    sums = part.total and privacy.may_read(kind, kind.attribute(part.total), user)
    if sums:
        rows = rows.annotate(sum_of_all=Window(Sum(kind.attribute(part.total).source)))
    found = list(tables.with_related(kind, rows.order_by("-occurred_at", "-pk"), columns)[:SHOWN])
    return Listed(
        part=part,
        title=kind.label_plural,
        heads=columns,
        rows=[[values.show(kind, each, row, user) for each in columns] for row in found],
        count=found[0].in_all if found else 0,
        amount=(found[0].sum_of_all if found else Decimal(0)) if sums else None,
    )


def _relations(customer: Customer, user: User) -> list[tuple[Any, Customer, str]]:
    """(what it is, the other customer, note): those above first."""
    seen = Customer.objects.visible_to(user).values("pk")
    own = Q(lower=customer, upper__in=seen) | Q(upper=customer, lower__in=seen)
    rows = CustomerRelation.objects.filter(own).select_related("upper", "lower").order_by("type", "pk")[:RELATIONS]
    found = []
    for each in rows:
        is_above = each.lower_id == customer.pk
        label = _("%(type)s of") if is_above else _("has as %(type)s")
        found.append((label % {"type": each.get_type_display()}, each.upper if is_above else each.lower, each.note))
    return found


__all__ = ["GROUPS", "SHOWN", "Dossier", "Part", "of", "register"]
