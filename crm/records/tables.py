"""The columns of a list, made from the attributes of its kind and the reader's choice."""

from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_tables2.utils import OrderByTuple

from crm.accounts.models import User
from crm.records import lookups, privacy, values
from crm.records.attributes import Attribute, Type
from crm.records.kinds import Kind

COUNT_CAP = 10_000
PAGE_SIZES = (25, 50, 100)
NUMBERS = {Type.NUMBER, Type.MONEY, Type.RATIO}


class UnknownColumn(LookupError):
    """A column or order that the list does not have for this reader."""


class CappedPaginator(Paginator):
    """Counts to a limit and no further: on large tables a full count costs more than the page."""

    def __init__(self, *args: Any, cap: int = COUNT_CAP, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cap = cap

    @cached_property
    def _counted(self) -> int:
        data = getattr(self.object_list, "data", self.object_list)
        rows = getattr(data, "data", data)
        if isinstance(rows, QuerySet):
            return rows.order_by()[: self.cap + 1].count()
        return len(rows)

    @property
    def count(self) -> int:
        return min(self._counted, self.cap)

    @property
    def is_capped(self) -> bool:
        return self._counted > self.cap

    def get_page(self, number: Any) -> Any:
        try:
            return self.page(number)
        except PageNotAnInteger:
            return self.page(1)
        except EmptyPage:
            return self.page(self.num_pages)


class AttributeColumn(tables.Column):
    """One attribute: localised, masked where it must be, the list's link column leading to the record."""

    def __init__(self, kind: Kind, attribute: Attribute, user: User | None) -> None:
        is_sortable = attribute.is_sortable and privacy.may_read(kind, attribute, user)
        super().__init__(
            verbose_name=attribute.label,
            accessor="pk" if attribute.lies_in_json else attribute.source,
            orderable=is_sortable,
            order_by=order_fields(attribute) if is_sortable else None,
            empty_values=(),
            attrs={"td": {"class": "text-end"}, "th": {"class": "text-end"}} if attribute.type in NUMBERS else {},
        )
        self.kind, self.attribute, self.user = kind, attribute, user

    @property
    def type(self) -> str:
        return str(self.attribute.type)

    def render(self, record: Any) -> str | SafeString:
        shown = values.show(self.kind, self.attribute, record, self.user)
        if self.attribute.key == self.kind.link:
            return format_html('<a href="{}">{}</a>', record.get_absolute_url(), shown.text or "—")
        if shown.url and self.attribute.key == "customer":
            return format_html('<a href="{}">{}</a>', shown.url, shown.text)
        return shown.text

    def value(self, record: Any) -> Any:
        return values.plain(self.kind, self.attribute, record, self.user)


class RecordTable(tables.Table):
    """A room may subclass it for columns of its own or a `render_<key>` for one of the attributes."""

    class Meta:
        template_name = "records/_table.html"
        attrs = {"class": "table table-vcenter card-table"}
        order_by_field = "sort"
        empty_text = _("No records match these filters.")

    def __init__(
        self,
        data: Any,
        *,
        kind: Kind,
        user: User | None,
        columns: Iterable[str] = (),
        sort: str = "",
        **kwargs: Any,
    ) -> None:
        self.kind, self.user = kind, user
        self.cells: Any = None  # crm.records.inline.Cells where its values may be changed in place
        self.chosen = chosen_columns(kind, user, columns)
        check_order(kind, user, sort)
        extra = [(each.key, AttributeColumn(kind, each, user)) for each in self.chosen]
        super().__init__(data, extra_columns=extra, **kwargs)
        self._order_by = OrderByTuple(filter(None, sort.split(",")))  # for the headings; the rows come `ordered`
        self.empty_text = _("No %(kind)s match these filters.") % {"kind": str(kind.label_plural).lower()}

    @property
    def available(self) -> list[Attribute]:
        """Every column the reader may choose."""
        return privacy.columns(self.kind, self.user)

    def paged(self, *, page: Any, per_page: int, cap: int = COUNT_CAP) -> None:
        self.paginator = CappedPaginator(self.rows, per_page, cap=cap)
        self.page = self.paginator.get_page(page)


def chosen_columns(kind: Kind, user: User | None, keys: Iterable[str] = ()) -> list[Attribute]:
    """The attributes asked for, in that order; the kind's own columns where none are. UnknownColumn for others."""
    allowed = {each.key: each for each in privacy.columns(kind, user)}
    wanted = [key for key in keys if key]
    for key in wanted:
        if key not in allowed:
            raise UnknownColumn(key)
    found = [allowed[key] for key in dict.fromkeys(wanted or kind.columns) if key in allowed]
    link = allowed.get(kind.link)
    return found if link is None or link in found else [link, *found]


def with_related(kind: Kind, queryset: QuerySet, attributes: Iterable[Attribute]) -> QuerySet:
    """Fetch along what the columns show, and nothing else."""
    attributes = list(attributes)
    shown = [each for each in attributes if each.type == Type.RELATION and not each.is_custom]
    one = [each.source for each in shown if not each.is_multiple]
    many = [each.source for each in shown if each.is_multiple]
    found = queryset.select_related(*one) if one else queryset.select_related(None)
    return found.prefetch_related(None).prefetch_related(*many).with_custom(attributes)


def order_fields(attribute: Attribute) -> tuple[str, ...]:
    if attribute.type != Type.RELATION:
        return (attribute.source,)
    return (f"{attribute.source}__{lookups.get(attribute.related).sort}",)


def check_order(kind: Kind, user: User | None, sort: str) -> None:
    allowed = {each.key for each in privacy.sortable(kind, user)}
    for key in sort.split(","):
        if key and key.removeprefix("-") not in allowed:
            raise UnknownColumn(key)


def ordered(kind: Kind, queryset: QuerySet, user: User | None, sort: str) -> QuerySet:
    """The rows in the order asked for, the kind's own order last so that it is always the same."""
    check_order(kind, user, sort)
    fields: list[str] = []
    for key in filter(None, sort.split(",")):
        sign = "-" if key.startswith("-") else ""
        fields += [f"{sign}{field}" for field in order_fields(kind.attribute(key.removeprefix("-")))]
    return queryset.order_by(*fields, *kind.order_by)


__all__ = ["COUNT_CAP", "CappedPaginator", "RecordTable", "UnknownColumn", "chosen_columns", "ordered", "with_related"]
