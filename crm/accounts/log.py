"""The access log: who looked at, exported, revealed or changed something sensitive."""

import ipaddress
from typing import Any

from django.http import HttpRequest

from crm.accounts.models import AccessLog, User


def record(
    user: User | None,
    action: str,
    kind: str = "",
    *,
    object_id: object = "",
    count: int = 1,
    detail: dict[str, Any] | None = None,
    request: HttpRequest | None = None,
) -> AccessLog:
    """Add a row. `action` is one of AccessLog.Action; `detail` what was asked or changed, as JSON."""
    return AccessLog.objects.create(
        user=user if user is not None and user.is_authenticated else None,
        action=AccessLog.Action(action),
        kind=kind[:40],
        object_id=str(object_id)[:40],
        count=count,
        detail=detail or {},
        address=address(request),
    )


def address(request: HttpRequest | None) -> str | None:
    """Where the connection came from. Headers that a client may write itself are not believed."""
    try:
        return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))) if request else None
    except ValueError:  # a Unix socket has none
        return None
