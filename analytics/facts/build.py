"""Raw rows become typed parts: company time, cents of the base currency, the names of products' categories.

Works in a DuckDB of its own that lies in the build's folder, so that ten million orders need no more memory than
`ANALYTICS_MEMORY_LIMIT`.
"""

import datetime
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings

from analytics.facts import extract, store
from analytics.facts.contract import DAILY_SALES, DIMENSIONS, SHARED_VALUES, TABLES, FactTable
from analytics.facts.zones import UTC, local_sql, offset_changes
from interactions.catalogue.models import NEW_DAYS

if TYPE_CHECKING:
    import duckdb

SQL = Path(__file__).parent / "sql" / "build"
CUSTOMERS_PER_PART = 50_000
WHOLE = "all"  # the one partition of a dimension
EARLIEST = datetime.datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime.datetime(2200, 1, 1, tzinfo=UTC)
MOMENTS = {
    "customers": ("created_at", "modified_at"),
    "orders": ("occurred_at",),
    "contacts": ("occurred_at",),
    "complaints": ("occurred_at", "received_at", "due_at", "resolved_at"),
    "enquiries": ("occurred_at", "received_at", "due_at", "resolved_at"),
    "after_sales": ("occurred_at",),
    "cost_entries": ("occurred_at",),
}
RATE_SCALE = 100_000_000


