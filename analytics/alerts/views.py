"""Pages of alerts: the queue, one alert with what is known, and closing it. A stranger gets 404."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from analytics import portrait
from analytics.alerts import querysets, services, words
from analytics.alerts.filters import AlertFilterSet
from analytics.alerts.forms import HandleForm
from analytics.alerts.tables import AlertTable
from analytics.models import Alert, Publication
from crm.accounts import access
from crm.accounts.models import User
from crm.records.tables import CappedPaginator

PER_PAGE = 25
LARGEST_ID = 2**63 - 1


@login_required
@require_safe
def alert_list(request: HttpRequest) -> HttpResponse:
    user = _reader(request)
    chosen = AlertFilterSet(request.GET, querysets.visible_to(user), user=user, request=request)
    if chosen.unknown:
        text = _("There is no filter “%(name)s”.") % {"name": chosen.unknown[0][:60]}
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
    sort = request.GET.get("sort", "")
    rows = chosen.qs.order_by("due_on", "-band", "pk")
    table = AlertTable(rows, order_by=sort if _is_column(sort) else None)
    table.paginator = CappedPaginator(table.rows, PER_PAGE)
    table.page = table.paginator.get_page(request.GET.get("page", 1))
    context = {
        "table": table,
        "filter": chosen,
        "run": Publication.current_run(),
        "count": table.paginator.count,
        "count_is_capped": table.paginator.is_capped,
    }
    return TemplateResponse(request, "analytics/alerts/alert_list.html", context)


@login_required
@require_safe
def alert_detail(request: HttpRequest, pk: int) -> HttpResponse:
    alert = _alert(request, pk)
    return _detail(request, alert, HandleForm())


@login_required
@require_POST
def alert_handle(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an alert with its result."""
    alert = _alert(request, pk)
    if not _may_change(alert, _reader(request)):
        raise Http404
    form = HandleForm(request.POST)
    if not form.is_valid():
        return _detail(request, alert, form)
    try:
        services.handle(alert, **form.cleaned_data, user=_reader(request))
    except services.AlreadyClosed as closed:
        messages.warning(request, str(closed))
    else:
        messages.success(request, _("The alert of %(customer)s is closed.") % {"customer": alert.customer})
    return redirect(alert)


def _detail(request: HttpRequest, alert: Alert, form: HandleForm) -> HttpResponse:
    user = _reader(request)
    context: dict[str, Any] = {
        "alert": alert,
        "reasons": words.reasons(alert.reasons),
        "form": form,
        "may_handle": alert.status == Alert.Status.OPEN and _may_change(alert, user),
        "portrait": portrait.of(alert.customer, user),
        "earlier": querysets.visible_to(user).filter(customer=alert.customer).exclude(pk=alert.pk)[:10],
        "task": _task(alert, user),
    }
    return TemplateResponse(request, "analytics/alerts/alert_detail.html", context)


def _alert(request: HttpRequest, pk: int) -> Alert:
    if pk > LARGEST_ID:
        raise Http404
    return get_object_or_404(querysets.visible_to(_reader(request)), pk=pk)


def _may_change(alert: Alert, user: User) -> bool:
    return querysets.changeable_by(user).filter(pk=alert.pk).exists()


def _task(alert: Alert, user: User) -> Any:
    if alert.task is None:
        return None
    return type(alert.task).objects.visible_to(user).filter(pk=alert.task_id).select_related("staff").first()


def _reader(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not access.may_view_any("alert", user):
        raise Http404
    return user


def _is_column(sort: str) -> bool:
    return sort.removeprefix("-") in AlertTable.base_columns and AlertTable.base_columns[
        sort.removeprefix("-")
    ].orderable in (None, True)
