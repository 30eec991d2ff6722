"""Further panels of a record's page: floors above register what they know of a record without being imported."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from crm.accounts.models import User
from crm.records import visible
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


@dataclass(frozen=True)
class Later:
    """A panel that the page leaves a place for and fetches when it is shown, so that it costs the page no question.

    provider   as of `register`; its panel brings its own card. None: nothing to show this reader, the place vanishes
    is_for     whether the reader could be shown anything at all; must not ask the database
    """

    key: str
    title: str | Promise
    provider: Callable[[HttpRequest, Any], "Panel | None"]
    place: str = "main"
    rank: int = 50
    is_for: Callable[[User], bool] = lambda user: True

    def held(self, kind: Kind, record: Any) -> Panel:
        context = {"url": reverse("records:panel", args=[kind.key, record.pk, self.key])}
        return Panel(self.key, self.title, "records/_later_panel.html", context, self.place, self.rank)


_later: dict[tuple[str, str], Later] = {}
_providers: dict[str, list[Provider]] = {}
_everywhere: list[Provider] = []


def register(kind_key: str, provider: Provider) -> Provider:
    """`provider(request, record)` gives a Panel, several, or None where it has nothing to show this reader."""
    _providers.setdefault(kind_key, []).append(provider)
    return provider


def register_later(kind_key: str, panel: Later) -> Later:
    """A panel that is fetched after the page; without scripts its title leads to a page of its own."""
    _later[kind_key, panel.key] = panel
    return panel


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
    user: Any = request.user
    found += [each.held(kind, record) for (key, _name), each in _later.items() if key == kind.key and each.is_for(user)]
    return sorted(found, key=lambda panel: panel.rank)


@login_required
@require_safe
def panel_page(request: HttpRequest, key: str, pk: int, name: str) -> HttpResponse:
    """A panel that is fetched later: by the record's page as a part, by a link as a page of its own."""
    user: Any = request.user
    declared = _later.get((key, name))
    if declared is None or not declared.is_for(user):
        raise Http404
    kind, record = visible.record(key, pk, user)
    panel = declared.provider(request, record)
    if request.headers.get("HX-Request"):
        return HttpResponse(panel.render(request) if panel else "")
    return TemplateResponse(
        request, "records/panel.html", {"kind": kind, "record": record, "title": declared.title, "panel": panel}
    )
