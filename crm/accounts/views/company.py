"""Settings of the company and the access log, for administrators."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from crm.accounts import log, log_words
from crm.accounts.filters import AccessLogFilterSet
from crm.accounts.forms import CompanyForm, ExchangeRateForm
from crm.accounts.models import AccessLog, Company, ExchangeRate
from crm.accounts.views.doors import action, administrators_only, form_page, read_page, reader

PER_PAGE = 50


@administrators_only
@form_page
def company_settings(request: HttpRequest) -> HttpResponse:
    company = Company.objects.current()
    form = CompanyForm(request.POST or None, request.FILES or None, instance=company)
    if request.method == "POST" and form.is_valid():
        form.save()
        detail = {name: str(form.cleaned_data[name] or "") for name in form.changed_data if name != "logo"}
        if "logo" in form.changed_data:
            detail["logo"] = "changed"
        log.record(reader(request), AccessLog.Action.SETTINGS, "company", detail=detail, request=request)
        messages.success(request, _("The company's settings are saved."))
        return redirect("accounts:company_settings")
    return render(request, "accounts/company_settings.html", {"form": form})


@administrators_only
@form_page
def exchange_rates(request: HttpRequest) -> HttpResponse:
    base = Company.objects.current().currency
    form = ExchangeRateForm(request.POST or None, base=base)
    if request.method == "POST" and form.is_valid():
        rate = form.save()
        detail = {"added": str(rate)}
        log.record(
            reader(request), AccessLog.Action.SETTINGS, "exchange_rate", object_id=rate.pk, detail=detail,
            request=request,
        )  # fmt: skip
        messages.success(request, _("The rate is saved."))
        return redirect("accounts:exchange_rates")
    page = Paginator(ExchangeRate.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/exchange_rates.html", {"form": form, "page": page, "base": base})


@administrators_only
@action
def exchange_rate_delete(request: HttpRequest, pk: int) -> HttpResponse:
    rate = get_object_or_404(ExchangeRate, pk=pk)
    detail = {"deleted": str(rate)}
    rate.delete()
    log.record(
        reader(request), AccessLog.Action.SETTINGS, "exchange_rate", object_id=pk, detail=detail, request=request
    )
    messages.success(request, _("The rate is deleted."))
    return redirect("accounts:exchange_rates")


@administrators_only
@read_page
def access_log(request: HttpRequest) -> HttpResponse:
    entries = AccessLogFilterSet(request.GET, AccessLog.objects.select_related("user"))
    rows = entries.qs if entries.is_valid() else AccessLog.objects.none()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"filter": entries, "page": page, "entries": log_words.in_words(page)}
    return render(request, "accounts/access_log.html", context)
