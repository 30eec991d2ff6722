"""The page of a user's notices."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from crm.accounts.models import User
from crm.records import lookups
from crm.records.notices import services
from crm.records.notices.models import Notice

PER_PAGE = 30


@login_required
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    page = Paginator(Notice.objects.filter(user=user), PER_PAGE).get_page(request.GET.get("page"))
    has_unread = any(each.read_at is None for each in page.object_list)
    return TemplateResponse(request, "records/notice_list.html", {"page": page, "has_unread": has_unread})


@login_required
@require_POST
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Read it and go where it leads."""
    user = cast(User, request.user)
    notice = get_object_or_404(Notice, pk=min(pk, lookups.LARGEST_ID), user=user)
    services.read(user, notice.pk)
    return redirect(notice.url)


@login_required
@require_POST
def notice_read_all(request: HttpRequest) -> HttpResponse:
    services.read(cast(User, request.user))
    return redirect("records:notice_list")


urlpatterns: list[URLPattern] = [
    path("notices/", notice_list, name="notice_list"),
    path("notices/<int:pk>/", notice_open, name="notice_open"),
    path("notices/read/", notice_read_all, name="notice_read_all"),
]
