"""The list of settings pages, at the side of each of them. Rooms register theirs when their app is ready."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class SettingsPage:
    """below: beginnings of the names of pages that lie below it"""

    url_name: str
    label: str | Promise
    rank: int
    below: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return reverse(self.url_name)

    def holds(self, view_name: str) -> bool:
        return view_name == self.url_name or view_name.startswith(self.below)


_pages: dict[str, SettingsPage] = {}


def register(url_name: str, label: str | Promise, *, rank: int, below: tuple[str, ...] = ()) -> None:
    _pages[url_name] = SettingsPage(url_name, label, rank, below)


def listed(view_name: str) -> list[dict[str, Any]]:
    """All of them in order: page, whether the reader is on it or below it."""
    found = sorted(_pages.values(), key=lambda each: (each.rank, each.url_name))
    return [{"page": each, "is_here": each.holds(view_name), "is_it": view_name == each.url_name} for each in found]


def register_own() -> None:
    """Those of this room."""
    register("accounts:company_settings", _("Company"), rank=10)
    register("accounts:exchange_rates", _("Exchange rates"), rank=11, below=("accounts:exchange_rate",))
    register(
        "accounts:user_list", _("Users"), rank=20, below=("accounts:user_", "accounts:invitation_", "records:hand_")
    )
    register("accounts:role_list", _("Roles and rights"), rank=21, below=("accounts:role_",))
    register("accounts:unit_list", _("Departments"), rank=22, below=("accounts:unit_",))
    register("accounts:region_list", _("Regions"), rank=23, below=("accounts:region_",))
    register("accounts:access_log", _("Access log"), rank=90)
