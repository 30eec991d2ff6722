"""For every request: the company, the reader's language and time zone, and nobody inside without signing in."""

import zoneinfo
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation.trans_real import parse_accept_lang_header
from django_htmx.http import HttpResponseClientRedirect

from crm.accounts import services, settled
from crm.accounts.models import Company

GetResponse = Callable[[HttpRequest], HttpResponse]

# These answer by themselves: the API has tokens, /healthz is asked by machines.
API = "/api/"
OPEN_BEFORE_FIRST_RUN = (API, "/healthz", settings.STATIC_URL)


class ReaderMiddleware:
    """Readers get their own language and zone, visitors the browser's; the company's where those say nothing."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.company = company = Company.objects.current()  # type: ignore[attr-defined]
        language = reader_language(request, company)
        stamp = None if company._state.adding else company.stamp
        zone = reader_zone(request, company)
        with settled.request_with(stamp), translation.override(language), timezone.override(zone):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            # a key of the API brings the language of its user
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
            return response


class FirstRunMiddleware:
    """While the installation is empty, every page leads to the one that founds the company."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        company: Company = request.company  # type: ignore[attr-defined]
        if not company.name and not self._is_open(request.path_info) and services.is_empty():
            return redirect("accounts:welcome")
        return self.get_response(request)

    def _is_open(self, path: str) -> bool:
        pages = (reverse("accounts:welcome"), reverse("accounts:set_language"))
        return path.startswith(OPEN_BEFORE_FIRST_RUN) or path in pages


class SignedInMiddleware(LoginRequiredMiddleware):
    """Every page asks to sign in, unless its view is marked `login_not_required`. The API answers for itself."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if request.path_info.startswith(API):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> Any:
        response = super().handle_no_permission(request, view_func)
        if request.headers.get("HX-Request"):  # the whole page moves, not the fragment that was asked for
            return HttpResponseClientRedirect(reverse(settings.LOGIN_URL))
        return response


def reader_language(request: HttpRequest, company: Company) -> str:
    own = request.user.language if request.user.is_authenticated else ""
    known = dict(settings.LANGUAGES)
    for chosen in (own, request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), _browser_language(request)):
        if chosen in known:
            return chosen
    return company.language


def reader_zone(request: HttpRequest, company: Company) -> zoneinfo.ZoneInfo:
    own = request.user.time_zone if request.user.is_authenticated else ""
    for name in (own, company.time_zone):
        try:
            return zoneinfo.ZoneInfo(name)
        except (ValueError, zoneinfo.ZoneInfoNotFoundError, OSError):
            continue  # a zone that this machine's tables do not know must not close every page
    return zoneinfo.ZoneInfo("UTC")


def _browser_language(request: HttpRequest) -> str:
    for accepted, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if accepted == "*":
            break
        try:
            return translation.get_supported_language_variant(accepted)
        except LookupError:
            continue
    return ""
