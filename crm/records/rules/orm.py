"""Rules compiled for the ORM."""

import datetime
import math
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q

from crm.accounts.models import Company, User
from crm.records import lookups
from crm.records.attributes import Type
from crm.records.filters import holds_any
from crm.records.kinds import Kind, kinds
from crm.records.rules import figures
from crm.records.rules.reading import may_ask
from crm.records.rules.tree import NEGATIONS, Condition, Leaf, Rule, conditions

INTEGERS = {"SmallIntegerField", "IntegerField", "BigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"}


def to_q(
    rule: Rule,
    *,
    user: User | None = None,
    run_id: int | None = None,
    kind: Kind | str = "customer",
    as_of: datetime.date | None = None,
) -> Q:
    """The rule as a Q over the kind's model.

    user     a reader for whom one of the attributes is masked finds nothing by the rule; None is the house itself
    run_id   whose figures count; without one no record has figures, so computed conditions hold for none
    as_of    the day that "the last N days" end with; today of the company where none is given

    A record without a value is_empty, and is neither equal, above nor below anything; "is not" and "is none of" hold
    for it, since nothing is not Hangzhou.
    """
    kind = kinds[kind] if isinstance(kind, str) else kind
    if not all(may_ask(kind, each.attribute, user) for each in conditions(rule)):
        return Q(pk__in=[])
    return _Compiler(kind, run_id, as_of or Company.objects.current().today()).q(rule)


