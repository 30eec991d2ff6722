"""Rules over facts: the second compiler of the trees of `crm.records.rules`, with the same meaning as its `to_q`.

A condition is read from `customers` (c), from the run's `figures` (f) or from a table of events; whatever a user chose
is looked up among the attributes, and every value is a bound parameter. Where a value is missing a condition is false
and its negation true.
"""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from analytics.models import CustomerFigures
from analytics.segments import events
from analytics.segments.events import compiling
from analytics.segments.events.reading import EventCondition
from crm.accounts.models import User
from crm.records import lookups, rules
from crm.records.attributes import Attribute, Type
from crm.records.kinds import kinds
from crm.records.rules import Condition, Leaf, Rule, RuleError

if TYPE_CHECKING:
    from sqlglot import exp

    from analytics.facts.engine import Reader

KIND = "customer"
JSON_TYPES = {Type.NUMBER: "double", Type.DATE: "date", Type.BOOLEAN: "boolean", Type.RELATION: "bigint"}
TEXTS = {Type.TEXT, Type.LONG_TEXT, Type.CHOICE}


@dataclass
class Compiled:
    """A condition on c and f, and the values of its `$p0`, `$p1` …"""

    condition: "exp.Expression"
    params: dict[str, Any] = field(default_factory=dict)

    def sql(self, columns: str) -> str:
        """A query of customers that the rule holds for; `columns` is ours, never a user's."""
        where = self.condition.sql(dialect="duckdb")
        return f"SELECT {columns} FROM customers c LEFT JOIN figures f ON f.customer_id = c.customer_id WHERE {where}"  # noqa: S608


def attributes(user: User | None) -> list[Attribute]:
    """What a segment's rule may ask: the attributes that facts or figures hold and this user sees in full."""
    kind = kinds[KIND]
    return [each for each in kind.attributes if _is_known(each) and rules.may_ask(kind, each, user)]


def parse(tree: Any, user: User | None = None) -> Rule:
    """The rule of a tree; RuleError also for what the facts do not hold."""
    rule = rules.parse(tree, KIND, user=user, leaves=events.LEAVES)
    for each in rules.conditions(rule):
        if not _is_known(each.attribute):
            name = {"name": each.attribute.label}
            raise RuleError(_("“%(name)s” cannot be used here: the analysis does not know it.") % name)
    return rule


def to_sql(rule: Rule, as_of: datetime.date) -> Compiled:
    """The rule as a condition; `as_of` is the day that "the last N days" end with."""
    work = Compiler(as_of)
    return Compiled(work.condition(rule), work.params)


def members(facts: "Reader", tree: Any, *, as_of: datetime.date) -> list[int]:
    """Ids of the customers that a rule holds for, among those the reader of `facts` may see."""
    found = to_sql(parse(tree), as_of)
    return [row["customer_id"] for row in facts.rows(found.sql("c.customer_id"), found.params)]


def count(facts: "Reader", rule: Rule, *, as_of: datetime.date) -> int:
    found = to_sql(rule, as_of)
    return facts.rows(found.sql("count(*) AS customers"), found.params)[0]["customers"]


def looked_at(facts: "Reader", rule: Rule, *, as_of: datetime.date, shown: int) -> tuple[int, int, list[int]]:
    """How many customers a rule holds for, of how many, and ids of the newest of them."""
    found = to_sql(rule, as_of)
    row = facts.rows(
        f"SELECT count(*) AS customers, (SELECT count(*) FROM customers) AS of_all,"  # noqa: S608  our own text
        f" max(customer_id, {int(shown)}) AS newest FROM ({found.sql('c.customer_id')})",
        found.params,
    )[0]
    return row["customers"], row["of_all"], row["newest"] or []


