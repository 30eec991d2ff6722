"""Pages over all kinds: search, look-ups for forms, and a user's keys for the API."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.accounts import access
from crm.accounts.models import User
from crm.records import api, lookups, palette, search, tokens
from crm.records.kinds import kinds
from crm.records.models import ApiToken


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
    if "palette" in request.GET:
        template = "records/_palette.html"
    actions = palette.find(text, cast(User, request.user))
    return TemplateResponse(request, template, {"q": text, "groups": groups, "actions": actions})


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


class TokenForm(forms.Form):
    """A new key: what it is for, and how long it opens."""

    name = forms.CharField(label=gettext_lazy("what it is for"), max_length=80)
    days = forms.TypedChoiceField(
        label=gettext_lazy("valid for"),
        coerce=int,
        choices=[(30, gettext_lazy("30 days")), (90, gettext_lazy("90 days")), (365, gettext_lazy("a year"))],
        initial=90,
    )
    access = forms.ChoiceField(
        label=gettext_lazy("access"),
        choices=[("read", gettext_lazy("read only")), ("write", gettext_lazy("read and write"))],
        initial="read",
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("kinds of records"),
        required=False,
        choices=api.scopes,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: everything that you may see."),
    )

    def make(self, user: User) -> str:
        """A key as was chosen; its text."""
        given = self.cleaned_data
        may_write = given["access"] == "write"
        _token, text = tokens.make_token(
            user=user, name=given["name"], days=given["days"], may_write=may_write, kinds=given["kinds"]
        )
        return text


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """A user's own keys for the API; a new one is shown once, on the answer that made it."""
    user = cast(User, request.user)
    form, text = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        text = form.make(user)
        form = TokenForm()
    labels = dict(api.scopes())
    held = [(each, [labels.get(key, key) for key in each.kinds]) for each in ApiToken.objects.filter(user=user)]
    context = {"tokens": held, "form": form, "new_token": text, "limit": settings.API_CALLS_PER_MINUTE}
    return TemplateResponse(request, "records/token_list.html", context)


@login_required
@require_POST
def token_delete(request: HttpRequest, pk: int) -> HttpResponse:
    if pk > lookups.LARGEST_ID:
        raise Http404
    get_object_or_404(ApiToken, pk=pk, user=request.user).delete()
    messages.success(request, _("The key opens nothing any more."))
    return redirect("records:token_list")


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
