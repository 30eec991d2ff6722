"""The pages of a kind, all made from its declaration: `record_urls(kind)`.

Every page starts from what the reader may see; what he may not see or do does not exist (404). GET changes nothing.
"""

from collections.abc import Iterable
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import IntegrityError, transaction
from django.db.models import Model, Q, QuerySet
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View

from crm.accounts import access, log, watermark
from crm.accounts.models import AccessLog, User
from crm.records import duplicates, export, history, panels, privacy, revealing, rules, services, tables, values
from crm.records.attributes import Attribute
from crm.records.bulkedit import actions
from crm.records.filters import RecordFilterSet
from crm.records.forms import RecordForm, initial_from
from crm.records.kinds import Kind
from crm.records.models import Record, SavedView
from crm.records.tables import RecordTable, UnknownColumn

SEARCH_CAP = 500  # how far a search for something very common is counted


def record_urls(kind: Kind) -> list[URLPattern]:
    """All pages of a kind, named `<modelname>_<page>`."""
    from crm.records.bulkedit.pages import BulkView
    from crm.records.inline import CellView

    def page(route: str, view: type[RecordView], name: str) -> URLPattern:
        return path(f"{kind.path}/{route}", view.as_view(kind=kind), name=f"{kind.model_name}_{name}")

    return [
        page("", ListView, "list"),
        page("new/", CreateView, "create"),
        page("export/", ExportView, "export"),
        page("bulk/", BulkView, "bulk"),
        page("recycle-bin/", BinView, "bin"),
        page("saved-views/", SaveViewView, "save_view"),
        page("saved-views/<int:view_pk>/delete/", DeleteViewView, "delete_view"),
        page("<int:pk>/", DetailView, "detail"),
        page("<int:pk>/edit/", UpdateView, "update"),
        page("<int:pk>/edit/<slug:key>/", CellView, "cell"),
        page("<int:pk>/delete/", DeleteView, "delete"),
        page("<int:pk>/history/", HistoryView, "history"),
        page("<int:pk>/restore/", RestoreView, "restore"),
        page("<int:pk>/purge/", PurgeView, "purge"),
    ]


