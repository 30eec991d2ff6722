"""Imports done by the worker: with progress, taken up again where a killed worker left off, undone on request."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.jobs import services as jobs
from crm.jobs.registry import JobCancelled, JobContext, JobFailed
from crm.records.importing import files, undo, wizard
from crm.records.importing.checkpoint import Checkpoint
from crm.records.importing.engine import run_import
from crm.records.importing.models import ImportJob
from crm.records.importing.problems import FileRefused
from crm.records.importing.report import ErrorFile, ImportSummary
from crm.records.models import Batch

Status = ImportJob.Status


class KeptCheckpoint(Checkpoint):
    """Kept with the import, in the transaction of the rows, while the job is still this worker's."""

    def __init__(self, imp: ImportJob, job: JobContext) -> None:
        self.imp = imp
        self.job = job

    def state(self) -> dict[str, Any]:
        return self.imp.state

    def save(self, summary: ImportSummary, errors: ErrorFile, **more: Any) -> None:
        self.job.assert_mine()
        state = {"summary": summary.state(), "errors_size": errors.size, **more}
        ImportJob.objects.filter(pk=self.imp.pk).update(state=state)

    def batch(self) -> Batch | None:
        return self.imp.batch

    def batch_made(self, batch: Batch) -> None:
        self.job.assert_mine()
        ImportJob.objects.filter(pk=self.imp.pk).update(batch=batch)
        self.imp.batch = batch


def read(job: JobContext) -> dict[str, Any]:
    """Look at a large workbook."""
    imp = _import(job)
    try:
        wizard.look(imp)
    except FileRefused as refusal:
        _ended(imp, Status.FAILED, error=str(refusal))
        raise JobFailed(str(refusal)) from refusal
    imp.status = Status.DRAFT
    imp.save(update_fields=["choices", "status"])
    return {"import": imp.pk}


def run(job: JobContext) -> dict[str, Any]:
    imp = _import(job)
    is_trial = bool(job.payload.get("dry_run"))
    total = max(files.sample_of(imp).rows_in_all, 1)
    choices = wizard.Choices.of(imp)

    def progress(share: float, text: Any) -> None:
        job.progress(min(int(share * total), total), total, str(text))

    try:
        summary = run_import(
            imp.importer,
            imp.path,
            name=imp.name,
            dry_run=is_trial,
            user=imp.owner,
            progress=progress,
            errors=imp.trial_errors_path if is_trial else imp.errors_path,
            encoding=choices.encoding,
            sheet=choices.sheet,
            checkpoint=None if is_trial else KeptCheckpoint(imp, job),
            **choices.options(),
        )
    except FileRefused as refusal:
        if not is_trial:
            _ended(imp, Status.FAILED, error=str(refusal))
        raise JobFailed(str(refusal)) from refusal
    except JobCancelled:
        if not is_trial:
            _ended(imp, Status.CANCELLED)
        raise
    if is_trial:
        ImportJob.objects.filter(pk=imp.pk).update(trial=summary.as_dict())
    else:
        with transaction.atomic():
            job.assert_mine()
            _ended(imp, Status.DONE, summary=summary.as_dict(), state={})
    return {"import": imp.pk, "rows": summary.rows, "errors": summary.errors}


def take_out(job: JobContext) -> dict[str, Any]:
    imp = _import(job)
    if imp.batch is None:
        raise JobFailed(_("There is nothing to be undone."))
    total = sum((imp.batch.summary or {}).get("created", {}).values()) or 1

    def progress(done: int) -> None:
        job.progress(min(done, total), total, _("undoing"))

    def note(found: undo.Findings) -> None:
        job.assert_mine()
        rows.update(undone=_with_earlier(imp.undone, found.as_dict()))

    rows = ImportJob.objects.filter(pk=imp.pk)
    found = undo.undo(imp.batch, user=job.user, progress=progress, note=note)
    undone = _with_earlier(imp.undone, found.hide_from(imp.owner).as_dict())
    rows.update(status=Status.UNDONE, undone=undone, state={}, finished_at=timezone.now())
    return {"import": imp.pk, "kept": found.kept_in_all}


def ask_for_undo(imp: ImportJob, *, user: Any) -> None:
    with transaction.atomic():
        job = jobs.enqueue("records.import_undo", payload={"import": imp.pk}, key=f"import:{imp.pk}", user=user)
        ImportJob.objects.filter(pk=imp.pk).update(job=job, status=Status.UNDOING)


def _with_earlier(earlier: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """What was taken out before an interruption, or by an undo before this one, counts too."""
    both = dict(found)
    for name in ("created", "restored"):
        both[name] = dict(found[name])
        for path, count in earlier.get(name, {}).items():
            both[name][path] = both[name].get(path, 0) + count
    return both


def _import(job: JobContext) -> ImportJob:
    imp = ImportJob.objects.select_related("owner", "batch").filter(pk=job.payload.get("import")).first()
    if imp is None:
        raise JobFailed(_("This import has been deleted."))
    return imp


def _ended(imp: ImportJob, status: str, **values: Any) -> None:
    if status != Status.DONE:
        current = ImportJob.objects.get(pk=imp.pk)
        values.setdefault("summary", current.state.get("summary", {}))
    ImportJob.objects.filter(pk=imp.pk).update(status=status, finished_at=timezone.now(), **values)
