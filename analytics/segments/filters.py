"""The segment among the filters of the customer list."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from analytics.models import Segment, SegmentMembership
from analytics.segments.sizes import may_see_members
from crm.records.filters import RecordFilterSet


def _readable(request: HttpRequest | None) -> QuerySet[Segment]:
    """Segments in use, less those whose rule asks what the reader sees masked."""
    user: Any = getattr(request, "user", None)
    ids = [each.pk for each in Segment.objects.active() if may_see_members(each, user)]
    return Segment.objects.filter(pk__in=ids)


class CustomerFilterSet(RecordFilterSet):
    segment = django_filters.ModelMultipleChoiceFilter(label=_("segment"), queryset=_readable, method="in_segments")

    def in_segments(self, queryset: QuerySet, name: str, value: list[Segment]) -> QuerySet:
        """Members of any of the chosen segments, as the published run found them."""
        if not value:
            return queryset
        stays = SegmentMembership.objects.filter(segment__in=value, left_on__isnull=True).order_by()
        return queryset.filter(pk__in=stays.values("customer"))