class RecordView(LoginRequiredMixin, View):
    """What the pages of a kind share. `kind` is given by `record_urls`."""

    kind: Kind = None  # type: ignore[assignment]
    template_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Signed in, an allowed method, then a kind that the user has anything to do with."""
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if (request.method or "").lower() not in self._known_methods():
            return self.http_method_not_allowed(request, *args, **kwargs)
        if not access.may_view_any(self.kind.key, self.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def _known_methods(self) -> set[str]:
        return {name for name in ("get", "head", "post", "options") if hasattr(self, "get" if name == "head" else name)}

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    @property
    def rows(self) -> QuerySet:
        return self.kind.queryset().visible_to(self.user)  # type: ignore[attr-defined]

    @cached_property
    def record(self) -> Any:
        """The record of the address, if this reader may see it."""
        return self._get(self.rows.select_related(*self.kind.select_related, "batch"))

    def changeable(self) -> Any:
        return self._get(self.kind.queryset().changeable_by(self.user))  # type: ignore[attr-defined]

    def deletable(self) -> Any:
        return self._get(self.kind.queryset().deletable_by(self.user))  # type: ignore[attr-defined]

    def _get(self, rows: QuerySet) -> Any:
        pk = self.kwargs["pk"]
        if pk > 2**63 - 1:
            raise Http404
        return get_object_or_404(rows, pk=pk)

    def may(self, record: Any = None) -> dict[str, bool]:
        """What the reader may do: with the kind, and with this record."""
        user, key = self.user, self.kind.key
        found = {
            "create": access.may_create(key, user),
            "export": access.may_export(key, user),
            "administer": user.is_administrator,
            "change": not access.scope(key, user, "change").is_nothing,
            "delete": not access.scope(key, user, "delete").is_nothing,
        }
        if record is not None:
            for action in ("change", "delete"):
                found[action] = found[action] and privacy.may_act(record, user, action)
            found["change"] = found["change"] and not record.is_erased
        return found

    def urls(self, record: Any = None) -> dict[str, str]:
        found = {name: self.kind.url(name) for name in ("list", "create", "export", "bin", "save_view", "bulk")}
        if record is not None:
            pages = ("detail", "update", "delete", "history", "restore", "purge")
            found |= {name: self.kind.url(name, record.pk) for name in pages}
            found["cells"] = found["update"]  # with the key of an attribute behind it
        return found

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> TemplateResponse:
        record = context.get("record")
        shared = {"kind": self.kind, "urls": self.urls(record), "layout": layout_of(self.request)}
        if "may" not in context:
            shared["may"] = self.may(record)
        response = TemplateResponse(self.request, template, shared | context, status=status)
        patch_vary_headers(response, ("X-Panel", "HX-Request"))
        return response

    @property
    def next(self) -> str:
        """The page the user came from, if it is one of ours."""
        wanted = self.request.POST.get("next") or self.request.GET.get("next") or ""
        is_ours = url_has_allowed_host_and_scheme(wanted, {self.request.get_host()}, self.request.is_secure())
        return wanted if is_ours else ""

    def back(self, fallback: str) -> HttpResponseRedirect:
        return redirect(self.next or fallback)


def layout_of(request: HttpRequest) -> str:
    """The frame of a page: the house's, or the side panel's where a list opens it beside itself."""
    return "records/side_panel.html" if request.headers.get("X-Panel") else "base.html"


class Listing:
    """The list behind a page, a file or the API: rows by the filters, order and columns of an address."""

    def __init__(self, kind: Kind, user: User, query: QueryDict, rows: QuerySet, request: HttpRequest) -> None:
        self.kind, self.user, self.query = kind, user, query
        self.errors: list[str] = []
        self.sort = query.get("sort", "").replace("\0", "")
        self.columns = [each for each in ",".join(query.getlist("columns")).split(",") if each]
        rows = rules.with_figures(kind, rows, self._computed())
        filterset: type[RecordFilterSet] = kind.filterset_class
        self.filter = filterset(query, rows, kind=kind, user=user, request=request)
        self._check()

    def _computed(self) -> list[Attribute]:
        """What of the figures the address asks for as a column or for the order; filters see to their own."""
        asked = {*(self.columns or self.kind.columns), *(each.removeprefix("-") for each in self.sort.split(","))}
        return [each for each in self.kind.attributes if each.is_computed and each.key in asked]

    def _check(self) -> None:
        """Unknown columns and orders are said and left out; those of masked attributes are as unknown as any."""
        try:
            tables.chosen_columns(self.kind, self.user, self.columns)
        except UnknownColumn as error:
            self.errors.append(_("There is no column “%(name)s”.") % {"name": _short(error)})
            self.columns = []
        try:
            tables.check_order(self.kind, self.user, self.sort)
        except UnknownColumn as error:
            self.errors.append(_("The list cannot be sorted by “%(name)s”.") % {"name": _short(error)})
            self.sort = ""

    @property
    def status(self) -> int:
        """400 for an address that names what does not exist; a wrong value is an ordinary page with its error."""
        return 400 if self.errors or self.filter.unknown else 200

    @cached_property
    def ordered(self) -> QuerySet:
        return tables.ordered(self.kind, self.filter.qs, self.user, self.sort)

    @cached_property
    def shown(self) -> QuerySet:
        """The rows with just the related ones that the columns need."""
        attributes = tables.chosen_columns(self.kind, self.user, self.columns)
        return tables.with_related(self.kind, self.ordered.select_related(None), attributes)

    @cached_property
    def cap(self) -> int:
        question = self.filter.question if self.filter.is_valid() else None
        return SEARCH_CAP if question and question.is_common else tables.COUNT_CAP

    def table(self) -> RecordTable:
        made = self.kind.table_class(self.shown, kind=self.kind, user=self.user, columns=self.columns, sort=self.sort)
        made.paged(page=self.query.get("page", 1), per_page=self.per_page, cap=self.cap)
        return made

    @cached_property
    def quick(self) -> list[dict[str, Any]]:
        """The kind's quick filters for this reader: address to switch each on or off, whether it is on."""
        found = []
        for each in self.kind.quick:
            wanted = each.values()
            if not all(self.filter.knows(name) for name in wanted):
                continue
            is_on = all(sorted(self.query.getlist(name)) == sorted(value) for name, value in wanted.items())
            query = self.query.copy()
            for name in (*wanted, "page", "open", "partial", "panel", "view"):
                query.pop(name, None)
            if not is_on:
                for name, value in wanted.items():
                    query.setlist(name, value)
            found.append({"label": each.label, "is_on": is_on, "names": set(wanted), "url": f"?{query.urlencode()}"})
        return found

    @property
    def chips(self) -> list[dict[str, str]]:
        """The filters in force that no quick filter shows already."""
        shown = {name for each in self.quick if each["is_on"] for name in each["names"]}
        return [each for each in self.filter.active if each["name"] not in shown]

    @property
    def per_page(self) -> int:
        given = self.query.get("per_page", "")
        return int(given) if given in {str(each) for each in tables.PAGE_SIZES} else tables.PAGE_SIZES[0]


