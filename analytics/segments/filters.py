"""The segment among the filters of the customer list."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from analytics.models import SegmentMembership
from analytics.segments.sizes import readable
from crm.records.filters import RecordFilterSet


class CustomerFilterSet(RecordFilterSet):
    """Offers the segments in use, less those whose rule asks what the reader sees masked."""

    segment = django_filters.MultipleChoiceFilter(label=_("segment"), method="in_segments")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # a plain function: forms copy their fields deeply, and a method would drag the request along
        self.filters["segment"].extra["choices"] = lambda: self._readable()

    def in_segments(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        """Members of any of the chosen segments, as the published run found them."""
        if not value:
            return queryset
        stays = SegmentMembership.objects.filter(segment__in=value, left_on__isnull=True).order_by()
        return queryset.filter(pk__in=stays.values("customer"))

    def _readable(self) -> list[tuple[str, str]]:
        return [(str(each.pk), each.name) for each in readable(self.user)]

    def _is_in_bar(self, name: str) -> bool:
        return name == "segment" or super()._is_in_bar(name)