class Build:
    """One refresh at work. `stage` and `write` are called table by table, orders before their lines."""

    def __init__(self, build: str, folder: Path, *, zone: ZoneInfo, currency: str, taken_at: datetime.datetime) -> None:
        self.id, self.folder, self.zone, self.currency, self.taken_at = build, folder, zone, currency, taken_at
        self.connection = connect(folder)
        self.has_foreign_orders = False
        self.connection.execute(
            "CREATE MACRO half_up(x, d) AS CASE WHEN x >= 0 THEN (x + d // 2) // d ELSE -((d // 2 - x) // d) END"
        )

    def close(self) -> None:
        self.connection.close()

    def receive(self, name: str, source: extract.Source, columns: dict[str, str], sql: str) -> int:
        """Stream rows into a table; how many there were."""
        reader = source.stream(columns, sql)
        self.connection.register("arriving", reader)
        casts = ", ".join(f"CAST({column} AS {kind}) AS {column}" for column, kind in columns.items())
        self.connection.execute(
            f"CREATE OR REPLACE TABLE {name} AS SELECT {casts} FROM arriving WHERE NOT ({extract.is_seed_sql(columns)})"
        )
        self.connection.unregister("arriving")
        return self.value(f"SELECT count(*) FROM {name}")

    def stage(self, table: str, source: extract.Source, ranges: Iterable[extract.Range]) -> int:
        """Fetch a table's raw rows and put its moments into company time."""
        if table == "order_lines":
            return self.receive("staged_order_lines", source, extract.RAW[table], extract.raw_sql(table, ranges))
        rows = self.receive(f"raw_{table}", source, extract.RAW[table], extract.raw_sql(table, ranges))
        self._localise(table)
        if table == "orders":
            self._find_rates()
        if table != "customers":
            self._add_to_calendar(table)
        return rows

    def write(self, table: FactTable) -> dict[str, store.Part]:
        """Write the staged rows as parts, one per partition."""
        checks = self.checks(table.name)
        made = self._copy(table, self._facts_sql(table.name))
        return {
            name: store.Part(*made.get(name, ((), 0)), *checks.get(name, (0, 0))) for name in sorted({*made, *checks})
        }

    def write_daily_sales(self, line_files: list[str]) -> dict[str, store.Part]:
        """Sums of freshly written order lines."""
        if not line_files:
            return {}
        sums = daily_sales_sql(f"read_parquet({line_files!r})")
        made = self._copy(DAILY_SALES, f"SELECT *, month AS part FROM ({sums})")
        return {name: store.Part(*each) for name, each in made.items()}

    def write_dimension(self, name: str, source: extract.Source, before: store.Part | None) -> store.Part:
        """A small table; the part of the base snapshot where nothing in it changed."""
        columns = {**DIMENSIONS, "shared_values": SHARED_VALUES}[name]
        self.receive(name, source, extract.RAW[name], extract.raw_sql(name))
        if name == "staff":
            self._name_staff()
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {_casts(columns)} FROM {name} ORDER BY 1")
        rows, digest = self.row(f"SELECT count(*), coalesce(bit_xor(hash({name})), 0) FROM {name}")
        if before and (before.rows, before.check_sum) == (rows, digest):
            return before
        made = self.folder / f"{name}.parquet"
        self.connection.execute(f"COPY {name} TO '{made}' (FORMAT parquet)")
        return store.Part(store.adopt(name, WHOLE, [made], self.id), rows, rows, digest)

    def checks(self, table: str) -> dict[str, tuple[int, int]]:
        """Rows and check sums of the staged records per partition, also of those that found no rate."""
        if table == "customers":
            part, given = f"lpad(CAST(customer_id // {CUSTOMERS_PER_PART} AS VARCHAR), 6, '0')", "staged_customers"
            sql = f"SELECT {part}, count(*), sum(check_sum) FROM {given} GROUP BY 1"
        elif table == "order_lines":
            sql = (
                "SELECT c.month, sum(t.lines), sum(t.check_sum) FROM order_totals t"
                " JOIN staged_orders o ON o.order_id = t.order_id JOIN calendar c ON c.day = o.occurred_on GROUP BY 1"
            )
        else:
            sql = (
                f"SELECT c.month, count(*), sum(t.check_sum) FROM staged_{table} t"
                " JOIN calendar c ON c.day = t.occurred_on GROUP BY 1"
            )
        return {month: (int(rows), int(total)) for month, rows, total in self.connection.execute(sql).fetchall()}

    def missing_rates(self) -> list[dict[str, Any]]:
        """Orders in a currency without a rate for their day: they are in no figure, and the snapshot says so."""
        rows = self.connection.execute(
            "SELECT currency, c.month, count(*), min(occurred_on), max(occurred_on), min(order_id)"
            " FROM rated_orders o JOIN calendar c ON c.day = o.occurred_on"
            " WHERE is_rate_missing GROUP BY 1, 2 ORDER BY 1, 2"
        ).fetchall()
        return [
            {
                "code": "missing_rate",
                "currency": currency,
                "month": month,
                "orders": orders,
                "from": str(first),
                "to": str(last),
                "order_id": order_id,
            }
            for currency, month, orders, first, last, order_id in rows
        ]

    def value(self, sql: str) -> Any:
        return self.row(sql)[0]

    def row(self, sql: str) -> tuple[Any, ...]:
        found = self.connection.execute(sql).fetchall()  # to the end: DuckDB refuses other work before it
        return found[0] if found else ()

    def column(self, sql: str) -> list[Any]:
        return [row[0] for row in self.connection.execute(sql).fetchall()]

    def local_months(self, table: str) -> list[str]:
        """The months of the moments in `table.occurred_at`, which are UTC."""
        local = local_sql("occurred_at", self._changes(table, ("occurred_at",)))
        return self.column(f"SELECT DISTINCT strftime({local}, '%Y-%m') FROM {table}")

    def _facts_sql(self, table: str) -> str:
        if table in {"complaints", "enquiries"}:
            now = self.taken_at.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
            return _read("cases").format(table=table, now=now)
        if table == "order_lines":
            return _read(table).format(
                cents=self._cents("l.amount", 100),
                list_cents=self._cents("l.list_amount", 100_000),
                cost=self._cents("l.cost", 100_000),
                new_days=NEW_DAYS,
            )
        if table in {"contacts", "after_sales"}:
            return _read("with_product").format(table=table)
        return _read(table).format(bucket=CUSTOMERS_PER_PART) if table == "customers" else _read(table)

    def total_orders(self) -> None:
        """Sum the staged lines per order."""
        with_rate = "JOIN rated_orders o ON o.order_id = l.order_id" if self.has_foreign_orders else ""
        sql = _read("order_totals").format(cents=self._cents("l.amount", 100), with_rate=with_rate)
        self.connection.execute(f"CREATE OR REPLACE TABLE order_totals AS {sql}")

    def _cents(self, column: str, scale: int) -> str:
        if not self.has_foreign_orders:
            return f"half_up({column}, {scale})"
        rate = f"CAST(coalesce(o.rate, {RATE_SCALE}) AS HUGEINT)"
        return f"half_up(CAST({column} AS HUGEINT) * {rate}, {scale * RATE_SCALE})"

    def _localise(self, table: str) -> None:
        moments = MOMENTS[table]
        changes = self._changes(f"raw_{table}", moments)
        local = ", ".join(f"{local_sql(name, changes)} AS {name}" for name in moments)
        day = f", CAST({local_sql('occurred_at', changes)} AS DATE) AS occurred_on" if table != "customers" else ""
        in_utc = "".join(f", {name} AS utc_{name}" for name in moments[1:])
        self.connection.execute(
            f"CREATE VIEW staged_{table} AS SELECT * REPLACE ({local}) {day}{in_utc} FROM raw_{table}"
        )

    def _changes(self, table: str, moments: tuple[str, ...]) -> list[tuple[datetime.datetime, int]]:
        least = ", ".join(f"min({name})" for name in moments)
        most = ", ".join(f"max({name})" for name in moments)
        found = [each.replace(tzinfo=UTC) for each in self.row(f"SELECT {least}, {most} FROM {table}") if each]
        start = max(min(found, default=EARLIEST), EARLIEST).replace(microsecond=0)
        end = min(max(found, default=EARLIEST), LATEST)
        return offset_changes(self.zone, start, end)

    def _find_rates(self) -> None:
        """Each order's dated rate, `rated_orders`; NULL for the base currency."""
        base = self.currency.replace("'", "")
        foreign = f"(o.currency <> '' AND o.currency <> '{base}')"
        self.has_foreign_orders = bool(self.value(f"SELECT count(*) FROM raw_orders o WHERE {foreign}"))
        if not self.has_foreign_orders:
            self.connection.execute(
                "CREATE VIEW rated_orders AS"
                " SELECT o.*, CAST(NULL AS BIGINT) AS rate, FALSE AS is_rate_missing FROM staged_orders o"
            )
            return
        self.connection.execute(
            f"CREATE TABLE rated_orders AS SELECT o.*, CASE WHEN {foreign} THEN r.rate END AS rate,"
            f" {foreign} AND r.rate IS NULL AS is_rate_missing FROM staged_orders o"
            " ASOF LEFT JOIN rates r ON r.currency = o.currency AND o.occurred_on >= r.valid_from"
        )

    def _add_to_calendar(self, table: str) -> None:
        self.connection.execute(
            "CREATE TABLE IF NOT EXISTS calendar"
            " (day DATE, week VARCHAR, month VARCHAR, quarter VARCHAR, year VARCHAR, weekday TINYINT)"
        )
        self.connection.execute(
            "INSERT INTO calendar SELECT day, strftime(day, '%G-W%V'), strftime(day, '%Y-%m'),"
            " year(day) || '-Q' || quarter(day), CAST(year(day) AS VARCHAR), isodow(day)"
            f" FROM (SELECT DISTINCT occurred_on AS day FROM staged_{table})"
            " WHERE day NOT IN (SELECT day FROM calendar)"
        )

    def _name_staff(self) -> None:
        """Chinese names are written family name first and without a space, as in User.get_full_name."""
        self.connection.execute(
            "CREATE OR REPLACE TABLE staff AS SELECT *, coalesce(nullif(trim(CASE"
            " WHEN regexp_matches(last_name, '[\u4e00-\u9fff]') THEN last_name || first_name"
            " ELSE first_name || ' ' || last_name END), ''), code) AS name FROM staff"
        )

    def _copy(self, table: FactTable, sql: str) -> dict[str, tuple[tuple[str, ...], int]]:
        import pyarrow.parquet as pq

        target = self.folder / table.name
        self.connection.execute(
            f"COPY (SELECT {_casts(table.columns)}, part FROM ({sql}))"
            f" TO '{target}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (part))"
        )
        found: dict[str, list[Path]] = {}
        for path in target.glob("part=*/*.parquet"):
            found.setdefault(path.parent.name.removeprefix("part="), []).append(path)
        made = {}
        for name, paths in found.items():
            rows = sum(pq.read_metadata(path).num_rows for path in paths)
            made[name] = (store.adopt(table.name, name, paths, self.id), rows)
        return made


def connect(folder: Path) -> "duckdb.DuckDBPyConnection":
    """A capped DuckDB whose tables and spill files lie in `folder`."""
    import duckdb

    return duckdb.connect(
        str(folder / "staging.duckdb"),
        config={
            "memory_limit": settings.ANALYTICS_MEMORY_LIMIT,
            "threads": str(min(os.cpu_count() or 1, 4)),
            "temp_directory": str(folder / "spill"),
            "preserve_insertion_order": "false",
        },
    )


def daily_sales_sql(lines: str) -> str:
    """The sums of DAILY_SALES over a table of order lines."""
    return _read("daily_sales").format(lines=lines)


def _casts(columns: dict[str, str]) -> str:
    return ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in columns.items())


def _read(name: str) -> str:
    return (SQL / f"{name}.sql").read_text()


ORDER_OF_WORK = (
    *("customers", "orders", "order_lines", "contacts", "complaints", "enquiries", "after_sales", "cost_entries"),
)
assert set(ORDER_OF_WORK) == set(TABLES)
