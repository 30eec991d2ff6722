"""Rules over attributes: one tree that picks records, for segments, saved filters and alerts.

    {"all": [rule, …]}   {"any": [rule, …]}   {"not": rule}
    {"attribute": "city", "op": "is", "value": "Hangzhou"}

`parse` checks a tree against a kind's attributes and says in words what is wrong with it; `to_q` compiles it for the
ORM. What analysis has computed is looked up in its saved figures, the figures of one run.
"""

import datetime
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import DecimalField, ExpressionWrapper, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.models import Company, User
from crm.records import lookups, privacy
from crm.records.attributes import Attribute, Type
from crm.records.filters import EARLIEST, LATEST, holds_any
from crm.records.kinds import Kind, kinds

DEEPEST = 6
MOST_CONDITIONS = 60
MOST_VALUES = 200
LONGEST_TEXT = 200
LARGEST_NUMBER = Decimal(10) ** 15
MOST_DAYS = 36_500

LABELS: dict[str, str | Promise] = {
    "is": gettext_lazy("is"),
    "is_not": gettext_lazy("is not"),
    "in": gettext_lazy("is one of"),
    "not_in": gettext_lazy("is none of"),
    "contains": gettext_lazy("contains"),
    "gte": gettext_lazy("is at least"),
    "lte": gettext_lazy("is at most"),
    "gt": gettext_lazy("is more than"),
    "lt": gettext_lazy("is less than"),
    "between": gettext_lazy("is between"),
    "before": gettext_lazy("is before"),
    "after": gettext_lazy("is after"),
    "on": gettext_lazy("is on"),
    "last_days": gettext_lazy("is within the last … days"),
    "not_last_days": gettext_lazy("is not within the last … days"),
    "is_empty": gettext_lazy("is empty"),
    "is_not_empty": gettext_lazy("is not empty"),
}
SYMBOLS = {"=": "is", "==": "is", "!=": "is_not", ">=": "gte", "<=": "lte", ">": "gt", "<": "lt"}
EMPTINESS = ("is_empty", "is_not_empty")
ORDERED = ("is", "is_not", "gte", "lte", "gt", "lt", "between", *EMPTINESS)
DAYS = ("on", "before", "after", "between", "last_days", "not_last_days", *EMPTINESS)
OPERATORS: dict[Type, tuple[str, ...]] = {
    Type.TEXT: ("is", "is_not", "in", "not_in", "contains", *EMPTINESS),
    Type.LONG_TEXT: ("contains", *EMPTINESS),
    Type.NUMBER: ORDERED,
    Type.MONEY: ORDERED,
    Type.RATIO: ORDERED,
    Type.DATE: DAYS,
    Type.MOMENT: DAYS,
    Type.BOOLEAN: ("is",),
    Type.CHOICE: ("is", "is_not", "in", "not_in", *EMPTINESS),
    Type.RELATION: ("is", "is_not", "in", "not_in", *EMPTINESS),
}
INTEGERS = {"SmallIntegerField", "IntegerField", "BigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"}
NEGATIONS = {"is_not": "is", "not_in": "in", "not_last_days": "last_days", "is_not_empty": "is_empty"}


