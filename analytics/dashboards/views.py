"""The home page: what the reader's role needs first."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analytics.dashboards import homes
from analytics.reports import source
from crm.accounts import access
from crm.accounts.models import Role, User


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    published = source.published()
    kind = homes.kind_of_home(user)
    if kind == Role.Home.SERVICE:
        context = homes.service(user)
    elif kind == Role.Home.MANAGER:
        context = homes.manager(user, published)
    else:
        context = homes.rep(user, published)
    shared = {
        "source": published,
        "here": request.path,
        "may_see_reports": access.may_view_any("report", user),
        "may_import": access.may_create("customer", user),
    }
    return render(request, f"analytics/dashboards/home_{kind}.html", {**shared, **context})
