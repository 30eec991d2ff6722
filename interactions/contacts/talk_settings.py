"""Settings of contacts, for administrators: observations, objections, answers, talk guides."""

from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Model, ProtectedError
from django.forms import ModelForm, Textarea
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts import log
from crm.accounts.models import AccessLog
from crm.accounts.views.doors import action, administrators_only, form_page, reader
from crm.records.lookups import LARGEST_ID
from interactions.contacts.talk_models import Objection, ObjectionAnswer, Observation, TalkGuide

NAMES = ["name", "name_zh_hans", "name_zh_hant"]
LANGUAGES = ("", "_zh_hans", "_zh_hant")


class ObservationForm(ModelForm):
    class Meta:
        model = Observation
        fields: ClassVar[list[str]] = ["code", *NAMES, "is_active"]


class ObjectionForm(ModelForm):
    class Meta:
        model = Objection
        fields: ClassVar[list[str]] = ["code", *NAMES, "is_active"]


class AnswerForm(ModelForm):
    class Meta:
        model = ObjectionAnswer
        fields: ClassVar[list[str]] = ["objection", "code", *NAMES, *(f"text{each}" for each in LANGUAGES), "is_active"]
        widgets: ClassVar = {f"text{each}": Textarea(attrs={"rows": 3}) for each in LANGUAGES}


class GuideForm(ModelForm):
    class Meta:
        model = TalkGuide
        fields: ClassVar[list[str]] = [
            "concern",
            *NAMES,
            *(f"questions{each}" for each in LANGUAGES),
            *(f"points{each}" for each in LANGUAGES),
            "is_active",
        ]
        widgets: ClassVar = {
            f"{name}{each}": Textarea(attrs={"rows": 4}) for name in ("questions", "points") for each in LANGUAGES
        }


FORMS: dict[str, type[ModelForm]] = {
    "guide": GuideForm,
    "objection": ObjectionForm,
    "answer": AnswerForm,
    "observation": ObservationForm,
}
TITLES = {
    "guide": gettext_lazy("Talk guides"),
    "objection": gettext_lazy("Objections"),
    "answer": gettext_lazy("Answers to objections"),
    "observation": gettext_lazy("Observations in a talk"),
}


@administrators_only
@form_page
def talk_settings(request: HttpRequest) -> HttpResponse:
    """Four lists on one page; each has its own small form, named by `part`."""
    part = request.POST.get("part", "")
    own = {name: form(request.POST if name == part else None, prefix=name) for name, form in FORMS.items()}
    if request.method == "POST" and part in own and own[part].is_valid():
        _log(request, part, own[part].save(), "added")
        messages.success(request, _("The lists of contacts are saved."))
        return redirect("interactions:talk_settings")
    lists = [
        {"part": name, "title": TITLES[name], "rows": _rows(name), "form": form, "is_open": form.is_bound}
        for name, form in own.items()
    ]
    return render(request, "interactions/talk_settings.html", {"lists": lists})


@administrators_only
@form_page
def talk_setting_update(request: HttpRequest, part: str, pk: int) -> HttpResponse:
    row = _one(part, pk)
    form = FORMS[part](request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        _log(request, part, form.save(), "saved")
        messages.success(request, _("The lists of contacts are saved."))
        return redirect("interactions:talk_settings")
    return render(request, "interactions/talk_setting_form.html", {"form": form, "row": row})


@administrators_only
@action
def talk_setting_delete(request: HttpRequest, part: str, pk: int) -> HttpResponse:
    """What contacts name is not deleted: it says so, and can be switched off."""
    row = _one(part, pk)
    name, key = str(row), row.pk
    try:
        if isinstance(row, Observation) and row.contacts.exists():  # type: ignore[attr-defined]
            raise ProtectedError("ticked", {row})
        row.delete()
    except ProtectedError:
        messages.error(request, _("“%(name)s” is in use. Switch it off instead of deleting it.") % {"name": name})
        return redirect("interactions:talk_settings")
    row.pk = key
    _log(request, part, row, "deleted")
    messages.success(request, _("Deleted."))
    return redirect("interactions:talk_settings")


def _rows(part: str) -> Any:
    rows = FORMS[part]._meta.model._default_manager.all()
    return rows.select_related("objection") if part == "answer" else rows


def _one(part: str, pk: int) -> Any:
    if part not in FORMS or pk > LARGEST_ID:
        raise Http404
    model: type[Model] = FORMS[part]._meta.model
    return get_object_or_404(model, pk=pk)


def _log(request: HttpRequest, part: str, row: Any, done: str) -> None:
    detail = {done: str(row)[:200]}
    log.record(
        reader(request), AccessLog.Action.SETTINGS, f"talk_{part}", object_id=row.pk, detail=detail, request=request
    )


urlpatterns: list[URLPattern] = [
    path("settings/contacts/", talk_settings, name="talk_settings"),
    path("settings/contacts/<slug:part>/<int:pk>/", talk_setting_update, name="talk_setting_update"),
    path("settings/contacts/<slug:part>/<int:pk>/delete/", talk_setting_delete, name="talk_setting_delete"),
]
