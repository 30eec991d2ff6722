"""Settings of deals, for administrators: stages, reasons for losing, sources."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Model, ProtectedError
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from crm.accounts import log
from crm.accounts.models import AccessLog
from crm.accounts.views.doors import action, administrators_only, form_page, reader
from crm.records.lookups import LARGEST_ID
from interactions.deals.models import Deal, DealSource, DealStage, LostReason, Status

NAMES = ["name", "name_zh_hans", "name_zh_hant"]


class StageForm(ModelForm):
    class Meta:
        model = DealStage
        fields: ClassVar[list[str]] = ["code", *NAMES, "rank", "probability", "outcome", "is_active"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        stage = self.instance
        if stage.pk is None or not {"outcome", "is_active"} & set(self.changed_data):
            return cleaned
        if Deal.objects.filter(stage=stage).exists():
            raise forms.ValidationError(_("Deals stand in this stage. Move them to another one first."))
        if not _is_spare(stage):
            raise forms.ValidationError(_("A pipeline needs an open, a won and a lost stage. Add another one first."))
        return cleaned


class ReasonForm(ModelForm):
    class Meta:
        model = LostReason
        fields: ClassVar[list[str]] = ["code", *NAMES, "is_active"]


class SourceForm(ModelForm):
    class Meta:
        model = DealSource
        fields: ClassVar[list[str]] = ["code", *NAMES, "is_active"]


FORMS: dict[str, type[ModelForm]] = {"stage": StageForm, "reason": ReasonForm, "source": SourceForm}


@administrators_only
@form_page
def deal_settings(request: HttpRequest) -> HttpResponse:
    """Three lists on one page; each has its own small form, named by `part`."""
    part = request.POST.get("part", "")
    own = {name: form(request.POST if name == part else None, prefix=name) for name, form in FORMS.items()}
    if request.method == "POST" and part in own and own[part].is_valid():
        _log(request, part, own[part].save(), "added")
        messages.success(request, _("The settings of deals are saved."))
        return redirect("interactions:deal_settings")
    context = {
        "forms": own,
        "stages": DealStage.objects.all(),
        "lists": [
            {
                "part": "reason",
                "title": _("Reasons for losing"),
                "rows": LostReason.objects.all(),
                "form": own["reason"],
            },
            {"part": "source", "title": _("Sources"), "rows": DealSource.objects.all(), "form": own["source"]},
        ],
    }
    return render(request, "interactions/deal_settings.html", context)


@administrators_only
@form_page
def deal_setting_update(request: HttpRequest, part: str, pk: int) -> HttpResponse:
    row = _one(part, pk)
    form = FORMS[part](request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        _log(request, part, form.save(), "saved")
        messages.success(request, _("The settings of deals are saved."))
        return redirect("interactions:deal_settings")
    return render(request, "interactions/deal_setting_form.html", {"form": form, "row": row})


@administrators_only
@action
def deal_setting_delete(request: HttpRequest, part: str, pk: int) -> HttpResponse:
    """What deals still name is not deleted: it says so, and can be switched off."""
    row = _one(part, pk)
    if isinstance(row, DealStage) and not _is_spare(row):
        messages.error(request, _("A pipeline needs an open, a won and a lost stage. Add another one first."))
        return redirect("interactions:deal_settings")
    name, key = str(row), row.pk
    try:
        row.delete()
    except ProtectedError:
        messages.error(request, _("“%(name)s” is in use. Switch it off instead of deleting it.") % {"name": name})
        return redirect("interactions:deal_settings")
    row.pk = key
    _log(request, part, row, "deleted")
    messages.success(request, _("Deleted."))
    return redirect("interactions:deal_settings")


def _is_spare(stage: DealStage) -> bool:
    """Whether the pipeline still has an open, a won and a lost stage without this one."""
    left = set(DealStage.objects.filter(is_active=True).exclude(pk=stage.pk).values_list("outcome", flat=True))
    return left >= {each.value for each in Status}


def _one(part: str, pk: int) -> Any:
    if part not in FORMS or pk > LARGEST_ID:
        raise Http404
    model: type[Model] = FORMS[part]._meta.model
    return get_object_or_404(model, pk=pk)


def _log(request: HttpRequest, part: str, row: Any, done: str) -> None:
    detail = {done: str(row)[:200]}
    log.record(
        reader(request), AccessLog.Action.SETTINGS, f"deal_{part}", object_id=row.pk, detail=detail, request=request
    )


urlpatterns: list[URLPattern] = [
    path("settings/deals/", deal_settings, name="deal_settings"),
    path("settings/deals/<slug:part>/<int:pk>/", deal_setting_update, name="deal_setting_update"),
    path("settings/deals/<slug:part>/<int:pk>/delete/", deal_setting_delete, name="deal_setting_delete"),
]
