"""Settings of the service desk, for administrators: hours, holidays, targets and saved replies."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Model
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from crm.accounts import log
from crm.accounts.models import AccessLog
from crm.accounts.views.doors import action, administrators_only, form_page, reader
from crm.records.lookups import LARGEST_ID
from interactions.cases import replies
from interactions.cases.desk_forms import HoursForm, SavedReplyForm, SpecialDayForm, TargetForm
from interactions.cases.desk_models import OpenHours, SavedReply, ServiceTarget, SpecialDay

FORMS: dict[str, type[ModelForm]] = {"target": TargetForm, "hours": HoursForm, "day": SpecialDayForm}
MODELS: dict[str, type[Model]] = {
    "target": ServiceTarget,
    "hours": OpenHours,
    "day": SpecialDay,
    "reply": SavedReply,
}
PER_PAGE = 50


@administrators_only
@form_page
def service_settings(request: HttpRequest) -> HttpResponse:
    """Three lists on one page; each has its own small form, named by `part`."""
    part = request.POST.get("part", "")
    forms = {name: form(request.POST if name == part else None, prefix=name) for name, form in FORMS.items()}
    if request.method == "POST" and part in forms and forms[part].is_valid():
        row = forms[part].save()
        _log(request, part, row, "added")
        messages.success(request, _("The settings of the service desk are saved."))
        return redirect("interactions:service_settings")
    context = {
        "forms": forms,
        "targets": ServiceTarget.objects.all(),
        "hours": OpenHours.objects.all(),
        "days": SpecialDay.objects.order_by("-on")[:PER_PAGE],
    }
    return render(request, "interactions/service_settings.html", context)


@administrators_only
@action
def service_setting_delete(request: HttpRequest, part: str, pk: int) -> HttpResponse:
    row = _one(MODELS.get(part), pk)
    _log(request, part, row, "deleted")
    row.delete()
    messages.success(request, _("Deleted."))
    return redirect("interactions:saved_reply_list" if part == "reply" else "interactions:service_settings")


@administrators_only
@form_page
def saved_reply_list(request: HttpRequest) -> HttpResponse:
    form = SavedReplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _saved(request, form)
    page = Paginator(SavedReply.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "placeholders": replies.PLACEHOLDERS, "reply": None}
    return render(request, "interactions/saved_replies.html", context)


@administrators_only
@form_page
def saved_reply_update(request: HttpRequest, pk: int) -> HttpResponse:
    reply = _one(SavedReply, pk)
    form = SavedReplyForm(request.POST or None, instance=reply)
    if request.method == "POST" and form.is_valid():
        return _saved(request, form)
    context = {"form": form, "page": None, "placeholders": replies.PLACEHOLDERS, "reply": reply}
    return render(request, "interactions/saved_replies.html", context)


def _saved(request: HttpRequest, form: Any) -> HttpResponse:
    reply = form.save()
    _log(request, "reply", reply, "saved")
    messages.success(request, _("The reply is saved."))
    return redirect("interactions:saved_reply_list")


def _one(model: type[Model] | None, pk: int) -> Any:
    if model is None or pk > LARGEST_ID:
        raise Http404
    return get_object_or_404(model, pk=pk)


def _log(request: HttpRequest, part: str, row: Model, done: str) -> None:
    detail = {done: str(row)[:200]}
    user = reader(request)
    log.record(user, AccessLog.Action.SETTINGS, f"service_{part}", object_id=row.pk, detail=detail, request=request)


urlpatterns: list[URLPattern] = [
    path("settings/service/", service_settings, name="service_settings"),
    path("settings/service/<slug:part>/<int:pk>/delete/", service_setting_delete, name="service_setting_delete"),
    path("settings/replies/", saved_reply_list, name="saved_reply_list"),
    path("settings/replies/<int:pk>/", saved_reply_update, name="saved_reply_update"),
]
