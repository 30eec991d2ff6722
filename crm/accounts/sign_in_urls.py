"""The pages of allauth that this house opens.

The others (signing up, several e-mail addresses) keep their names, which allauth links to, and answer 404.
"""

from typing import Any

from allauth.account.urls import urlpatterns as allauth_urlpatterns
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

OPEN = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_change_password",
    "account_reauthenticate",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}


@login_not_required
def closed(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [
    path("second-factor/", include("allauth.mfa.urls")),
    *(each if each.name in OPEN else URLPattern(each.pattern, closed, name=each.name) for each in allauth_urlpatterns),
]
