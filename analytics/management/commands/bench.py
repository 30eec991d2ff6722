"""How quick the facts and the analysis are, against the least that has to be done anyway, measured in one run."""

import json
import os
import platform
import resource
import tempfile
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

CUSTOMERS, ORDERS, LINES = 1_000_000, 10_000_000, 20_000_000
GOAL, MEMORY_GOAL_MB = 1.5, 2048


class Command(BaseCommand):
    help = "Measures facts refresh against a raw copy, and aggregate + RFM scores against the same bare GROUP BY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", type=float, default=1.0, help="share of 1,000,000 customers (default: 1)")
        parser.add_argument("--skip-facts", action="store_true", help="leave out what reads the database")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON on the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        found: dict[str, Any] = {"machine": _machine(), "scale": options["scale"]}
        with Peak() as peak:
            found["rfm"] = rfm_against_group_by(options["scale"])
        found["rfm"]["peak_memory_mb"] = peak.megabytes
        if not options["skip_facts"]:
            found["facts"] = refresh_against_copy()
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        for name, figures in found.items():
            self.stdout.write(f"{name}: {figures}")


def rfm_against_group_by(scale: float) -> dict[str, Any]:
    """Orders lie in Parquet parts as a snapshot has them; both sides read them and end with one row per customer."""
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        connection = _connect(Path(folder))
        orders = _generate(connection, Path(folder), scale)
        bare = _best(lambda: _bare_group_by(connection, orders))
        scored = _best(lambda: _scores(connection, orders))
        medians = _best(lambda: _medians(connection, orders), times=1)
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
        "memory_goal_mb": MEMORY_GOAL_MB,
    }


def refresh_against_copy() -> dict[str, Any]:
    """A full rebuild and a refresh without changes of this database, against copying the same raw columns by ADBC."""
    from analytics.facts import extract
    from analytics.facts.build import ORDER_OF_WORK
    from analytics.facts.refresh import refresh

    def copy() -> None:
        with extract.opened() as source:
            for table in ORDER_OF_WORK:
                for _ in source.stream(extract.RAW[table], extract.raw_sql(table)):
                    pass

    raw = _best(copy, times=1)
    full = _best(lambda: refresh(full=True), times=1)
    again = _best(refresh, times=1)
    return {
        "raw_copy_seconds": raw,
        "full_rebuild_seconds": full,
        "ratio": round(full / raw, 2) if raw else None,
        "refresh_without_changes_seconds": again,
        "rows": refresh().counts,
    }


class Peak:
    """The largest resident memory while the block runs, of this process alone."""

    def __enter__(self) -> "Peak":
        self.megabytes = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.05):
            self.megabytes = max(self.megabytes, _resident_megabytes())


def _resident_megabytes() -> int:
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() // 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


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


def _best(step: Callable[[], Any], times: int = 3) -> float:
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - started)
    return round(min(seconds), 3)


def _machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "processors": os.cpu_count(),
        "memory_mb": memory,
        "load": [round(each, 1) for each in os.getloadavg()],
        "python": platform.python_version(),
        "memory_limit": settings.ANALYTICS_MEMORY_LIMIT,
    }
