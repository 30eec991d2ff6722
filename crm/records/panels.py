"""Further panels of a record's page: floors above register what they know of a record without being imported."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from crm.records.kinds import Kind


@dataclass(frozen=True)
class Panel:
    """A box on a record's page.

    place    "portrait" (top of the customer page), "main" or "side"
    rank     smaller comes first
    """

    key: str
    title: str | Promise
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    place: str = "main"
    rank: int = 50

    def render(self, request: HttpRequest) -> SafeString:
        return render_to_string(self.template, {**self.context, "panel": self}, request)


Provider = Callable[[HttpRequest, Any], "Panel | list[Panel] | None"]
_providers: dict[str, list[Provider]] = {}
_everywhere: list[Provider] = []


def register(kind_key: str, provider: Provider) -> Provider:
    """`provider(request, record)` gives a Panel, several, or None where it has nothing to show this reader."""
    _providers.setdefault(kind_key, []).append(provider)
    return provider


def register_everywhere(provider: Provider) -> Provider:
    """A panel on the page of every kind of record."""
    if provider not in _everywhere:
        _everywhere.append(provider)
    return provider


def of(kind: Kind, request: HttpRequest, record: Any) -> list[Panel]:
    """The panels of a record for this reader, in their order."""
    found: list[Panel] = []
    for provider in [*map(import_string, kind.panels), *_providers.get(kind.key, []), *_everywhere]:
        made = provider(request, record)
        found += made if isinstance(made, list) else [made] if made else []
    return sorted(found, key=lambda panel: panel.rank)
