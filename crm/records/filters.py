"""The filters of a list, made from the attributes of its kind.

text: `name=` holds the text       choice: `status=open&status=waiting`      boolean: `is_fee=true`
number and money: `price_min=`, `price_max=`      date and moment: `due_at_from=`, `due_at_to=` (both days count)
relation: `region=3` (a tree's node with everything below)      empty: `phone_empty=true`      search: `q=`
through a relation: `customer.relation_class=key`, any filter of the related kind over the rows its reader may see

Days may be said as seen from today, so that a saved view goes with the time: `today`, `today-30`, `now`; and `me` is
who asks.
`last_contact_on_not_since=today-30` is also true of those that have no such day.
"""

import datetime
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.forms.utils import ErrorList
from django.http import HttpRequest, QueryDict
from django.utils import formats, timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.accounts.models import User
from crm.records import lookups, privacy, search
from crm.records.attributes import Attribute, Type
from crm.records.kinds import Kind, kinds
from crm.records.widgets import DateInput, RemoteSelectMultiple

# parameters of a list's address that are no filters
LIST_PARAMETERS = {"page", "per_page", "sort", "columns", "view", "format", "partial", "panel", "highlight", "open"}
EARLIEST, LATEST = datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)
YES_NO = (("", "—"), ("true", _("yes")), ("false", _("no")))
LARGEST = Decimal(10) ** 15
RELATIVE = re.compile(r"today(?:([+-])(\d{1,4}))?")
ME, NOW = "me", "now"


def relative_day(text: str) -> datetime.date | None:
    """`today`, `today-30`, `today+7` in the reader's time zone; None for anything else."""
    found = RELATIVE.fullmatch(text)
    if not found:
        return None
    days = int(found[2] or 0)
    return timezone.localdate() + datetime.timedelta(days=-days if found[1] == "-" else days)


