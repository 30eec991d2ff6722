"""Facts -> analysis -> saved rows: the only writer of runs and figures.

A run works on the side: its figures are rows under its own number, its facts a snapshot of its own name. One short
transaction at the end publishes it: the changes of stage, what the registered stages write (segments, alerts), and the
pointer that readers follow. Until then readers see the run before, whole. A later run (larger number) always wins; one
that was overtaken is thrown away.

A run whose process died is found by its lock, which the system takes from a dead process, and swept up by the next one.
"""

import datetime
import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from analytics import fits
from analytics.facts import ledger, store
from analytics.facts.contract import MEMBERS, figures_columns
from analytics.facts.refresh import refresh, with_run
from analytics.facts.store import Snapshot
from analytics.models import AnalysisSettings, CustomerFigures, Publication, Run, StageChange
from crm.accounts.models import Company, User
from crm.jobs import services as jobs
from crm.records.custom import registry as custom_fields
from customers.quality import storing

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from analytics.facts.engine import Reader
    from crm.jobs.context import JobContext
    from crm.jobs.models import Job

log = logging.getLogger(__name__)

JOB = "analytics.recompute"
KEPT_RUNS = 3
PURCHASES = "SELECT count(*) FROM orders WHERE is_purchase AND occurred_on <= $day"
ROWS_PER_TRANSACTION = 10_000
PAUSE_SECONDS = 0.02  # between two transactions, so that other writers on SQLite get their turn
YOUNG_SECONDS = 60  # a run this young may not have its lock yet


class RunLost(Exception):
    """This run was declared dead or overtaken while it worked."""


@dataclass
class RunContext:
    """What a stage is given. `facts` answers SQL with the house's eyes, `figures` of this run included."""

    run: Run
    as_of: datetime.date
    previous: Run | None
    facts: "Reader"
    members: "pa.Table | None" = None  # segment_id, customer_id: set by the stage that computes segments


@dataclass(frozen=True)
class Stage:
    """A further step of every recompute.

    prepare  computes, and writes nothing that readers can see; what it returns is given to
    publish  which writes, within the transaction that publishes the run; keep it short
    """

    name: str
    prepare: Callable[[RunContext], Any]
    publish: Callable[[RunContext, Any], object] | None = None


stages: list[Stage] = []  # in the order in which they run; segments come before what reads `members`


def register(stage: Stage) -> Stage:
    """Add a stage to every recompute; a stage of the same name is replaced."""
    stages[:] = [each for each in stages if each.name != stage.name] + [stage]
    return stage


def recompute(
    *,
    as_of: datetime.date | None = None,
    job: "JobContext | None" = None,
    full: bool = False,
    only_if_changed: bool = False,
) -> Run:
    """Refresh the facts, run every analysis, publish; the run, finished or superseded by a later one.

    as_of: last day that counts, today in the company's zone unless given
    full:  make every part of the facts anew
    only_if_changed: return the published run when neither facts nor settings nor the day have changed since
    """
    custom_fields.refresh()  # rules of segments may ask about them
    storing.catch_up()  # what is wrong with files that were written past the forms
    return _Recompute(as_of or Company.objects.current().today(), job, full).run(only_if_changed)


def request_recompute(user: User | None = None, *, as_of: datetime.date | None = None) -> "Job":
    """Have the worker recompute; while such a job waits, that one."""
    payload = {"as_of": as_of.isoformat()} if as_of else {}
    return jobs.enqueue(JOB, payload=payload, key=f"recompute:{as_of or 'today'}", user=user)


@dataclass(frozen=True)
class DataAsOf:
    """How fresh the published figures are: for the line "data as of" on every report."""

    run: int
    as_of: datetime.date
    taken_at: datetime.datetime
    published_at: datetime.datetime
    snapshot: str
    notes: list[dict[str, Any]] = field(default_factory=list)


def data_as_of() -> DataAsOf | None:
    """None before the first recompute."""
    publication = Publication.objects.select_related("run").first()
    if publication is None or publication.run is None or publication.published_at is None:
        return None
    run = publication.run
    taken_at = datetime.datetime.fromisoformat(run.summary["taken_at"])
    return DataAsOf(run.pk, run.as_of, taken_at, publication.published_at, run.facts, run.summary.get("notes", []))


