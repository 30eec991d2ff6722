"""Uploaded files: where they lie, and what the pages show of them without reading them again."""

import datetime
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.records.importing.models import ImportJob
from crm.records.importing.problems import FileRefused, Row
from crm.records.importing.readers import SHEETS, Layout, Source, open_source

SAMPLE_ROWS = 2_000
SAMPLE_LETTERS = 1_500_000
READ_AT_ONCE = 3 * 1024**2  # larger workbooks are read by a job
KEPT = datetime.timedelta(days=30)
SUFFIXES = {".csv", ".txt", ".tsv", ".gz", *SHEETS}


@dataclass
class Sample:
    """The beginning of a file: heading and first rows, with how it was read.

    rows   [number, cells, problem];  rows_in_all   of the file, as far as known
    """

    columns: list[str]
    rows: list[list[Any]] = field(default_factory=list)
    rows_in_all: int = 0
    encoding: str = ""
    sheets: list[str] = field(default_factory=list)
    sheet: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class SampleSource(Source):
    """The first rows again, as an importer reads them."""

    def __init__(self, path: Path, sample: Sample) -> None:
        super().__init__(path)
        self.columns = sample.columns
        self.encoding = sample.encoding
        self._rows = sample.rows

    def rows(self) -> Iterator[Row]:
        for number, cells, problem in self._rows:
            yield Row(number, list(cells), problem)


def store(imp: ImportJob, chunks: Iterable[bytes]) -> None:
    """Write the upload to where only the import looks for it."""
    imp.folder.mkdir(parents=True, exist_ok=True)
    with imp.path.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
    imp.size = imp.path.stat().st_size


def check_name(name: str) -> None:
    if Path(name).suffix.lower() not in SUFFIXES:
        raise FileRefused(
            _("Files of this kind cannot be imported. Send one of these: %(kinds)s.")
            % {"kinds": ", ".join(sorted(SUFFIXES))}
        )


def is_read_at_once(imp: ImportJob) -> bool:
    return Path(imp.name).suffix.lower() not in SHEETS or imp.size <= READ_AT_ONCE


def read(imp: ImportJob, *, layouts: tuple[Layout, ...] = (), sheet: str = "", encoding: str = "") -> Sample:
    """Look at the file. Raises FileRefused."""
    source = open_source(imp.path, name=imp.name, layouts=layouts, sheet=sheet, encoding=encoding)
    sample = Sample(
        columns=source.columns,
        rows_in_all=source.row_count,
        encoding=getattr(source, "encoding", ""),
        sheets=getattr(source, "sheet_names", []),
        sheet=sheet,
    )
    letters = 0
    for row in source.rows():
        letters += sum(map(len, row.cells)) + 20
        if len(sample.rows) >= SAMPLE_ROWS or letters > SAMPLE_LETTERS:
            break
        sample.rows.append([row.number, row.cells, row.problem])
    else:
        sample.rows_in_all = len(sample.rows)
    if not sample.rows:
        raise FileRefused(_("The file has a heading, but no rows below it."))
    return sample


def sample_of(imp: ImportJob) -> Sample:
    return Sample(**json.loads((imp.folder / "sample.json").read_text(encoding="utf-8")))


def keep_sample(imp: ImportJob, sample: Sample) -> None:
    text = json.dumps(sample.as_dict(), ensure_ascii=False)
    (imp.folder / "sample.json").write_text(text, encoding="utf-8", errors="replace")


def forget(imp: ImportJob) -> None:
    shutil.rmtree(imp.folder, ignore_errors=True)


def forget_old() -> int:
    """Files of imports that ended, or were never begun, long ago; how many."""
    count = 0
    base = settings.DATA_DIR / "imports"
    long_ago = timezone.now() - KEPT
    known = {str(pk) for pk in ImportJob.objects.filter(created_at__gte=long_ago).values_list("pk", flat=True)}
    for folder in base.iterdir() if base.is_dir() else []:
        if folder.name.isdigit() and folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)
            count += 1
    return count
