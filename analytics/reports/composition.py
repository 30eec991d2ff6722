"""Questions to the facts, composed from the vocabulary with sqlglot. Values are always bound parameters."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Protocol

import sqlglot
from django.utils.translation import gettext as _
from sqlglot import exp

from analytics.reports.arguments import ANY_CUSTOMER, KNOWN_CUSTOMERS, NONE, Arguments, read_day
from analytics.reports.errors import ReportError
from analytics.reports.vocabulary import Base, Dimension, Measure, Type, vocabulary

JOINS = {"c": "customers", "g": "figures"}


class Reader(Protocol):
    """What reports need of the fact engine's reader."""

    def rows(self, sql: str, params: Any = None) -> list[dict[str, Any]]: ...

    def frame(self, sql: str, params: Any = None) -> Any: ...


@lru_cache(maxsize=1000)
def _parsed(sql: str) -> exp.Expression:
    return sqlglot.parse_one(sql, dialect="duckdb")


def parsed(sql: str) -> exp.Expression:
    """Text of our own vocabulary as an expression; never text of a user."""
    return _parsed(sql).copy()


class Question:
    """The rows of one fact table that an answer counts, and what can be asked of them.

    cell: codes of dimensions that narrow the question down to a cell, row or column of its own answer
    """

    def __init__(
        self,
        base: Base,
        arguments: Arguments,
        reader: Reader,
        *,
        where: Iterable[str] = (),
        cell: Mapping[str, str] | None = None,
    ) -> None:
        self.base, self.arguments, self.reader = base, arguments, reader
        self.params: dict[str, Any] = {"as_of": arguments.as_of, "as_of_year": arguments.as_of.year}
        self._joined: set[str] = set()
        self.conditions: list[exp.Expression] = [parsed(text) for text in where]
        self._add_time()
        self._add_customer()
        self._add_restrictions({*arguments.by, *dict(arguments.filters), *(cell or {})})
        for key, values in arguments.filters:
            self.conditions.append(self._matches(vocabulary.dimension(key), values))
        for key, value in (cell or {}).items():
            self.conditions.append(self._matches(vocabulary.dimension(key), (value,), is_exact=True))

    def groups(
        self,
        by: Iterable[str],
        measures: Iterable[Measure],
        *,
        order_by: Measure | None = None,
        limit: int | None = None,
    ) -> list[dict[str, Any]]:
        """Measures split by dimensions: code under the dimension's output key, its name under `<key>__name…`."""
        dimensions = [vocabulary.dimension(key) for key in by]
        inner = self._select(*(exp.alias_(self.code(each), f"k_{each.key}") for each in dimensions))
        for measure in measures:
            inner = inner.select(exp.alias_(parsed(measure.expression(self.arguments.basis)), measure.key))
        if dimensions:
            inner = inner.group_by(*(self.code(each) for each in dimensions))
        outer = exp.select(*(exp.column(measure.key, "a") for measure in measures)).from_(inner.subquery("a"))
        for each in dimensions:
            outer = with_names(outer, each)
        if order_by is not None:
            outer = outer.order_by(exp.Ordered(this=exp.column(order_by.key, "a"), desc=True, nulls_first=False))
            outer = outer.order_by(*(exp.column(f"k_{each.key}", "a") for each in dimensions))
        if limit is not None:
            outer = outer.select(parsed("COUNT(*) OVER () AS rows_in_all")).limit(limit)
        return self.ask(outer)

    def select(self, *columns: str) -> exp.Select:
        """Columns of the rows themselves, written in the vocabulary's terms."""
        return self._select(*(parsed(text) for text in columns))

    def code(self, dimension: Dimension) -> exp.Expression:
        """The value a dimension has in a row; empty texts count as not stated."""
        column = self.column(dimension)
        if dimension.names or dimension.type != Type.TEXT:
            return column
        return exp.func("NULLIF", column, exp.Literal.string(""))

    def column(self, dimension: Dimension) -> exp.Expression:
        place = dimension.place(self.base)
        if place is None:
            raise ReportError(_("“%(name)s” is not known of these records.") % {"name": dimension.label})
        alias, name = place
        if alias in JOINS:
            self._joined.add(alias)
        return (
            parsed(dimension.made_of.format(column=f"{alias}.{name}")) if dimension.made_of else exp.column(name, alias)
        )

    def join(self, alias: str) -> None:
        """Have the customer (c) or the customer's figures (g) at hand in what is selected."""
        self._joined.add(alias)

    def narrow(self, condition: str) -> None:
        if condition:
            self.conditions.append(parsed(condition))

    def bind(self, value: Any) -> exp.Placeholder:
        name = f"p{len(self.params)}"
        self.params[name] = value
        return exp.Placeholder(this=name)

    def ask(self, query: exp.Expression) -> list[dict[str, Any]]:
        return self.reader.rows(*self.text(query))

    def frame(self, query: exp.Expression) -> Any:
        return self.reader.frame(*self.text(query))

    def text(self, query: exp.Expression) -> tuple[str, dict[str, Any]]:
        used = {each.name for each in query.find_all(exp.Placeholder)}
        return query.sql(dialect="duckdb"), {name: value for name, value in self.params.items() if name in used}

    def _select(self, *columns: exp.Expression) -> exp.Select:
        query = exp.select(*columns).from_(exp.alias_(exp.to_table(self.base.key), "f", table=True))
        for alias in sorted(self._joined):
            on = f"{alias}.customer_id = f.customer_id"
            table = exp.alias_(exp.to_table(JOINS[alias]), alias, table=True)
            query = query.join(table, on=parsed(on), join_type="left")
        return query.where(*(each.copy() for each in self.conditions)) if self.conditions else query

    def _add_time(self) -> None:
        if not self.base.has_time:
            return
        period = self.arguments.period
        end = min(period.end, self.arguments.as_of)
        self.conditions.append(exp.LTE(this=exp.column("occurred_on", "f"), expression=self.bind(end)))
        if period.start:
            self.conditions.append(exp.GTE(this=exp.column("occurred_on", "f"), expression=self.bind(period.start)))

    def _add_customer(self) -> None:
        choice = self.arguments.customer
        if choice == ANY_CUSTOMER:
            return
        if choice == KNOWN_CUSTOMERS:
            self.conditions.append(parsed("f.customer_id IS NOT NULL"))
        else:
            self.conditions.append(self._matches(vocabulary.dimension("customer"), (choice,), is_exact=True))

    def _add_restrictions(self, keys: set[str]) -> None:
        for key in sorted(keys):
            for base, condition in vocabulary.dimension(key).restrict:
                if base == self.base.key:
                    self.conditions.append(parsed(condition))

    def _matches(self, dimension: Dimension, values: Iterable[str], *, is_exact: bool = False) -> exp.Expression:
        """The condition that a dimension has one of the values; an empty value stands for "not stated"."""
        if dimension.offered:
            return self._among_members(dimension, values)
        column = self.code(dimension)
        wanted = [value for value in values if value != NONE]
        found: list[exp.Expression] = []
        if wanted:
            ids = self._ids(dimension, wanted, is_exact) if dimension.names else [_typed(dimension, v) for v in wanted]
            found.append(column.isin(*(self.bind(value) for value in ids)))
        if len(wanted) < len(list(values)):
            found.append(exp.Is(this=column.copy(), expression=exp.Null()))
        return exp.paren(exp.or_(*found))

    def _among_members(self, dimension: Dimension, codes: Iterable[str]) -> exp.Expression:
        """Customers who are in any of the segments."""
        from analytics.models import Segment

        wanted = Segment.objects.active().filter(code__in=list(codes)).values_list("pk", flat=True)
        ids = ", ".join(str(int(each)) for each in wanted) or "NULL"
        among = exp.select("customer_id").from_("members").where(parsed(f"segment_id IN ({ids})"))
        return exp.In(this=self.column(dimension), query=exp.Subquery(this=among))

    def _ids(self, dimension: Dimension, values: list[str], is_exact: bool) -> list[int]:
        """Ids behind codes or names; in a tree everything below as well, unless exactly this is meant."""
        ids: list[int] = []
        for value in values:
            rows = self._named(dimension, value)
            if not rows:
                raise ReportError(
                    _("There is no %(name)s “%(value)s”.") % {"name": str(dimension.label).lower(), "value": value}
                )
            ids += [row["id"] for row in rows]
            if dimension.is_tree and not is_exact:
                for row in rows:
                    ids += self._below(dimension, row["path"])
        return sorted(set(ids))

    def _named(self, dimension: Dimension, value: str) -> list[dict[str, Any]]:
        number = "number" if dimension.names == "customers" else "code"
        path = ", path" if dimension.is_tree else ""
        columns = f"{dimension.id_column} AS id{path}"
        rows = self._rows(f"SELECT {columns} FROM {dimension.names} WHERE {number} = :value", value)  # noqa: S608  words of the vocabulary
        if rows or dimension.names == "customers":
            return rows
        names = ["name"] if dimension.names == "staff" else ["name", "name_zh_hans", "name_zh_hant"]
        is_named = " OR ".join(f"LOWER({each}) = LOWER(:value)" for each in names)
        return self._rows(f"SELECT {columns} FROM {dimension.names} WHERE {is_named}", value)  # noqa: S608

    def _below(self, dimension: Dimension, path: str) -> list[int]:
        sql = f"SELECT {dimension.id_column} AS id FROM {dimension.names} WHERE path LIKE :value"  # noqa: S608
        return [row["id"] for row in self._rows(sql, f"{path}%")] if path else []

    def _rows(self, sql: str, value: str) -> list[dict[str, Any]]:
        return self.reader.rows(parsed(sql).sql(dialect="duckdb"), {"value": value})


