"""Rules over facts: the second compiler of the trees of `crm.records.rules`, with the same meaning as its `to_q`.

A condition is read from `customers` (c) or from the run's `figures` (f); whatever a user chose is looked up among the
attributes, and every value is a bound parameter. Where a value is missing a condition is false and its negation true.
"""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from analytics.models import CustomerFigures
from crm.accounts.models import User
from crm.records import lookups, rules
from crm.records.attributes import Attribute, Type
from crm.records.kinds import kinds
from crm.records.rules import Condition, Rule, RuleError

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
    rule = rules.parse(tree, KIND, user=user)
    for each in rules.conditions(rule):
        if not _is_known(each.attribute):
            name = {"name": each.attribute.label}
            raise RuleError(_("“%(name)s” cannot be used here: the analysis does not know it.") % name)
    return rule


def to_sql(rule: Rule, as_of: datetime.date) -> Compiled:
    """The rule as a condition; `as_of` is the day that "the last N days" end with."""
    work = _Compiler(as_of)
    return Compiled(work.condition(rule), work.params)


def members(facts: "Reader", tree: Any, *, as_of: datetime.date) -> list[int]:
    """Ids of the customers that a rule holds for, among those the reader of `facts` may see."""
    found = to_sql(parse(tree), as_of)
    return [row["customer_id"] for row in facts.rows(found.sql("c.customer_id"), found.params)]


def count(facts: "Reader", rule: Rule, *, as_of: datetime.date) -> int:
    found = to_sql(rule, as_of)
    return facts.rows(found.sql("count(*) AS customers"), found.params)[0]["customers"]


class _Compiler:
    def __init__(self, as_of: datetime.date) -> None:
        self.as_of, self.params = as_of, {}

    def condition(self, rule: Rule) -> "exp.Expression":
        from sqlglot import exp

        if isinstance(rule, Condition):
            return self._single(rule)
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
        column = _column(attribute)
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
        return comparisons[op](this=column, expression=self._bound(stored))

    def _text(self, column: "exp.Expression", op: str, value: Any) -> "exp.Expression":
        """Without regard to case."""
        from sqlglot import exp

        lower = exp.Lower(this=column)
        if op == "contains":
            return exp.GT(
                this=exp.StrPosition(this=lower, substr=self._bound(value.lower())), expression=exp.Literal.number(0)
            )
        wanted = value if op == "in" else (value,)
        return self._any_of(lower, [each.lower() for each in wanted])

    def _holds_any(self, column: "exp.Expression", codes: tuple[str, ...]) -> "exp.Expression":
        """A custom field of several choices keeps the list of their codes."""
        from sqlglot import exp

        parts = [
            exp.GT(
                this=exp.StrPosition(this=column.copy(), substr=self._bound(f'"{code}"')),
                expression=exp.Literal.number(0),
            )
            for code in codes
        ]
        return exp.or_(*parts)

    def _days(self, column: "exp.Expression", op: str, value: Any) -> "exp.Expression":
        from sqlglot import exp

        if op == "last_days":
            return self._within(column, self.as_of - datetime.timedelta(days=value - 1), self.as_of)
        if op == "between":
            return self._within(column, *value)
        comparison = {"on": exp.EQ, "before": exp.LT, "after": exp.GT}[op]
        return comparison(this=column, expression=self._bound(value))

    def _within(self, column: "exp.Expression", low: Any, high: Any) -> "exp.Expression":
        from sqlglot import exp

        return exp.Between(this=column, low=self._bound(low), high=self._bound(high))

    def _any_of(self, column: "exp.Expression", values: Any) -> "exp.Expression":
        from sqlglot import exp

        wanted = list(values)
        return exp.In(this=column, expressions=[self._bound(each) for each in wanted]) if wanted else exp.false()

    def _bound(self, value: Any) -> "exp.Expression":
        from sqlglot import exp

        name = f"p{len(self.params)}"
        self.params[name] = value
        return exp.Parameter(this=exp.var(name))


def _is_known(attribute: Attribute) -> bool:
    return bool(attribute.figure or attribute.facts)


def _column(attribute: Attribute) -> "exp.Expression":
    from sqlglot import exp

    if attribute.facts_path:
        column, path = exp.column(attribute.facts, table="c"), exp.Literal.string(f"$.{attribute.facts_path}")
        text = exp.Anonymous(this="json_extract_string", expressions=[column, path])
        return exp.TryCast(this=text, to=exp.DataType.build(JSON_TYPES.get(attribute.type, "text")))
    return exp.column(attribute.figure, table="f") if attribute.is_computed else exp.column(attribute.facts, table="c")


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


__all__ = ["Compiled", "attributes", "count", "members", "parse", "to_sql"]
