"""The hint beside the address of a form."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from crm.accounts import access
from crm.accounts.models import User
from customers.addresses.proposal import propose


@login_required
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """What is wrong with the address being typed, and how it would be written. Sent, so that no address holds it."""
    user = cast(User, request.user)
    if not access.may_create("customer", user) and access.scope("customer", user, "change").is_nothing:
        raise Http404
    return TemplateResponse(request, "customers/_address_hint.html", {"hint": propose(request.POST)})


urlpatterns = [path("customers/addresses/check/", check, name="address_check")]
