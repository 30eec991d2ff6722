"""The jobs of this floor."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.jobs.context import JobContext
from crm.jobs.registry import handler
from customers.duplicates import sweep


@handler(sweep.JOB, label=_("Search for duplicate customers"))
def find_duplicates(job: JobContext) -> dict[str, Any]:
    """Safe to run twice: pairs are found again, decisions about them stay."""
    run = sweep.sweep(user=job.user, progress=job.progress)
    return {
        "customers": run.customers,
        "compared": run.compared,
        "pairs": run.pairs,
        "skipped": run.skipped,
        "seconds": run.seconds,
    }
