"""The registry of record kinds: what a kind declares and where the declarations are kept.

Everything a record screen does — list, detail, create, edit, recycle bin, history, search, saved views, export, API,
import, permissions — is made by `crm.records` from a Kind. A room registers its kinds in its `kinds.py`, which the
app's `ready()` imports.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from crm.records.attributes import Attribute, Type

Text = str | Promise


@dataclass(frozen=True)
class TimelineEntry:
    """How a record shows on the timeline of its customer.

    icon     Tabler icon name;  colour  Tabler colour name
    title, text, code   keys of the attributes with the line to show, the smaller text under it, and the state
    group    filter of the timeline: enquiry, contact, deal, order, after_sales, work
    also     rows that show in a further group: (("after_sales", (("type", "return"),)),)
    """

    icon: str
    colour: str = "blue"
    title: str = "number"
    text: str = ""
    code: str = ""
    date: str = "occurred_at"
    group: str = "contact"
    also: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()


@dataclass(frozen=True)
class Merge:
    """What happens to a record of this kind when its customer is merged: it moves, or is merged by `by`."""

    rule: str = "move"  # move | union | keep_first | none (no customer on it)
    lookup: str = "customer"


@dataclass(frozen=True)
class Quick:
    """A filter above the list that is switched on and off by one click.

    query   parameters of the list's address, see crm.records.filters: {"owner": "me"}, {"status": ("open", "in_work")}
    """

    label: Text
    query: dict[str, str | tuple[str, ...]]

    def values(self) -> dict[str, list[str]]:
        return {name: [each] if isinstance(each, str) else list(each) for name, each in self.query.items()}


@dataclass
class Kind:
    """One kind of record, declared.

    key             "customer": code in access rules, API, import command, JSON
    model           the model; its inner `Access` names the ownership lookups
    path            "customers": pages live at /customers/, API at /api/v1/customers
    form            dotted path of the form class (loaded at first use)
    table, filterset   dotted paths where a room has its own; empty: built from the attributes
    filters         attribute keys of the filter bar; the others are behind "more filters"
    quick           what one click above the list asks for: mine, overdue, key accounts
    attributes      every field a user may see, import, export or filter by
    columns         attribute keys of the list by default;  summary  those of the detail page, in sections
    search          attribute keys whose text is found by the search
    select_related, prefetch_related   relations the list and detail page need
    order_by        the list's order; an index must start with its first column
    link            attribute key whose column leads to the record
    timeline        how it appears on its customer's timeline; None when it does not
    importer        dotted path of a subclass of crm.records.importing.Importer; empty: the general one
    hand_over       lookups of the rows that a successor gets when somebody leaves: {} all, {"status": "open"} what is
                    unfinished; None: they stay with who made them, as history and figures by staff need
    panels          dotted paths of functions (request, record) -> panel shown on the detail page
    """

    key: str
    model: type[Model]
    label: Text
    label_plural: Text
    path: str
    icon: str
    form: str
    attributes: tuple[Attribute, ...]
    columns: tuple[str, ...]
    summary: tuple[tuple[Text, tuple[str, ...]], ...]
    table: str = ""
    filterset: str = ""
    filters: tuple[str, ...] = ()
    quick: tuple[Quick, ...] = ()
    search: tuple[str, ...] = ("number",)
    select_related: tuple[str, ...] = ()
    prefetch_related: tuple[str, ...] = ()
    link: str = "number"
    order_by: tuple[str, ...] = ("-id",)
    timeline: TimelineEntry | None = None
    merge: Merge = field(default_factory=Merge)
    importer: str = ""
    detail_template: str = "records/record_detail.html"
    form_template: str = "records/record_form.html"
    panels: tuple[str, ...] = ()
    create_label: Text = ""
    list_template: str = "records/record_list.html"
    in_menu: bool = True
    hand_over: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        self.by_key = {each.key: each for each in self.attributes}
        if len(self.by_key) != len(self.attributes):
            raise ValueError(f"Kind {self.key} declares an attribute twice.")

    @property
    def form_class(self) -> Any:
        return import_string(self.form)

    @property
    def form_is_a_page(self) -> bool:
        """Whether its form has parts and scripts of its own, as orders have lines: too much for a side panel."""
        return bool(getattr(self.form_class, "part_names", ()))

    @property
    def table_class(self) -> Any:
        from crm.records.tables import RecordTable

        return import_string(self.table) if self.table else RecordTable

    @property
    def filterset_class(self) -> Any:
        from crm.records.filters import RecordFilterSet

        return import_string(self.filterset) if self.filterset else RecordFilterSet

    @property
    def model_name(self) -> str:
        return self.model._meta.model_name or ""

    def attribute(self, key: str) -> Attribute:
        try:
            return self.by_key[key]
        except KeyError:
            raise LookupError(f"{self.key} has no attribute {key!r}") from None

    def queryset(self) -> QuerySet:
        found = self.model._default_manager.select_related(*self.select_related)  # type: ignore[attr-defined]
        return found.prefetch_related(*self.prefetch_related).with_custom(self.attributes)

    def url(self, page: str, *args: Any) -> str:
        """Address of a page of this kind: list, create, detail, update, delete, history, export …"""
        return reverse(f"{self.model._meta.app_label}:{self.model_name}_{page}", args=args)


class Kinds:
    """All kinds by key, in the order of registration."""

    def __init__(self) -> None:
        self._kinds: dict[str, Kind] = {}

    def register(self, kind: Kind) -> Kind:
        if kind.key in self._kinds:
            raise ValueError(f"Kind {kind.key} is registered twice.")
        self._kinds[kind.key] = kind
        return kind

    def extend(self, key: str, *attributes: Attribute) -> None:
        """Add attributes from a floor above: analysis declares its figures on the customer."""
        kind = self[key]
        for each in attributes:
            if each.key in kind.by_key:
                raise ValueError(f"Kind {key} already has an attribute {each.key}.")
            kind.by_key[each.key] = each
        kind.attributes = (*kind.attributes, *attributes)

    def __getitem__(self, key: str) -> Kind:
        try:
            return self._kinds[key]
        except KeyError:
            raise LookupError(f"There is no kind of record {key!r}.") from None

    def __contains__(self, key: str) -> bool:
        return key in self._kinds

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds.values())

    def of(self, model: type[Model] | Model) -> Kind:
        wanted = model if isinstance(model, type) else type(model)
        for kind in self:
            if kind.model is wanted:
                return kind
        raise LookupError(f"{wanted.__name__} is no kind of record.")

    def get_by_path(self, path: str) -> Kind:
        for kind in self:
            if kind.path == path:
                return kind
        raise LookupError(f"There is no kind of record at {path!r}.")

    def on_timeline(self) -> list[Kind]:
        return [kind for kind in self if kind.timeline]


kinds = Kinds()

__all__ = ["Attribute", "Kind", "Merge", "Quick", "TimelineEntry", "Type", "kinds"]