class RelativeDateField(forms.DateField):
    """A day, also as seen from today; `now` is this moment."""

    def to_python(self, value: Any) -> Any:
        return relative_day(value.strip()) or super().to_python(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> Any:
        return timezone.now() if value == NOW else super().clean(value)

    def prepare_value(self, value: Any) -> Any:
        if value == NOW:
            return timezone.localdate()
        return relative_day(value) or value if isinstance(value, str) else value


class RelationField(forms.Field):
    """Ids of related rows; each must be one that the user may choose."""

    def __init__(self, *, related: str, user: User | None, **kwargs: Any) -> None:
        super().__init__(widget=RemoteSelectMultiple(related, is_always_remote=True), **kwargs)
        self.related, self.user = related, user
        self.widget.choices = _Choices(lookups.get(related).queryset(user))

    def prepare_value(self, value: Any) -> Any:
        """`me` as the reader's own id, where it is users that are asked for."""
        if self.related != "user" or self.user is None or not isinstance(value, list | tuple):
            return value
        return [str(self.user.pk) if each == ME else each for each in value]

    def clean(self, value: Any) -> list[int]:
        ids = [each for each in self.prepare_value(value or []) if each not in ("", None)]
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

    field_class = RelativeDateField

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
        if not self.is_moment or isinstance(value, datetime.datetime):
            day_or_now = value if self.is_moment else timezone.localdate(value) if _is_moment(value) else value
            return queryset.filter(**{f"{self.field_name}__{'lte' if self.is_end else 'gte'}": day_or_now})
        day = value + datetime.timedelta(days=1) if self.is_end else value
        moment = timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
        return queryset.filter(**{f"{self.field_name}__{'lt' if self.is_end else 'gte'}": moment})


def _is_moment(value: Any) -> bool:
    return isinstance(value, datetime.datetime)


class NotSinceFilter(DayFilter):
    """Nothing on that day or later: those that have no such day at all are among them."""

    def filter(self, queryset: QuerySet, value: datetime.date | None) -> QuerySet:
        if value is None:
            return queryset
        moment: Any = value
        if self.is_moment and not _is_moment(value):
            moment = timezone.make_aware(datetime.datetime.combine(value, datetime.time()))
        elif not self.is_moment and _is_moment(value):
            moment = timezone.localdate(value)
        return queryset.filter(Q(**{f"{self.field_name}__lt": moment}) | Q(**{f"{self.field_name}__isnull": True}))


class ThroughFilter:
    """A filter of a related kind: the records whose related row it lets through, of those that the reader may see."""

    method = None

    def __init__(self, inner: Any, rows: QuerySet, source: str, label: Any) -> None:
        self.inner, self.rows, self.source, self.label = inner, rows, source, label
        self.extra = inner.extra

    @property
    def field(self) -> Any:
        field = self.inner.field
        field.label = self.label
        return field

    def filter(self, queryset: QuerySet, value: Any) -> QuerySet:
        if value in (None, "", [], ()):
            return queryset
        through = self.inner.filter(self.rows, value).order_by().values("pk")
        return queryset.filter(**{f"{self.source}__in": through})


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
        is_inner: bool = False,
    ) -> None:
        data = data if data is not None else QueryDict()
        super().__init__(data=data, queryset=_with_figures(kind, queryset, data), request=request)
        self.kind, self.user = kind, user
        self.readable = {each.key: each for each in privacy.filterable(kind, user)}
        own = {"q": django_filters.CharFilter(method="search_text", label=_("Search"), max_length=200)}
        for attribute in (*self.readable.values(), *self._rare(data)):
            own |= filters_of(attribute, user)
        for name, each in own.items():
            each.parent, each.model = self, queryset.model
            self.filters.setdefault(name, each)
        if not is_inner:
            self.filters.update(self._through(data, request))

    def _rare(self, data: Any) -> Iterator[Attribute]:
        """Figures that lists do not offer at once: there for whoever asks for them, or for everything."""
        for each in self.kind.attributes:
            is_rare = (
                each.is_computed and each.key not in self.readable and privacy.may_read(self.kind, each, self.user)
            )
            if is_rare and (self.shows_all or any(_asks(name, each.key) for name in data)):
                yield each

    def _through(self, data: Any, request: HttpRequest | None) -> dict[str, Any]:
        """Filters of the kinds that records of this one point at; made only when they are asked for."""
        found: dict[str, Any] = {}
        for attribute in self.readable.values():
            if not is_way(attribute) or not access.may_view_any(attribute.related, self.user):
                continue
            asked = [name for name in data if name.startswith(f"{attribute.key}.")]
            related = kinds[attribute.related]
            if self.shows_all:
                asked += [f"{attribute.key}.{key}" for key in related.filters]
            if not asked:
                continue
            given = QueryDict(mutable=True)
            for name in asked:
                given.setlist(name.partition(".")[2], _listed(data, name) if name in data else [])
            rows = related.model._default_manager.visible_to(self.user)  # type: ignore[attr-defined]
            inner = related.filterset_class(given, rows, kind=related, user=self.user, request=request, is_inner=True)
            for name in dict.fromkeys(asked):
                each = inner.filters.get(name.partition(".")[2])
                if each is not None:
                    label = format_lazy("{relation} · {name}", relation=attribute.label, name=each.label)
                    found[name] = ThroughFilter(each, inner.queryset, attribute.source, label)
        return found

    def knows(self, name: str) -> bool:
        """Whether this reader has such a filter, made already or not."""
        key, _dot, inner = name.partition(".")
        if not inner:
            return name in self.filters or any(
                _asks(name, each.key) and each.is_computed and privacy.may_read(self.kind, each, self.user)
                for each in self.kind.attributes
            )
        attribute = self.readable.get(key)
        if attribute is None or not is_way(attribute) or not access.may_view_any(attribute.related, self.user):
            return False
        related = kinds[attribute.related]
        return any(_asks(inner, each.key) and privacy.may_read(related, each, self.user) for each in related.attributes)

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
            for gone in (name, "page", "open", "partial", "panel"):
                rest.pop(gone, None)
            label, value = str(self.filters[name].label), self._said(name)
            chips.append({"name": name, "label": label, "value": value, "url": f"?{rest.urlencode()}"})
        return chips

    def _said(self, name: str) -> str:
        field, given = self.form.fields[name], _listed(self.data, name)
        if isinstance(field, RelationField):
            wanted = [each for each in field.prepare_value(given) if lookups.is_id(each)]
            field.widget.choices = _Choices(lookups.get(field.related).queryset(self.user))
            return ", ".join(str(row) for row in field.widget._rows(wanted)) if wanted else ", ".join(given)
        if isinstance(field, RelativeDateField):
            days = [field.prepare_value(each) for each in given]
            return ", ".join(
                formats.date_format(each, "SHORT_DATE_FORMAT") if isinstance(each, datetime.date) else each
                for each in days
            )
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
                f"{key}_not_since": NotSinceFilter(
                    field_name=source, label=_named(_("%(name)s not since"), label), is_moment=is_moment, is_end=False
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


def is_way(attribute: Attribute) -> bool:
    """Whether filters may go through it to the records of another kind."""
    is_one = attribute.type == Type.RELATION and not attribute.is_multiple and not attribute.is_custom
    return is_one and attribute.related in kinds


def _named(pattern: Any, label: Any) -> Any:
    return format_lazy(str(pattern).replace("%(name)s", "{name}"), name=label)


def _is_empty(label: Any) -> Any:
    return _named(_("%(name)s is empty"), label)


def _listed(data: Any, name: str) -> list[str]:
    if hasattr(data, "getlist"):
        return data.getlist(name)
    value = data.get(name)
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]


__all__ = ["LIST_PARAMETERS", "RecordFilterSet", "filters_of"]
