"""The filters of a list, made from the attributes of its kind.

text: `name=` holds the text       choice: `status=open&status=waiting`      boolean: `is_fee=true`
number and money: `price_min=`, `price_max=`      date and moment: `due_at_from=`, `due_at_to=` (both days count)
relation: `region=3` (a tree's node with everything below)      empty: `phone_empty=true`      search: `q=`
"""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.forms.utils import ErrorList
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.records import lookups, privacy, search
from crm.records.attributes import Attribute, Type
from crm.records.kinds import Kind
from crm.records.widgets import DateInput, RemoteSelectMultiple

# parameters of a list's address that are no filters
LIST_PARAMETERS = {"page", "per_page", "sort", "columns", "view", "format", "partial", "panel", "highlight"}
EARLIEST, LATEST = datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)
YES_NO = (("", "—"), ("true", _("yes")), ("false", _("no")))
LARGEST = Decimal(10) ** 15


class RelationField(forms.Field):
    """Ids of related rows; each must be one that the user may choose."""

    def __init__(self, *, related: str, user: User | None, **kwargs: Any) -> None:
        super().__init__(widget=RemoteSelectMultiple(related, is_always_remote=True), **kwargs)
        self.related, self.user = related, user
        self.widget.choices = _Choices(lookups.get(related).queryset(user))

    def clean(self, value: Any) -> list[int]:
        ids = [each for each in (value or []) if each not in ("", None)]
        if any(not lookups.is_id(each) for each in ids):
            raise forms.ValidationError(_("Choose from the list."))
        wanted = sorted({int(each) for each in ids})
        if len(wanted) > 200:
            raise forms.ValidationError(_("Choose at most 200."))
        found = set(lookups.get(self.related).queryset(self.user).filter(pk__in=wanted).values_list("pk", flat=True))
        if len(found) < len(wanted):
            raise forms.ValidationError(_("Choose from the list."))
        return wanted

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)


class _Choices:
    """What RemoteSelect asks of a model choice field."""

    def __init__(self, queryset: QuerySet) -> None:
        self.queryset = queryset

    def __iter__(self) -> Any:
        return iter(())


class RelationFilter(django_filters.Filter):
    field_class = RelationField

    def filter(self, queryset: QuerySet, value: list[int]) -> QuerySet:
        if not value:
            return queryset
        related, user = self.extra["related"], self.extra["user"]
        if lookups.get(related).is_tree:
            chosen = lookups.by_ids(related, value, user).values("pk")
            return queryset.filter(**{f"{self.field_name}__in": chosen})
        if self.is_multiple:
            matching = queryset.model._default_manager.filter(**{f"{self.field_name}__in": value})
            return queryset.filter(pk__in=matching.values("pk"))
        return queryset.filter(**{f"{self.field_name}__in": value})

    is_multiple = False


class DayFilter(django_filters.DateFilter):
    """A day of the reader's time zone on a date or moment, from its beginning or up to its end."""

    def __init__(self, *args: Any, is_moment: bool, is_end: bool, **kwargs: Any) -> None:
        kwargs["validators"] = [
            MinValueValidator(EARLIEST, _("Choose a date after 1900.")),
            MaxValueValidator(LATEST, _("Choose a date before 2200.")),
        ]
        super().__init__(*args, widget=DateInput(), **kwargs)
        self.is_moment, self.is_end = is_moment, is_end

    def filter(self, queryset: QuerySet, value: datetime.date | None) -> QuerySet:
        if value is None:
            return queryset
        if not self.is_moment:
            return queryset.filter(**{f"{self.field_name}__{'lte' if self.is_end else 'gte'}": value})
        day = value + datetime.timedelta(days=1) if self.is_end else value
        moment = timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
        return queryset.filter(**{f"{self.field_name}__{'lt' if self.is_end else 'gte'}": moment})


class AnyOfFilter(django_filters.MultipleChoiceFilter):
    """Several choices at once: a record matches that has any of those asked for."""

    def filter(self, queryset: QuerySet, value: list[str]) -> QuerySet:
        return queryset.filter(holds_any(self.field_name, value)) if value else queryset


