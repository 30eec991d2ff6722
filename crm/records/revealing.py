"""Looking at what is private: views of it are logged, and a masked value is shown once, for a reason, also logged."""

from typing import Any, cast

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from crm.accounts import access, log
from crm.accounts.models import AccessLog, Sensitivity, User
from crm.records import lookups, privacy, values
from crm.records.kinds import Kind, kinds

PRIVATE = {Sensitivity.PERSONAL, Sensitivity.IDENTITY, Sensitivity.FINANCE}


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("why you need it"), min_length=3, max_length=200)


def log_view(kind: Kind, record: Any, request: HttpRequest) -> None:
    """Log that the reader saw private fields of this record in full, if there are any with a value."""
    user = cast(User, request.user)
    seen = [
        each.key
        for each in kind.attributes
        if each.sensitivity in PRIVATE
        and each.source
        and not each.is_computed
        and not each.is_multiple
        and privacy.may_read(kind, each, user)
        and values.raw(each, record) not in (None, "")
    ]
    if seen:
        detail = {"fields": seen}
        log.record(user, AccessLog.Action.VIEW, kind.key, object_id=record.pk, detail=detail, request=request)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request: HttpRequest, key: str, pk: int, name: str) -> HttpResponse:
    """One masked value of one record, on the answer to its reason; the next page shows the mask again."""
    user = cast(User, request.user)
    if key not in kinds or pk > lookups.LARGEST_ID or not access.may_view_any(key, user):
        raise Http404
    kind = kinds[key]
    attribute = kind.by_key.get(name)
    if attribute is None:
        raise Http404
    record = get_object_or_404(kind.queryset().visible_to(user), pk=pk)  # type: ignore[attr-defined]
    if not privacy.may_reveal(kind, attribute, user) or not attribute.is_for(record):
        raise Http404
    form, text = ReasonForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        detail = {"field": attribute.key, "reason": form.cleaned_data["reason"]}
        log.record(user, AccessLog.Action.REVEAL, kind.key, object_id=pk, detail=detail, request=request)
        text = values.text(attribute, values.raw(attribute, record))
    context = {"kind": kind, "record": record, "attribute": attribute, "form": form, "text": text}
    return TemplateResponse(request, "records/reveal.html", context)
