"""Where snapshots live: immutable Parquet parts, and one manifest per snapshot that names them.

    FACTS_DIR/parts/<table>/<partition>/<build>-<n>.parquet
    FACTS_DIR/manifests/<snapshot>.json
    FACTS_DIR/building/<build>/             one build at work; its lock says whether it still lives

A part is never changed once a manifest names it, so snapshots share the parts of months in which nothing happened. A
manifest is written under another name and renamed: it is there as a whole or not at all. Which snapshot counts is said
by `Publication.run.facts` in the database.
"""

import datetime
import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from analytics.facts.contract import PRESENCE

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 7  # raise it when the contract changes: older snapshots are then rebuilt, not extended
ADDED = {
    ("customers", "custom"): 2,
    **dict.fromkeys((("customers", name) for name in ("needs", "preferences", "background")), 3),
    ("customers", "consents"): 4,
    ("order_lines", "list_amount"): 5,
    ("order_lines", "novelty"): 5,
    **dict.fromkeys(
        (
            ("orders", name)
            for name in (
                *("promised_on", "delivered_on", "days_late", "carrier", "settlement_days", "hours_to_confirm"),
            )
        ),
        5,
    ),
    **dict.fromkeys((("customers", name) for name in ("district", "province", "changed_on", "source", "batch_id")), 6),
    **dict.fromkeys(
        (("customers", name) for name in ("problems", "is_erased", *(f"has_{key}" for key in PRESENCE))), 6
    ),
    **dict.fromkeys(((name, "minutes_spent") for name in ("contacts", "complaints", "enquiries")), 7),
}  # columns that snapshots of an older format lack: they read as empty
GRACE_SECONDS = 3600  # parts this young may belong to a build that has no manifest yet


class SnapshotMissing(LookupError):
    """There is no such snapshot; it was never taken or has been cleaned up."""


@dataclass(frozen=True)
class Part:
    """The files of one partition. `checked_rows` and `check_sum` are of the records they were made from."""

    files: tuple[str, ...]
    rows: int
    checked_rows: int = 0
    check_sum: int = 0


@dataclass(frozen=True)
class Snapshot:
    """What a manifest says. `base`: the snapshot it was refreshed from; `run`: whose figures it carries."""

    id: str
    taken_at: datetime.datetime
    zone: str
    currency: str
    rates: str
    tables: dict[str, dict[str, Part]]
    notes: list[dict[str, Any]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    rebuilt: dict[str, int] = field(default_factory=dict)  # partitions per table that this refresh made anew
    base: str = ""
    run: int | None = None
    terms: dict[str, Any] = field(default_factory=dict)  # of the run's ledger: see `analytics.facts.ledger`
    format: int = FORMAT

    def files(self, table: str) -> list[str]:
        return [str(root() / name) for part in self.tables.get(table, {}).values() for name in part.files]

    def rows(self, table: str) -> int:
        return sum(part.rows for part in self.tables.get(table, {}).values())

    @property
    def counts(self) -> dict[str, int]:
        return {name: self.rows(name) for name in self.tables}

    @property
    def is_unchanged(self) -> bool:
        return bool(self.base) and not any(self.rebuilt.values())


def root() -> Path:
    return Path(settings.FACTS_DIR)


def new_id() -> str:
    return f"{timezone.now():%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def save(snapshot: Snapshot) -> Snapshot:
    folder = root() / "manifests"
    folder.mkdir(parents=True, exist_ok=True)
    content = asdict(snapshot) | {"taken_at": snapshot.taken_at.isoformat()}
    unfinished = folder / f"{snapshot.id}.{os.getpid()}.unfinished"
    with unfinished.open("w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(_manifest(snapshot.id))
    return snapshot


def load(snapshot_id: str) -> Snapshot:
    return _load(snapshot_id, str(root()))


def latest() -> Snapshot | None:
    """The youngest snapshot of today's format: what the next refresh extends."""
    found = [each for each in (_read(path) for path in (root() / "manifests").glob("*.json")) if each]
    usable = [each for each in found if each.format == FORMAT and each.run is None]
    return max(usable, key=lambda each: (each.taken_at, each.id), default=None)


@contextmanager
def workplace(build: str) -> Iterator[Path]:
    """A folder for one build, locked while its process lives, gone afterwards."""
    folder = root() / "building" / build
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def is_alive(build: str) -> bool:
    """Whether the process of a build still runs: the system takes the lock from a dead one at once."""
    try:
        with (root() / "building" / build / "lock").open("r+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return True
            return False
    except FileNotFoundError:
        return False


def adopt(table: str, partition: str, made: Iterable[Path], build: str) -> tuple[str, ...]:
    """Move finished files to where parts live; their names relative to the root."""
    folder = root() / "parts" / table / partition
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for number, path in enumerate(sorted(made)):
        target = folder / f"{build}-{number}.parquet"
        path.replace(target)
        names.append(str(target.relative_to(root())))
    return tuple(names)


def write_table(table: str, partition: str, rows: "pa.Table") -> Part:
    """Keep a table beside the facts: the figures and members of one run."""
    import pyarrow.parquet as pq

    folder = root() / "parts" / table / partition
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{new_id()}.parquet"
    unfinished = target.with_suffix(".unfinished")
    pq.write_table(rows, unfinished, compression="zstd")
    unfinished.replace(target)
    return Part((str(target.relative_to(root())),), rows.num_rows)


def clean_up(keep: Iterable[str], *, grace_seconds: float = GRACE_SECONDS) -> int:
    """Remove manifests that are neither in `keep` nor young, then parts no manifest names; how many files went."""
    kept = set(keep)
    newest = latest()
    if newest:
        kept.add(newest.id)
    before = time.time() - grace_seconds
    removed = 0
    for path in (root() / "manifests").glob("*"):
        if path.stem not in kept and _is_older(path, before):
            path.unlink(missing_ok=True)
            removed += 1
    named = {
        name
        for path in (root() / "manifests").glob("*.json")
        if (snapshot := _read(path))
        for parts in snapshot.tables.values()
        for part in parts.values()
        for name in part.files
    }
    for path in (root() / "parts").glob("*/*/*.*"):
        if str(path.relative_to(root())) not in named and _is_older(path, before):
            path.unlink(missing_ok=True)
            removed += 1
    for path in (root() / "building").glob("*"):
        if not is_alive(path.name) and _is_older(path, before):
            shutil.rmtree(path, ignore_errors=True)
            removed += 1
    return removed


@lru_cache(maxsize=16)
def _load(snapshot_id: str, _root: str) -> Snapshot:
    found = _read(_manifest(snapshot_id))
    if found is None:
        raise SnapshotMissing(snapshot_id)
    return found


def _read(path: Path) -> Snapshot | None:
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    content["taken_at"] = datetime.datetime.fromisoformat(content["taken_at"])
    content["tables"] = {
        table: {name: Part(**part | {"files": tuple(part["files"])}) for name, part in parts.items()}
        for table, parts in content["tables"].items()
    }
    return Snapshot(**content)


def _manifest(snapshot_id: str) -> Path:
    if "/" in snapshot_id or not snapshot_id:
        raise SnapshotMissing(snapshot_id)
    return root() / "manifests" / f"{snapshot_id}.json"


def _is_older(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:
        return False
