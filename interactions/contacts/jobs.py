"""What the worker does for contacts."""

from django.utils.translation import gettext_lazy as _

from crm.jobs.registry import JobContext, handler
from interactions.contacts import overdue

REMIND = "contacts.remind"


@handler(REMIND, label=_("Remind of overdue contacts"))
def remind(job: JobContext) -> dict[str, int]:
    return overdue.remind(job.progress)
