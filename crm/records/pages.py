"""Pages over all kinds: search, look-ups for forms, and a user's keys for the API."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from crm.accounts import access
from crm.accounts.models import User
from crm.records import lookups, search
from crm.records.kinds import kinds


@login_required
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Everything that holds a text, by kind."""
    text = request.GET.get("q", "").replace("\0", " ").strip()[: search.LONGEST_QUESTION]
    found = search.everywhere(text, cast(User, request.user)) if text else []
    groups = [
        {"kind": kind, "records": rows, "has_more": has_more, "url": kind.url("list")} for kind, rows, has_more in found
    ]
    wants_results = bool(getattr(request, "htmx", None)) and not request.htmx.boosted  # type: ignore[attr-defined]
    template = "records/_search_results.html" if wants_results else "records/search.html"
    return TemplateResponse(request, template, {"q": text, "groups": groups})


@login_required
@require_safe
def lookup(request: HttpRequest, key: str) -> JsonResponse:
    """What a relation may point at: `?q=` text, `?page=`; the answer is what tom-select and select2 expect."""
    user = cast(User, request.user)
    try:
        table = lookups.get(key)
    except LookupError:
        raise Http404 from None
    if key in kinds and not access.may_view_any(key, user):
        raise Http404
    text = request.GET.get("q", "").replace("\0", " ").strip()[: search.LONGEST_QUESTION]
    given = request.GET.get("page", "1")
    page = int(given) if given.isascii() and given.isdigit() and 0 < len(given) <= 4 else 1
    start = (max(page, 1) - 1) * lookups.PAGE_SIZE
    rows = list(_narrowed(request, key, table.find(text, user))[start : start + lookups.PAGE_SIZE + 1])
    results = [_result(row) for row in rows[: lookups.PAGE_SIZE]]
    return JsonResponse({"results": results, "pagination": {"more": len(rows) > lookups.PAGE_SIZE}})


def _narrowed(request: HttpRequest, key: str, rows: Any) -> Any:
    """Orders and contact persons of one customer, when the form already knows which."""
    customer = request.GET.get("customer", "")
    if key in kinds and "customer" in kinds[key].by_key and lookups.is_id(customer):
        return rows.filter(customer_id=int(customer))
    return rows


def _result(row: Any) -> dict[str, Any]:
    found = {"id": row.pk, "text": str(row), "hint": lookups.hint(row)}
    if hasattr(row, "price"):
        found["price"] = str(row.price)
    return found
