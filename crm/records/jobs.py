"""What the worker does for records."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.jobs.registry import JobContext, handler


@handler("records.import", label=_("Import"))
def import_file(job: JobContext) -> dict[str, Any]:
    from crm.records.importing import running

    return running.run(job)


@handler("records.import_read", label=_("Reading a file"))
def read_file(job: JobContext) -> dict[str, Any]:
    from crm.records.importing import running

    return running.read(job)


@handler("records.import_undo", label=_("Undoing an import"))
def undo_import(job: JobContext) -> dict[str, Any]:
    from crm.records.importing import running

    return running.take_out(job)
