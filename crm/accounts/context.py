from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from crm.accounts import watermark


def shell(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page needs."""
    company = getattr(request, "company", None)
    return {
        "company": company,
        "watermark": SimpleLazyObject(lambda: watermark.of(company, getattr(request, "user", None))),
        "is_demo": settings.DEMO,
        "languages": settings.LANGUAGES,
    }