class _Compiler:
    def __init__(self, kind: Kind, run_id: int | None, as_of: datetime.date) -> None:
        self.kind, self.run_id, self.as_of = kind, run_id, as_of

    def q(self, rule: Rule) -> Q:
        if isinstance(rule, Condition):
            return self._condition(rule)
        if isinstance(rule, Leaf):
            raise TypeError("Such a condition is known to the facts only.")
        parts = [self.q(each) for each in rule.rules]
        if rule.mode == "not":
            return self._not(parts[0])
        joined = parts[0]
        for each in parts[1:]:
            joined = joined & each if rule.mode == "all" else joined | each
        return joined

    def _not(self, q: Q) -> Q:
        """By ids, so that NULLs cannot make both a condition and its opposite false."""
        return ~Q(pk__in=self.kind.model._default_manager.filter(q).order_by().values("pk"))

    def _condition(self, condition: Condition) -> Q:
        attribute, op = condition.attribute, condition.op
        if op in NEGATIONS:
            return self._not(self._condition(Condition(attribute, NEGATIONS[op], condition.value)))
        if attribute.derived:
            rows = figures.with_figures(self.kind, self.kind.model._default_manager.all(), [attribute])
            return Q(
                pk__in=rows.filter(self._plain(condition, attribute.source, self.kind.model)).order_by().values("pk")
            )
        if attribute.is_computed:
            return self._computed(condition)
        if attribute.is_multiple:
            return self._of_many(condition)
        return self._plain(condition, attribute.source, self.kind.model)

    def _computed(self, condition: Condition) -> Q:
        place = figures.places.get(self.kind.key)
        if place is None or self.run_id is None:
            return Q() if condition.op == "is_empty" else Q(pk__in=[])
        of_run = place.model._default_manager.filter(**{place.run: self.run_id}).order_by()
        if condition.op == "is_empty":
            filled = of_run.exclude(self._empty(condition.attribute.figure, place.model))
            return ~Q(pk__in=filled.values(place.record))
        rows = of_run.filter(self._plain(condition, condition.attribute.figure, place.model))
        return Q(pk__in=rows.values(place.record))

    def _of_many(self, condition: Condition) -> Q:
        source, model = condition.attribute.source, self.kind.model
        if condition.attribute.type == Type.CHOICE and condition.op != "is_empty":
            return holds_any(source, condition.value if isinstance(condition.value, tuple) else (condition.value,))
        if condition.op == "is_empty":
            return Q(**{f"{source}__isnull": True})
        wanted = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        return Q(pk__in=model._default_manager.filter(**{f"{source}__in": wanted}).order_by().values("pk"))

    def _plain(self, condition: Condition, field: str, model: type[Model]) -> Q:
        attribute, op = condition.attribute, condition.op
        if op == "is_empty":
            return self._empty(field, model)
        if attribute.type == Type.RELATION:
            return self._related(condition, field)
        if attribute.type in {Type.DATE, Type.MOMENT}:
            return self._days(condition, field)
        value = self._scaled(condition, condition.value)
        if _is_whole_number(model, field):
            return _of_whole_numbers(field, op, value)
        if op == "contains":
            return Q(**{f"{field}__icontains": value})
        if op == "in":
            exact = Q(pk__in=[])
            for each in value if attribute.type == Type.TEXT else ():
                exact |= Q(**{f"{field}__iexact": each})
            return exact if attribute.type == Type.TEXT else Q(**{f"{field}__in": value})
        if op == "between":
            return Q(**{f"{field}__gte": value[0], f"{field}__lte": value[1]})
        if op == "is":
            return Q(**{f"{field}__iexact" if attribute.type == Type.TEXT else field: value})
        return Q(**{f"{field}__{op}": value})

    def _scaled(self, condition: Condition, value: Any) -> Any:
        """Figures keep money in whole cents; rules speak of the currency."""
        if condition.attribute.type != Type.MONEY or not condition.attribute.is_computed:
            return value
        return tuple(each * 100 for each in value) if isinstance(value, tuple) else value * 100

    def _related(self, condition: Condition, field: str) -> Q:
        wanted = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        rows = lookups.by_ids(condition.attribute.related, list(wanted), None)
        if not lookups.get(condition.attribute.related).is_tree:
            return Q(**{f"{field}__in": wanted})
        return Q(**{f"{field}__in": rows.order_by().values("pk")})

    def _days(self, condition: Condition, field: str) -> Q:
        """Whole days of the company's zone; `before` and `after` leave the day itself out."""
        op, value, one = condition.op, condition.value, datetime.timedelta(days=1)
        if op == "last_days":
            first, last = self.as_of - (value - 1) * one, self.as_of
        elif op == "next_days":
            first, last = self.as_of, self.as_of + (value - 1) * one
        elif op == "between":
            first, last = value
        elif op == "on":
            first = last = value
        elif op == "before":
            first, last = None, value - one
        else:
            first, last = value + one, None
        is_moment = condition.attribute.type == Type.MOMENT
        found = Q()
        if first is not None:
            found &= Q(**{f"{field}__gte": _start(first) if is_moment else first})
        if last is not None:
            found &= Q(**{f"{field}__lt": _start(last + one)}) if is_moment else Q(**{f"{field}__lte": last})
        return found

    def _empty(self, field: str, model: type[Model]) -> Q:
        empty = Q(**{f"{field}__isnull": True})
        try:
            inner = model._meta.get_field(field.split("__")[0])
        except FieldDoesNotExist:
            return empty
        holds_text = inner.get_internal_type() in {"CharField", "TextField", "SlugField", "EmailField", "URLField"}
        return empty | Q(**{field: ""}) if holds_text and "__" not in field else empty


def _is_whole_number(model: type[Model], field: str) -> bool:
    try:
        return model._meta.get_field(field).get_internal_type() in INTEGERS
    except FieldDoesNotExist:
        return False


def _of_whole_numbers(field: str, op: str, value: Any) -> Q:
    """Django would cut 3.5 to 3: limits between two whole numbers become the next one that they let in."""
    low, high = value if op == "between" else (value, value)
    least, most = math.ceil(low), math.floor(high)
    if op == "is":
        return Q(**{field: least}) if least == most else Q(pk__in=[])
    if op in {"gt", "lt"} and least == most:
        return Q(**{f"{field}__{op}": least})
    limits = Q()
    if op in {"gte", "gt", "between"}:
        limits &= Q(**{f"{field}__gte": least})
    if op in {"lte", "lt", "between"}:
        limits &= Q(**{f"{field}__lte": most})
    return limits


def _start(day: datetime.date) -> datetime.datetime:
    zone = Company.objects.current().zone
    return datetime.datetime.combine(day, datetime.time(), tzinfo=zone)
