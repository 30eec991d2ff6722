"""Records leave the database here, as typed Arrow streams, all of one snapshot in one read transaction.

ADBC streams columns without building Python objects. Where it cannot see the data - a database in memory, or rows of a
transaction that is still open on Django's connection - the same SQL goes through Django's cursor instead.
"""

import datetime
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlencode

from django.db import connection

from analytics.facts.contract import DIMENSIONS, PRESENCE, SHARED_VALUES

if TYPE_CHECKING:
    import pyarrow as pa

SQL = Path(__file__).parent / "sql" / "extract"
BATCH_ROWS = 65_536

# The columns that the .sql files select, before the facts are made of them. BIGINT, DOUBLE, VARCHAR, DATE, TIMESTAMP.
SCOPE = {"staff_id": "BIGINT", "unit_id": "BIGINT", "region_id": "BIGINT", "channel_id": "BIGINT"}
CASES = {
    "case_id": "BIGINT",
    "customer_id": "BIGINT",
    "occurred_at": "TIMESTAMP",
    **SCOPE,
    "receiving_unit_id": "BIGINT",
    "status": "VARCHAR",
    "outcome": "VARCHAR",
    "product_id": "BIGINT",
    "minutes_spent": "BIGINT",
    "received_at": "TIMESTAMP",
    "due_at": "TIMESTAMP",
    "resolved_at": "TIMESTAMP",
}
RAW: dict[str, dict[str, str]] = {
    "customers": {
        "customer_id": "BIGINT",
        "number": "VARCHAR",
        "type": "VARCHAR",
        "sex": "VARCHAR",
        "birth_date": "DATE",
        "district": "VARCHAR",
        "city": "VARCHAR",
        "province": "VARCHAR",
        "country": "VARCHAR",
        "region_id": "BIGINT",
        "relation_class": "VARCHAR",
        "industry_id": "BIGINT",
        "channel_id": "BIGINT",
        "income_band": "VARCHAR",
        "owner_id": "BIGINT",
        "unit_id": "BIGINT",
        "created_at": "TIMESTAMP",
        "lost_on": "DATE",
        "lost_reason": "VARCHAR",
        "needs": "VARCHAR",
        "preferences": "VARCHAR",
        "background": "VARCHAR",
        "custom": "VARCHAR",
        "consents": "VARCHAR",
        **{f"has_{name}": "BIGINT" for name in PRESENCE},
        "problems": "VARCHAR",
        "is_erased": "BIGINT",
        "modified_at": "TIMESTAMP",
        "source": "VARCHAR",
        "batch_id": "BIGINT",
        "check_sum": "BIGINT",
    },
    "orders": {
        "order_id": "BIGINT",
        "number": "VARCHAR",
        "customer_id": "BIGINT",
        "type": "VARCHAR",
        "currency": "VARCHAR",
        "occurred_at": "TIMESTAMP",
        **SCOPE,
        "country": "VARCHAR",
        "promised_on": "DATE",
        "delivered_on": "DATE",
        "carrier": "VARCHAR",
        "invoiced_on": "DATE",
        "due_on": "DATE",
        "paid_on": "DATE",
        "created_at": "TIMESTAMP",
        "confirmed_at": "TIMESTAMP",
        "check_sum": "BIGINT",
    },
    "order_lines": {
        "line_id": "BIGINT",
        "order_id": "BIGINT",
        "kind": "VARCHAR",
        "product_id": "BIGINT",
        "quantity": "DOUBLE",
        "amount": "BIGINT",
        "list_amount": "BIGINT",
        "cost": "BIGINT",
        "check_sum": "BIGINT",
    },
    "contacts": {
        "contact_id": "BIGINT",
        "customer_id": "BIGINT",
        "occurred_at": "TIMESTAMP",
        **SCOPE,
        "direction": "VARCHAR",
        "is_answered": "BIGINT",
        "product_id": "BIGINT",
        "minutes_spent": "BIGINT",
        "concern": "VARCHAR",
        "competitor": "VARCHAR",
        "check_sum": "BIGINT",
    },
    "complaints": {
        **CASES,
        "opinion_type_id": "BIGINT",
        "severity": "VARCHAR",
        "failure_cause_id": "BIGINT",
        "competitor": "VARCHAR",
        "check_sum": "BIGINT",
    },
    "enquiries": {**CASES, "topic": "VARCHAR", "check_sum": "BIGINT"},
    "after_sales": {
        "after_sales_id": "BIGINT",
        "customer_id": "BIGINT",
        "occurred_at": "TIMESTAMP",
        **SCOPE,
        "type": "VARCHAR",
        "status": "VARCHAR",
        "order_id": "BIGINT",
        "product_id": "BIGINT",
        "cost": "BIGINT",
        "done_on": "DATE",
        "check_sum": "BIGINT",
    },
    "cost_entries": {
        "entry_id": "BIGINT",
        "customer_id": "BIGINT",
        "occurred_at": "TIMESTAMP",
        "staff_id": "BIGINT",
        "unit_id": "BIGINT",
        "purpose": "VARCHAR",
        "target": "VARCHAR",
        "segment_id": "BIGINT",
        "amount": "BIGINT",
        "check_sum": "BIGINT",
    },
    "products": {**DIMENSIONS["products"], "is_fee": "BIGINT"},
    "staff": {
        "staff_id": "BIGINT",
        "code": "VARCHAR",
        "first_name": "VARCHAR",
        "last_name": "VARCHAR",
        "unit_id": "BIGINT",
        "region_id": "BIGINT",
    },
    "rates": {"currency": "VARCHAR", "valid_from": "DATE", "rate": "BIGINT"},
    **{name: columns for name, columns in DIMENSIONS.items() if name not in {"products", "staff"}},
    "shared_values": SHARED_VALUES,
    # small questions asked on the way
    "changed": {"id": "BIGINT", "occurred_at": "TIMESTAMP"},
    "checks": {"rows": "BIGINT", "check_sum": "BIGINT"},
    "moments": {"occurred_at": "TIMESTAMP"},
}

