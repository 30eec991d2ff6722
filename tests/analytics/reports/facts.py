"""A small company as facts: tables of the contract in DuckDB, small enough to check by eye."""

from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from analytics.analysis.profitability import CostTerms
from analytics.facts import contract
from analytics.facts.ledger import ledger_sql
from analytics.models import CustomerFigures

FIGURES = {
    field.attname: {
        "BigIntegerField": "BIGINT",
        "IntegerField": "INTEGER",
        "SmallIntegerField": "SMALLINT",
        "FloatField": "DOUBLE",
        "DateField": "DATE",
        "CharField": "VARCHAR",
        "BooleanField": "BOOLEAN",
    }.get(field.get_internal_type(), "BIGINT")
    for field in CustomerFigures._meta.concrete_fields
    if field.attname not in {"id", "run_id"}
}
SPECS = {
    "cost_shares": contract.COST_SHARES,
    **{table.name: table.columns for table in contract.TABLES.values()},
    **contract.DIMENSIONS,
    contract.CUSTOMER_FIELDS.name: contract.CUSTOMER_FIELDS.columns,
    "figures": FIGURES,
}


def time(day: str) -> dict[str, Any]:
    """The time columns of a day."""
    import datetime

    date = datetime.date.fromisoformat(day)
    year, week, weekday = date.isocalendar()
    return {
        "occurred_at": f"{day} 10:00:00",
        "occurred_on": day,
        "week": f"{year}-W{week:02d}",
        "month": day[:7],
        "quarter": f"{date.year}-Q{(date.month - 1) // 3 + 1}",
        "year": day[:4],
        "weekday": weekday,
        "hour": 10,
    }


class SmallFacts:
    """Rows by table; `reader(user)` answers SQL over them, for a user only over own rows."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        for name, columns in SPECS.items():
            typed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            self.connection.execute(f"CREATE TABLE {name} ({typed})")
        self.connection.execute(f"CREATE VIEW ledger AS {ledger_sql(CostTerms())}")

    def add(self, table: str, *rows: dict[str, Any]) -> None:
        for row in rows:
            names = ", ".join(row)
            marks = ", ".join("?" for _ in row)
            self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))

    def reader(self, owner_id: int | None) -> "SmallReader":
        return SmallReader(self, owner_id)


class SmallReader:
    def __init__(self, facts: SmallFacts, owner_id: int | None, figures: Any = None) -> None:
        self.facts, self.owner_id, self.figures = facts, owner_id, figures
        self.cursor = facts.connection.cursor()

    def with_figures(self, frame: Any) -> "SmallReader":
        return SmallReader(self.facts, self.owner_id, frame)

    def rows(self, sql: str, params: Any = None) -> list[dict[str, Any]]:
        cursor = self._execute(sql, params)
        names = [each[0] for each in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def frame(self, sql: str, params: Any = None) -> Any:
        return self._execute(sql, params).df()

    def keep(self, name: str, sql: str, params: Any = None) -> None:
        self.cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}", params)

    def _execute(self, sql: str, params: Any) -> Any:
        cursor = self.cursor
        tree = sqlglot.parse_one(sql, dialect="duckdb")
        if self.figures is not None:
            cursor.register("other_figures", self.figures)
            tree = tree.transform(lambda node: _renamed(node, "figures", "other_figures"))
        if self.owner_id is not None:
            tree = tree.transform(self._narrowed)
        return cursor.execute(tree.sql(dialect="duckdb"), params or None)

    def _narrowed(self, node: Any) -> Any:
        if not isinstance(node, exp.Table):
            return node
        own = f"SELECT customer_id FROM customers WHERE owner_id = {self.owner_id}"
        where = {
            "customers": f"owner_id = {self.owner_id}",
            "customer_fields": f"customer_id IN ({own})",
            "figures": f"customer_id IN ({own})",
            "other_figures": f"customer_id IN ({own})",
            "ledger": f"customer_id IN ({own})",
            **dict.fromkeys(
                ("orders", "order_lines", "contacts", "complaints", "enquiries", "after_sales"),
                f"(staff_id = {self.owner_id} OR customer_id IN ({own}))",
            ),
        }.get(node.name)
        if not where:
            return node
        query = f"(SELECT * FROM {node.name} WHERE {where}) AS {node.alias or node.name}"
        return sqlglot.parse_one(f"SELECT 1 FROM {query}", dialect="duckdb").args["from_"].this


def _renamed(node: Any, old: str, new: str) -> Any:
    if isinstance(node, exp.Table) and node.name == old:
        return exp.alias_(exp.to_table(new), node.alias or old, table=True)
    return node
