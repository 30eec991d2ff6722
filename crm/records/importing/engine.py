"""One import from file to summary; the command, the wizard and tests call it alike."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils import timezone

from crm.accounts.models import User
from crm.records.importing.readers import open_source
from crm.records.importing.registry import Progress, Request, importer_for
from crm.records.importing.report import ErrorFile, ImportSummary
from crm.records.models import Batch


def run_import(
    kind_key: str,
    file: Path | str | IO[bytes],
    *,
    name: str = "",
    mapping: Mapping[str, str] | None = None,
    preset: str = "",
    dry_run: bool = False,
    update_by: str = "",
    may_create: bool = True,
    user: User | None = None,
    progress: Progress | None = None,
    errors: Path | str | None = None,
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
    date_order: str = "",
) -> ImportSummary:
    """Take a file into the records of a kind. Raises FileRefused, with nothing written, when it cannot be taken.

    mapping: column of the file -> key of the field, where the heading does not say it by itself
    update_by: key of the field by which known records are found and changed; without it they are left as they are
    """
    if not isinstance(file, Path | str):
        with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
            copy = Path(folder) / "upload"
            with copy.open("wb") as target:
                shutil.copyfileobj(file, target)
            given = name or getattr(file, "name", "")
            return run_import(
                kind_key,
                copy,
                name=Path(given).name,
                mapping=mapping,
                preset=preset,
                dry_run=dry_run,
                update_by=update_by,
                may_create=may_create,
                user=user,
                progress=progress,
                errors=errors,
                encoding=encoding,
                delimiter=delimiter,
                sheet=sheet,
                date_order=date_order,
            )
    path = Path(file)
    importer = importer_for(kind_key)
    chosen = importer.preset(preset) if preset else None
    request = Request(
        path=path,
        name=name or path.name,
        kind=importer.name,
        mapping=mapping or {},
        preset=chosen,
        dry_run=dry_run,
        update_by=update_by,
        may_create=may_create,
        user=user,
        date_order=date_order,
    )
    if progress:
        request.progress = progress
    summary = ImportSummary(kind=importer.name, file=request.name, preset=preset, dry_run=dry_run)
    source = open_source(
        path,
        name=request.name,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        layouts=chosen.layouts if chosen else (),
    )
    summary.encoding = getattr(source, "encoding", "")
    with ErrorFile(Path(errors) if errors else None, source.columns, summary) as error_file:
        importer.run(request, source, summary, error_file)
    summary.blank_rows = source.blank_rows
    summary.finish()
    if summary.batch:
        Batch.objects.filter(pk=summary.batch).update(finished_at=timezone.now(), summary=summary.as_dict())
    return summary


class Provenance:
    """The Batch of an import, made with the first record: an import that adds nothing leaves nothing behind."""

    def __init__(self, request: Request, summary: ImportSummary) -> None:
        self.request = request
        self.summary = summary
        self._batch: Batch | None = None

    @property
    def batch(self) -> Batch:
        if self._batch is None:
            self._batch = Batch.objects.create(
                source=Batch.Source.IMPORT,
                kind=self.request.kind,
                file_name=self.request.name[:255],
                preset=self.request.preset_name,
                created_by=self.request.user,
            )
            self.summary.batch = self._batch.pk
        return self._batch

    def withdraw(self) -> None:
        """The transaction that made the batch was rolled back."""
        self._batch, self.summary.batch = None, None