DB_TABLES = {
    "customers": "customers_customer",
    "orders": "interactions_order",
    "order_lines": "interactions_order",  # a line changes with its order
    "contacts": "interactions_interaction",
    "complaints": "interactions_complaint",
    "enquiries": "interactions_enquiry",
    "after_sales": "interactions_aftersales",
    "cost_entries": "analytics_costentry",
}
# dimension -> database table, expressions of code and path
NAMED = {
    "categories": ("interactions_category", "number", "path"),
    "regions": ("accounts_region", "code", "path"),
    "units": ("accounts_unit", "code", "path"),
    "channels": ("customers_channel", "code", "''"),
    "industries": ("customers_industry", "code", "''"),
    "opinion_types": ("interactions_opiniontype", "code", "''"),
    "failure_causes": ("interactions_failurecause", "code", "''"),
}
COUNTED_ORDERS = "o.deleted_at IS NULL AND o.status IN ('confirmed', 'delivered')"

SEED = {
    "BIGINT": "-1",
    "DOUBLE": "-1.0",
    "VARCHAR": "'-1'",
    "DATE": "'1000-01-01'",
    "TIMESTAMP": "'1000-01-01 00:00:00'",
}

Range = tuple[Any, Any]  # from (included), to (not included): moments, or ids; None is open


class Source(Protocol):
    def stream(self, columns: dict[str, str], sql: str) -> "pa.RecordBatchReader":
        """The rows of `sql` as Arrow; rows whose first column is -1 are to be dropped (see `seeded`)."""
        ...


@contextmanager
def opened() -> Iterator[Source]:
    """A source whose answers all belong to one moment."""
    if _only_django_sees_the_rows():
        yield DjangoSource()
        return
    with _adbc() as source:
        yield source


def raw_sql(table: str, ranges: Iterable[Range] = ()) -> str:
    """What to select for a table, all of it or the rows of some ranges of moments (customers: of ids)."""
    given = list(ranges)
    if table in NAMED:
        name, code, path = NAMED[table]
        key = next(iter(DIMENSIONS[table]))
        return (
            f"SELECT id AS {key}, {code} AS code, name AS name, name_zh_hans AS name_zh_hans,"
            f" name_zh_hant AS name_zh_hant, {path} AS path FROM {name}"
        )
    text = _in_dialect((SQL / f"{table}.sql").read_text())
    if not given:
        return text
    if table == "order_lines":
        within = _within("o.occurred_at", given)
        return f"{text} JOIN interactions_order o ON o.id = l.order_id WHERE {COUNTED_ORDERS} AND {within}"
    return f"{text} AND {_within('t.id' if table == 'customers' else 't.occurred_at', given)}"


def changed_sql(table: str, since: datetime.datetime) -> str:
    """Ids and moments of the rows touched since then, deleted ones included."""
    moment = "created_at" if table == "customers" else "occurred_at"
    return _in_dialect(
        f"SELECT t.id AS id, utc(t.{moment}) AS occurred_at FROM {DB_TABLES[table]} t"
        f" WHERE t.modified_at >= {_literal(since)}"
    )


def check_sql(table: str, given: Range) -> str:
    """Count and check sum of the rows that facts should have in one range."""
    inner = raw_sql(table, [given])
    return (
        "SELECT COUNT(*) AS rows, CAST(COALESCE(SUM(checked.check_sum), 0) AS BIGINT) AS check_sum"
        f" FROM ({inner}) AS checked"
    )


def moments_sql(table: str, given: Range) -> str:
    return f"SELECT q.occurred_at AS occurred_at FROM ({raw_sql(table, [given])}) AS q"


