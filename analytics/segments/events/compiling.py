"""Conditions on events as SQL over the facts. Text comes from the vocabulary alone; every value is a bound parameter.

A comparison that also holds for customers without such an event is compiled as "not among those for whom it fails".
"""

from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from analytics.segments.events import vocabulary
from analytics.segments.events.reading import EventCondition
from crm.records.attributes import Type

if TYPE_CHECKING:
    from sqlglot import exp

    from analytics.segments.compiler import Compiler

SIGNS = {"gte": ">=", "lte": "<=", "gt": ">", "lt": "<", "is": "="}


def condition(asked: EventCondition, work: "Compiler") -> "exp.Expression":
    """True or false of the customer `c`, never unknown."""
    import sqlglot

    return sqlglot.parse_one(_Text(asked, work).condition(), dialect="duckdb")


class _Text:
    """The SQL of one condition; names of bound values stand in it."""

    def __init__(self, asked: EventCondition, work: "Compiler") -> None:
        self.asked, self.work = asked, work
        self.event, self.window = asked.event, asked.window

    @cached_property
    def day(self) -> str:
        return self.bound(self.work.as_of)

    def bound(self, value: Any) -> str:
        return self.work.bound(value).sql(dialect="duckdb")

    def condition(self) -> str:
        compared = self.compared()
        if self.window.word == "last":
            whole = f"COUNT(*) = {self.bound(self.window.value)}"
            grouped = f"SELECT e.customer_id FROM ({self.last()}) e GROUP BY e.customer_id"  # noqa: S608
            return _among(f"{grouped} HAVING {whole} AND {compared}")
        source, where = self.source()
        grouped = f"SELECT e.customer_id FROM {source} WHERE {where} GROUP BY e.customer_id HAVING"  # noqa: S608
        nothing = self.asked.measure.nothing
        if nothing is None or not _holds(self.asked.op, Decimal(nothing), self.asked.value):
            return _among(f"{grouped} {compared}")
        without = f"NOT {_among(f'{grouped} NOT ({compared})')}"
        if self.window.word != "since":
            return without
        return f"({_among(f'SELECT b.customer_id FROM ({self.anchor()}) b')} AND {without})"  # noqa: S608

    def source(self) -> tuple[str, str]:
        """Table and conditions of the events that count."""
        source, parts = f"{self.event.table.name} e", self.conditions()
        if self.window.word == "since":
            source += f" JOIN ({self.anchor()}) a ON a.customer_id = e.customer_id"
            parts.append("e.occurred_at > a.at")
        return source, " AND ".join(parts)

    def conditions(self) -> list[str]:
        first, last = self.window.days(self.work.as_of)
        parts = ["e.customer_id IS NOT NULL"]
        parts.append(f"e.occurred_on <= {self.day if last == self.work.as_of else self.bound(last)}")
        if first is not None:
            parts.append(f"e.occurred_on >= {self.bound(first)}")
        if self.event.counted:
            parts.append(self.event.counted)
        if self.asked.where is not None:
            parts.append(f"({self.work.about('e').condition(self.asked.where).sql(dialect='duckdb')})")
        return parts

    def last(self) -> str:
        """The customers' last N of the events asked for."""
        where = " AND ".join([*self.conditions(), self.event.single])
        order = f"ORDER BY e.occurred_at DESC, e.{self.event.table.key} DESC"
        return (
            f"SELECT e.* FROM {self.event.table.name} e WHERE {where}"  # noqa: S608
            f" QUALIFY ROW_NUMBER() OVER (PARTITION BY e.customer_id {order}) <= {self.bound(self.window.value)}"
        )

    def anchor(self) -> str:
        """When the customer's last event was that days are reckoned from."""
        anchor = vocabulary.get(self.window.value)
        assert anchor is not None
        where = f"{anchor.single} AND e.customer_id IS NOT NULL AND e.occurred_on <= {self.day}"
        source = f"{anchor.table.name} e WHERE {where} GROUP BY e.customer_id"
        return f"SELECT e.customer_id, MAX(e.occurred_at) AS at FROM {source}"  # noqa: S608

    def compared(self) -> str:
        measure = self.asked.measure
        text = measure.sql.replace(":day", self.day) if ":day" in measure.sql else measure.sql
        if measure.nothing is not None:
            text = f"COALESCE({text}, {measure.nothing})"
        scale = 100 if measure.type == Type.MONEY else 1
        if self.asked.op == "between":
            low, high = (self.bound(each * scale) for each in self.asked.value)
            return f"{text} BETWEEN {low} AND {high}"
        return f"{text} {SIGNS[self.asked.op]} {self.bound(self.asked.value * scale)}"


def _among(query: str) -> str:
    return f"c.customer_id IN ({query})"


def _holds(op: str, value: Decimal, given: Any) -> bool:
    """Whether a customer without any such event fulfils the comparison."""
    if op == "between":
        return bool(given[0] <= value <= given[1])
    return {
        "gte": value >= given,
        "lte": value <= given,
        "gt": value > given,
        "lt": value < given,
        "is": value == given,
    }[op]
