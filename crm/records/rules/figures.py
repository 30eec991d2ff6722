"""What analysis has computed of records, looked up where it is saved: one row per record and run."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, ExpressionWrapper, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast

from crm.records.attributes import Attribute, Type
from crm.records.kinds import Kind


@dataclass(frozen=True)
class Figures:
    """Where the computed attributes of a kind are saved: one row per record and run."""

    model: type[Model]
    record: str  # attname of the record's id, such as "customer_id"
    run: str  # attname of the run's id
    current: Callable[[], int | None] = lambda: None  # the run that readers see


places: dict[str, Figures] = {}


def register_figures(
    model: type[Model],
    *,
    kind: str = "customer",
    record: str = "customer_id",
    run: str = "run_id",
    current: Callable[[], int | None] = lambda: None,
) -> None:
    """Analysis says where it saves the figures of a kind, and which run its readers see."""
    places[kind] = Figures(model, record, run, current)


def with_figures(kind: Kind, queryset: QuerySet, attributes: Iterable[Attribute]) -> QuerySet:
    """Rows with the computed ones of the attributes as annotations, named by their `source`: to show, sort and filter.

    Within the same query, however many rows; money comes in units of the currency.
    """
    known, place = queryset.query.annotations, places.get(kind.key)
    wanted = [each for each in attributes if each.is_computed and each.source not in known]
    queryset = queryset.annotate(**{each.source: each.derived() for each in wanted if each.derived})
    wanted = [each for each in wanted if not each.derived]
    if not wanted or place is None:
        return queryset
    rows = place.model._default_manager.filter(**{place.record: OuterRef("pk"), place.run: place.current()}).order_by()
    return queryset.annotate(**{each.source: _annotation(each, rows) for each in wanted})


def _annotation(attribute: Attribute, rows: QuerySet) -> Any:
    found = Subquery(rows.values(attribute.figure)[:1])
    if attribute.type != Type.MONEY:
        return found
    money = DecimalField(max_digits=20, decimal_places=2)
    return ExpressionWrapper(Cast(found, money) * Value(Decimal("0.01"), output_field=money), output_field=money)
