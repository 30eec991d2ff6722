"""SQL over one snapshot, within what a reader may see.

    with engine.reader(snapshot_id, user=request.user) as facts:
        facts.rows("SELECT month, sum(net_amount) FROM orders WHERE occurred_on <= $day GROUP BY 1", {"day": day})

The SQL names the tables of `contract` and, of the run that belongs to the snapshot, `figures` and `members`. Under
these names it finds only rows that `user` may view (None is the house itself): the engine adds the scope, a report
never does. Ownership is read live: rows whose owner, department or region changed since the snapshot count as they are
now. Fields that the reader sees masked or not at all are NULL. Values are always bound parameters.
"""

import datetime
import json
import os
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db.models import Q

from analytics.facts import customer_fields, ledger, store
from analytics.facts.build import daily_sales_sql
from analytics.facts.contract import (
    COST_SHARES,
    CUSTOMER_FIELDS,
    DAILY_SALES,
    DIMENSIONS,
    MEMBERS,
    TABLES,
    FactTable,
    figures_columns,
)
from analytics.models import Publication, Segment, SegmentMembership
from crm.accounts import access
from crm.accounts.models import AccessRule, Sensitivity
from crm.records.custom import registry
from crm.records.kinds import kinds

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

    from crm.accounts.models import User

Parameters = list[Any] | tuple[Any, ...] | dict[str, Any]

FACTS: dict[str, FactTable] = {**TABLES, DAILY_SALES.name: DAILY_SALES, CUSTOMER_FIELDS.name: CUSTOMER_FIELDS}
CUSTOM = "custom"
OF_THE_RUN = ("figures", "members", "cost_shares")
ALLOWED = frozenset({*FACTS, *DIMENSIONS, *OF_THE_RUN, ledger.NAME})
TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})
# Columns that no attribute of a kind declares, or under another name.
SENSITIVE = {
    ("customers", "birth_year"): Sensitivity.PERSONAL,
    ("customers", "problems"): Sensitivity.IDENTITY,  # of the most private of the fields it speaks of
    ("order_lines", "cost"): Sensitivity.FINANCE,
    ("daily_sales", "cost"): Sensitivity.FINANCE,
}
LATE_COMMITS = datetime.timedelta(minutes=1)

_databases: dict[tuple[int, str], "duckdb.DuckDBPyConnection"] = {}
_lock = threading.Lock()


class NotAllowed(ValueError):
    """The SQL is not a single SELECT over the tables of the facts."""


class NothingPublished(LookupError):
    """No recompute has finished yet."""


def reader(snapshot_id: str | None = None, *, user: "User | None") -> "Reader":
    """Answers from one snapshot, the published one unless another is named."""
    if snapshot_id is None:
        run = Publication.current_run()
        if run is None or not run.facts:
            raise NothingPublished
        snapshot_id = run.facts
    return Reader(store.load(snapshot_id), user)


