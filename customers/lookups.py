"""The small tables of this floor that relations point at."""

from django.db.models import QuerySet

from crm.accounts.models import User
from crm.records.lookups import Lookup, register
from customers.models import Channel, Industry, Tag


def _channels_in_use(user: User | None) -> QuerySet:
    return Channel.objects.filter(is_active=True)


register(Lookup("channel", Channel, is_small=True, sort="id", rows=_channels_in_use))
register(Lookup("industry", Industry, is_small=True))
register(Lookup("tag", Tag, search=("name", "name_zh_hans", "name_zh_hant"), is_small=True))
