"""One field of a record, changed where it stands: in a list, on its page, in the side panel.

The field is that of the kind's own form, and the whole form judges and writes: what is checked, who may, what is
masked and what follows is the same as on the page that edits everything. Two people who change different fields of one
record do not get into each other's way; where it is the same field, the second is shown both versions.
"""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.accounts import access
from crm.accounts.models import User
from crm.records import privacy, services, values
from crm.records.attributes import Attribute
from crm.records.forms import RecordForm
from crm.records.kinds import Kind
from crm.records.tables import UnknownColumn
from crm.records.views import Listing, RecordView


def editable(kind: Kind, user: User | None) -> set[str]:
    """Keys of the attributes that a reader may change one at a time, where the record is his to change."""
    if access.scope(kind.key, user, "change").is_nothing:
        return set()
    fields = kind.form_class.base_fields
    return {
        each.key
        for each in kind.attributes
        if not each.is_computed and (each.is_custom or each.source in fields) and privacy.may_write(kind, each, user)
    }


class Cells:
    """Which cells of a list's page may be changed: by column, and by record with one question for all of them."""

    def __init__(self, kind: Kind, user: User) -> None:
        self.kind, self.user = kind, user
        self.keys = editable(kind, user)

    def changeable(self, records: list[Any]) -> set[int]:
        if not self.keys or not records:
            return set()
        ids = [each.pk for each in records]
        scope = access.scope(self.kind.key, self.user, "change")
        if scope.is_everything or scope == access.scope(self.kind.key, self.user):
            return set(ids)  # what is on the list may be seen, and what may be seen may be changed
        rows = self.kind.model._default_manager.changeable_by(self.user)  # type: ignore[attr-defined]
        return set(rows.filter(pk__in=ids).order_by().values_list("pk", flat=True))


class CellView(RecordView):
    """GET gives the field alone with its control; POST writes it and answers with what is to be shown instead.

    Sent by a script it answers with fragments (200 shown, 422 refused, 409 to be decided); a browser without scripts
    is led to the form of the whole record.
    """

    def get(self, request: HttpRequest, pk: int, key: str) -> HttpResponse:
        record = self.changeable()
        form = self._form(record)
        if not self._is_script:
            return redirect(f"{self.kind.url('update', pk)}#id_{self._name}")
        return self._asked(record, form)

    def post(self, request: HttpRequest, pk: int, key: str) -> HttpResponse:
        record = self.changeable()
        blank = self._form(record)
        entered = self._entered(blank)
        if self._meets_another(record):
            return self._both(record, blank, entered)
        given = {"version": record.version}
        data = {**self.kind.form_class.data_from_json(given, blank), **entered}
        if self._name not in entered:  # a box that is not ticked is not sent
            data.pop(self._name, None)
        form = self.kind.form_class(data, instance=record, user=self.user, auto_id=AUTO_ID)
        if not form.is_valid():
            return self._asked(record, form, status=422)
        doubts = [] if "save_anyway" in request.POST else form.doubts()
        if doubts:
            return self._asked(record, form, status=409, doubts=doubts)
        try:
            with transaction.atomic():
                form.store()
        except services.Conflict:
            return self._both(self.changeable(), blank, entered)
        except IntegrityError:
            form.add_error(None, _("This was not saved: it contradicts another record, for instance its number."))
            return self._asked(record, form, status=422)
        return self._shown(pk)

    @cached_property
    def attribute(self) -> Attribute:
        key = self.kwargs["key"]
        if key not in editable(self.kind, self.user):
            raise Http404
        return self.kind.attribute(key)

    @property
    def _name(self) -> str:
        return self.attribute.field_name

    @property
    def _is_script(self) -> bool:
        return self.request.headers.get("X-Cell") == "1"

    def _form(self, record: Any) -> RecordForm:
        """The form with its one field; there may be none: of another type of record, or in another state."""
        form: RecordForm = self.kind.form_class(instance=record, user=self.user, auto_id=AUTO_ID)
        field = form.fields.get(self._name)
        if field is None or self._name in form.locked or field.disabled:
            raise Http404
        return form

    def _entered(self, form: RecordForm) -> dict[str, Any]:
        """What was sent for the field; its control may have several parts (name_0, name_1)."""
        sent = self.request.POST
        is_multiple = getattr(form.fields[self._name].widget, "allow_multiple_selected", False)
        names = [each for each in sent if each == self._name or each.startswith(f"{self._name}_")]
        found = {each: sent.getlist(each) if is_multiple else sent.get(each) for each in names}
        return {self._name: []} | found if is_multiple else found

    def _meets_another(self, record: Any) -> bool:
        """Whether somebody changed this very field since it was opened."""
        sent = self.request.POST
        if "was" not in sent or "keep_mine" in sent:
            return False
        return sent.get("version") != str(record.version) and sent["was"] != self._text(record)

    def _text(self, record: Any) -> str:
        """The value as one line, to tell whether it is still the same."""
        return " ".join(values.text(self.attribute, values.raw(self.attribute, record)).split())

    def _both(self, record: Any, blank: RecordForm, entered: dict[str, Any]) -> HttpResponse:
        """What was entered beside what another has saved; the reader says which one stays."""
        data = {**self.kind.form_class.data_from_json({"version": record.version}, blank), **entered}
        form = self.kind.form_class(data, instance=record, user=self.user, auto_id=AUTO_ID)
        form.is_valid()
        current = self.changeable()
        found = next((each for each in form.differences(current) if each["name"] == self._name), None)
        latest = self.kind.model.history.filter(id=current.pk).select_related("history_user").first()  # type: ignore[attr-defined]
        conflict = {
            "theirs": self._text(current),
            "yours": found["yours"] if found else self._text(current),
            "by": latest.history_user if latest else None,
            "at": current.modified_at,
        }
        return self._asked(current, form, status=409, conflict=conflict)

    def _asked(self, record: Any, form: RecordForm, status: int = 200, **context: Any) -> HttpResponse:
        stored = self.changeable() if form.is_bound else record  # validation writes on the record it was given
        others = [
            (form.fields[name].label if name in form.fields else "", text)
            for name, texts in form.errors.items()
            if name != self._name
            for text in texts
        ]
        context |= {
            "record": stored,
            "form": form,
            "field": form[self._name],
            "attribute": self.attribute,
            "other_errors": others,
            "was": self._text(stored),
        }
        return self.page("records/_cell_form.html", context, status=status)

    def _shown(self, pk: int) -> HttpResponse:
        """The row of the list it stood in, or the value; nothing where the writer no longer sees the record."""
        record = self.rows.filter(pk=pk).first()
        if not self._is_script:
            messages.success(self.request, _("%(record)s was saved.") % {"record": record or ""})
            return redirect(record.get_absolute_url() if record else self.kind.url("list"))
        if record is None:
            return HttpResponse(headers={"X-Gone": "1"})
        if "columns" not in self.request.POST:
            shown = values.show(self.kind, self.attribute, record, self.user)
            return self.page("records/_cell.html", {"record": record, "shown": shown})
        query = QueryDict(mutable=True)
        query["columns"] = self.request.POST["columns"][:2_000]
        listing = Listing(self.kind, self.user, query, self.rows.filter(pk=pk), self.request)
        try:
            table = listing.table()
        except UnknownColumn:
            raise Http404 from None
        table.cells = Cells(self.kind, self.user)
        has_ticks = self.request.POST.get("ticks") == "1"
        return self.page("records/_rows.html", {"table": table, "bulk": has_ticks})


AUTO_ID = "cell_%s"  # the page may show the same field in its filters or its form

__all__ = ["CellView", "Cells", "editable"]
