"""One import from file to summary; the command, the wizard and tests call it alike."""

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils import timezone

from crm.accounts.models import User
from crm.records.importing.checkpoint import Checkpoint
from crm.records.importing.readers import open_source
from crm.records.importing.registry import Importer, Progress, Request, importer_for
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
    values: Mapping[str, Mapping[str, str]] | None = None,
    known_by: str = "",
    refuse_known: bool = False,
    refuse_similar: bool = False,
    tidy: Iterable[str] = (),
    checkpoint: Checkpoint | None = None,
) -> ImportSummary:
    """Take a file into the records of a kind. Raises FileRefused, with nothing written, when it cannot be taken.

    mapping: column of the file -> key of the field, where the heading does not say it by itself
    update_by: keys of the fields by which known records are found and changed; without it they are left as they are
    known_by, refuse_known, values, tidy: see Request;  checkpoint: goes on where an interrupted run has ended
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
                values=values,
                known_by=known_by,
                refuse_known=refuse_known,
                refuse_similar=refuse_similar,
                tidy=tidy,
                checkpoint=checkpoint,
            )
    path = Path(file)
    importer = importer_for(kind_key)
    request = request_for(
        importer,
        path,
        name=name,
        mapping=mapping,
        preset=preset,
        dry_run=dry_run,
        update_by=update_by,
        may_create=may_create,
        user=user,
        date_order=date_order,
        values=values,
        known_by=known_by,
        refuse_known=refuse_known,
        refuse_similar=refuse_similar,
        tidy=tuple(tidy),
    )
    request.checkpoint = checkpoint or Checkpoint()
    if progress:
        request.progress = progress
    summary = ImportSummary(kind=importer.name, file=request.name, preset=preset, dry_run=dry_run)
    source = open_source(
        path,
        name=request.name,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        layouts=request.preset.layouts if request.preset else (),
    )
    summary.encoding = getattr(source, "encoding", "")
    with ErrorFile(Path(errors) if errors else None, source.columns, summary) as error_file:
        importer.run(request, source, summary, error_file)
    summary.blank_rows = source.blank_rows
    summary.finish()
    if summary.batch:
        Batch.objects.filter(pk=summary.batch).update(finished_at=timezone.now(), summary=summary.as_dict())
        if checkpoint is None:
            _list(request, summary)
    return summary


def _list(request: Request, summary: ImportSummary) -> None:
    """An import by command stands in the list like any other, and can be undone."""
    from crm.records.importing.models import ImportJob

    ImportJob.objects.create(
        importer=request.kind,
        name=request.name[:255],
        size=request.path.stat().st_size,
        owner=request.user,
        status=ImportJob.Status.DONE,
        summary=summary.as_dict(),
        batch_id=summary.batch,
        finished_at=timezone.now(),
    )


def request_for(
    importer: Importer,
    path: Path,
    *,
    name: str = "",
    preset: str = "",
    mapping: Mapping[str, str] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    **options: Any,
) -> Request:
    return Request(
        path=path,
        name=name or path.name,
        kind=importer.name,
        mapping=mapping or {},
        preset=importer.preset(preset) if preset else None,
        values=values or {},
        **options,
    )
