"""The filters of the alert queue."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from analytics.models import Alert
from crm.accounts.models import User
from crm.records.filters import LIST_PARAMETERS, RelationFilter

OPEN = Alert.Status.OPEN


class AlertFilterSet(django_filters.FilterSet):
    """Without a status the open ones are shown; `status=all` shows every alert."""

    band = django_filters.ChoiceFilter(label=_("risk"), choices=Alert.Band.choices, empty_label=_("any risk"))
    status = django_filters.ChoiceFilter(
        label=_("status"),
        choices=[*Alert.Status.choices, ("all", _("all"))],
        method="by_status",
        empty_label=None,
    )

    class Meta:
        model = Alert
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet, *, user: User, request: HttpRequest) -> None:
        given = data.copy()
        given.setdefault("status", OPEN)
        super().__init__(data=given, queryset=queryset, request=request)
        own = {
            "owner": RelationFilter(field_name="owner", label=_("owner"), related="user", user=user),
            "region": RelationFilter(field_name="customer__region", label=_("region"), related="region", user=user),
        }
        for name, each in own.items():
            each.parent, each.model = self, Alert
            self.filters[name] = each

    def by_status(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset if value == "all" else queryset.filter(status=value)

    @property
    def unknown(self) -> list[str]:
        return sorted(name for name in self.data if name not in self.filters and name not in LIST_PARAMETERS)

    @property
    def qs(self) -> Any:
        """None while a filter is wrong, so that an error is never taken for an answer."""
        return super().qs if self.is_valid() else self.queryset.none()
