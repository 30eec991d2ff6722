import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.accounts import log_words
from crm.accounts.models import AccessLog, Role, User


class FilterForm(forms.Form):
    """Filter fields in the classes of the house."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"


class UserFilterSet(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name or e-mail"), method="search")
    role = django_filters.ModelChoiceFilter(label=_("Role"), queryset=Role.objects.all())
    is_active = django_filters.ChoiceFilter(
        label=_("May sign in"), choices=[("true", _("yes")), ("false", _("no"))], method="by_state"
    )

    class Meta:
        model = User
        form = FilterForm
        fields: list[str] = []

    def search(self, users: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        parts = ("username", "first_name", "last_name", "email")
        return users.filter(Q(*[(f"{part}__icontains", value) for part in parts], _connector=Q.OR))

    def by_state(self, users: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        return users.filter(is_active=value == "true")


class AccessLogFilterSet(django_filters.FilterSet):
    user = django_filters.ModelChoiceFilter(label=_("User"), queryset=User.objects.order_by("username"))
    action = django_filters.ChoiceFilter(label=_("Action"), choices=AccessLog.Action.choices)
    kind = django_filters.ChoiceFilter(label=_("Kind of record"), choices=log_words.kinds)
    since = django_filters.DateFilter(label=_("From"), method="from_day", widget=forms.DateInput({"type": "date"}))
    until = django_filters.DateFilter(label=_("To"), method="to_day", widget=forms.DateInput({"type": "date"}))

    class Meta:
        model = AccessLog
        form = FilterForm
        fields: list[str] = []

    def from_day(self, entries: QuerySet[AccessLog], _name: str, day: Any) -> QuerySet[AccessLog]:
        return entries.filter(at__gte=_midnight(day))

    def to_day(self, entries: QuerySet[AccessLog], _name: str, day: Any) -> QuerySet[AccessLog]:
        return entries.filter(at__lt=_midnight(day + datetime.timedelta(days=1)))


def _midnight(day: datetime.date) -> datetime.datetime:
    """The beginning of a day in the reader's time zone."""
    return datetime.datetime.combine(day, datetime.time(), timezone.get_current_timezone())