class ListView(RecordView):
    def get(self, request: HttpRequest) -> HttpResponse:
        from crm.records.inline import Cells

        listing = Listing(self.kind, self.user, request.GET, self.rows, request)
        table = listing.table()
        table.cells = Cells(self.kind, self.user)
        context = {
            "filter": listing.filter,
            "table": table,
            "errors": listing.errors + [str(each) for each in listing.filter.errors.get("__all__", [])],
            "count": table.paginator.count,
            "count_is_capped": table.paginator.is_capped,
            "page_sizes": tables.PAGE_SIZES,
            "columns": [{"attribute": each, "is_chosen": each in table.chosen} for each in table.available],
            "query": _without(request.GET, "page", "partial", "panel", "open"),
            "page_query": _without(request.GET, "partial", "panel", "open"),
            "bulk": actions.of(self.kind, self.user),
            "quick": listing.quick,
            "chips": listing.chips,
        }
        if self._wants_results():
            return self.page("records/_results.html", context | {"may": self.may()}, status=listing.status)
        context["saved_views"] = self._saved_views()
        return self.page(self.kind.list_template, context, status=listing.status)

    def _wants_results(self) -> bool:
        htmx = getattr(self.request, "htmx", None)
        return bool(htmx) and not htmx.boosted and not htmx.history_restore_request

    def _saved_views(self) -> list[dict[str, Any]]:
        rows = SavedView.objects.filter(kind=self.kind.key).filter(Q(owner=self.user) | Q(is_shared=True))
        base = self.kind.url("list")
        return [
            {
                "id": each.pk,
                "name": each.name,
                "is_shared": each.is_shared,
                "is_own": each.owner_id == self.user.pk,
                "url": f"{base}?{each.query}{'&' if each.query else ''}view={each.pk}",
                "delete_url": self.kind.url("delete_view", each.pk),
                "is_current": self.request.GET.get("view") == str(each.pk),
            }
            for each in rows[:100]
        ]


