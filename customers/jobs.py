"""The jobs of this floor."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.jobs.context import JobContext
from crm.jobs.registry import handler
from customers.duplicates import finding, keys, sweep


@handler(finding.KEYS_JOB, label=_("Index of customers for duplicates"))
def index_keys(job: JobContext) -> dict[str, Any]:
    """Those written in bulk since the last; what is indexed already stays."""
    done = 0
    while count := keys.catch_up():
        done += count
        job.progress(done, 0)
    return {"customers": done}


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
