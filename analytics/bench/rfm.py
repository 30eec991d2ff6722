"""Aggregate and RFM scores of a million customers, against the same bare GROUP BY."""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings

from analytics.bench.measure import Peak, best

CUSTOMERS, ORDERS, LINES = 1_000_000, 10_000_000, 20_000_000
GOAL, MEMORY_GOAL_MB = 1.5, 2048


def measure(scale: float) -> dict[str, Any]:
    """Orders lie in Parquet parts as a snapshot has them; both sides read them and end with one row per customer."""
    with Peak() as peak, tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        connection = _connect(Path(folder))
        orders = _generate(connection, Path(folder), scale)
        bare = best(lambda: _bare_group_by(connection, orders))
        scored = best(lambda: _scores(connection, orders))
        medians = best(lambda: _medians(connection, orders), times=1)
        connection.close()
    return {
        "customers": int(CUSTOMERS * scale),
        "orders": int(ORDERS * scale),
        "order_lines": int(LINES * scale),
        "bare_group_by_seconds": bare,
        "aggregate_and_scores_seconds": scored,
        "ratio": round(scored / bare, 2),
        "goal": GOAL,
        "median_intervals_seconds": medians,
        "peak_memory_mb": peak.megabytes,
        "memory_goal_mb": MEMORY_GOAL_MB,
    }


def _connect(folder: Path) -> Any:
    import duckdb

    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": settings.ANALYTICS_MEMORY_LIMIT,
            "threads": str(min(os.cpu_count() or 1, 8)),
            "temp_directory": str(folder / "spill"),
            "preserve_insertion_order": "false",
        },
    )


def _generate(connection: Any, folder: Path, scale: float) -> str:
    """Orders over 36 months, one part per month; lines beside them, so that the disk cache is not theirs alone."""
    customers, orders = int(CUSTOMERS * scale), int(ORDERS * scale)
    for month in range(36):
        first = f"DATE '2021-01-01' + INTERVAL {month} MONTH"
        connection.execute(
            f"""
            COPY (
                SELECT
                    {month} + 36 * i AS order_id,
                    1 + hash({month} + 36 * i) % {customers} AS customer_id,
                    CAST({first} + INTERVAL (hash(i, {month}) % 28) DAY AS DATE) AS occurred_on,
                    hash(i, {month}, 1) % 20 > 0 AS is_purchase,
                    CAST(100 + hash(i, {month}, 2) % 50000 AS BIGINT) AS gross_amount,
                    CAST(100 + hash(i, {month}, 2) % 50000 AS BIGINT) AS net_amount
                FROM range({orders // 36}) r(i)
            ) TO '{folder / f"orders-{month:02d}.parquet"}' (FORMAT parquet, COMPRESSION zstd)
            """  # noqa: S608
        )
        connection.execute(
            f"""
            COPY (
                SELECT i AS line_id, i // 2 AS order_id, CAST(hash(i) % 50000 AS BIGINT) AS amount
                FROM range({int(LINES * scale) // 36}) r(i)
            ) TO '{folder / f"lines-{month:02d}.parquet"}' (FORMAT parquet, COMPRESSION zstd)
            """  # noqa: S608
        )
    return f"read_parquet('{folder}/orders-*.parquet')"


def _bare_group_by(connection: Any, orders: str) -> None:
    sql = f"""
        SELECT customer_id, count(*) FILTER (WHERE is_purchase) AS orders,
               max(occurred_on) FILTER (WHERE is_purchase) AS last_on, sum(net_amount) AS amount
        FROM {orders} GROUP BY customer_id"""  # noqa: S608
    connection.sql(sql).to_arrow_table()


def _scores(connection: Any, orders: str) -> None:
    """What a recompute does for RFM: the statistics, the thresholds, the scores and segments."""
    import pandas as pd

    from analytics.analysis import rfm

    as_of = pd.Timestamp("2023-12-31")
    sql = f"""
        SELECT customer_id, count(*) FILTER (WHERE is_purchase) AS orders,
               max(occurred_on) FILTER (WHERE is_purchase) AS last_on, CAST(sum(net_amount) AS BIGINT) AS amount
        FROM {orders} GROUP BY customer_id"""  # noqa: S608
    known = connection.sql(sql).to_arrow_table().to_pandas(date_as_object=False)
    rfm.score(known, rfm.fit_thresholds(known, as_of), as_of)


def _medians(connection: Any, orders: str) -> None:
    from analytics.facts.statistics import GAPS

    gaps = GAPS.replace("$day", "DATE '2023-12-31'").replace("FROM orders", f"FROM {orders}")
    connection.sql(f"SELECT customer_id, median(gap) FROM ({gaps}) GROUP BY customer_id").to_arrow_table()  # noqa: S608