class DetailView(RecordView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        from crm.records.inline import editable

        try:
            record = self.record
        except Http404:
            survivor = duplicates.survivor(self.kind.key, pk, self.user)
            if survivor is None:
                raise
            return redirect(survivor)
        revealing.log_view(self.kind, record, request)
        context = {
            "record": record,
            "sections": values.sections(self.kind, record, self.user),
            "editable": editable(self.kind, self.user),
            "panels": panels.of(self.kind, request, record),
        }
        return self.page(self.kind.detail_template, context)


class CreateView(RecordView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not access.may_create(self.kind.key, self.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown(self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        assisted = self.kind.form_class.assisted(request.POST)
        if assisted is not None:
            return self._shown(self._form(assisted).without_errors())
        form = self._form(request.POST)
        if not form.is_valid():
            return self._shown(form, status=422 if getattr(request, "htmx", None) else 200)
        doubts, why = _doubts(form, request)
        if doubts:
            return self._shown(form, status=409, doubts=doubts)
        record = _stored(form)
        if record is None:
            return self._shown(form)
        if why:
            duplicates.returned(self.kind.key, record, self.user, why)
        messages.success(request, _("%(record)s was saved.") % {"record": record})
        if "add_another" in request.POST:
            return redirect(request.get_full_path())
        return self.back(_home_of(self.kind, record, self.user))

    def _form(self, data: Any = None) -> RecordForm:
        initial = initial_from(self.kind, self.request.GET, self.user)
        return self.kind.form_class(data, initial=initial, user=self.user)

    def _shown(self, form: RecordForm, status: int = 200, **context: Any) -> HttpResponse:
        context |= {"form": form, "is_new": True, "next": self.next}
        return self.page(self.kind.form_template, context, status=status)


class UpdateView(RecordView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.changeable()
        return self._shown(record, self._form(record))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.changeable()
        assisted = self.kind.form_class.assisted(request.POST)
        if assisted is not None:
            form = self._form(record, assisted).without_errors()
            return self._shown(self.changeable(), form)
        form = self._form(record, request.POST)
        if not form.is_valid():
            return self._shown(self.changeable(), form)
        doubts, why = _doubts(form, request)
        if doubts:
            return self._shown(self.changeable(), form, status=409, doubts=doubts)
        try:
            stored = _stored(form)
        except services.Conflict as conflict:
            return self._conflict(form, conflict)
        if stored is None:
            return self._shown(self.changeable(), form)
        if why:
            duplicates.returned(self.kind.key, stored, self.user, why)
        messages.success(request, _("%(record)s was saved.") % {"record": stored})
        return self.back(_home_of(self.kind, stored, self.user))

    def _form(self, record: Any, data: Any = None) -> RecordForm:
        """In the side panel the ids of its controls are its own: the list beside it has filters of the same names."""
        ids = {"auto_id": "panel_%s"} if self.request.headers.get("X-Panel") else {}
        return self.kind.form_class(data, instance=record, user=self.user, **ids)

    def _conflict(self, form: RecordForm, conflict: services.Conflict) -> HttpResponse:
        """Both versions side by side; saving again keeps what is in the form then."""
        current = self.changeable()
        form.data = form.data.copy()
        form.data[form.add_prefix("version")] = str(conflict.current.version)
        latest = self.kind.model.history.filter(id=current.pk).select_related("history_user").first()  # type: ignore[attr-defined]
        found = {
            "differences": form.differences(current),
            "by": latest.history_user if latest else None,
            "at": current.modified_at,
        }
        return self._shown(current, form, conflict=found, status=409)

    def _shown(self, record: Any, form: RecordForm, status: int = 200, **context: Any) -> HttpResponse:
        context |= {"record": record, "form": form, "is_new": False, "next": self.next}
        return self.page(self.kind.form_template, context, status=status)


class DeleteView(RecordView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.deletable()
        return self.page("records/record_confirm_delete.html", {"record": record})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = services.delete(self.deletable(), user=self.user)
        messages.success(request, _("%(record)s is in the recycle bin now.") % {"record": record})
        return self.back(self.kind.url("list"))


class BinView(RecordView):
    """The recycle bin: what the reader might delete, and did."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = deleted(self.kind, self.user).select_related("deleted_by").order_by("-deleted_at", "-pk")
        paginator = tables.CappedPaginator(rows, 50)
        page = paginator.get_page(request.GET.get("page", 1))
        found = [{"record": each, "urls": self.urls(each)} for each in page.object_list]
        return self.page("records/record_bin.html", {"page": page, "rows": found, "count": paginator.count})


class RestoreView(RecordView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = services.restore(self._get(deleted(self.kind, self.user)), user=self.user)
        messages.success(request, _("%(record)s was restored.") % {"record": record})
        return self.back(_home_of(self.kind, record, self.user))


class PurgeView(RecordView):
    """For good: administrators only."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.user.is_administrator:
            raise Http404
        record = self._get(deleted(self.kind, self.user))
        name = str(record)
        try:
            services.purge(record, user=self.user)
        except services.InUse as error:
            messages.error(request, str(error.args[0]))
        else:
            log.record(
                self.user,
                AccessLog.Action.SETTINGS,
                self.kind.key,
                object_id=pk,
                detail={"purged": record.number},
                request=request,
            )
            messages.success(request, _("%(record)s was removed for good.") % {"record": name})
        return redirect(self.kind.url("bin"))


class HistoryView(RecordView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.record
        found = history.entries(self.kind, record, self.user)
        return self.page("records/record_history.html", {"record": record, "entries": found})


class ExportView(RecordView):
    """The filtered list as a file. The access log keeps who took how many rows by which filter."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        if not access.may_export(self.kind.key, self.user):
            raise Http404
        form = request.GET.get("format", "csv")
        listing = Listing(self.kind, self.user, request.GET, self.rows, request)
        if form not in export.CONTENT_TYPES or listing.status != 200 or not listing.filter.is_valid():
            wrong = listing.errors + [str(each) for errors in listing.filter.errors.values() for each in errors]
            text = "\n".join(wrong) or _("Choose CSV or XLSX.")
            return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
        attributes = tables.chosen_columns(self.kind, self.user, listing.columns)
        rows = listing.shown
        detail = {"filter": listing.filter.chosen, "columns": [each.key for each in attributes], "format": form}
        log.record(
            self.user,
            AccessLog.Action.EXPORT,
            self.kind.key,
            count=rows.order_by().count(),
            detail=detail,
            request=request,
        )
        return self._file(form, export.table(self.kind, attributes, rows, self.user))

    def _file(self, form: str, lines: Iterable[list[Any]]) -> HttpResponseBase:
        mark = watermark.of_user(self.user)
        name = export.file_name(f"{self.kind.path}-{timezone.localdate().isoformat()}", form, mark)
        if form == "xlsx":
            sheet = export.xlsx_file(lines, mark)
            return FileResponse(sheet, as_attachment=True, filename=name, content_type=export.CONTENT_TYPES[form])
        response = StreamingHttpResponse(export.csv_stream(lines, mark), content_type=export.CONTENT_TYPES[form])
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class SaveViewView(RecordView):
    """Keep the list as it is under a name; an own view of that name is replaced."""

    def post(self, request: HttpRequest) -> HttpResponse:
        name = request.POST.get("name", "").replace("\0", "").strip()
        query = QueryDict(request.POST.get("query", "")[:4_000])
        listing = Listing(self.kind, self.user, query, self.rows.none(), request)
        if not name or len(name) > 80:
            return self._refused(_("Give the view a name of at most 80 letters."))
        if listing.status != 200 or not listing.filter.is_valid():
            return self._refused(_("This view has a filter that does not exist or a value that is not valid."))
        kept = _without(query, "page", "partial", "panel", "view", "per_page", "open")
        view, _created = SavedView.objects.update_or_create(
            kind=self.kind.key,
            owner=self.user,
            name=name,
            defaults={"query": kept, "is_shared": request.POST.get("is_shared") in {"on", "true", "1"}},
        )
        messages.success(request, _("The view “%(name)s” was saved.") % {"name": name})
        return redirect(f"{self.kind.url('list')}?{kept}{'&' if kept else ''}view={view.pk}")

    def _refused(self, text: str) -> HttpResponse:
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")


class DeleteViewView(RecordView):
    def post(self, request: HttpRequest, view_pk: int) -> HttpResponse:
        if view_pk > 2**63 - 1:
            raise Http404
        get_object_or_404(SavedView, pk=view_pk, kind=self.kind.key, owner=self.user).delete()
        messages.success(request, _("The view was deleted."))
        return redirect(self.kind.url("list"))


def deleted(kind: Kind, user: User) -> QuerySet:
    """What lies in the recycle bin and this user might have put there."""
    model: type[Model] = kind.model
    allowed = access.rows(model, user) & access.rows(model, user, "delete")
    return kind.queryset().in_recycle_bin().filter(allowed)  # type: ignore[attr-defined]


def _doubts(form: RecordForm, request: HttpRequest) -> tuple[list[duplicates.Candidate], str]:
    """What to ask before saving, and why somebody whose data was erased may be entered again.

    Other doubts are answered by the button; coming back after an erasure needs a reason.
    """
    found = form.doubts()
    if "save_anyway" not in request.POST:
        return found, ""
    erased = [each for each in found if each.erased_on]
    why = request.POST.get("why", "").replace("\0", "").strip()[:200] if erased else ""
    return ([] if why else erased), why


def _stored(form: RecordForm) -> Record | None:
    """Save; a rule that only the database could check becomes an error of the form."""
    try:
        with transaction.atomic():
            return form.store()
    except IntegrityError:
        form.add_error(None, _("This was not saved: it contradicts another record, for instance its number."))
        return None


def _home_of(kind: Kind, record: Any, user: User) -> str:
    """The record's page, or the list where the writer may not see what he wrote."""
    visible = kind.model._default_manager.visible_to(user).filter(pk=record.pk)  # type: ignore[attr-defined]
    return record.get_absolute_url() if visible.exists() else kind.url("list")


def _short(error: Exception) -> str:
    return str(error.args[0])[:60]


def _without(query: QueryDict, *names: str) -> str:
    rest = [(name, each) for name, all_ in query.lists() for each in all_ if name not in names and each != ""]
    return urlencode(rest)


__all__ = ["Listing", "RecordView", "deleted", "record_urls"]
