"""What an import did: the summary, and the file of rows that were not taken."""

import csv
import re
import time
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from crm.records.importing.problems import RowError

ERROR_COLUMNS = ("import_row", "import_column", "import_error")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NO_FORMULA = re.compile(r"[+-]?[\d .,()]*%?")  # a number or a phone
SAMPLES = 20
UNKNOWN_KEPT, LONGEST_UNKNOWN = 100, 120  # per column; letters


@dataclass
class ImportSummary:
    """Numbers of one import. rows = taken + existing + errors; nothing is dropped without being counted."""

    kind: str
    file: str
    preset: str = ""
    dry_run: bool = False
    rows: int = 0
    blank_rows: int = 0
    classes: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, Decimal] = field(default_factory=dict)
    created: dict[str, int] = field(default_factory=dict)
    updated: dict[str, int] = field(default_factory=dict)
    existing: int = 0
    errors: int = 0
    error_samples: list[RowError] = field(default_factory=list)
    errors_file: str = ""
    unknown: dict[str, dict[str, int]] = field(default_factory=dict)
    date_order: str = ""
    unused_columns: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    encoding: str = ""
    batch: int | None = None
    seconds: float = 0.0
    started: float = field(default_factory=time.monotonic, repr=False)

    def count(self, counter: str, key: str, number: int = 1) -> None:
        counts = getattr(self, counter)
        counts[key] = counts.get(key, 0) + number

    def count_unknown(self, key: str, text: str) -> None:
        """A name in a column of names that stands for nothing known; the first ones of each column are kept."""
        found = self.unknown.setdefault(key, {})
        if text in found or (len(found) < UNKNOWN_KEPT and len(text) <= LONGEST_UNKNOWN):
            found[text] = found.get(text, 0) + 1

    def state(self) -> dict[str, Any]:
        """What an import that is taken up again goes on from."""
        return {
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "existing": self.existing,
            "errors": self.errors,
            "error_samples": [error.as_dict() for error in self.error_samples],
            "unknown": self.unknown,
            "notes": self.notes,
            "errors_file": self.errors_file,
        }

    def restore(self, state: dict[str, Any]) -> None:
        for name in ("rows", "created", "updated", "existing", "errors", "unknown", "notes", "errors_file"):
            setattr(self, name, state[name])
        self.error_samples = [RowError(each["row"], each["column"], each["message"]) for each in state["error_samples"]]

    def finish(self) -> Self:
        self.seconds = round(time.monotonic() - self.started, 2)
        return self

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "preset": self.preset,
            "file": self.file,
            "dry_run": self.dry_run,
            "rows": self.rows,
            "classes": self.classes,
            "amounts": {key: float(amount) for key, amount in self.amounts.items()},
            "created": self.created,
            "updated": self.updated,
            "existing": self.existing,
            "errors": self.errors,
            "error_samples": [error.as_dict() for error in self.error_samples],
            "errors_file": self.errors_file,
            "blank_rows": self.blank_rows,
            "unknown": self.unknown,
            "date_order": self.date_order,
            "unused_columns": self.unused_columns,
            "encoding": self.encoding,
            "notes": self.notes,
            "seconds": self.seconds,
            "batch": self.batch,
        }


class ErrorFile:
    """Rows that were not taken, in the columns of their file, with the reason in front: correct them and import it.

    Written as they come; without a path they are only counted and the first ones kept in the summary.
    `size` says how much has been written, `go_on_from(size)` forgets what an interrupted run wrote after that.
    """

    def __init__(self, path: Path | None, columns: list[str], summary: ImportSummary) -> None:
        self.path = path
        self.is_again = tuple(columns[: len(ERROR_COLUMNS)]) == ERROR_COLUMNS
        self.columns = columns[len(ERROR_COLUMNS) :] if self.is_again else columns
        self.summary = summary
        self._file: TextIO | None = None
        self._writer: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def size(self) -> int:
        if self._file is None or self.path is None:
            return 0
        self._file.flush()
        return self.path.stat().st_size

    def go_on_from(self, size: int) -> None:
        if self.path is None or not size:
            return
        with self.path.open("r+b") as file:
            file.truncate(size)
        self._file = self.path.open("a", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)

    def add(self, error: RowError) -> None:
        self.summary.errors += 1
        if len(self.summary.error_samples) < SAMPLES:
            self.summary.error_samples.append(error)
        if self.path is None:
            return
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow([*ERROR_COLUMNS, *self.columns])
            self.summary.errors_file = str(self.path)
        cells = error.cells[len(ERROR_COLUMNS) :] if self.is_again and len(error.cells) > 1 else error.cells
        # as many cells as were there: a row made to fit would be taken the next time without being corrected
        self._writer.writerow([error.number, error.column, error.message, *map(guarded, cells)])


def guarded(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula gets an apostrophe in front; `unguarded` takes it off."""
    bare = cell.lstrip("'")
    if bare.startswith(FORMULA_STARTS) and not NO_FORMULA.fullmatch(bare):
        return f"'{cell}"
    return cell


def unguarded(cell: str) -> str:
    if not cell.startswith("'"):
        return cell
    bare = cell.lstrip("'")
    return cell[1:] if bare.startswith(FORMULA_STARTS) and not NO_FORMULA.fullmatch(bare) else cell
