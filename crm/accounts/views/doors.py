"""Who may open a page of this room, and by which methods."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.accounts import log
from crm.accounts.models import AccessLog, User

View = Callable[..., HttpResponse]

form_page = require_http_methods(["GET", "HEAD", "POST"])
action = require_POST
read_page = require_safe


def administrators_only(view: View) -> View:
    """Others are told that there is no such page, and the access log is told of them."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = reader(request)
        if not user.is_administrator:
            detail = {"path": request.path[:200], "method": request.method}
            log.record(user, AccessLog.Action.REFUSED, "settings", detail=detail, request=request)
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def reader(request: HttpRequest) -> User:
    """The signed-in user; pages that ask for one are behind SignedInMiddleware."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user
