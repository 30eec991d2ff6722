"""The small tables of this room that relations point at."""

from crm.records.lookups import Lookup, register
from interactions.deals.models import DealSource, DealStage, LostReason

register(
    Lookup(
        "deal_stage",
        DealStage,
        is_small=True,
        sort="rank",
        rows=lambda user: DealStage.objects.filter(is_active=True),
    )
)
register(
    Lookup(
        "deal_source",
        DealSource,
        is_small=True,
        sort="id",
        rows=lambda user: DealSource.objects.filter(is_active=True),
    )
)
register(
    Lookup(
        "lost_reason",
        LostReason,
        is_small=True,
        sort="id",
        rows=lambda user: LostReason.objects.filter(is_active=True),
    )
)
