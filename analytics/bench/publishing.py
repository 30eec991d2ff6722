"""What a recompute does after its analysis: one row of figures per customer into this installation's database."""

from typing import Any

from analytics.bench.measure import Peak, best

TYPES = {
    "INTEGER": "CAST(hash(i) % 1000 AS INTEGER)",
    "SMALLINT": "CAST(1 + hash(i) % 5 AS SMALLINT)",
    "BIGINT": "CAST(hash(i) % 10000000 AS BIGINT)",
    "DOUBLE": "hash(i) % 1000 / 7.0",
    "BOOLEAN": "hash(i) % 2 = 0",
    "DATE": "CAST(DATE '2024-01-01' + INTERVAL (hash(i) % 700) DAY AS DATE)",
    "VARCHAR": "'code' || hash(i) % 9",
}


def measure(customers: int) -> dict[str, Any]:
    import datetime

    import duckdb

    from analytics.facts.contract import figures_columns
    from analytics.models import CustomerFigures, Run
    from analytics.snapshots import write_figures

    columns = ", ".join(
        f"{'i' if name == 'customer_id' else TYPES[kind]} AS {name}" for name, kind in figures_columns().items()
    )
    table = duckdb.sql(f"SELECT {columns} FROM range(1, {customers + 1}) r(i)").to_arrow_table()  # noqa: S608
    run = Run.objects.create(as_of=datetime.date(2025, 12, 31))

    def write() -> None:
        for _done in write_figures(run.pk, table):
            pass

    try:
        with Peak() as peak:
            seconds = best(write, times=1)
    finally:
        CustomerFigures.objects.filter(run=run).delete()
        run.delete()
    return {"customers": customers, "seconds": seconds, "peak_memory_mb": peak.megabytes}
