"""The jobs of this floor."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.jobs.context import JobContext
from crm.jobs.registry import JobFailed, handler
from customers.duplicates import finding, keys, sweep
from customers.privacy import collecting, erasing
from customers.privacy.models import Erasure


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


@handler(collecting.JOB, label=_("Personal data of a customer"))
def collect_personal_data(job: JobContext) -> dict[str, Any]:
    """Safe to run twice: the file is made anew."""
    return collecting.run(job)


@handler(erasing.JOB, label=_("Erasing personal data"))
def erase_personal_data(job: JobContext) -> dict[str, Any]:
    """Safe to run twice: what is gone already is not there to be found."""
    erasure = Erasure.objects.select_related("customer", "requested_by").filter(pk=job.payload.get("erasure")).first()
    if erasure is None:
        return {"erased": 0}
    if erasure.finished_at is None:
        try:
            erasing.run(erasure, job.progress)
        except erasing.ErasureRefused as error:
            raise JobFailed(str(error)) from error
    return {"erased": sum(erasure.counts.values())}
