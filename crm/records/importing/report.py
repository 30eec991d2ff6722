"""What an import did: the summary, and the file of rows that were not taken."""

import csv
import time
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from crm.records.importing.problems import RowError

ERROR_COLUMNS = ("import_row", "import_column", "import_error")
SAMPLES = 20


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
    unused_columns: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    encoding: str = ""
    batch: int | None = None
    seconds: float = 0.0
    started: float = field(default_factory=time.monotonic, repr=False)

    def count(self, counter: str, key: str, number: int = 1) -> None:
        counts = getattr(self, counter)
        counts[key] = counts.get(key, 0) + number

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
            "unused_columns": self.unused_columns,
            "encoding": self.encoding,
            "notes": self.notes,
            "seconds": self.seconds,
            "batch": self.batch,
        }


class ErrorFile:
    """Rows that were not taken, in the columns of their file, with the reason in front: correct them and import it.

    Written as they come; without a path they are only counted and the first ones kept in the summary.
    """

    def __init__(self, path: Path | None, columns: list[str], summary: ImportSummary) -> None:
        self.path = path
        self.columns = columns
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
        # as many cells as were there: a row made to fit would be taken the next time without being corrected
        self._writer.writerow([error.number, error.column, error.message, *error.cells])