class AdbcSource:
    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    def stream(self, columns: dict[str, str], sql: str) -> "pa.RecordBatchReader":
        self.cursor.execute(seeded(columns, sql))
        return self.cursor.fetch_record_batch()


class DjangoSource:
    """The same through Django's own connection: sees the open transaction, and is slower."""

    def stream(self, columns: dict[str, str], sql: str) -> "pa.RecordBatchReader":
        import pyarrow as pa

        text_moments = connection.vendor == "sqlite"
        schema = pa.schema([(name, _arrow_type(kind, text_moments)) for name, kind in columns.items()])

        batches = []
        with connection.cursor() as cursor:
            cursor.execute(seeded(columns, sql))
            while rows := cursor.fetchmany(BATCH_ROWS):
                arrays = [
                    pa.array(values, type=field.type)
                    for values, field in zip(zip(*rows, strict=True), schema, strict=True)
                ]
                batches.append(pa.record_batch(arrays, schema=schema))
        # All at once: DuckDB reads a stream from threads of its own, and those would have another connection.
        return pa.RecordBatchReader.from_batches(schema, batches)


def seeded(columns: dict[str, str], sql: str) -> str:
    """SQLite's columns have no types and the driver guesses them from the first rows: a typed row goes in front.

    Its first column says -1; whoever reads the stream drops it.
    """
    if connection.vendor != "sqlite":
        return sql
    seed = ", ".join(f"{SEED[kind]} AS {name}" for name, kind in columns.items())
    return f"SELECT {seed} UNION ALL {sql}"


def is_seed_sql(columns: dict[str, str]) -> str:
    """A DuckDB condition: the row is the typed row of `seeded`."""
    name, kind = next(iter(columns.items()))
    if connection.vendor != "sqlite":
        return "FALSE"
    return f"{name} IS NOT DISTINCT FROM {SEED[kind]}"


def _within(column: str, ranges: list[Range]) -> str:
    parts = []
    for start, end in ranges:
        limits = [f"{column} >= {_literal(start)}"] if start is not None else []
        limits += [f"{column} < {_literal(end)}"] if end is not None else []
        parts.append(" AND ".join(limits) or "1 = 1")
    return "(" + " OR ".join(f"({part})" for part in parts) + ")"


def _literal(value: datetime.datetime | int) -> str:
    if isinstance(value, int):
        return str(value)
    moment = value.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(" ")
    return f"'{moment}'" if connection.vendor == "sqlite" else f"TIMESTAMPTZ '{moment}+00'"


def _in_dialect(sql: str) -> str:
    """SQLite keeps moments as UTC text; PostgreSQL is asked for UTC."""
    text = re.sub(r"^--.*\n", "", sql, flags=re.MULTILINE).strip()
    return re.sub(r"\butc\(([\w.]+)\)", r"\1" if connection.vendor == "sqlite" else r"(\1 AT TIME ZONE 'UTC')", text)


def _arrow_type(kind: str, text_moments: bool) -> "pa.DataType":
    import pyarrow as pa

    if kind in {"DATE", "TIMESTAMP"} and not text_moments:
        return pa.date32() if kind == "DATE" else pa.timestamp("us")
    return {"BIGINT": pa.int64(), "DOUBLE": pa.float64()}.get(kind, pa.string())


def _only_django_sees_the_rows() -> bool:
    if connection.in_atomic_block:
        return True
    name = str(connection.settings_dict["NAME"])
    return connection.vendor == "sqlite" and ("memory" in name.split("?")[-1] or name == ":memory:")


@contextmanager
def _adbc() -> Iterator[AdbcSource]:
    if connection.vendor == "sqlite":
        from adbc_driver_sqlite import StatementOptions, dbapi

        link = dbapi.connect(str(connection.settings_dict["NAME"]))
        options = {StatementOptions.BATCH_ROWS.value: str(BATCH_ROWS)}
    else:
        from adbc_driver_postgresql import dbapi  # type: ignore[no-redef]

        link = dbapi.connect(_postgresql_uri())
        options = {}
    with link, link.cursor(adbc_stmt_kwargs=options) as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield AdbcSource(cursor)
        link.rollback()


def _postgresql_uri() -> str:
    given = connection.settings_dict
    user = quote(given["USER"] or "", safe="")
    password = f":{quote(given['PASSWORD'], safe='')}" if given["PASSWORD"] else ""
    place = f"{user}{password}@" if user else ""
    port = f":{given['PORT']}" if given["PORT"] else ""
    options = {key: value for key, value in given.get("OPTIONS", {}).items() if isinstance(value, str)}
    query = f"?{urlencode(options)}" if options else ""
    return f"postgresql://{place}{given['HOST'] or ''}{port}/{quote(str(given['NAME']), safe='')}{query}"