def summary(run: Run) -> dict[str, Any]:
    """What a recompute brought, as the job and the command tell it."""
    return {
        "run": run.pk,
        "status": str(run.status),
        "as_of": run.as_of.isoformat(),
        "customers": run.customers,
        "orders": run.orders,
        "seconds": run.seconds,
        "notes": run.summary.get("notes", []),
    }


def sweep_up() -> int:
    """Remove what dead, failed and overtaken runs left behind, and all but the last few; how many rows went."""
    for run in Run.objects.filter(status=Run.Status.RUNNING):
        if _is_dead(run):
            Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING).update(
                status=Run.Status.FAILED, finished_at=timezone.now()
            )
    kept = _kept_runs()
    running = set(Run.objects.filter(status=Run.Status.RUNNING).values_list("pk", flat=True))
    with_figures = CustomerFigures.objects.order_by().values_list("run_id", flat=True).distinct()
    removed = sum(_remove_figures(run) for run in sorted(set(with_figures) - kept - running))
    facts = Run.objects.filter(pk__in=kept).exclude(facts="").values_list("facts", flat=True)
    store.clean_up(facts)
    return removed


class _Recompute:
    def __init__(self, as_of: datetime.date, job: "JobContext | None", full: bool) -> None:
        self.as_of, self.job, self.full = as_of, job, full
        self.seconds: dict[str, float] = {}
        self.notes: list[dict[str, Any]] = []
        self.done = 0
        self.started = time.perf_counter()

    def run(self, only_if_changed: bool) -> Run:
        sweep_up()
        settings = AnalysisSettings.current()
        with self.stage("facts"):
            snapshot = refresh(full=self.full, progress=lambda name: self.tell(f"facts: {name}"))
        if only_if_changed and (published := self._still_valid(snapshot, settings)):
            return published
        run = Run.objects.create(as_of=self.as_of)
        with store.workplace(_lock_name(run.pk)):
            try:
                return self._work(run, snapshot, settings)
            except BaseException:
                Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING).update(
                    status=Run.Status.FAILED, finished_at=timezone.now(), seconds=self.seconds
                )
                raise

    def _work(self, run: Run, snapshot: Snapshot, settings: dict[str, Any]) -> Run:
        from analytics.facts import engine
        from analytics.facts.cost_shares import cost_shares

        snapshot = replace(snapshot, terms=ledger.terms_of(settings))
        with engine.Reader(snapshot, None) as facts, self.stage("cost_shares"):
            shares = {"cost_shares": store.write_table("cost_shares", str(run.pk), cost_shares(facts))}
        with engine.Reader(with_run(snapshot, run.pk, shares, save=False), None) as facts:
            with self.stage("statistics"):
                from analytics.facts.statistics import customer_statistics

                known, intervals = customer_statistics(facts, self.as_of)
                orders = facts.value(PURCHASES, self._day())
            found, fitted = self._figures(known, intervals, facts, settings)
        figures = _arrow(found)
        with self.stage("figures"):
            parts = {**shares, "figures": store.write_table("figures", str(run.pk), figures)}
            self._write_rows(run, figures)
        previous = Publication.current_run()
        with engine.Reader(with_run(snapshot, run.pk, parts, save=False), None) as facts:
            context = RunContext(run, self.as_of, previous, facts)
            prepared = []
            for stage in stages:
                with self.stage(stage.name):
                    prepared.append((stage, stage.prepare(context)))
            members = context.members if context.members is not None else _no_members()
            parts["members"] = store.write_table("members", str(run.pk), members)
            run.facts = with_run(snapshot, run.pk, parts).id
            run.customers, run.orders = len(known), orders
            with self.stage("publish"):
                self._publish(run, context, prepared, snapshot, settings, fitted)
        with self.stage("sweep"):
            sweep_up()
        run.seconds = self._seconds()
        Run.objects.filter(pk=run.pk).update(seconds=run.seconds)
        return run

    def _figures(
        self, known: "pd.DataFrame", intervals: "pd.DataFrame", facts: "Reader", settings: dict[str, Any]
    ) -> "tuple[pd.DataFrame, dict[str, Any]]":
        """The figures of every customer, and the models fitted for them."""
        from analytics.figures import Analyses

        analyses = Analyses(known, intervals, as_of=self.as_of, reader=facts, settings=settings)
        for name, step in analyses.steps():
            with self.stage(name):
                step()
        self.notes += [{"code": code, "analysis": name} for name, code in analyses.notes]
        return analyses.figures(), analyses.fits

    def _write_rows(self, run: Run, figures: "pa.Table") -> None:
        for done in write_figures(run.pk, figures):
            self.tell("figures", done, figures.num_rows)

    def _publish(
        self,
        run: Run,
        context: RunContext,
        prepared: list[tuple[Stage, Any]],
        snapshot: Snapshot,
        settings: dict[str, Any],
        fitted: dict[str, Any],
    ) -> None:
        Publication.objects.get_or_create(pk=1)
        with transaction.atomic():
            if self.job:
                self.job.assert_mine()
            publication = Publication.objects.select_for_update(of=("self",)).select_related("run").get(pk=1)
            now = timezone.now()
            status = Run.Status.FINISHED
            if publication.run_id and publication.run_id > run.pk:
                status = Run.Status.SUPERSEDED
            else:
                context.previous = publication.run
                _write_stage_changes(run, publication.run)
                fits.keep(run, fitted)
                for stage, found in prepared:
                    if stage.publish:
                        stage.publish(context, found)
            run.status, run.finished_at, run.seconds = status, now, self._seconds()
            run.summary = {
                "taken_at": snapshot.taken_at.isoformat(),
                "notes": [*snapshot.notes, *self.notes],
                "facts": snapshot.counts,
                "settings": _digest(settings),
            }
            values = {
                name: getattr(run, name)
                for name in ("status", "finished_at", "seconds", "summary", "facts", "customers", "orders")
            }
            if not Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING).update(**values):
                raise RunLost(f"Run {run.pk} was swept up while it worked.")
            if status == Run.Status.FINISHED:
                Publication.objects.filter(pk=1).update(run=run, published_at=now)

    def _still_valid(self, snapshot: Snapshot, settings: dict[str, Any]) -> Run | None:
        """The published run when a new one would say the same."""
        run = Publication.current_run()
        if run is None or run.as_of != self.as_of or run.summary.get("settings") != _digest(settings):
            return None
        try:
            before = store.load(run.facts)
        except store.SnapshotMissing:
            return None
        return run if all(_told(snapshot, name) == _told(before, name) for name in snapshot.tables) else None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.tell(name)
        started = time.perf_counter()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0) + time.perf_counter() - started, 3)
        self.done += 1

    def tell(self, name: str, part: int = 0, of: int = 0) -> None:
        if self.job:
            share = part / of if of else 0
            self.job.progress(int(100 * (self.done + share)), 100 * (self.done + 2), name)

    def _day(self) -> dict[str, datetime.date]:
        return {"day": self.as_of}

    def _seconds(self) -> dict[str, float]:
        return {**self.seconds, "total": round(time.perf_counter() - self.started, 3)}


