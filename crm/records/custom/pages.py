"""Settings: the fields that an administrator adds to kinds of records."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from crm.accounts import log
from crm.accounts.models import AccessLog
from crm.accounts.views.doors import action, administrators_only, form_page, read_page, reader
from crm.records.attributes import Attribute
from crm.records.custom import fields, registry, services
from crm.records.custom.forms import CustomFieldForm, OptionFormSet, option_rows
from crm.records.custom.models import CustomField
from crm.records.kinds import Kind, kinds

LANGUAGES = (("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文"))


@administrators_only
@read_page
def field_list(request: HttpRequest) -> HttpResponse:
    kind = _kind(request)
    rows = CustomField.objects.filter(kind=kind.key).order_by("-is_active", "rank", "id").prefetch_related("options")
    context = {"kind": kind, "kinds": list(kinds), "fields": [_row(each) for each in rows]}
    return render(request, "records/custom/field_list.html", context)


@administrators_only
@form_page
def field_create(request: HttpRequest) -> HttpResponse:
    return _edit(request, CustomField(kind=_kind(request).key))


@administrators_only
@form_page
def field_update(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, _field(pk))


@administrators_only
@action
def field_retire(request: HttpRequest, pk: int) -> HttpResponse:
    return _switch(request, _field(pk), is_active=False)


@administrators_only
@action
def field_restore(request: HttpRequest, pk: int) -> HttpResponse:
    return _switch(request, _field(pk), is_active=True)


def _edit(request: HttpRequest, field: CustomField) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form, rows = CustomFieldForm(data, instance=field), option_rows(field, data)
    is_right = data is not None and form.is_valid()
    if data is not None:
        rows.has_options = field.has_options
        is_right = rows.is_valid() and is_right
    if is_right and "preview" not in request.POST:
        return _saved(request, field, form, rows)
    context = {
        "form": form,
        "rows": rows,
        "field": field,
        "kind": kinds[field.kind],
        "preview": _preview(field, rows) if field.pk or is_right else None,
        "filled": services.count_of(field) if field.pk else 0,
    }
    return render(request, "records/custom/field_form.html", context)


def _saved(request: HttpRequest, field: CustomField, form: CustomFieldForm, rows: OptionFormSet) -> HttpResponse:
    options, removed = rows.chosen() if field.has_options else ([], [])
    try:
        services.save_field(field, options, removed)
    except services.OptionInUse as error:  # chosen by somebody in the meantime
        messages.error(request, str(error))
        return redirect("records:field_update", field.pk)
    detail = {name: str(form.cleaned_data.get(name) or "") for name in form.changed_data} | {"key": field.key}
    _log(request, field, detail)
    messages.success(request, _("%(name)s is saved.") % {"name": field})
    return redirect(f"{_list_url()}?kind={field.kind}")


def _switch(request: HttpRequest, field: CustomField, *, is_active: bool) -> HttpResponse:
    services.set_active(field, is_active)
    _log(request, field, {"key": field.key, "is_active": is_active})
    text = _("%(name)s is in use again.") if is_active else _("%(name)s is retired; its values are kept.")
    messages.success(request, text % {"name": field})
    return redirect(f"{_list_url()}?kind={field.kind}")


def _preview(field: CustomField, rows: OptionFormSet) -> list[dict[str, Any]]:
    """The field as forms will show it, in each language."""
    options = rows.chosen()[0] if rows.is_bound and rows.is_valid() else [each.instance for each in rows.initial_forms]
    for number, each in enumerate(options):
        each.code = each.code or f"new_{number}"
    shown = []
    for code, language in LANGUAGES:
        with translation.override(code):
            attribute = registry.attribute_of(field, options)
            made = forms.Form(prefix=f"preview-{code}")
            made.fields["field"] = fields.form_field(attribute, None, kinds[field.kind].model())
            made.fields["field"].widget.attrs.update({"lang": code})
            made.fields["field"].required = False
            choices = ", ".join(str(label) for _code, label in attribute.choice_pairs())
            shown.append({"language": language, "code": code, "html": _drawn(made), "choices": choices})
    return shown


def _drawn(form: forms.Form) -> Any:
    helper = FormHelper()
    helper.form_tag, helper.disable_csrf = False, True
    return render_crispy_form(form, helper)


def _row(field: CustomField) -> dict[str, Any]:
    types = dict(_type_labels(kinds[field.kind]))
    return {
        "field": field,
        "options": ", ".join(each.local_name for each in field.options.all()),
        "applies_to": ", ".join(str(types.get(each, each)) for each in field.applies_to),
        "section": field.section or str(registry.FURTHER),
    }


def _type_labels(kind: Kind) -> list[tuple[str, Any]]:
    attribute: Attribute | None = kind.by_key.get("type")
    return attribute.choice_pairs() if attribute else []


def _kind(request: HttpRequest) -> Kind:
    wanted = request.POST.get("kind") or request.GET.get("kind") or "customer"
    if wanted not in kinds:
        raise Http404
    return kinds[wanted]


def _field(pk: int) -> CustomField:
    if pk > 2**63 - 1:
        raise Http404
    found = get_object_or_404(CustomField, pk=pk)
    if found.kind not in kinds:
        raise Http404
    return found


def _list_url() -> str:
    return reverse("records:field_list")


def _log(request: HttpRequest, field: CustomField, detail: dict[str, Any]) -> None:
    log.record(
        reader(request), AccessLog.Action.SETTINGS, "custom_field", object_id=field.pk, detail=detail, request=request
    )
