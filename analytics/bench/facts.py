"""Facts of this installation's database, against copying the same raw columns by ADBC."""

from typing import Any

from analytics.bench.measure import best
from analytics.facts import extract
from analytics.facts.build import ORDER_OF_WORK
from analytics.facts.refresh import refresh


def measure() -> dict[str, Any]:
    """A full rebuild and a refresh without changes of this database, against copying the same raw columns by ADBC."""

    def copy() -> None:
        with extract.opened() as source:
            for table in ORDER_OF_WORK:
                for _ in source.stream(extract.RAW[table], extract.raw_sql(table)):
                    pass

    raw = best(copy, times=1)
    full = best(lambda: refresh(full=True), times=1)
    again = best(refresh, times=1)
    return {
        "raw_copy_seconds": raw,
        "full_rebuild_seconds": full,
        "ratio": round(full / raw, 2) if raw else None,
        "refresh_without_changes_seconds": again,
        "rows": refresh().counts,
    }
