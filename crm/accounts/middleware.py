"""Language and time zone of the reader, for every request."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from crm.accounts.models import Company


class ReaderMiddleware:
    """Signed-in readers get their own language and zone, others the browser's language; both default to the company's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.company = company = Company.objects.current()  # type: ignore[attr-defined]
        user = request.user
        own = getattr(user, "language", "") if user.is_authenticated else ""
        chosen = own or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = dict(settings.LANGUAGES)
        language = chosen if chosen in known else translation.get_language_from_request(request)
        zone = (getattr(user, "time_zone", "") if user.is_authenticated else "") or company.time_zone
        with translation.override(language), timezone.override(zoneinfo.ZoneInfo(zone)):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response
