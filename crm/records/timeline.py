"""Everything that happened with a customer, newest first: one query over all kinds that are on the timeline."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Model, QuerySet, Value
from django.db.models.functions import Cast, Left
from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.accounts.models import User
from crm.records import privacy, values
from crm.records.attributes import Type
from crm.records.kinds import Kind, TimelineEntry, kinds

PAGE_SIZE = 20
LAST_PAGE = 50
GROUPS = {
    "contact": _("Contacts"),
    "enquiry": _("Enquiries"),
    "deal": _("Deals"),
    "order": _("Orders"),
    "after_sales": _("After-sales"),
    "work": _("Tasks"),
}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    kind: Kind
    pk: int
    at: datetime.datetime
    title: str
    text: str
    code: str
    state: str
    staff: str

    @property
    def icon(self) -> str:
        return self.look.icon

    @property
    def colour(self) -> str:
        return self.look.colour

    @property
    def label(self) -> Any:
        return self.kind.label

    @property
    def badge(self) -> str:
        return self.code

    @property
    def badge_text(self) -> str:
        return self.state

    @property
    def look(self) -> TimelineEntry:
        assert self.kind.timeline
        return self.kind.timeline

    @property
    def url(self) -> str:
        return self.kind.url("detail", self.pk)


@dataclass(frozen=True)
class Page:
    entries: list[Entry]
    number: int
    has_next: bool
    group: str

    @property
    def next_number(self) -> int:
        return self.number + 1

    @property
    def groups(self) -> list[dict[str, Any]]:
        found = [{"key": "", "label": _("All"), "is_current": not self.group}]
        return found + [{"key": key, "label": label, "is_current": key == self.group} for key, label in GROUPS.items()]


def of(customer: Model, user: User, *, group: str = "", page: int = 1, size: int = PAGE_SIZE) -> Page:
    """A page of the timeline as this reader may see it; an unknown group shows everything."""
    group = group if group in GROUPS else ""
    page = min(max(page, 1), LAST_PAGE)
    parts = [_rows(kind, customer, user, group) for kind in kinds.on_timeline()]
    parts = [each for each in parts if each is not None]
    if not parts:
        return Page([], page, has_next=False, group=group)
    start = (page - 1) * size
    merged = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    rows = list(merged.order_by("-happened_at", "kind_key", "-row_id")[start : start + size + 1])
    return Page([_entry(row, user) for row in rows[:size]], page, has_next=len(rows) > size, group=group)


def _rows(kind: Kind, customer: Model, user: User, group: str) -> QuerySet | None:
    look = kind.timeline
    assert look
    if not access.may_view_any(kind.key, user):
        return None
    rows = kind.model._default_manager.visible_to(user).filter(customer=customer)  # type: ignore[attr-defined]
    if group and group != look.group:
        further = dict(look.also).get(group)
        if further is None:
            return None
        rows = rows.filter(**dict(further))
    return (
        rows.order_by()
        .annotate(
            kind_key=Value(kind.key, CharField()),
            happened_at=F(look.date),
            row_id=F("pk"),
            shown_title=_text(kind, look.title, user),
            shown_text=_text(kind, look.text, user),
            state_code=_text(kind, look.code, user),
            family_name=F("staff__last_name"),
            given_name=F("staff__first_name"),
            user_name=F("staff__username"),
        )
        .values_list(
            "kind_key",
            "happened_at",
            "row_id",
            "shown_title",
            "shown_text",
            "state_code",
            "family_name",
            "given_name",
            "user_name",
        )
    )


def _text(kind: Kind, key: str, user: User) -> Any:
    if not key or not privacy.may_read(kind, kind.attribute(key), user):
        return Value("", CharField())
    return Left(Cast(kind.attribute(key).source, CharField()), 240)


def _entry(row: tuple, user: User) -> Entry:
    key, at, pk, title, text, code, family, given, user_name = row
    kind = kinds[key]
    look = kind.timeline
    assert look
    staff = User(username=user_name or "", first_name=given or "", last_name=family or "")
    state = kind.attribute(look.code).label_of(code) if look.code else ""
    return Entry(
        kind=kind,
        pk=pk,
        at=at,
        title=title or "",
        text=_said(kind, look.text, text or ""),
        code=code or "",
        state=str(state),
        staff=str(staff),
    )


def _said(kind: Kind, key: str, text: str) -> str:
    if key and text and kind.attribute(key).type in {Type.MONEY, Type.NUMBER}:
        return values.text(kind.attribute(key), text)
    return text


__all__ = ["GROUPS", "Entry", "Page", "of"]