class Reader:
    """One reader's view of one snapshot. Cheap to open; not shared between threads."""

    def __init__(self, snapshot: store.Snapshot, user: "User | None") -> None:
        self.snapshot, self.user = snapshot, user
        self.connection = _database().cursor()
        self._ready: set[str] = set()
        self._kept: set[str] = set()
        self.has_given_figures = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        self.connection.close()

    def with_figures(self, figures: "pd.DataFrame | pa.Table") -> "Reader":
        """A reader of the same snapshot whose `figures` are these, with the columns of `figures_columns()`.

        Only rows of customers whom the user may see are found in them.
        """
        import pyarrow as pa

        other = Reader(self.snapshot, self.user)
        other.has_given_figures = True
        given = figures if isinstance(figures, pa.Table) else pa.Table.from_pandas(figures, preserve_index=False)
        other.connection.register("arriving", given)
        casts = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in figures_columns().items())
        other.connection.execute(f"CREATE TEMP TABLE given_figures AS SELECT {casts} FROM arriving")
        other.connection.unregister("arriving")
        return other

    def bring(self, name: str, table: "pa.Table") -> None:
        """Keep rows from outside of the facts as a table that later queries of this reader may name."""
        if name in ALLOWED or not name.isidentifier():
            raise ValueError(f"{name} cannot be the name of a kept result.")
        self.connection.register("arriving", table)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM arriving")
        self.connection.unregister("arriving")
        self._kept.add(name)

    def keep(self, name: str, sql: str, params: Parameters | None = None) -> None:
        """Keep the result of a query as a table that later queries of this reader may name."""
        if name in ALLOWED or not name.isidentifier():
            raise ValueError(f"{name} cannot be the name of a kept result.")
        self._prepare(sql)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}", params or None)
        self._kept.add(name)

    def rows(self, sql: str, params: Parameters | None = None) -> list[dict[str, Any]]:
        result = self._execute(sql, params)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def value(self, sql: str, params: Parameters | None = None) -> Any:
        """The first column of the first row; None without rows."""
        found = self._execute(sql, params).fetchall()
        return found[0][0] if found else None

    def arrow(self, sql: str, params: Parameters | None = None) -> "pa.Table":
        self._prepare(sql)
        found = self.connection.sql(sql, params=params or None)
        return found.to_arrow_table()

    def frame(self, sql: str, params: Parameters | None = None) -> "pd.DataFrame":
        """Dates are datetime64 columns; whole numbers with NULL become floating point."""
        return self.arrow(sql, params).to_pandas(date_as_object=False)

    def _execute(self, sql: str, params: Parameters | None) -> "duckdb.DuckDBPyConnection":
        self._prepare(sql)
        return self.connection.execute(sql, params or None)

    def _prepare(self, sql: str) -> None:
        """Refuse what may not be read and make the tables of the query ready."""
        for name in tables_of(sql, frozenset(self._kept)):
            if name not in self._kept:
                self._make_ready(name)

    def _make_ready(self, name: str) -> None:
        if name in self._ready:
            return
        self._ready.add(name)
        self.connection.execute(f"CREATE TEMP VIEW {name} AS {self._view(name)}")

    def _view(self, name: str) -> str:
        if name in DIMENSIONS:
            return self._stored(name, DIMENSIONS[name])
        if name in OF_THE_RUN:
            columns = {"members": MEMBERS, "cost_shares": COST_SHARES}.get(name) or figures_columns()
            if name == "members":
                return self._members()
            if name == "figures" and self.has_given_figures:
                return self._select(name, columns, "given_figures", self._of_visible_customers())
            return self._stored(name, columns, self._of_visible_customers())
        if name == CUSTOMER_FIELDS.name:
            condition = self._of_visible_customers()
            return customer_fields.sql(self.snapshot, self.user, condition)
        if name == ledger.NAME:
            return self._ledger()
        table = FACTS[name]
        scope = access.scope(table.kind, self.user)
        if table is DAILY_SALES and not scope.is_everything:
            # The sums were made over everybody's lines: those of fewer rows are made from the lines themselves.
            self._make_ready("order_lines")
            casts = ", ".join(self._column(name, column, kind) for column, kind in table.columns.items())
            return f"SELECT {casts} FROM ({daily_sales_sql('order_lines')})"
        return self._stored(name, table.columns, self._condition(table, scope))

    def _members(self) -> str:
        """Members as the run found them; of segments that were made or changed since, as they are now."""
        import pyarrow as pa

        seen = self._of_visible_customers()
        filled = sorted(Segment.objects.filter(filled_run__facts=self.snapshot.id).values_list("pk", flat=True))
        if not filled:
            return self._stored("members", MEMBERS, seen)
        stays = SegmentMembership.objects.filter(segment__in=filled, left_on__isnull=True).order_by()
        found = list(zip(*stays.values_list("segment_id", "customer_id"), strict=True)) or [(), ()]
        arrays = [pa.array(values, pa.int64()) for values in found]
        self.connection.register("arriving", pa.table(dict(zip(MEMBERS, arrays, strict=True))))
        self.connection.execute("CREATE TEMP TABLE live_members AS SELECT * FROM arriving")
        self.connection.unregister("arriving")
        unchanged = f"segment_id NOT IN ({', '.join(map(str, filled))}) AND {seen}"
        stored = self._stored("members", MEMBERS, unchanged)
        return f"{stored} UNION ALL SELECT segment_id, customer_id FROM live_members WHERE {seen}"  # noqa: S608

    def _ledger(self) -> str:
        """What is laid to the accounts of the customers in sight, from the records in sight."""
        from analytics.analysis.profitability import CostTerms

        for each in ledger.TABLES:
            self._make_ready(each)
        sees = {kind: access.may_view_any(kind, self.user) for kind in ledger.KINDS}
        sql = ledger.ledger_sql(
            CostTerms(**self.snapshot.terms),
            sees_costs=access.may_read_fully("order", Sensitivity.FINANCE, self.user),
            sees_marketing=sees["cost_entry"],
            sees_everything=all(sees.values()),
        )
        return f"SELECT * FROM ({sql}) WHERE {self._of_visible_customers()}"

    def _stored(self, name: str, columns: dict[str, str], condition: str = "TRUE") -> str:
        files = self.snapshot.files(name)
        if not files:
            return _empty(columns)
        held = _columns_of(files[0]) if name in OF_THE_RUN else frozenset(columns)
        return self._select(name, columns, f"read_parquet({files!r})", condition, held)

    def _select(
        self, name: str, columns: dict[str, str], source: str, condition: str, held: frozenset[str] | None = None
    ) -> str:
        """Columns that a run of an earlier release had not computed yet read as empty."""
        chosen = ", ".join(
            self._column(name, column, kind) if held is None or column in held else f"CAST(NULL AS {kind}) AS {column}"
            for column, kind in columns.items()
        )
        where = "" if condition == "TRUE" else f" WHERE {condition}"
        return f"SELECT {chosen} FROM {source} t{where}"

    def _column(self, table: str, column: str, kind: str) -> str:
        if self.snapshot.format < store.ADDED.get((table, column), 0):
            return f"CAST(NULL AS {kind}) AS {column}"
        if column == CUSTOM:
            return self._custom(kind_of(table))
        sensitivity = sensitivity_of(table, column)
        if sensitivity and not access.may_read_fully(kind_of(table), sensitivity, self.user):
            return f"CAST(NULL AS {kind}) AS {column}"
        return column

    def _custom(self, kind_key: str) -> str:
        """The values of custom fields, less those that the user does not see in full."""
        kind = kinds[kind_key]
        own = registry.custom_attributes(kind)
        masked = [each.name for each in own if not access.may_read_fully(kind_key, each.sensitivity, self.user)]
        if not masked:
            return CUSTOM
        without = json.dumps(dict.fromkeys(masked)).replace("'", "")
        return f"CAST(json_merge_patch({CUSTOM}, '{without}') AS VARCHAR) AS {CUSTOM}"

    def _of_visible_customers(self) -> str:
        scope = access.scope("customer", self.user)
        if scope.is_everything:
            return "TRUE"
        if scope.is_nothing:
            return "FALSE"
        return f"customer_id IN (SELECT customer_id FROM {self._customers_in(scope)})"

    def _condition(self, table: FactTable, scope: access.Scope) -> str:
        if scope.is_everything:
            return "TRUE"
        if scope.is_nothing:
            return "FALSE"
        if table.name == "customers":
            return self._of_visible_customers()
        model = kinds[table.kind].model
        own = _reaches(scope, model.Access)  # type: ignore[attr-defined]
        through = f"customer_id IN (SELECT customer_id FROM {self._customers_in(scope)})"
        live = self._live_rows(table.kind, model)
        if not live:
            return f"coalesce({own}, FALSE) OR {through}"
        key = "order_id" if table.kind == "order" else table.key
        return (
            f"(({key} NOT IN (SELECT id FROM {live})) AND (coalesce({own}, FALSE) OR {through}))"
            f" OR {key} IN (SELECT id FROM {live} WHERE coalesce({own}, FALSE) OR {through})"
        )

    def _customers_in(self, scope: access.Scope) -> str:
        """The table of customers within a scope, as they belong now."""
        name = f"customers_{scope.level}"
        if name in self._ready:
            return name
        self._ready.add(name)
        model = kinds["customer"].model
        condition = _reaches(scope, model.Access)  # type: ignore[attr-defined]
        files = self.snapshot.files("customers")
        stored = f"read_parquet({files!r})" if files else f"({_empty(TABLES['customers'].columns)})"
        live = self._live_rows("customer", model)
        unchanged = f" AND customer_id NOT IN (SELECT id FROM {live})" if live else ""
        sql = f"SELECT customer_id FROM {stored} WHERE {condition}{unchanged}"
        if live:
            sql += f" UNION ALL SELECT id AS customer_id FROM {live} WHERE {condition}"
        self.connection.execute(f"CREATE TEMP TABLE {name} AS {sql}")
        return name

    def _live_rows(self, kind: str, model: Any) -> str:
        """Rows of the snapshot that were changed since, as they are now; the table's name, "" when there are none."""
        import pyarrow as pa

        name = f"live_{kind}"
        if name in self._ready:
            return name
        lookups = sorted({*model.Access.owner, *model.Access.unit, *model.Access.region})
        columns = ["id", *(f"{lookup}_id" for lookup in lookups if "__" not in lookup)]
        columns += ["customer_id"] if kind != "customer" else []
        taken_at = self.snapshot.taken_at
        touched = Q(modified_at__gte=taken_at) | Q(modified_at__gte=taken_at - LATE_COMMITS, version__gt=1)
        # What was created later is not in the snapshot anyway.
        found = list(model.objects.filter(touched, created_at__lt=taken_at).values_list(*columns))
        if not found:
            return ""
        arrays = [pa.array(values, type=pa.int64()) for values in zip(*found, strict=True)]
        self.connection.register("arriving", pa.table(dict(zip(columns, arrays, strict=True))))
        self.connection.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM arriving")
        self.connection.unregister("arriving")
        self._ready.add(name)
        return name