def write_figures(run: int, figures: "pa.Table") -> Iterator[int]:
    """Add the rows of a run, columns as in `facts.contract.figures_columns`; how many are written, again and again."""
    return (_copy_rows if connection.vendor == "postgresql" else _insert_rows)(run, figures)


def _insert_rows(run: int, figures: "pa.Table") -> Iterator[int]:
    """SQLite: short transactions, so that nobody who saves a record waits for long."""
    columns = ["run_id", *figures.column_names]
    places = ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {CustomerFigures._meta.db_table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608
    done = 0
    for batch in figures.to_batches(max_chunksize=ROWS_PER_TRANSACTION):
        values = [_plain(column) for column in batch.columns]
        rows = list(zip([run] * batch.num_rows, *values, strict=True))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, rows)
        time.sleep(PAUSE_SECONDS)
        done += batch.num_rows
        yield done


def _plain(column: "pa.Array") -> list[Any]:
    import pyarrow as pa

    return column.cast(pa.string()).to_pylist() if pa.types.is_date(column.type) else column.to_pylist()


def _copy_rows(run: int, figures: "pa.Table") -> Iterator[int]:
    """PostgreSQL: COPY. Unquoted emptiness is NULL, a quoted one is an empty text."""
    import io

    import pyarrow as pa
    from pyarrow import csv

    columns = ["run_id", *figures.column_names]
    sql = f"COPY {CustomerFigures._meta.db_table} ({', '.join(columns)}) FROM STDIN (FORMAT csv)"
    done = 0
    for batch in figures.to_batches(max_chunksize=10 * ROWS_PER_TRANSACTION):
        numbered = pa.record_batch([pa.array([run] * batch.num_rows, pa.int64()), *batch.columns], names=columns)
        text = io.BytesIO()
        csv.write_csv(numbered, text, csv.WriteOptions(include_header=False))
        with transaction.atomic(), connection.cursor() as cursor, cursor.copy(sql) as copy:
            copy.write(text.getvalue())
        done += batch.num_rows
        yield done


