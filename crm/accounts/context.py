from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page needs."""
    return {
        "company": getattr(request, "company", None),
        "is_demo": settings.DEMO,
        "languages": settings.LANGUAGES,
    }