class YesNoFilter(django_filters.ChoiceFilter):
    def __init__(self, *args: Any, is_about_emptiness: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, choices=YES_NO[1:], empty_label=YES_NO[0][1], **kwargs)
        self.is_about_emptiness = is_about_emptiness

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        if value not in {"true", "false"}:
            return queryset
        if not self.is_about_emptiness:
            return queryset.filter(**{self.field_name: value == "true"})
        empty = Q(**{f"{self.field_name}__isnull": True})
        if self.extra_empty_text:
            empty |= Q(**{self.field_name: ""})
        return queryset.filter(empty) if value == "true" else queryset.exclude(empty)

    extra_empty_text = False


class RecordFilterSet(django_filters.FilterSet):
    """A room may subclass it and declare filters of its own besides those of the attributes."""

    def __init__(
        self,
        data: QueryDict | dict | None,
        queryset: QuerySet,
        *,
        kind: Kind,
        user: User | None,
        request: HttpRequest | None = None,
    ) -> None:
        data = data if data is not None else QueryDict()
        super().__init__(data=data, queryset=_with_figures(kind, queryset, data), request=request)
        self.kind, self.user = kind, user
        self.readable = {each.key: each for each in privacy.filterable(kind, user)}
        own = {"q": django_filters.CharFilter(method="search_text", label=_("Search"), max_length=200)}
        for attribute in self.readable.values():
            own |= filters_of(attribute, user)
        self.own = own | dict(self.filters)
        for name, each in own.items():
            each.parent, each.model = self, queryset.model
            self.filters.setdefault(name, each)

    question: search.Question | None = None  # what the list was searched for, once its rows were asked for

    @property
    def unknown(self) -> list[str]:
        """Parameters that are neither a filter of this reader nor a part of the list's address."""
        return sorted(name for name in self.data if name not in self.filters and name not in LIST_PARAMETERS)

    @property
    def errors(self) -> Any:
        errors = self.form.errors
        if self.unknown and "__all__" not in errors:
            names = ", ".join(name.replace("\0", "")[:60] for name in self.unknown[:5])
            errors["__all__"] = ErrorList([_("There is no filter “%(name)s”.") % {"name": names}])
        return errors

    def is_valid(self) -> bool:
        return self.form.is_bound and not self.errors and self.form.is_valid()

    @property
    def qs(self) -> QuerySet:
        """The chosen rows; none while a filter is wrong, so that an error is never taken for an answer."""
        if not hasattr(self, "_rows"):
            self._rows = self.filter_queryset(self.queryset.all()) if self.is_valid() else self.queryset.none()
        return self._rows

    def search_text(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        self.question = search.Question(self.kind, value, self.user)
        return self.question.narrow(queryset)

    @property
    def chosen(self) -> dict[str, list[str]]:
        """The filters in force, as they stand in the address: kept with saved views and in the access log."""
        return {
            name: [each for each in _listed(self.data, name) if each != ""]
            for name in self.data
            if name in self.filters and any(_listed(self.data, name))
        }

    @property
    def bar(self) -> list[Any]:
        """Controls shown at once; the others are `more`."""
        return [field for field in self._controls() if self._is_in_bar(field.name)]

    @property
    def more(self) -> list[Any]:
        """The others: those in force, and all of them where the reader asked (`panel=filters`). Forty controls that
        nobody looks at would cost two thirds of the page."""
        others = [field for field in self._controls() if not self._is_in_bar(field.name)]
        if self.shows_all:
            return others
        return [field for field in others if field.name in self.chosen or field.name in self.errors]

    @property
    def shows_all(self) -> bool:
        return self.data.get("panel") == "filters"

    @property
    def active(self) -> list[dict[str, str]]:
        """Chips for the filters in force: label, value in words, and the address without that filter."""
        chips = []
        for name in self.chosen:
            rest = self.data.copy()
            rest.pop(name, None)
            rest.pop("page", None)
            label, value = str(self.filters[name].label), self._said(name)
            chips.append({"name": name, "label": label, "value": value, "url": f"?{rest.urlencode()}"})
        return chips

    def _said(self, name: str) -> str:
        field, given = self.form.fields[name], _listed(self.data, name)
        if isinstance(field, RelationField):
            wanted = [each for each in given if lookups.is_id(each)]
            field.widget.choices = _Choices(lookups.get(field.related).queryset(self.user))
            return ", ".join(str(row) for row in field.widget._rows(wanted)) if wanted else ", ".join(given)
        labels = {str(code): str(label) for code, label in getattr(field, "choices", ())}
        return ", ".join(labels.get(each, each) for each in given)

    def _controls(self) -> list[Any]:
        return [self.form[name] for name in self.form.fields if name != "q"]

    def _is_in_bar(self, name: str) -> bool:
        wanted = self.kind.filters or tuple(self.readable)[:6]
        return any(name == key or name in {f"{key}_from", f"{key}_to", f"{key}_min", f"{key}_max"} for key in wanted)


def _with_figures(kind: Kind, queryset: QuerySet, data: Any) -> QuerySet:
    """The rows with what of the figures is asked about."""
    from crm.records import rules

    asked = (each for each in kind.attributes if each.is_computed and any(_asks(name, each.key) for name in data))
    return rules.with_figures(kind, queryset, asked)


def _asks(name: str, key: str) -> bool:
    return name == key or name.startswith(f"{key}_")


def filters_of(attribute: Attribute, user: User | None) -> dict[str, django_filters.Filter]:
    """The filters of one attribute, by the name they have in the address."""
    key, label, source = attribute.key, attribute.label, attribute.source
    match attribute.type:
        case Type.TEXT | Type.LONG_TEXT:
            empty = YesNoFilter(field_name=source, label=_is_empty(label), is_about_emptiness=True)
            empty.extra_empty_text = True
            contains = django_filters.CharFilter(
                field_name=source, lookup_expr="icontains", label=label, max_length=200
            )
            return {key: contains, f"{key}_empty": empty}
        case Type.CHOICE:
            several = AnyOfFilter if attribute.is_multiple else django_filters.MultipleChoiceFilter
            return {key: several(field_name=source, label=label, choices=attribute.choice_pairs, distinct=False)}
        case Type.BOOLEAN:
            return {key: YesNoFilter(field_name=source, label=label)}
        case Type.NUMBER | Type.MONEY | Type.RATIO:
            return {
                f"{key}_min": _number(source, "gte", _("%(name)s from"), label),
                f"{key}_max": _number(source, "lte", _("%(name)s to"), label),
            }
        case Type.DATE | Type.MOMENT:
            is_moment = attribute.type == Type.MOMENT
            return {
                f"{key}_from": DayFilter(
                    field_name=source, label=_named(_("%(name)s from"), label), is_moment=is_moment, is_end=False
                ),
                f"{key}_to": DayFilter(
                    field_name=source, label=_named(_("%(name)s to"), label), is_moment=is_moment, is_end=True
                ),
                f"{key}_empty": YesNoFilter(field_name=source, label=_is_empty(label), is_about_emptiness=True),
            }
        case Type.RELATION:
            relation = RelationFilter(field_name=source, label=label, related=attribute.related, user=user)
            relation.is_multiple = attribute.is_multiple
            return {
                key: relation,
                f"{key}_empty": YesNoFilter(field_name=source, label=_is_empty(label), is_about_emptiness=True),
            }
    raise TypeError(f"No filter for {attribute.type}")


def holds_any(field: str, codes: Iterable[str]) -> Q:
    """The list of codes that a custom field keeps holds one of these."""
    found = Q(pk__in=[])
    for code in codes:
        found |= Q(**{f"{field}__contains": f'"{code}"'})
    return found


def _number(source: str, lookup: str, pattern: Any, label: Any) -> django_filters.Filter:
    return django_filters.NumberFilter(
        field_name=source,
        lookup_expr=lookup,
        label=_named(pattern, label),
        min_value=-LARGEST,
        max_value=LARGEST,
        max_digits=20,
    )


def _named(pattern: Any, label: Any) -> Any:
    from django.utils.text import format_lazy

    return format_lazy(str(pattern).replace("%(name)s", "{name}"), name=label)


def _is_empty(label: Any) -> Any:
    return _named(_("%(name)s is empty"), label)


def _listed(data: Any, name: str) -> list[str]:
    if hasattr(data, "getlist"):
        return data.getlist(name)
    value = data.get(name)
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]


__all__ = ["LIST_PARAMETERS", "RecordFilterSet", "filters_of"]
