"""Pages of segments: everybody with access looks, who sets analysis rules makes and changes them."""

import datetime
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from analytics.models import Publication, Segment
from analytics.segments import migration, services, sizes, words
from crm.accounts import access
from crm.accounts.models import User
from crm.records import tables
from crm.records.kinds import kinds

LARGEST_ID = 2**63 - 1
LATELY = 10
EARLIEST = datetime.date(1990, 1, 1)


@login_required
@require_safe
def segment_list(request: HttpRequest) -> HttpResponse:
    user = reader_of(request)
    run = Publication.current_run()
    counted = sizes.now(user, run)
    rows = []
    for segment in Segment.objects.select_related("owner").order_by("-is_active", "name"):
        size = counted.get(segment.pk, {"members": 0, "entered": 0, "left": 0})
        rows.append((segment, size if sizes.may_see_members(segment, user) else None))
    context = {"rows": rows, "run": run, "may_manage": user.may_manage_analysis}
    return TemplateResponse(request, "analytics/segments/segment_list.html", context)


@login_required
@require_safe
def segment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user, segment = reader_of(request), segment_of(pk)
    context: dict[str, Any] = {
        "segment": segment,
        "rule_in_words": words.of_tree(segment.rule),
        "versions": [(each, words.of_tree(each.rule)) for each in segment.versions.select_related("saved_by")[:20]],
        "run": Publication.current_run(),
        "may_manage": user.may_manage_analysis,
        "may_see": sizes.may_see_members(segment, user),
    }
    if context["may_see"]:
        try:
            context |= _members(request, segment, user)
        except tables.UnknownColumn:
            return HttpResponse(_("This list has no such column."), status=400, content_type="text/plain")
    return TemplateResponse(request, "analytics/segments/segment_detail.html", context)


@login_required
@require_POST
def segment_copy(request: HttpRequest, pk: int) -> HttpResponse:
    user = manager_of(request)
    made = services.copy(segment_of(pk), user=user)
    messages.success(request, _("“%(name)s” was made.") % {"name": made})
    return redirect("analytics:segment_update", made.pk)


@login_required
@require_POST
def segment_retire(request: HttpRequest, pk: int) -> HttpResponse:
    manager_of(request)
    segment = segment_of(pk)
    services.retire(segment)
    messages.success(request, _("“%(name)s” is no longer in use.") % {"name": segment})
    return redirect(segment)


@login_required
@require_POST
def segment_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    manager_of(request)
    segment = segment_of(pk)
    services.reactivate(segment)
    messages.success(request, _("“%(name)s” is in use again.") % {"name": segment})
    return redirect(segment)


@login_required
@require_safe
def segment_migration(request: HttpRequest) -> HttpResponse:
    """From which class to which customers went between two days."""
    user = reader_of(request)
    run = Publication.current_run()
    key = request.GET.get("of", "value_tier")
    if key not in migration.ATTRIBUTES or set(request.GET) - {"of", "from", "to"}:
        return HttpResponse(_("There is no such class of customers."), status=400, content_type="text/plain")
    context: dict[str, Any] = {
        "key": key,
        "classes": [(each.key, each.label) for each in migration.ATTRIBUTES.values()],
        "run": run,
    }
    if run and run.facts:
        before, error = _day(request.GET.get("from", ""), run.as_of - datetime.timedelta(days=90))
        after, error_after = _day(request.GET.get("to", ""), run.as_of)
        if not (error or error_after) and not before < after <= run.as_of:
            error = _("The first day must lie before the second, and the second not after %(day)s.") % {
                "day": formats.date_format(run.as_of, "SHORT_DATE_FORMAT")
            }
        context |= {"before": before, "after": after, "error": error or error_after}
        if not context["error"]:
            context["migration"] = migration.between(key, before, after, run=run, user=user, none=_("none"))
    return TemplateResponse(request, "analytics/segments/segment_migration.html", context)


def _members(request: HttpRequest, segment: Segment, user: User) -> dict[str, Any]:
    kind = kinds["customer"]
    stays = sizes.stays(user).filter(segment=segment)
    sort = request.GET.get("sort", "").replace("\0", "")
    inside = stays.filter(left_on__isnull=True).order_by().values("customer")
    rows = tables.ordered(kind, kind.queryset().visible_to(user).filter(pk__in=inside), user, sort)
    table = kind.table_class(rows, kind=kind, user=user, sort=sort)
    table.paged(page=request.GET.get("page", 1), per_page=25)
    points = sizes.over_time(segment, user)
    title = _("Members over time")
    return {
        "table": table,
        "count": table.paginator.count,
        "count_is_capped": table.paginator.is_capped,
        "entered": stays.select_related("customer").order_by("-entered_on", "-pk")[:LATELY],
        "left": stays.filter(left_on__isnull=False).select_related("customer").order_by("-left_on", "-pk")[:LATELY],
        "chart": sizes.chart(points, title, _("members")) if points else None,
    }


def reader_of(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not access.may_view_any("segment", user):
        raise Http404
    return user


def manager_of(request: HttpRequest) -> User:
    user = reader_of(request)
    if not user.may_manage_analysis:
        raise Http404
    return user


def segment_of(pk: int) -> Segment:
    if pk > LARGEST_ID:
        raise Http404
    return get_object_or_404(Segment.objects.select_related("owner"), pk=pk)


def _day(given: str, default: datetime.date) -> tuple[datetime.date, str]:
    if not given:
        return default, ""
    try:
        found = parse_date(given)
    except ValueError:
        found = None
    if found is None or not EARLIEST <= found <= datetime.date(2200, 1, 1):
        return default, _("Enter a date such as 2026-05-31.")
    return found, ""
