"""The small tables of this room that relations point at."""

from crm.records.lookups import Lookup, register
from interactions.needs.models import NeedType

register(
    Lookup(
        "need_type",
        NeedType,
        is_small=True,
        sort="id",
        rows=lambda user: NeedType.objects.filter(is_active=True),
    )
)
