"""Reports in the REST API: /api/v1/reports and /api/v1/reports/SLUG, with the figures of the page."""

from http import HTTPStatus
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router

from analytics.reports import asking, describe, engine, registry
from analytics.reports.errors import ReportError, UnknownReport
from analytics.reports.recordlist import RecordList
from crm.accounts import access
from crm.accounts.models import User
from crm.records import api

MOST_IDS = 1000

router = Router(tags=["reports"])


@router.get("", operation_id="report_list", summary="Reports this reader may open")
def report_list(request: HttpRequest) -> list[dict[str, Any]]:
    user = _reader(request)
    return [describe.brief(each) for each in registry.reports() if each.is_for(user)]


@router.get("/{slug}/description", operation_id="report_describe", summary="What a report can be asked")
def report_description(request: HttpRequest, slug: str) -> Any:
    return _answered(lambda: describe.report(registry.get(slug, _reader(request)), _reader(request)))


@router.get(
    "/{slug}", operation_id="report_run", summary="A report: as_of, from, to, period, compare, by, limit, filters"
)
def report_run(request: HttpRequest, slug: str) -> Any:
    return _answered(lambda: engine.answer(asking.ask(slug, request.GET, user=_reader(request))).as_dict())


@router.get("/{slug}/records", operation_id="report_records", summary="Ids of the records that a figure counts")
def report_records(request: HttpRequest, slug: str) -> Any:
    """`measure` names the figure, `cell.<dimension>` the row, `part` of a figure made of records of several kinds which
    of them; pages of up to 1000 ids by `page`."""

    def find() -> dict[str, Any]:
        user = _reader(request)
        asked = asking.ask(slug, request.GET, user=user)
        cell, part = asking.cell(request.GET, asked.report), request.GET.get("part", "")
        listed = RecordList(asked, request.GET.get("measure", ""), cell, user, part=part)
        page = request.GET.get("page", "1")
        offset = (int(page) - 1) * MOST_IDS if page.isdecimal() and 0 < int(page) < 10**9 else 0
        ids = listed[offset : offset + MOST_IDS]
        return {"kind": listed.kind.key, "count": len(listed), "ids": ids}

    return _answered(find)


def register() -> None:
    """Mount the routes; called once when the app is ready."""
    api.register_router("/reports", router, label=_("Reports"))


def _answered(find: Any) -> Any:
    try:
        return find()
    except UnknownReport as error:
        return _error(error, HTTPStatus.NOT_FOUND)
    except ReportError as error:
        return _error(error, HTTPStatus.BAD_REQUEST)


def _error(error: ReportError, status: int) -> HttpResponse:
    return JsonResponse({"errors": {"__all__": [str(error)]}}, status=status, json_dumps_params={"ensure_ascii": False})


def _reader(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not access.may_view_any("report", user):
        raise Http404
    return user
