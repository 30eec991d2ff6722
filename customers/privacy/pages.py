"""Pages of a customer's consents, the dossier, handing out personal data and erasing it."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.accounts import log
from crm.accounts.models import AccessLog, User
from crm.records import privacy
from crm.records.kinds import kinds
from crm.records.lookups import LARGEST_ID
from customers.models import Customer
from customers.privacy import collecting, consents, dossier, erasing
from customers.privacy.forms import ConsentForm, EraseForm
from customers.privacy.models import Consent, PersonalDataFile

STATEMENTS = 200
FILES = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def consent_list(request: HttpRequest, pk: int) -> HttpResponse:
    """What holds and all that was said; a POST adds a statement, for who may change the customer."""
    user = cast(User, request.user)
    customer = _customer(pk, user)
    may_change = privacy.may_act(customer, user, "change") and not customer.is_erased
    if request.method == "POST" and not may_change:
        raise Http404
    form = ConsentForm(request.POST if request.method == "POST" else None, initial=_asked(request))
    if request.method == "POST" and form.is_valid():
        try:
            consents.record(customer=customer, user=user, **form.cleaned_data)
        except consents.ConsentRefused as error:
            form.add_error("at", str(error))
        else:
            messages.success(request, _("The consent is recorded."))
            return redirect("customers:customer_consents", pk)
    said = Consent.objects.filter(customer=customer).select_related("channel", "recorded_by")[: STATEMENTS + 1]
    context = {
        "kind": kinds["customer"],
        "record": customer,
        "form": form,
        "may_change": may_change,
        "table": consents.table(customer),
        "purposes": [Consent.Purpose(each).label for each in Consent.Purpose.values],
        "statements": said[:STATEMENTS],
    }
    return TemplateResponse(request, "customers/customer_consents.html", context)


@login_required
@never_cache
@require_safe
def customer_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The dossier. Taking it along is logged like an export."""
    user = cast(User, request.user)
    customer = _customer(pk, user)
    found = dossier.of(customer, user)
    detail = {"printed": [each.part.kind for each in found.parts]}
    log.record(user, AccessLog.Action.EXPORT, "customer", object_id=pk, detail=detail, request=request)
    context = {"kind": kinds["customer"], "record": customer, "dossier": found, "shown": dossier.SHOWN}
    context["purposes"] = [Consent.Purpose(each).label for each in Consent.Purpose.values]
    return TemplateResponse(request, "customers/customer_print.html", context)


@login_required
@never_cache
@require_safe
def personal_data(request: HttpRequest, pk: int) -> HttpResponse:
    """For who handles privacy: the files made for the person, and the way to erasing."""
    user = cast(User, request.user)
    customer = _of_privacy(pk, user)
    files = PersonalDataFile.objects.filter(customer=customer).select_related("job", "made_by")[:FILES]
    erasures = customer.erasures.select_related("requested_by", "job")  # type: ignore[attr-defined]
    context = {
        "kind": kinds["customer"],
        "record": customer,
        "files": files,
        "erasures": erasures,
        "may_erase": privacy.may_act(customer, user, "delete"),
        "kept_days": collecting.KEPT.days,
        "busy": any(each.job and not each.job.is_finished for each in (*files, *erasures)),
    }
    return TemplateResponse(request, "customers/personal_data.html", context)


@login_required
@require_POST
def personal_data_export(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast(User, request.user)
    customer = _of_privacy(pk, user)
    made = collecting.request(customer, user=user)
    detail = {"personal_data": made.pk}
    log.record(user, AccessLog.Action.EXPORT, "customer", object_id=pk, detail=detail, request=request)
    messages.success(request, _("The file is being made. It is on this page when it is done."))
    return redirect("customers:personal_data", pk)


@login_required
@never_cache
@require_safe
def personal_data_file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
    user = cast(User, request.user)
    customer = _of_privacy(pk, user)
    if file_pk > LARGEST_ID:
        raise Http404
    found = get_object_or_404(PersonalDataFile, pk=file_pk, customer=customer)
    if not found.is_there:
        raise Http404
    detail = {"personal_data": found.pk, "downloaded": True}
    log.record(user, AccessLog.Action.EXPORT, "customer", object_id=pk, detail=detail, request=request)
    answer = FileResponse(found.path.open("rb"), as_attachment=True, filename=f"{customer.number}.zip")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def customer_erase(request: HttpRequest, pk: int) -> HttpResponse:
    """What would go and what stays; a POST with the number typed out has it done."""
    user = cast(User, request.user)
    customer = _of_privacy(pk, user)
    if not privacy.may_act(customer, user, "delete"):
        raise Http404
    form = EraseForm(request.POST if request.method == "POST" else None, customer=customer)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            erasing.request(customer=customer, user=user, reason=given["reason"], reference=given["reference"])
        except erasing.ErasureRefused as error:
            form.add_error("reference", str(error))
        else:
            messages.success(request, _("The personal data is being erased."))
            return redirect("customers:personal_data", pk)
    context = {"kind": kinds["customer"], "record": customer, "form": form, "found": erasing.preview(customer)}
    return TemplateResponse(request, "customers/customer_erase.html", context)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """?channel=&purpose=&state= fill in the form: the cells of the table lead here."""
    return {name: request.GET[name][:40] for name in ("channel", "purpose", "state") if name in request.GET}


def _customer(pk: int, user: User) -> Customer:
    if pk > LARGEST_ID:
        raise Http404
    found: Customer = get_object_or_404(kinds["customer"].queryset().visible_to(user), pk=pk)  # type: ignore[attr-defined]
    return found


def _of_privacy(pk: int, user: User) -> Customer:
    if not user.may_handle_privacy:
        raise Http404
    return _customer(pk, user)


urlpatterns = [
    path("customers/<int:pk>/consents/", consent_list, name="customer_consents"),
    path("customers/<int:pk>/print/", customer_print, name="customer_print"),
    path("customers/<int:pk>/personal-data/", personal_data, name="personal_data"),
    path("customers/<int:pk>/personal-data/export/", personal_data_export, name="personal_data_export"),
    path("customers/<int:pk>/personal-data/<int:file_pk>/", personal_data_file, name="personal_data_file"),
    path("customers/<int:pk>/erase/", customer_erase, name="customer_erase"),
]
