"""The small tables of this room that relations point at."""

from crm.records.lookups import Lookup, register
from interactions.cases.models import FailureCause, OpinionType

register(
    Lookup(
        "opinion_type",
        OpinionType,
        is_small=True,
        sort="id",
        rows=lambda user: OpinionType.objects.filter(is_active=True),
    )
)
register(
    Lookup(
        "failure_cause",
        FailureCause,
        is_small=True,
        sort="id",
        rows=lambda user: FailureCause.objects.filter(is_active=True),
    )
)
