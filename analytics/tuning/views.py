"""The page of limits and weights, and their JSON file."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from analytics.tuning import forms, services
from analytics.tuning.sections import sections
from crm.accounts import log
from crm.accounts.models import AccessLog
from crm.accounts.views.doors import form_page, reader

LARGEST_FILE = 1_000_000


def for_those_who_set_rules(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not reader(request).may_manage_analysis:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@for_those_who_set_rules
@form_page
def analysis_settings(request: HttpRequest) -> HttpResponse:
    errors: dict[str, str] = {}
    values = services.document()
    if request.method == "POST":
        values = {each.key: forms.typed(each, request.POST) for each in sections()}
        try:
            return _saved(request, services.store(values))
        except services.SettingsRefused as refused:
            errors = refused.faults
    shown = [
        {"section": each, "rows": forms.rows(each, values[each.key], errors), "has_error": _has_error(each.key, errors)}
        for each in sections()
    ]
    status = 422 if errors else 200
    return render(request, "analytics/tuning/settings.html", {"sections": shown, "errors": errors}, status=status)


@for_those_who_set_rules
@require_safe
def analysis_settings_file(request: HttpRequest) -> HttpResponse:
    text = json.dumps(services.document(), indent=2, ensure_ascii=False) + "\n"
    headers = {"Content-Disposition": 'attachment; filename="analysis-settings.json"'}
    return HttpResponse(text, content_type="application/json", headers=headers)


@for_those_who_set_rules
@require_POST
def analysis_settings_take_over(request: HttpRequest) -> HttpResponse:
    """A file from `analysis_settings_file`, perhaps changed: taken whole or not at all."""
    sent = request.FILES.get("file")
    try:
        if sent is None:
            raise services.SettingsRefused({"": _("Choose a file.")})
        if sent.size is None or sent.size > LARGEST_FILE:
            raise services.SettingsRefused({"": _("The file is too large for settings.")})
        try:
            given = json.loads(sent.read().decode("utf-8-sig"))
        except ValueError:
            raise services.SettingsRefused({"": _("The file is not JSON.")}) from None
        return _saved(request, services.store(given))
    except services.SettingsRefused as refused:
        for name, text in refused.faults.items():
            messages.error(request, f"{name}: {text}" if name else text)
        return redirect("analytics:analysis_settings")


def _saved(request: HttpRequest, changed: list[str]) -> HttpResponse:
    if changed:
        log.record(reader(request), AccessLog.Action.SETTINGS, "analysis", detail={"changed": changed}, request=request)
        messages.success(request, _("The settings are saved; the next run of the analysis follows them."))
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("analytics:analysis_settings")


def _has_error(section: str, errors: dict[str, str]) -> bool:
    return any(name.startswith(f"{section}.") for name in errors)


urlpatterns = [
    path("settings/analysis/", analysis_settings, name="analysis_settings"),
    path("settings/analysis/file/", analysis_settings_file, name="analysis_settings_file"),
    path("settings/analysis/take-over/", analysis_settings_take_over, name="analysis_settings_take_over"),
]
