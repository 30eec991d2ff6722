"""The question before a change of many records, its progress, and its undo."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.accounts.models import User
from crm.jobs import services as jobs
from crm.records import lookups
from crm.records.bulkedit import actions, running, services
from crm.records.bulkedit.actions import Action
from crm.records.bulkedit.models import BulkChange, BulkRow
from crm.records.kinds import kinds
from crm.records.views import Listing, RecordView, _without

MOST_TICKED = 500
SHOWN = 100


class Wrong(Exception):
    """Nothing can be made of what was chosen; says what to change."""


class BulkView(RecordView):
    """GET asks for the value and says how many records it is; POST starts the job."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request.GET)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request.POST)

    def _answer(self, given: QueryDict) -> HttpResponse:
        if not actions.of(self.kind, self.user):
            raise Http404
        try:
            action, rows = self._action(given), self._rows(given)
            count = rows.count()
            if not count:
                raise Wrong(_("Tick at least one record."))
            if count > services.LARGEST:
                raise Wrong(_("At most 10,000 records can be changed at once. Filter the list further."))
        except Wrong as wrong:
            if self.request.method == "POST":
                return self.page("records/bulk/wrong.html", {"error": str(wrong)}, status=400)
            messages.error(self.request, str(wrong))
            return redirect(self._list(given))
        field = action.field(self.kind, self.user)
        form = forms.Form(given if self.request.method == "POST" else None)
        if field is not None:
            form.fields["value"] = field
        if self.request.method != "POST":
            return self._asked(given, action, form, rows, count)
        if not form.is_valid():
            return self._asked(given, action, form, rows, count, status=200)
        if given.get("count") != str(count):
            form.add_error(None, _("The list has changed meanwhile. Look at the number again."))
            return self._asked(given, action, form, rows, count, status=409)
        value = action.value_of(form.cleaned_data.get("value", ""))
        change = services.start(
            [(self.kind, rows)],
            kind=self.kind.key,
            action=action.code,
            value=value,
            user=self.user,
            query=given.get("query", "")[:4_000] if given.get("rows") == "all" else "",
        )
        return redirect(change)

    def _asked(
        self, given: QueryDict, action: Action, form: forms.Form, rows: QuerySet, count: int, status: int = 200
    ) -> HttpResponse:
        held = self.kind.model._default_manager.filter(pk__in=rows.order_by().values("pk"))
        may = held.deletable_by(self.user) if action.right == "delete" else held.changeable_by(self.user)  # type: ignore[attr-defined]
        is_all = given.get("rows") == "all"
        context = {
            "action": action,
            "form": form,
            "count": count,
            "others": count - may.count(),
            "rows": "all" if is_all else "ticked",
            "ids": [] if is_all else list(rows.values_list("pk", flat=True)),
            "query": given.get("query", "")[:4_000],
            "back": self._list(given),
            "bulk_url": self.kind.url("bulk"),
        }
        return self.page("records/bulk/ask.html", context, status=status)

    def _action(self, given: QueryDict) -> Action:
        found = actions.find(self.kind, given.get("action", ""), self.user)
        if found is None:
            raise Wrong(_("Choose what to do with the records."))
        return found

    def _rows(self, given: QueryDict) -> QuerySet:
        """The records that were ticked, those of the page, or all that the filter finds."""
        plain = self.kind.model._default_manager.visible_to(self.user)  # type: ignore[attr-defined]
        if given.get("rows") not in {"all", "page"}:
            ids = given.getlist("ids")
            if len(ids) > MOST_TICKED or not all(map(lookups.is_id, ids)):
                raise Wrong(_("Tick at least one record."))
            return plain.filter(pk__in=ids)
        query = QueryDict(given.get("query", "")[:4_000])
        listing = Listing(self.kind, self.user, query, self.rows, self.request)
        if listing.status != 200 or not listing.filter.is_valid():
            raise Wrong(_("This view has a filter that does not exist or a value that is not valid."))
        if given.get("rows") == "page":
            return plain.filter(pk__in=[each.record.pk for each in listing.table().paginated_rows])
        return plain.filter(pk__in=listing.filter.qs.order_by().values("pk"))

    def _list(self, given: QueryDict) -> str:
        kept = _without(QueryDict(given.get("query", "")[:4_000]), "partial", "panel")
        return f"{self.kind.url('list')}{'?' if kept else ''}{kept}"


@login_required
@require_safe
def bulk_detail(request: HttpRequest, pk: int) -> HttpResponse:
    change = _mine(request, pk)
    return TemplateResponse(request, "records/bulk/detail.html", {"change": change, "shown": Shown(change)})


@login_required
@require_POST
def bulk_undo(request: HttpRequest, pk: int) -> HttpResponse:
    change = _mine(request, pk)
    if not services.ask_for_undo(change, user=_user(request)):
        messages.info(request, _("There is nothing to be undone."))
    return redirect(change)


@login_required
@require_POST
def bulk_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    change = _mine(request, pk)
    if change.job is None or not jobs.cancel(change.job):
        messages.info(request, _("The job had ended already."))
    return redirect(change)


class Shown:
    """A change in words, with the records that were left as they are."""

    def __init__(self, change: BulkChange) -> None:
        self.change = change
        self.kind = kinds[change.kind] if change.kind else None

    @cached_property
    def action(self) -> Action | None:
        return running.action_of(self.change, self.kind, self.change.user) if self.kind else None

    @property
    def title(self) -> str:
        if self.kind is None:
            return _("Hand-over")
        return f"{self.kind.label_plural}: {self.action.label if self.action else self.change.action}"

    @property
    def value(self) -> str:
        if self.kind is None:
            return str(User.objects.filter(pk=self.change.value).first() or "")
        return self.action.said(self.change.value, self.change.user) if self.action else ""

    @property
    def list_url(self) -> str:
        query = self.change.query
        return f"{self.kind.url('list')}{'?' if query else ''}{query}" if self.kind else ""

    @property
    def numbers(self) -> list[tuple[Any, int]]:
        """What became of the rows; what did not happen is left out."""
        counts = self.change.counts
        return [(label, counts[code]) for code, label in BulkRow.State.choices if counts[code] or code == "done"]

    @cached_property
    def left(self) -> list[tuple[Any, BulkRow]]:
        """Records that were not written or not put back, as far as the user still sees them."""
        states = [BulkRow.State.TOUCHED, BulkRow.State.REFUSED, BulkRow.State.KEPT]
        rows = list(self.change.rows.filter(state__in=states)[:SHOWN])  # type: ignore[attr-defined]
        found: dict[tuple[str, int], Any] = {}
        for key in {each.kind for each in rows}:
            ids = [each.object_id for each in rows if each.kind == key]
            seen = kinds[key].model._default_manager.visible_to(self.change.user)  # type: ignore[attr-defined]
            found |= {(key, pk): record for pk, record in seen.in_bulk(ids).items()}
        return [(found.get((each.kind, each.object_id)), each) for each in rows]


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _mine(request: HttpRequest, pk: int) -> BulkChange:
    rows = BulkChange.objects.visible_to(_user(request)).select_related("job", "user")
    return get_object_or_404(rows, pk=min(pk, lookups.LARGEST_ID))