@lru_cache(maxsize=512)
def tables_of(sql: str, kept: frozenset[str] = frozenset()) -> frozenset[str]:
    """The tables that a query reads; NotAllowed unless it is one SELECT over the tables of the facts (and `kept`)."""
    import sqlglot
    from sqlglot import exp

    try:
        statements = sqlglot.parse(sql, dialect="duckdb")
    except sqlglot.errors.SqlglotError as error:
        raise NotAllowed(f"This is not a query the facts understand: {error}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise NotAllowed("Facts are read with one SELECT.")
    own = {each.alias_or_name.lower() for each in statements[0].find_all(exp.CTE)}
    found = set()
    for table in statements[0].find_all(exp.Table):
        if isinstance(table.this, exp.Func):
            if _function_name(table.this) not in TABLE_FUNCTIONS:
                raise NotAllowed(f"{table.this.sql()} cannot be read from.")
            continue
        name = table.name.lower()
        if table.db or table.catalog or not isinstance(table.this, exp.Identifier):
            raise NotAllowed(f"{table.sql()} is not a table of the facts.")
        if name in own:
            continue
        if name not in ALLOWED and name not in kept:
            raise NotAllowed(f"{table.sql()} is not a table of the facts.")
        found.add(name)
    return frozenset(found)


def _function_name(function: Any) -> str:
    return (function.name if function.key == "anonymous" else function.sql_name()).lower()


@lru_cache(maxsize=200)
def _columns_of(file: str) -> frozenset[str]:
    """The columns of a part; a part never changes."""
    from pyarrow import parquet

    return frozenset(parquet.read_schema(file).names)


def _empty(columns: dict[str, str]) -> str:
    return "SELECT " + ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in columns.items()) + " WHERE FALSE"


