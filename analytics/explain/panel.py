"""The panel "Why" of a customer's page."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from analytics.explain import services
from crm.accounts import access
from crm.records import panels
from crm.records.kinds import kinds
from customers.models import Customer

MOST_RECORDS = 12


def register() -> None:
    panels.register_later(
        "customer",
        panels.Later(
            "why",
            _("Why these scores"),
            why_panel,
            rank=12,
            is_for=lambda user: access.may_view_any("report", user),
        ),
    )


def why_panel(request: HttpRequest, customer: Customer) -> panels.Panel | None:
    user: Any = request.user
    found = services.explain(customer, user)
    if found is None:
        return None
    scores = [{"score": each, "parts": [_part(part, user) for part in each.parts]} for each in found.scores]
    context = {"run": found.run, "scores": scores, "customer": customer}
    return panels.Panel("why", _("Why these scores"), "analytics/explain/_why_panel.html", context)


def _part(part: Any, user: Any) -> dict[str, Any]:
    """With links to the latest of its records that the reader may still see."""
    shown = part.records[:MOST_RECORDS]
    if not shown or not access.may_view_any(part.kind, user):
        return {"part": part, "records": [], "more": 0}
    visible = kinds[part.kind].queryset().visible_to(user)  # type: ignore[attr-defined]
    rows = {each.pk: each for each in visible.filter(pk__in=shown)}
    return {"part": part, "records": [rows[pk] for pk in shown if pk in rows], "more": len(part.records) - len(shown)}