class Compiler:
    """Rules about the rows of one alias, as conditions; all that share `params` may stand in one query."""

    def __init__(self, as_of: datetime.date, params: dict[str, Any] | None = None, alias: str = "c") -> None:
        self.as_of, self.alias = as_of, alias
        self.params = {} if params is None else params

    def about(self, alias: str) -> "Compiler":
        return Compiler(self.as_of, self.params, alias)

    def condition(self, rule: Rule) -> "exp.Expression":
        from sqlglot import exp

        if isinstance(rule, Condition):
            return self._single(rule)
        if isinstance(rule, EventCondition):
            return compiling.condition(rule, self)
        if isinstance(rule, Leaf):
            raise TypeError(f"Facts do not know {rule!r}.")
        parts = [self.condition(each) for each in rule.rules]
        if rule.mode == "not":
            return exp.Not(this=exp.Paren(this=parts[0]))
        return exp.and_(*parts) if rule.mode == "all" else exp.or_(*parts)

    def _single(self, condition: Condition) -> "exp.Expression":
        """True or false, never unknown."""
        from sqlglot import exp

        opposite = rules.NEGATIONS.get(condition.op)
        if opposite:
            return exp.Not(this=self._single(Condition(condition.attribute, opposite, condition.value)))
        return exp.Coalesce(this=self._comparison(condition), expressions=[exp.false()])

    def _comparison(self, condition: Condition) -> "exp.Expression":
        from sqlglot import exp

        attribute, op, value = condition.attribute, condition.op, condition.value
        column = _column(attribute, self.alias)
        if attribute.is_multiple and op != "is_empty":
            return self._holds_any(column, value if isinstance(value, tuple) else (value,))
        if op == "is_empty":
            missing = exp.Is(this=column, expression=exp.null())
            is_text = attribute.type in TEXTS
            return (
                exp.or_(missing, exp.EQ(this=column.copy(), expression=exp.Literal.string(""))) if is_text else missing
            )
        if attribute.type == Type.RELATION:
            return self._any_of(column, _with_those_below(attribute, value))
        if attribute.type == Type.DATE:
            return self._days(column, op, value)
        if attribute.type in {Type.TEXT, Type.LONG_TEXT}:
            return self._text(column, op, value)
        stored = _stored(attribute, value)
        if op == "in":
            return self._any_of(column, stored)
        if op == "between":
            return self._within(column, *stored)
        comparisons = {"is": exp.EQ, "gte": exp.GTE, "lte": exp.LTE, "gt": exp.GT, "lt": exp.LT}
        return comparisons[op](this=column, expression=self.bound(stored))

    def _text(self, column: "exp.Expression", op: str, value: Any) -> "exp.Expression":
        """Without regard to case."""
        from sqlglot import exp

        lower = exp.Lower(this=column)
        if op == "contains":
            return exp.GT(
                this=exp.StrPosition(this=lower, substr=self.bound(value.lower())), expression=exp.Literal.number(0)
            )
        wanted = value if op == "in" else (value,)
        return self._any_of(lower, [each.lower() for each in wanted])

    def _holds_any(self, column: "exp.Expression", codes: tuple[str, ...]) -> "exp.Expression":
        """A custom field of several choices keeps the list of their codes."""
        from sqlglot import exp

        parts = [
            exp.GT(
                this=exp.StrPosition(this=column.copy(), substr=self.bound(f'"{code}"')),
                expression=exp.Literal.number(0),
            )
            for code in codes
        ]
        return exp.or_(*parts)

    def _days(self, column: "exp.Expression", op: str, value: Any) -> "exp.Expression":
        from sqlglot import exp

        if op == "last_days":
            return self._within(column, self.as_of - datetime.timedelta(days=value - 1), self.as_of)
        if op == "next_days":
            return self._within(column, self.as_of, self.as_of + datetime.timedelta(days=value - 1))
        if op == "between":
            return self._within(column, *value)
        comparison = {"on": exp.EQ, "before": exp.LT, "after": exp.GT}[op]
        return comparison(this=column, expression=self.bound(value))

    def _within(self, column: "exp.Expression", low: Any, high: Any) -> "exp.Expression":
        from sqlglot import exp

        return exp.Between(this=column, low=self.bound(low), high=self.bound(high))

    def _any_of(self, column: "exp.Expression", values: Any) -> "exp.Expression":
        from sqlglot import exp

        wanted = list(values)
        return exp.In(this=column, expressions=[self.bound(each) for each in wanted]) if wanted else exp.false()

    def bound(self, value: Any) -> "exp.Expression":
        from sqlglot import exp

        name = f"p{len(self.params)}"
        self.params[name] = value
        return exp.Parameter(this=exp.var(name))


def _is_known(attribute: Attribute) -> bool:
    return bool(attribute.figure or attribute.facts)


def _column(attribute: Attribute, alias: str) -> "exp.Expression":
    from sqlglot import exp

    if attribute.facts_path:
        column, path = exp.column(attribute.facts, table=alias), exp.Literal.string(f"$.{attribute.facts_path}")
        text = exp.Anonymous(this="json_extract_string", expressions=[column, path])
        return exp.TryCast(this=text, to=exp.DataType.build(JSON_TYPES.get(attribute.type, "text")))
    is_figure = attribute.is_computed
    return exp.column(attribute.figure, table="f") if is_figure else exp.column(attribute.facts, table=alias)


def _stored(attribute: Attribute, value: Any) -> Any:
    """A value in the unit and type it is stored in: money as cents, measures as floating point."""
    if isinstance(value, tuple):
        return tuple(_stored(attribute, each) for each in value)
    if not isinstance(value, Decimal):
        return value
    scaled = value * 100 if attribute.type == Type.MONEY else value
    if attribute.is_custom:
        return float(value)
    kept = CustomerFigures._meta.get_field(attribute.figure).get_internal_type() if attribute.is_computed else ""
    return float(scaled) if kept == "FloatField" else scaled


def _with_those_below(attribute: Attribute, value: Any) -> list[int]:
    """Ids; a node of a tree stands for itself and everything below, as the tree is now."""
    wanted = list(value) if isinstance(value, tuple) else [value]
    if not lookups.get(attribute.related).is_tree:
        return wanted
    return sorted(lookups.by_ids(attribute.related, wanted, None).values_list("pk", flat=True))


__all__ = ["Compiled", "Compiler", "attributes", "count", "looked_at", "members", "parse", "to_sql"]
