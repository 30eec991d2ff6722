"""The navigation: what a user may open, in groups, and what may be created from any page.

Kinds of records are in the menu by being registered. Other pages (reports, segments, status …) register an item when
their app is ready:

    menu.register_item("reports", group="analysis", label=_("Reports"), url_name="analytics:report_list",
                       icon="chart-bar", is_visible=lambda user: access.may_view_any("report", user))
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet, Value
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.accounts.models import User
from crm.records.kinds import Kind, kinds

Text = str | Promise
Visible = Callable[[User], bool]

GROUPS: dict[str, Text] = {
    "work": "",
    "customers": _("Customers"),
    "sales": _("Sales"),
    "service": _("Service"),
    "records": _("Records"),
    "analysis": _("Analysis"),
    "administration": _("Administration"),
}
KIND_GROUPS = {
    "task": "work",
    "customer": "customers",
    "contact_person": "customers",
    "contact": "customers",
    "need": "customers",
    "request": "customers",
    "deal": "sales",
    "order": "sales",
    "product": "sales",
    "category": "sales",
    "price_rule": "sales",
    "stock_movement": "sales",
    "target": "sales",
    "complaint": "service",
    "enquiry": "service",
    "after_sales": "service",
    "cost_entry": "analysis",
}
BEFORE_KINDS = 50  # registered pages of a smaller order stand above the kinds of their group
KIND_ORDER = list(KIND_GROUPS)
QUICK_CREATE_ORDER = [
    "contact",
    "order",
    "deal",
    "complaint",
    "enquiry",
    "after_sales",
    "task",
    "need",
    "request",
    "customer",
    "contact_person",
]


@dataclass
class MenuItem:
    """One line of the navigation. `badge` is a number to show beside it, 0 for none."""

    key: str
    label: Text
    url: str
    icon: str
    badge: int = 0
    is_active: bool = False


@dataclass
class MenuGroup:
    key: str
    label: Text
    items: list[MenuItem] = field(default_factory=list)

    @property
    def is_active(self) -> bool:
        return any(item.is_active for item in self.items)


@dataclass(frozen=True)
class _Entry:
    key: str
    group: str
    label: Text
    url_name: str
    icon: str
    order: int
    is_visible: Visible


_entries: dict[str, _Entry] = {}
_badges: dict[str, Callable[[User], QuerySet]] = {}


def register_item(
    key: str,
    *,
    group: str,
    label: Text,
    url_name: str,
    icon: str,
    order: int = 100,
    is_visible: Visible = lambda user: True,
) -> None:
    """Put a page into the menu. Registering a key again replaces it."""
    if group not in GROUPS:
        raise ValueError(f"Unknown menu group {group!r}; one of {', '.join(GROUPS)}.")
    _entries[key] = _Entry(key, group, label, url_name, icon, order, is_visible)


def register_badge(key: str, rows: Callable[[User], QuerySet]) -> None:
    """Show beside the item of this key how many rows there are, such as the user's open tasks."""
    _badges[key] = rows


# Pages of the floors below, which cannot name the menu.
register_item(
    "imports",
    group="records",
    label=_("Imports"),
    url_name="records:import_list",
    icon="upload",
    order=700,
    is_visible=lambda user: any(access.may_create(kind.key, user) for kind in kinds),
)
register_item(
    "settings",
    group="administration",
    label=_("Settings"),
    url_name="accounts:company_settings",
    icon="settings",
    order=800,
    is_visible=lambda user: user.is_administrator,
)
register_item(
    "status",
    group="administration",
    label=_("System status"),
    url_name="jobs:status",
    icon="heartbeat",
    order=900,
    is_visible=lambda user: user.is_administrator or user.may_manage_analysis,
)


def menu(user: User, path: str = "") -> list[MenuGroup]:
    """The groups and items this user may open; the one `path` lies under is active."""
    groups = {key: MenuGroup(key, label) for key, label in GROUPS.items()}
    items = [*_registered_items(user, is_before=True), *_kind_items(user), *_registered_items(user, is_before=False)]
    badges = _counts(user, [key for key, _group, _item in items if key in _badges])
    for key, group, item in items:
        item.badge = badges.get(key, 0)
        groups[group].items.append(item)
    found = [group for group in groups.values() if group.items]
    _mark_active(found, path)
    return found


def quick_create(user: User) -> list[MenuItem]:
    """What the user may create, the most frequent first."""
    allowed = [kind for kind in kinds if kind.in_menu and access.may_create(kind.key, user)]
    allowed.sort(key=lambda kind: _place(QUICK_CREATE_ORDER, kind.key))
    items = (_item(kind, "create", kind.create_label or kind.label) for kind in allowed)
    return [item for item in items if item]


def context(request: HttpRequest) -> dict[str, Any]:
    """For the frame of every page: the menu, what may be created, tasks, notices; made only when a template asks."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"menu": [], "quick_create_items": [], "task_item": None, "notice_item": None}
    groups = SimpleLazyObject(lambda: menu(user, request.path))
    return {
        "menu": groups,
        "quick_create_items": SimpleLazyObject(lambda: quick_create(user)),
        "task_item": SimpleLazyObject(lambda: _find(groups, "task")),
        "notice_item": SimpleLazyObject(lambda: _find(groups, "notice")),
    }


def _registered_items(user: User, *, is_before: bool) -> list[tuple[str, str, MenuItem]]:
    """The pages before or after the kinds of their group."""
    found = []
    for entry in sorted(_entries.values(), key=lambda each: each.order):
        if (entry.order < BEFORE_KINDS) != is_before:
            continue
        url = _reverse(entry.url_name)
        if url and entry.is_visible(user):
            found.append((entry.key, entry.group, MenuItem(entry.key, entry.label, url, entry.icon)))
    return found


def _kind_items(user: User) -> list[tuple[str, str, MenuItem]]:
    found = []
    for kind in sorted(kinds, key=lambda each: _place(KIND_ORDER, each.key)):
        item = _item(kind, "list", kind.label_plural) if kind.in_menu else None
        if item and access.may_view_any(kind.key, user):
            found.append((kind.key, KIND_GROUPS.get(kind.key, "records"), item))
    return found


def _counts(user: User, keys: list[str]) -> dict[str, int]:
    """All badges in one question to the database."""
    parts = [
        _badges[key](user).order_by().annotate(badge=Value(key)).values_list("badge").annotate(count=Count("pk"))
        for key in keys
    ]
    return dict(parts[0].union(*parts[1:], all=True)) if parts else {}


def _item(kind: Kind, page: str, label: Text) -> MenuItem | None:
    url = _reverse(f"{kind.model._meta.app_label}:{kind.model_name}_{page}")
    return MenuItem(kind.key, label, url, kind.icon) if url else None


def _reverse(name: str) -> str:
    """A page that this installation does not have is left out of the menu."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _mark_active(groups: list[MenuGroup], path: str) -> None:
    """The longest address the path starts with; "/" only when it is the page itself."""
    items = [item for group in groups for item in group.items]
    under = [item for item in items if path == item.url or (item.url != "/" and path.startswith(item.url))]
    if under:
        max(under, key=lambda item: len(item.url)).is_active = True


def _find(groups: list[MenuGroup], key: str) -> MenuItem | None:
    return next((item for group in groups for item in group.items if item.key == key), None)


def _place(order: list[str], key: str) -> int:
    return order.index(key) if key in order else len(order)
