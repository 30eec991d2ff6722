"""Settings: which fields count in a customer's file."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from crm.accounts import log, settled
from crm.accounts.models import AccessLog
from crm.accounts.views.doors import administrators_only, form_page, reader
from customers.completeness import measure
from customers.completeness.models import TrackedField

HEAVIEST = 5


@administrators_only
@form_page
def weights(request: HttpRequest) -> HttpResponse:
    """One row for each field with its weight; 0 leaves it out."""
    given = {each.key: request.POST.get(f"weight-{each.key}", "0") for each in measure.trackable()}
    wrong = {key for key, text in given.items() if text not in map(str, range(HEAVIEST + 1))}
    if request.method == "POST" and not wrong and any(text != "0" for text in given.values()):
        _store({key: int(text) for key, text in given.items()})
        detail = {key: text for key, text in given.items() if text != "0"}
        log.record(reader(request), AccessLog.Action.SETTINGS, "completeness", detail=detail, request=request)
        messages.success(request, _("What counts in a file is saved."))
        return redirect("customers:completeness")
    error = ""
    if request.method == "POST":
        error = _("Choose weights from 0 to 5.") if wrong else _("At least one field must count.")
    now = {key: str(weight) for key, weight in measure.weights().items()}
    typed = given if request.method == "POST" else now
    rows = [
        {"attribute": each, "weight": typed.get(each.key, "0"), "only": _only(each)} for each in measure.trackable()
    ]
    context = {"rows": rows, "error": error, "weights": [str(each) for each in range(HEAVIEST + 1)]}
    return render(request, "customers/settings/completeness.html", context)


def _store(weights: dict[str, int]) -> None:
    with transaction.atomic():
        TrackedField.objects.all().delete()
        TrackedField.objects.bulk_create(TrackedField(attribute=key, weight=weight) for key, weight in weights.items())
        settled.changed()


def _only(attribute: measure.Attribute) -> str:
    types = measure.types_of(attribute)
    return str(measure.Customer.Type(types[0]).label) if len(types) == 1 else ""


urlpatterns = [path("settings/completeness/", weights, name="completeness")]
