"""Pages of reports: the catalogue, a report, the records behind a figure, its file, and the wish for newer data."""

from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from analytics.reports import asking, engine, export, registry, source
from analytics.reports.errors import ReportError, UnknownReport
from analytics.reports.page import MOST_ROWS, ReportPage
from analytics.reports.recordlist import RecordList
from crm.accounts import access, log, watermark
from crm.accounts.models import AccessLog, User
from crm.jobs import services as jobs
from crm.records.export import CONTENT_TYPES, file_name

RECOMPUTE = "analytics.recompute"
PER_PAGE = 25


@require_safe
@login_required
def report_list(request: HttpRequest) -> HttpResponse:
    """The catalogue: every report this reader may open, with the question it answers."""
    user = _reader(request)
    context = {"subjects": registry.by_subject(user), "source": source.published()}
    return render(request, "analytics/reports/report_list.html", context)


@require_safe
@login_required
def report_detail(request: HttpRequest, slug: str) -> HttpResponse:
    user = _reader(request)
    try:
        asked = asking.ask(slug, request.GET, user=user, limit=MOST_ROWS)
        page = ReportPage(asked, request.GET, user)
        context = {"page": page, "result": page.result, **_shared(request, slug, user), "source": asked.source}
    except UnknownReport:
        raise Http404 from None
    except ReportError as error:
        return _refused(request, slug, user, error)
    return render(request, "analytics/reports/report_detail.html", context)


@require_safe
@login_required
def report_records(request: HttpRequest, slug: str) -> HttpResponse:
    """Exactly the records that a cell, row or total counted."""
    user = _reader(request)
    try:
        asked = asking.ask(slug, request.GET, user=user)
        cell, part = asking.cell(request.GET, asked.report), request.GET.get("part", "")
        listed = RecordList(asked, request.GET.get("measure", ""), cell, user, part=part)
        pages = Paginator(listed, PER_PAGE)
        shown = pages.get_page(request.GET.get("page"))
    except UnknownReport:
        raise Http404 from None
    except ReportError as error:
        return _refused(request, slug, user, error)
    back = asking.without(
        request.GET, "measure", "part", "page", *(key for key in request.GET if key.startswith(asking.CELL))
    )
    context = {
        "listed": listed,
        "table": listed.table(shown),
        "page_of_records": shown,
        "parts": _parts(request, listed),
        "back_url": reverse("analytics:report_detail", args=[slug]) + (f"?{back.urlencode()}" if back else ""),
        **_shared(request, slug, user),
        "source": asked.source,
    }
    return render(request, "analytics/reports/report_records.html", context)


@require_safe
@login_required
def report_export(request: HttpRequest, slug: str) -> HttpResponse | StreamingHttpResponse | FileResponse:
    user = _reader(request)
    form = request.GET.get("format", "csv")
    if not access.may_export("report", user):
        raise Http404
    try:
        result = engine.answer(asking.ask(slug, request.GET, user=user))
    except UnknownReport:
        raise Http404 from None
    except ReportError as error:
        return _refused(request, slug, user, error)
    if form not in export.FORMATS:
        return _refused(request, slug, user, ReportError(_("A report is given as CSV or XLSX.")))
    detail = {"report": slug, "query": request.GET.urlencode()}
    log.record(user, AccessLog.Action.EXPORT, "report", count=len(result.rows), detail=detail, request=request)
    mark = watermark.of_user(user)
    name = file_name(f"{slug}_{result.arguments.as_of.isoformat()}", form, mark)
    made = export.as_file(result, form, mark)
    if form == "xlsx":
        return FileResponse(made, as_attachment=True, filename=name, content_type=CONTENT_TYPES[form])
    response = StreamingHttpResponse(made, content_type=CONTENT_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@login_required
def report_refresh(request: HttpRequest) -> HttpResponse:
    """Ask for newer data; while one recompute waits, further wishes are the same one."""
    user = _reader(request)
    job = jobs.enqueue(RECOMPUTE, key=RECOMPUTE, user=user)
    wanted = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        wanted = reverse("analytics:report_list")
    messages.info(request, _("The data are being refreshed."))
    return redirect(f"{wanted}{'&' if '?' in wanted else '?'}{urlencode({'job': job.pk})}")


def _parts(request: HttpRequest, listed: RecordList) -> list[dict[str, Any]]:
    """Where the other records are that a figure is made of."""
    found = []
    for key, label in listed.parts:
        address = asking.without(request.GET, "page", "part")
        address["part"] = key
        found.append({"label": label, "url": f"?{address.urlencode()}", "is_chosen": key == listed.part})
    return found


def _reader(request: HttpRequest) -> User:
    """Whoever may see reports at all; others find nothing here."""
    user = cast(User, request.user)
    if not access.may_view_any("report", user):
        raise Http404
    return user


def _shared(request: HttpRequest, slug: str, user: User) -> dict[str, Any]:
    return {
        "report": registry.get(slug, user),
        "subject": registry.SUBJECTS[registry.get(slug, user).subject],
        "may_export": access.may_export("report", user),
        "job": _job(request, user),
        "here": f"{request.path}?{asking.without(request.GET, 'job').urlencode()}".rstrip("?"),
    }


def _job(request: HttpRequest, user: User) -> Any:
    """The recompute that this reader asked for, to show how far it is."""
    number = request.GET.get("job", "")
    job = jobs.get(int(number)) if number.isdecimal() and len(number) < 19 else None
    return job if job and job.name == RECOMPUTE else None


def _refused(request: HttpRequest, slug: str, user: User, error: ReportError) -> HttpResponse:
    context = {"error": str(error), **_shared(request, slug, user)}
    return render(request, "analytics/reports/report_refused.html", context, status=HTTPStatus.BAD_REQUEST)
