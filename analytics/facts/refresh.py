"""Taking a snapshot: only the partitions in which something happened are made anew, the others are shared.

Always equal to a full rebuild. What tells which partitions to make anew:

    modified_at         rows touched since the base snapshot, less an overlap for transactions that committed late;
                        soft deletes and merges touch it. Both the month a row was in and the month it is in now.
    products            a changed category, fee mark or launch reaches every month in which the product occurs
    deadlines           cases that fell due since then
    zone, currency,     change every figure: full rebuild
    rates, format
    reconcile           once a night counts and check sums of every partition against the database: finds rows that were
                        purged, or written past `modified_at`
"""

import datetime
import hashlib
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.utils import timezone

from analytics.facts import extract, store
from analytics.facts.build import CUSTOMERS_PER_PART, ORDER_OF_WORK, WHOLE, Build
from analytics.facts.contract import DIMENSIONS, TABLES
from analytics.facts.store import Part, Snapshot
from analytics.facts.zones import month_bounds
from crm.accounts.models import Company, ExchangeRate

log = logging.getLogger(__name__)

OVERLAP = datetime.timedelta(minutes=15)
SHARE_THAT_MAKES_IT_WHOLE = 0.4  # from here on reading the whole table is quicker than looking months up
MOST_RANGES = 24
SALES = ("orders", "order_lines")  # they share their months

Progress = Callable[[str], None]
Affected = dict[str, set[str]]
Result = TypeVar("Result")


@dataclass
class Plan:
    """What to make anew: per table a set of partitions, or None for all of it."""

    partitions: dict[str, set[str] | None] = field(default_factory=dict)

    def is_idle(self, table: str) -> bool:
        return self.partitions[table] == set()


def refresh(*, full: bool = False, also: Affected | None = None, progress: Progress | None = None) -> Snapshot:
    """Take a snapshot of the database as it is now.

    full: make every partition anew; also: partitions to make anew besides those the watermarks tell
    """
    started = time.perf_counter()
    company = Company.objects.current()
    identity = {"zone": company.time_zone, "currency": company.currency, "rates": _rates_digest()}
    base = None if full else store.latest()
    if base and any(getattr(base, name) != value for name, value in identity.items()):
        base = None
    build_id = store.new_id()
    with store.workplace(build_id) as folder, extract.opened() as source:
        taken_at = timezone.now()
        zone = ZoneInfo(company.time_zone)
        build = Build(build_id, folder, zone=zone, currency=company.currency, taken_at=taken_at)
        try:
            work = _Refresh(build, source, base, also or {}, progress or (lambda text: None))
            work.run()
        finally:
            build.close()
        work.seconds["total"] = round(time.perf_counter() - started, 3)
        return store.save(
            Snapshot(
                id=build_id,
                taken_at=taken_at,
                tables=work.tables,
                notes=work.notes,
                seconds=work.seconds,
                rebuilt=work.rebuilt,
                base=base.id if base else "",
                zone=identity["zone"],
                currency=identity["currency"],
                rates=identity["rates"],
            )
        )


def reconcile() -> tuple[dict[str, list[str]], Snapshot | None]:
    """Compare every partition of the latest snapshot with the database and make those that differ anew.

    returns: the partitions that differed, per table, and the snapshot taken because of them
    """
    base = store.latest()
    if base is None:
        return {}, refresh(full=True)
    zone = ZoneInfo(base.zone)
    with extract.opened() as source, store.workplace(store.new_id()) as folder:
        build = Build("reconcile", folder, zone=zone, currency=base.currency, taken_at=base.taken_at)
        try:
            differing = {table: _differing(build, source, table, base, zone) for table in TABLES}
        finally:
            build.close()
    differing = {table: partitions for table, partitions in differing.items() if partitions}
    if not differing:
        return {}, None
    log.warning("Facts differed from the records and are made anew: %s", differing)
    return differing, refresh(also={table: set(partitions) for table, partitions in differing.items()})