class RuleError(ValueError):
    """A rule that cannot be: `path` says where in the tree ("all.1.value"), the text says why."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.message, self.path = message, path


@dataclass(frozen=True)
class Condition:
    """One question. `value` is typed: str, Decimal, bool, date, int, or a tuple of them."""

    attribute: Attribute
    op: str
    value: Any = None


@dataclass(frozen=True)
class Group:
    """`all`, `any` or `not` (of exactly one)."""

    mode: str
    rules: tuple["Condition | Group", ...]


Rule = Condition | Group


def operators(attribute: Attribute) -> tuple[str, ...]:
    return OPERATORS[attribute.type]


def describe(kind: Kind, user: User | None) -> list[dict[str, Any]]:
    """What a builder may offer this reader: attributes with their operators, choices and look-ups."""
    return [
        {
            "key": each.key,
            "label": str(each.label),
            "type": str(each.type),
            "unit": each.unit,
            "is_computed": each.is_computed,
            "formula": str(each.formula),
            "operators": [{"op": op, "label": str(LABELS[op])} for op in operators(each)],
            "choices": [{"value": code, "label": str(label)} for code, label in each.choice_pairs()],
            "related": each.related,
        }
        for each in kind.attributes
        if may_ask(kind, each, user)
    ]


def may_ask(kind: Kind, attribute: Attribute, user: User | None) -> bool:
    """Masked attributes may not be asked about; to such a reader they are unknown."""
    is_askable = attribute.is_computed or (bool(attribute.source) and attribute.is_filterable)
    return is_askable and privacy.may_read(kind, attribute, user)


# reading --------------------------------------------------------------------------------------------------------------


def parse(tree: Any, kind: Kind | str, *, user: User | None = None) -> Rule:
    """The rule of a tree; RuleError in words for anything that is not one. `user` limits it to what he may ask."""
    kind = kinds[kind] if isinstance(kind, str) else kind
    budget = [MOST_CONDITIONS]
    return _parsed(tree, kind, user, "", 1, budget)


def dump(rule: Rule) -> dict[str, Any]:
    """The tree of a rule, as JSON keeps it: what `parse` read, in its plainest form."""
    if isinstance(rule, Group):
        return {"not": dump(rule.rules[0])} if rule.mode == "not" else {rule.mode: [dump(each) for each in rule.rules]}
    found: dict[str, Any] = {"attribute": rule.attribute.key, "op": rule.op}
    if rule.op not in EMPTINESS:
        found["value"] = _plain(rule.value)
    return found


def conditions(rule: Rule) -> Iterable[Condition]:
    if isinstance(rule, Condition):
        yield rule
        return
    for each in rule.rules:
        yield from conditions(each)


def _parsed(tree: Any, kind: Kind, user: User | None, path: str, depth: int, budget: list[int]) -> Rule:
    if not isinstance(tree, dict):
        raise RuleError(_("A rule must be an object with “all”, “any”, “not” or “attribute”."), path)
    if depth > DEEPEST:
        raise RuleError(_("The rule is nested too deeply; at most %(count)s levels.") % {"count": DEEPEST}, path)
    budget[0] -= 1
    if budget[0] < 0:
        raise RuleError(_("The rule has too many parts; at most %(count)s.") % {"count": MOST_CONDITIONS}, path)
    if "attribute" in tree:
        return _condition(tree, kind, user, path)
    if len(tree) != 1:
        raise RuleError(_("A rule has exactly one of “all”, “any”, “not” and “attribute”."), path)
    mode, inner = next(iter(tree.items()))
    if mode == "not":
        return Group("not", (_parsed(inner, kind, user, _below(path, "not"), depth + 1, budget),))
    if mode not in {"all", "any"}:
        raise RuleError(_("“%(mode)s” is no way to join conditions.") % {"mode": str(mode)[:40]}, path)
    if not isinstance(inner, list) or not inner:
        raise RuleError(_("“%(mode)s” needs a list of at least one condition.") % {"mode": mode}, path)
    rules = tuple(
        _parsed(each, kind, user, _below(path, f"{mode}.{at}"), depth + 1, budget) for at, each in enumerate(inner)
    )
    return Group(mode, rules)


def _condition(tree: dict[str, Any], kind: Kind, user: User | None, path: str) -> Condition:
    unknown = set(tree) - {"attribute", "op", "value"}
    if unknown:
        raise RuleError(_("A condition has no “%(name)s”.") % {"name": str(sorted(map(str, unknown))[0])[:40]}, path)
    key = tree["attribute"]
    attribute = kind.by_key.get(key) if isinstance(key, str) else None
    if attribute is None or not may_ask(kind, attribute, user):
        raise RuleError(_("There is no attribute “%(name)s”.") % {"name": str(key)[:60]}, _below(path, "attribute"))
    given = tree.get("op", "is")
    op = SYMBOLS.get(given, given) if isinstance(given, str) else ""
    if op not in operators(attribute):
        possible = ", ".join(operators(attribute))
        text = _("%(label)s cannot be asked “%(op)s”; possible are %(possible)s.")
        raise RuleError(
            text % {"label": attribute.label, "op": str(given)[:40], "possible": possible}, _below(path, "op")
        )
    if op in EMPTINESS:
        return Condition(attribute, op)
    try:
        return Condition(attribute, op, _value(attribute, op, tree.get("value"), user))
    except RuleError as error:
        raise RuleError(f"{attribute.label}: {error.message}", _below(path, "value")) from None


def _value(attribute: Attribute, op: str, given: Any, user: User | None) -> Any:
    if op in {"last_days", "not_last_days"}:
        return _count_of_days(given)
    read: Callable[[Any], Any] = lambda each: _single(attribute, each)  # noqa: E731
    if op == "between":
        if not isinstance(given, list | tuple) or len(given) != 2:
            raise RuleError(_("give two values, from and to."))
        low, high = read(given[0]), read(given[1])
        if low > high:
            raise RuleError(_("the first value must not be above the second."))
        return (low, high)
    is_list = op in {"in", "not_in"}
    if not is_list:
        found = (read(given),)
    else:
        if not isinstance(given, list | tuple) or not 0 < len(given) <= MOST_VALUES:
            raise RuleError(_("give a list of 1 to %(count)s values.") % {"count": MOST_VALUES})
        found = tuple(dict.fromkeys(read(each) for each in given))
    if attribute.type == Type.RELATION:
        _check_related(attribute, found, user)
    return found if is_list else found[0]


def _single(attribute: Attribute, given: Any) -> Any:
    match attribute.type:
        case Type.TEXT | Type.LONG_TEXT:
            return _text(given)
        case Type.NUMBER | Type.MONEY | Type.RATIO:
            return _number(given)
        case Type.DATE | Type.MOMENT:
            return _day(given)
        case Type.BOOLEAN:
            if given in (True, "true") or given in (False, "false"):
                return given in (True, "true")
            raise RuleError(_("give true or false."))
        case Type.CHOICE:
            codes = [str(code) for code, _label in attribute.choice_pairs()]
            if not isinstance(given, str) or given not in codes:
                said = {"value": str(given)[:40], "codes": ", ".join(codes[:30])}
                raise RuleError(_("“%(value)s” is none of %(codes)s.") % said)
            return given
        case Type.RELATION:
            if isinstance(given, bool) or not lookups.is_id(given):
                raise RuleError(_("give the number of a record."))
            return int(given)
    raise RuleError(_("this cannot be asked."))


def _text(given: Any) -> str:
    if not isinstance(given, str) or not given.strip() or "\0" in given:
        raise RuleError(_("give a text."))
    if len(given) > LONGEST_TEXT:
        raise RuleError(_("give at most %(count)s letters.") % {"count": LONGEST_TEXT})
    return given.strip()


def _number(given: Any) -> Decimal:
    try:
        if isinstance(given, bool) or not isinstance(given, int | float | str | Decimal) or len(str(given)) > 40:
            raise InvalidOperation
        found = Decimal(str(given).strip())
        if not found.is_finite() or abs(found) > LARGEST_NUMBER:
            raise InvalidOperation
    except InvalidOperation:
        raise RuleError(_("give a number.")) from None
    return found


def _day(given: Any) -> datetime.date:
    try:
        found = datetime.date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        found = None
    if found is None or not EARLIEST <= found <= LATEST:
        raise RuleError(_("give a date such as 2024-05-31."))
    return found


def _count_of_days(given: Any) -> int:
    found = _number(given)
    if found != found.to_integral_value() or not 0 < found <= MOST_DAYS:
        raise RuleError(_("give a whole number of days, 1 to %(count)s.") % {"count": MOST_DAYS})
    return int(found)


def _check_related(attribute: Attribute, ids: tuple[int, ...], user: User | None) -> None:
    known = lookups.get(attribute.related).queryset(user).filter(pk__in=ids).values_list("pk", flat=True)
    missing = sorted(set(ids) - set(known))
    if missing:
        raise RuleError(_("there is no record %(number)s.") % {"number": missing[0]})


def _below(path: str, part: str) -> str:
    return f"{path}.{part}" if path else part


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, datetime.date) else value


# compiling ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """Where the computed attributes of a kind are saved: one row per record and run."""

    model: type[Model]
    record: str  # attname of the record's id, such as "customer_id"
    run: str  # attname of the run's id
    current: Callable[[], int | None] = lambda: None  # the run that readers see


_figures: dict[str, Figures] = {}


def register_figures(
    model: type[Model],
    *,
    kind: str = "customer",
    record: str = "customer_id",
    run: str = "run_id",
    current: Callable[[], int | None] = lambda: None,
) -> None:
    """Analysis says where it saves the figures of a kind, and which run its readers see."""
    _figures[kind] = Figures(model, record, run, current)


def with_figures(kind: Kind, queryset: QuerySet, attributes: Iterable[Attribute]) -> QuerySet:
    """Rows with the computed ones of the attributes as annotations, named by their `source`: to show, sort and filter.

    Within the same query, however many rows; money comes in units of the currency.
    """
    known, place = queryset.query.annotations, _figures.get(kind.key)
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
            rows = with_figures(self.kind, self.kind.model._default_manager.all(), [attribute])
            return Q(
                pk__in=rows.filter(self._plain(condition, attribute.source, self.kind.model)).order_by().values("pk")
            )
        if attribute.is_computed:
            return self._computed(condition)
        if attribute.is_multiple:
            return self._of_many(condition)
        return self._plain(condition, attribute.source, self.kind.model)

    def _computed(self, condition: Condition) -> Q:
        place = _figures.get(self.kind.key)
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


__all__ = [
    "LABELS",
    "OPERATORS",
    "Condition",
    "Group",
    "Rule",
    "RuleError",
    "conditions",
    "describe",
    "dump",
    "may_ask",
    "operators",
    "parse",
    "register_figures",
    "to_q",
    "with_figures",
]
