"""Settings: how often each relationship class is contacted, and how it is served."""

from typing import ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from crm.accounts import log, settled
from crm.accounts.models import AccessLog
from crm.accounts.views.doors import administrators_only, form_page, reader
from customers.models import Customer
from customers.standards.models import USUAL_DAYS, RelationClassStandard


class StandardForm(forms.ModelForm):
    class Meta:
        model = RelationClassStandard
        fields: ClassVar[list[str]] = ["contact_interval_days", "service"]


@administrators_only
@form_page
def standards(request: HttpRequest) -> HttpResponse:
    """One small form for each class, saved together."""
    known = {each.relation_class: each for each in RelationClassStandard.objects.all()}
    rows, forms_of_all = [], []
    for code, label in Customer.RelationClass.choices:
        row = known.get(code) or RelationClassStandard(relation_class=code, contact_interval_days=USUAL_DAYS[code])
        forms_of_all.append(StandardForm(request.POST or None, instance=row, prefix=code))
        rows.append({"label": label, "form": forms_of_all[-1]})
    is_valid = [each.is_valid() for each in forms_of_all]  # every one of them says what is wrong with it
    if request.method == "POST" and all(is_valid):
        with transaction.atomic():
            saved = [each.save() for each in forms_of_all]
            settled.changed()
        detail = {each.relation_class: each.contact_interval_days for each in saved}
        log.record(reader(request), AccessLog.Action.SETTINGS, "relation_classes", detail=detail, request=request)
        messages.success(request, _("The standards are saved."))
        return redirect("customers:standards")
    return render(request, "customers/settings/standards.html", {"rows": rows})


urlpatterns = [path("settings/relationship-classes/", standards, name="standards")]
