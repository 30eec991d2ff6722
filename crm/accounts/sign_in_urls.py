"""The pages of allauth that this house opens.

The others (signing up, several e-mail addresses, several accounts elsewhere) keep their names, which allauth links to,
and answer 404.
"""

from typing import Any

from allauth.account.urls import urlpatterns as allauth_urlpatterns
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from allauth.socialaccount.urls import urlpatterns as elsewhere_urlpatterns
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from crm.accounts.single_sign_on import reaching_the_provider

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
    "socialaccount_login_cancelled",
}


@login_not_required
def closed(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def opened(patterns: list[URLPattern]) -> list[URLPattern]:
    return [each if each.name in OPEN else URLPattern(each.pattern, closed, name=each.name) for each in patterns]


urlpatterns: list[URLPattern | URLResolver] = [
    path("second-factor/", include("allauth.mfa.urls")),
    path(
        "company-account/<slug:provider_id>/login/",
        reaching_the_provider(openid_connect.login),
        name="openid_connect_login",
    ),
    path(
        "company-account/<slug:provider_id>/login/callback/",
        reaching_the_provider(openid_connect.callback),
        name="openid_connect_callback",
    ),
    path("company-account/", include(opened(elsewhere_urlpatterns))),
    *opened(allauth_urlpatterns),
]