def with_names(query: exp.Select, dimension: Dimension) -> exp.Select:
    """Put code and names of a dimension's id beside its measures."""
    key = exp.column(f"k_{dimension.key}", "a")
    if not dimension.names:
        return query.select(exp.alias_(key, dimension.out))
    alias = f"n_{dimension.key}"
    table = exp.alias_(exp.to_table(dimension.names), alias, table=True)
    on = exp.EQ(this=exp.column(dimension.id_column, alias), expression=key.copy())
    code = exp.column("number" if dimension.names == "customers" else "code", alias)
    shown = exp.func("COALESCE", exp.func("NULLIF", code, exp.Literal.string("")), exp.cast(key.copy(), "VARCHAR"))
    query = query.join(table, on=on, join_type="left").select(exp.alias_(shown, dimension.out))
    if dimension.names == "customers":
        return query.select(exp.alias_(key.copy(), f"{dimension.out}__id"))
    names = ("name",) if dimension.names == "staff" else ("name", "name_zh_hans", "name_zh_hant")
    return query.select(*(exp.alias_(exp.column(name, alias), f"{dimension.out}__{name}") for name in names))


def _typed(dimension: Dimension, value: str) -> Any:
    if dimension.type == Type.DATE:
        return read_day(value, dimension.key)
    if dimension.type == Type.NUMBER:
        try:
            return int(value)
        except ValueError:
            raise ReportError(
                _("“%(value)s” is not a number for “%(name)s”.") % {"value": value, "name": dimension.label}
            ) from None
    known = dict(dimension.pairs())
    if known and value not in known:
        raise ReportError(
            _("There is no %(name)s “%(value)s”. Known: %(known)s.")
            % {"name": str(dimension.label).lower(), "value": value, "known": ", ".join(known)}
        )
    return value