class _Refresh:
    def __init__(
        self, build: Build, source: extract.Source, base: Snapshot | None, also: Affected, progress: Progress
    ) -> None:
        self.build, self.source, self.base, self.also, self.progress = build, source, base, also, progress
        self.tables: dict[str, dict[str, Part]] = {}
        self.notes: list[dict] = []
        self.seconds: dict[str, float] = {}
        self.rebuilt: dict[str, int] = {}

    def run(self) -> None:
        build = self.build
        build.receive("rates", self.source, extract.RAW["rates"], extract.raw_sql("rates"))
        for name in (*DIMENSIONS, "shared_values"):
            before = self.base.tables.get(name, {}).get(WHOLE) if self.base else None
            part = build.write_dimension(name, self.source, before)
            self.tables[name] = {WHOLE: part}
            self.rebuilt[name] = int(part is not before)
        plan = self.timed("changes", self._plan)
        for table in ORDER_OF_WORK:
            self.timed(table, partial(self._table, table, plan))
        self.timed("daily_sales", self._daily_sales)

    def timed(self, name: str, step: Callable[[], Result]) -> Result:
        self.progress(name)
        started = time.perf_counter()
        result = step()
        self.seconds[name] = round(time.perf_counter() - started, 3)
        return result

    def _table(self, table: str, plan: Plan) -> None:
        before = self.base.tables.get(table, {}) if self.base else {}
        wanted = plan.partitions[table]
        if plan.is_idle(table):
            self.tables[table], self.rebuilt[table] = before, 0
            if table == "orders":
                self.notes = list(self.base.notes) if self.base else []
            return
        build = self.build
        if table != "order_lines":
            build.stage(table, self.source, self._ranges(table, wanted))
        if table == "orders":
            # The lines are needed before the orders can be written: an order's money is that of its lines.
            build.stage("order_lines", self.source, self._ranges("orders", wanted))
            build.total_orders()
            noted = self.base.notes if self.base and wanted is not None else []
            self.notes = [note for note in noted if note["month"] not in (wanted or ())] + build.missing_rates()
        made = build.write(TABLES[table])
        kept = {} if wanted is None else {name: part for name, part in before.items() if name not in wanted}
        self.tables[table] = dict(sorted({**kept, **made}.items()))
        self.rebuilt[table] = len(made) if wanted is None else len(wanted)

    def _daily_sales(self) -> None:
        before = self.base.tables.get("daily_sales", {}) if self.base else {}
        lines = self.tables["order_lines"]
        fresh = {name for name, part in lines.items() if not self._is_kept(part)}
        files = [str(store.root() / name) for each in sorted(fresh) for name in lines[each].files]
        kept = {name: part for name, part in before.items() if name in lines and name not in fresh}
        self.tables["daily_sales"] = dict(sorted({**kept, **self.build.write_daily_sales(files)}.items()))

    def _is_kept(self, part: Part) -> bool:
        return not any(self.build.id in name for name in part.files)

    def _ranges(self, table: str, wanted: set[str] | None) -> list[extract.Range]:
        if wanted is None:
            return []
        return _ranges(table, wanted, self.build.zone)

    def _plan(self) -> Plan:
        if self.base is None:
            return Plan(dict.fromkeys(ORDER_OF_WORK))
        recategorised = self._recategorised_products()
        found: Affected = {
            table: self._touched(table) | self._due(table) | self._with_products(table, recategorised)
            for table in ORDER_OF_WORK
        }
        for table, partitions in self.also.items():
            found[table] |= partitions
        found["orders"] = found["order_lines"] = found["orders"] | found["order_lines"]
        return Plan({table: self._whole_if_many(table, partitions) for table, partitions in found.items()})

    def _touched(self, table: str) -> set[str]:
        """Partitions in which rows touched since the base were, or are now."""
        if table == "order_lines":
            return set()
        assert self.base
        sql = extract.changed_sql(table, self.base.taken_at - OVERLAP)
        build = self.build
        if not build.receive("changed", self.source, extract.RAW["changed"], sql):
            return set()
        if table == "customers":
            return set(
                build.column(f"SELECT DISTINCT lpad(CAST(id // {CUSTOMERS_PER_PART} AS VARCHAR), 6, '0') FROM changed")
            )
        now = build.local_months("changed")
        return set(now) | self._months(table, f"{TABLES[table].key} IN (SELECT id FROM changed)")

    def _due(self, table: str) -> set[str]:
        if table not in {"complaints", "enquiries"}:
            return set()
        now = self.build.taken_at.astimezone(self.build.zone).replace(tzinfo=None).isoformat(" ")
        # An hour more: wall time repeats itself when summer ends.
        return self._months(table, f"is_solved_in_time IS NULL AND due_at <= TIMESTAMP '{now}' + INTERVAL 1 HOUR")

    def _with_products(self, table: str, products: list[int]) -> set[str]:
        if not products or "product_id" not in TABLES[table].columns:
            return set()
        return self._months(table, f"product_id IN ({', '.join(str(int(each)) for each in products)})")

    def _recategorised_products(self) -> list[int]:
        assert self.base
        files = self.base.files("products")
        if not files or self.tables["products"] == self.base.tables["products"]:
            return []
        return self.build.column(
            "SELECT coalesce(now.product_id, old.product_id) FROM products now"
            f" FULL JOIN read_parquet({files!r}) old ON old.product_id = now.product_id"
            " WHERE now.category_id IS DISTINCT FROM old.category_id OR now.is_fee IS DISTINCT FROM old.is_fee"
            " OR now.launched_on IS DISTINCT FROM old.launched_on"
        )

    def _months(self, table: str, condition: str) -> set[str]:
        assert self.base
        files = self.base.files(table)
        if not files:
            return set()
        return set(self.build.column(f"SELECT DISTINCT month FROM read_parquet({files!r}) WHERE {condition}"))

    def _whole_if_many(self, table: str, partitions: set[str]) -> set[str] | None:
        assert self.base
        parts = self.base.tables.get("orders" if table in SALES else table, {})
        total = sum(part.rows for part in parts.values())
        touched = sum(part.rows for name, part in parts.items() if name in partitions)
        is_much = total > 1000 and touched > SHARE_THAT_MAKES_IT_WHOLE * total
        if is_much or len(_ranges(table, partitions, self.build.zone)) > MOST_RANGES:
            return None
        return partitions


