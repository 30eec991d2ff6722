"""The jobs of analysis, and what the status page says of them."""

import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics import snapshots
from analytics.facts.refresh import reconcile
from crm.accounts.models import Company
from crm.jobs import status
from crm.jobs.context import JobContext
from crm.jobs.registry import handler

STALE = datetime.timedelta(hours=36)


@handler(snapshots.JOB, label=gettext_lazy("Recompute of the analysis"))
def recompute(job: JobContext) -> dict[str, Any]:
    """Safe to run twice and at the same time: the larger run number is published."""
    given = job.payload.get("as_of")
    run = snapshots.recompute(as_of=datetime.date.fromisoformat(given) if given else None, job=job)
    return snapshots.summary(run)


@handler("analytics.reconcile", label=gettext_lazy("Comparison of facts and records"))
def compare(job: JobContext) -> dict[str, Any]:
    """Where facts differed, the figures are made anew from the repaired ones."""
    differing, repaired = reconcile()
    if repaired is not None:
        snapshots.request_recompute()
    return {"differing": differing}


@status.register
def last_recompute() -> status.Line:
    known = snapshots.data_as_of()
    label = _("Analysis")
    if known is None:
        return status.Line("recompute", label, status.State.WARNING, _("Nothing has been analysed yet."))
    moment = formats.date_format(known.published_at.astimezone(Company.objects.current().zone), "SHORT_DATETIME_FORMAT")
    if known.published_at < timezone.now() - STALE:
        text = _("The figures are old: they were last computed on %(moment)s.")
        return status.Line("recompute", label, status.State.WARNING, text % {"moment": moment})
    return status.Line("recompute", label, status.State.GOOD, _("Last computed on %(moment)s.") % {"moment": moment})