def _write_stage_changes(run: Run, previous: Run | None) -> None:
    """Who has moved since the run before. The first run moves nobody, and neither does one of an earlier day."""
    if previous is None or run.as_of < previous.as_of:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {StageChange._meta.db_table} (customer_id, run_id, "on", from_stage, to_stage)
            SELECT now.customer_id, now.run_id, %s, before.lifecycle_stage, now.lifecycle_stage
            FROM {CustomerFigures._meta.db_table} now
            JOIN {CustomerFigures._meta.db_table} before
                ON before.customer_id = now.customer_id AND before.run_id = %s
            JOIN customers_customer c ON c.id = now.customer_id
            WHERE now.run_id = %s AND now.lifecycle_stage <> before.lifecycle_stage
            ON CONFLICT (customer_id, "on") DO UPDATE
            SET to_stage = excluded.to_stage, run_id = excluded.run_id
            """,  # noqa: S608
            [run.as_of, previous.pk, run.pk],
        )
    StageChange.objects.filter(run=run, on=run.as_of).extra(where=["from_stage = to_stage"]).delete()  # noqa: S610


def _remove_figures(run: int) -> int:
    """Delete a run's figures in short transactions."""
    removed = 0
    while True:
        rows = CustomerFigures.objects.filter(run_id=run).order_by("customer_id")
        found = list(rows.values_list("pk", flat=True)[:ROWS_PER_TRANSACTION])
        if not found:
            return removed
        CustomerFigures.objects.filter(pk__in=found)._raw_delete(using=connection.alias)
        removed += len(found)
        time.sleep(PAUSE_SECONDS)


def _kept_runs() -> set[int]:
    finished = Run.objects.filter(status=Run.Status.FINISHED).order_by("-pk").values_list("pk", flat=True)
    published = Publication.objects.aggregate(run=Max("run_id"))["run"]
    return {*finished[:KEPT_RUNS], *([published] if published else [])}


def _is_dead(run: Run) -> bool:
    lock = store.root() / "building" / _lock_name(run.pk) / "lock"
    if lock.exists():
        return not store.is_alive(_lock_name(run.pk))
    return run.started_at < timezone.now() - datetime.timedelta(seconds=YOUNG_SECONDS)


def _lock_name(run: int) -> str:
    return f"run-{run}"


def _arrow(figures: "pd.DataFrame") -> "pa.Table":
    import pyarrow as pa

    kinds = {
        "BIGINT": pa.int64(),
        "INTEGER": pa.int32(),
        "SMALLINT": pa.int16(),
        "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(),
        "DATE": pa.date32(),
        "VARCHAR": pa.string(),
    }
    schema = pa.schema([(name, kinds[kind]) for name, kind in figures_columns().items()])
    return pa.Table.from_pandas(figures, schema=schema, preserve_index=False)


def _told(snapshot: Snapshot, table: str) -> dict[str, tuple[int, int, int]]:
    """What a table's records added up to; files differ also when the same rows were written again."""
    parts = snapshot.tables.get(table, {})
    return {name: (part.rows, part.checked_rows, part.check_sum) for name, part in parts.items()}


def _no_members() -> "pa.Table":
    import pyarrow as pa

    return pa.table({name: pa.array([], pa.int64()) for name in MEMBERS})


def _digest(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]
