"""A published run with hand-written figures: for tests of what is built on figures."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from analytics.facts import store
from analytics.facts.contract import MEMBERS, figures_columns
from analytics.facts.refresh import refresh, with_run
from analytics.models import CustomerFigures, Publication, Run
from customers.models import Customer

Figures = dict[Customer, dict[str, Any]]


def run(as_of: str, figures: Figures) -> Run:
    """A finished run, not yet published, whose facts carry these figures."""
    found = Run.objects.create(as_of=datetime.date.fromisoformat(as_of), status=Run.Status.FINISHED)
    CustomerFigures.objects.bulk_create(
        CustomerFigures(run=found, customer=customer, **_days(values)) for customer, values in figures.items()
    )
    rows = CustomerFigures.objects.filter(run=found).order_by("customer_id")
    columns = figures_columns()
    parts = {
        "figures": _part("figures", found.pk, columns, rows.values_list(*columns)),
        "members": _part("members", found.pk, MEMBERS, []),
    }
    found.facts = with_run(refresh(), found.pk, parts).id
    found.save()
    return found


def publish(given: Run) -> Run:
    Publication.objects.update_or_create(id=1, defaults={"run": given, "published_at": timezone.now()})
    return given


def _days(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.date.fromisoformat(value) if name.endswith("_on") and isinstance(value, str) else value
        for name, value in values.items()
    }


def _part(table: str, run_id: int, columns: dict[str, str], rows: Iterable[tuple]) -> store.Part:
    import duckdb

    folder = store.root() / "parts" / table / "all"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"test-{run_id}.parquet"
    typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    link = duckdb.connect()
    link.execute(f"CREATE TABLE t ({typed})")
    listed = [list(row) for row in rows]
    if listed:
        link.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(columns))})", listed)
    link.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    link.close()
    return store.Part((str(path.relative_to(store.root())),), len(listed))