def _reaches(scope: access.Scope, rule: Any) -> str:
    """A scope as a condition over a record's own columns. Ids are whole numbers of ours, never text."""
    parts = [f"{name} = {int(scope.user_id or 0)}" for name in _own_columns(rule.owner)]
    if scope.level == AccessRule.Scope.UNIT:
        parts += _in_any(_own_columns(rule.unit), scope.unit_ids)
    if scope.level == AccessRule.Scope.REGION:
        parts += _in_any(_own_columns(rule.region), scope.region_ids)
    return "(" + " OR ".join(parts or ["FALSE"]) + ")"


def _own_columns(lookups: tuple[str, ...]) -> list[str]:
    return [f"{lookup}_id" for lookup in lookups if "__" not in lookup]


def _in_any(columns: list[str], ids: tuple[int, ...]) -> list[str]:
    listed = ", ".join(str(int(each)) for each in ids)
    return [f"{column} IN ({listed})" for column in columns] if listed else []


@lru_cache(maxsize=1024)
def sensitivity_of(table: str, column: str) -> str:
    """How private a column is; "" where nothing declares it, as with keys and dimensions."""
    if (table, column) in SENSITIVE:
        return SENSITIVE[table, column]
    if table in DIMENSIONS or table in {"members", "cost_shares"}:
        return ""
    if table == "customers" and column.startswith("has_"):
        return str(kinds["customer"].attribute(column.removeprefix("has_")).sensitivity)
    declared = kinds[kind_of(table)].attributes
    found = [each for each in declared if (each.figure if table == "figures" else each.facts) == column]
    return found[0].sensitivity if found else ""


def kind_of(table: str) -> str:
    return FACTS[table].kind if table in FACTS else "customer"


def _database() -> "duckdb.DuckDBPyConnection":
    """One capped DuckDB per process, shared by its threads; it can read the facts folder and nothing else."""
    import duckdb

    key = (os.getpid(), str(settings.FACTS_DIR))
    with _lock:
        if key not in _databases:
            spill = Path(settings.DATA_DIR) / "spill" / str(os.getpid())
            found = duckdb.connect(
                ":memory:",
                config={
                    "memory_limit": settings.ANALYTICS_MEMORY_LIMIT,
                    "threads": str(min(os.cpu_count() or 1, 8)),
                    "temp_directory": str(spill),
                    "preserve_insertion_order": "false",
                },
            )
            folder = str(settings.FACTS_DIR).replace("'", "''")
            found.execute(f"SET allowed_directories = ['{folder}']")
            found.execute("SET parquet_metadata_cache = true")
            found.execute("SET enable_external_access = false")
            found.execute("SET lock_configuration = true")
            _databases[key] = found
        return _databases[key]
