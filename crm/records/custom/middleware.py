from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from crm.records.custom import registry


class CustomFieldsMiddleware:
    """Each request sees the custom fields as they are now. Stands behind ReaderMiddleware, which read the company."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        company = request.company  # type: ignore[attr-defined]
        if company._state.adding:
            registry.forget()  # no company, no fields
        else:
            registry.refresh(company.stamp)
        return self.get_response(request)