def _ranges(table: str, partitions: Iterable[str], zone: ZoneInfo) -> list[extract.Range]:
    """The partitions as ranges of moments (customers: of ids), neighbours joined."""
    ordered = sorted(partitions)
    if table == "customers":
        bounds: list = [(int(name) * CUSTOMERS_PER_PART, (int(name) + 1) * CUSTOMERS_PER_PART) for name in ordered]
    else:
        bounds = [month_bounds(name, zone) for name in ordered]
    joined: list = []
    for start, end in bounds:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _differing(build: Build, source: extract.Source, table: str, base: Snapshot, zone: ZoneInfo) -> list[str]:
    """Partitions whose records have another count or check sum than the facts were made from."""
    parts = base.tables.get(table, {})
    differing = []
    end = None
    for name in sorted(parts):
        start, following = _ranges(table, [name], zone)[0]
        if end is None or start != end:
            differing += _unknown_partitions(build, source, table, (end, start), zone)
        if _check(build, source, table, (start, following)) != (parts[name].checked_rows, parts[name].check_sum):
            differing.append(name)
        end = following
    return differing + _unknown_partitions(build, source, table, (end, None), zone)


def _check(build: Build, source: extract.Source, table: str, given: extract.Range) -> tuple[int, int]:
    build.receive("checks", source, extract.RAW["checks"], extract.check_sql(table, given))
    rows, total = build.row("SELECT rows, check_sum FROM checks")
    return rows, total


def _unknown_partitions(
    build: Build, source: extract.Source, table: str, gap: extract.Range, zone: ZoneInfo
) -> list[str]:
    """Partitions of rows where the facts have none."""
    if not _check(build, source, table, gap)[0]:
        return []
    if table == "order_lines":
        return []  # their months are found by the orders
    if table == "customers":
        sql = f"SELECT q.customer_id AS id FROM ({extract.raw_sql(table, [gap])}) AS q"
        build.receive("changed", source, {"id": "BIGINT"}, sql)
        return sorted(
            build.column(f"SELECT DISTINCT lpad(CAST(id // {CUSTOMERS_PER_PART} AS VARCHAR), 6, '0') FROM changed")
        )
    build.receive("moments", source, extract.RAW["moments"], extract.moments_sql(table, gap))
    return sorted(build.local_months("moments"))


def _rates_digest() -> str:
    rows = ExchangeRate.objects.order_by("currency", "valid_from").values_list("currency", "valid_from", "rate")
    return hashlib.sha256(repr([(each[0], str(each[1]), f"{each[2]:f}") for each in rows]).encode()).hexdigest()[:16]


def with_run(snapshot: Snapshot, run: int, tables: dict[str, Part], *, save: bool = True) -> Snapshot:
    """The same facts under a name of their own, with the figures and members of one run beside them."""
    own = {name: {WHOLE: part} for name, part in tables.items()}
    found = replace(snapshot, id=f"{snapshot.id}-r{run}", run=run, tables={**snapshot.tables, **own})
    return store.save(found) if save else found
