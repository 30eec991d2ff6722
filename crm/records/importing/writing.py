"""Values into records, through the form of their kind: one by one, or many at once where nothing else hangs on them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from crm.records import bulk, duplicates, search, services
from crm.records.forms import RecordForm
from crm.records.importing.batch import Provenance
from crm.records.importing.checkpoint import kept_values
from crm.records.importing.forms_at_once import KnownForms, ReusedForm, SharedChecks
from crm.records.importing.problems import Row
from crm.records.importing.registry import Request
from crm.records.importing.report import ImportSummary
from crm.records.importing.values import folded
from crm.records.kinds import Kind
from crm.records.models import Record, numbered
from crm.records.models import Sequence as Numbers

LONGEST_NUMBER = 40
ORIGIN = ("created_at", "created_by")  # of a record that was entered elsewhere before


@dataclass(eq=False)
class Entry:
    """One row on its way: its values, what is wrong with it, what becomes of it."""

    row: Row
    values: dict[str, Any]
    problems: dict[str, str] = field(default_factory=dict)
    outcome: str = ""  # create, update, existing
    record: Record | None = None
    form: Any = None


class RecordWriter:
    def __init__(self, kind: Kind, request: Request, summary: ImportSummary, *, at_once: bool) -> None:
        self.kind = kind
        self.request = request
        self.summary = summary
        self.keys = request.keys or ("number",)
        self.provenance = Provenance(request, summary)
        self._template = kind.form_class(user=request.user)
        self._checks = SharedChecks(self._template)
        self._reused = ReusedForm(self._template, self._checks) if at_once and _is_plain(kind) else None
        self._known_forms = KnownForms(kind, request.user) if self._reused else None
        self._taken: set[Any] = set()
        self._by_source = {each.field_name: each.key for each in kind.attributes}

    @property
    def goes_at_once(self) -> bool:
        return self._reused is not None

    def as_stored(self, entry: Entry) -> dict[str, Any]:
        """The values by the key of their attribute, as they would be or are stored."""
        found = {key: entry.values[key] for key in ("number", *ORIGIN) if key in entry.values}
        cleaned = getattr(entry.form, "cleaned_data", None) or {}
        for key, value in entry.values.items():
            found[key] = cleaned.get(self.kind.attribute(key).field_name, value)
        return found

    def remember(self, values: dict[str, Any]) -> bool:
        """Note the key of a row; False when an earlier row had it."""
        key = self._key(values)
        if key is None:
            return True
        known = tuple(folded(str(each)) for each in key)
        if known in self._taken:
            return False
        self._taken.add(known)
        return True

    def prepare(self, entries: Sequence[Entry]) -> None:
        """Say of each entry what is to become of it, and check it. Reads only."""
        for entry in entries:
            if self.request.keys and self._key(entry.values) is None:
                entry.problems = {self.keys[0]: _("The value by which records are found is missing.")}
            elif not self.remember(entry.values):
                text = _("“%(text)s” stands in the file twice.") % {"text": self._spoken(entry)}
                entry.problems = {self.keys[0]: text}
        fresh = [entry for entry in entries if not entry.problems]
        known = self._known(fresh)
        changeable = self._changeable([record for records in known.values() for record in records])
        for entry in fresh:
            self._decide(entry, known, changeable)
            if entry.outcome in {"create", "update"}:
                self._check(entry)
        self._refuse_erased([entry for entry in fresh if entry.outcome in {"create", "update"} and not entry.problems])
        if self.request.refuse_similar:
            self._refuse_similar([entry for entry in fresh if entry.outcome == "create" and not entry.problems])

    def write(self, entries: Sequence[Entry]) -> None:
        """Store what was found good. Inside a transaction; entries that the database refuses get their problems."""
        good = [entry for entry in entries if not entry.problems]
        if not self.request.dry_run:
            stored: set[int] = set()
            for outcome, store in (("create", self._store_together), ("update", self._change_together)):
                together = [entry for entry in good if entry.outcome == outcome and self._goes_with_others(entry)]
                if together and store(together):
                    stored |= {entry.row.number for entry in together}
            for entry in good:
                if entry.outcome in {"create", "update"} and entry.row.number not in stored:
                    self._store(entry)
        for entry in good:
            if entry.problems:
                continue
            if entry.outcome == "existing":
                self.summary.existing += 1
            else:
                self.summary.count("created" if entry.outcome == "create" else "updated", self.kind.path)

    # what is there already

    def _key(self, values: dict[str, Any]) -> tuple[Any, ...] | None:
        found = tuple(self._as_compared(each, values) for each in self.keys)
        return None if None in found else found

    def _as_compared(self, key: str, values: dict[str, Any]) -> Any:
        """A phone as it is stored, whatever way it is written; anything else as it was read."""
        value, name = values.get(key), self.kind.attribute(key).field_name
        field = self._template.fields.get(name)
        if value is None or not hasattr(field, "region"):
            return value
        field.region = str(values.get("country") or "") or self._template._phone_region()
        try:
            return field.to_python(value)
        except ValidationError:
            return value

    def _spoken(self, entry: Entry) -> str:
        return ", ".join(str(entry.values.get(each, "")) for each in self.keys)

    def _known(self, entries: Sequence[Entry]) -> dict[tuple[str, ...], list[Record]]:
        """Records by their keys, those in the recycle bin too. By number all, by anything else those the user sees."""
        keys = [key for key in (self._key(entry.values) for entry in entries) if key is not None]
        if not keys:
            return {}
        attributes = [self.kind.attribute(each) for each in self.keys]
        rows = self.kind.queryset()
        if self.keys != ("number",):
            rows = rows.visible_to(self.request.user)  # type: ignore[attr-defined]
        if self._known_forms and self.request.may_update:
            rows = rows.prefetch_related(*self._known_forms.relations)
        found: dict[tuple[str, ...], list[Record]] = {}
        for record in rows.filter(**{f"{attributes[0].source}__in": {key[0] for key in keys}}).order_by("pk"):
            value = tuple(_as_key(attribute.value_of(record)) for attribute in attributes)
            found.setdefault(value, []).append(record)
        return found

    def _changeable(self, records: Sequence[Record]) -> set[int]:
        """Ids of those that this user may change."""
        ids = [record.pk for record in records]
        if self.request.user is None or not self.request.may_update:
            return set(ids)
        rows = self.kind.model._default_manager.changeable_by(self.request.user)  # type: ignore[attr-defined]
        return set(rows.filter(pk__in=ids).order_by().values_list("pk", flat=True))

    def _decide(self, entry: Entry, known: dict[tuple[str, ...], list[Record]], changeable: set[int]) -> None:
        key = self._key(entry.values)
        found = known.get(tuple(_as_key(each) for each in key), []) if key is not None else []
        text = {"text": self._spoken(entry)}
        if len(found) > 1:
            entry.problems = {self.keys[0]: _("There are several “%(text)s”; use the number.") % text}
            return
        record = found[0] if found else None
        if record is None:
            entry.outcome = "create"
            if not self.request.may_create:
                entry.problems = {self.keys[0]: _("There is no “%(text)s”.") % text}
            return
        if record.is_deleted:
            entry.problems = {self.keys[0]: _("“%(text)s” is in the recycle bin.") % text}
        elif not self.request.may_update:
            entry.outcome = "existing"
            if self.request.refuse_known:
                entry.problems = {self.keys[0]: _("“%(text)s” is there already.") % text}
        elif record.pk not in changeable:
            entry.problems = {self.keys[0]: _("You may not change “%(text)s”.") % text}
        else:
            entry.outcome, entry.record = "update", record

    # checking by the form

    def _check(self, entry: Entry) -> None:
        if len(str(entry.values.get("number", ""))) > LONGEST_NUMBER:
            message = _("The text is longer than %(most)s characters.") % {"most": LONGEST_NUMBER}
            entry.problems = {"number": message}
            return
        form_class = self.kind.form_class
        is_new = entry.record is None
        own = {"number", *ORIGIN} - set(self._template.fields)
        given = {self.kind.attribute(key).field_name: value for key, value in entry.values.items() if key not in own}
        if entry.record is not None and self._known_forms:
            form = self._known_forms.bound(entry.record, given)
        elif is_new and self._reused:
            form = self._reused.bound(given)
        else:
            unbound = self._template if is_new else form_class(user=self.request.user, instance=entry.record)
            data = form_class.data_from_json(given, unbound)
            form = form_class(data, user=self.request.user, instance=entry.record)
            if is_new:
                self._checks.give(form)
        entry.form = form
        if not form.is_valid():
            entry.problems = self._problems(form)
        elif not is_new and not set(form.changed_data) - {"version"}:
            entry.outcome = "existing"

    def _problems(self, form: Any) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, messages in form.errors.items():
            key = "" if name == forms.forms.NON_FIELD_ERRORS else self._by_source.get(name, name)
            text = " ".join(map(str, messages))
            found[key] = text if not key else f"{form.fields[name].label if name in form.fields else key}: {text}"
        return found

    def _refuse_erased(self, entries: Sequence[Entry]) -> None:
        """Rows that would bring back somebody whose personal data was erased. A person may enter them, a file not."""
        watched = duplicates.watched(self.kind.key)
        if not watched:
            return
        given = [{name: entry.form.cleaned_data.get(name) for name in watched} for entry in entries]
        for entry, found in zip(entries, duplicates.erased_of_many(self.kind.key, given), strict=True):
            is_touched = entry.outcome == "create" or watched & set(entry.form.changed_data)
            if found and is_touched:
                words = ", ".join(map(str, found[0].words))
                day = formats.date_format(found[0].erased_on, "SHORT_DATE_FORMAT")
                text = _("Suppressed: the personal data of somebody with the same %(words)s was erased on %(day)s.")
                entry.problems = {"": text % {"words": words, "day": day}}

    def _refuse_similar(self, entries: Sequence[Entry]) -> None:
        """Rows that may be a record which is known already, or another row of these."""
        found = duplicates.of_many(self.kind.key, [entry.form.cleaned_data for entry in entries], self.request.user)
        for entry, candidates in zip(entries, found, strict=True):
            if candidates:
                first = candidates[0]
                what = _("a record you may not see") if first.is_outside else str(first.record or _("another row"))
                words = ", ".join(map(str, first.words))
                entry.problems = {"": _("May be known already: %(what)s (%(words)s).") % {"what": what, "words": words}}

    # storing

    def _goes_with_others(self, entry: Entry) -> bool:
        if self._reused is None:
            return False
        if entry.record is None:
            return not any(self.kind.attribute(key).is_multiple for key in entry.values)
        # the history keeps tags beside it: records that have some are stored one by one
        several = [field.name for field in self.kind.model._meta.many_to_many]
        return not any(name in entry.form.changed_data or getattr(entry.record, name).all() for name in several)

    def _as_new(self, entry: Entry) -> Record:
        record = entry.form.instance
        record.number = str(entry.values.get("number", ""))
        record.batch = self.provenance.batch
        record.created_at = entry.values.get("created_at") or timezone.now()
        record.created_by_id = entry.values.get("created_by") or (self.request.user.pk if self.request.user else None)
        return record

    def _store_together(self, entries: list[Entry]) -> bool:
        """All or, when the database refuses one of them, none: then they are stored one by one to see which."""
        records = [self._as_new(entry) for entry in entries]
        try:
            with transaction.atomic():
                unnumbered = [record for record in records if not record.number]
                if unnumbered:
                    prefix = self.kind.model.NUMBER_PREFIX  # type: ignore[attr-defined]
                    first = Numbers.take(prefix, len(unnumbered))
                    for place, record in enumerate(unnumbered):
                        record.number = numbered(prefix, first + place)
                self.kind.model._default_manager.bulk_create(records, batch_size=500)
                self._follow(records, "+")
                search.index(self.kind, records, is_new=True)
        except (IntegrityError, DataError):
            for entry in entries:
                entry.form.instance.pk = None
                entry.form.instance._state.adding = True
                entry.form.instance.number = ""
            return False
        return True

    def _change_together(self, entries: list[Entry]) -> bool:
        """The same for records that are there."""
        records: list[Any] = [entry.form.instance for entry in entries]
        model: Any = self.kind.model
        versions = {record.pk: record.version for record in records}
        try:
            with transaction.atomic():
                ids = sorted(versions)
                current = {
                    row.pk: row for row in model._default_manager.select_for_update(of=("self",)).filter(pk__in=ids)
                }
                if any(pk not in current or current[pk].version != version for pk, version in versions.items()):
                    return False  # somebody saved one of them a moment ago
                for record in records:
                    record.version, record.modified_at = record.version + 1, timezone.now()
                bulk.update(records, [*self._written(entries), "version", "modified_at"])
                self._follow(records, "~")
                search.index(self.kind, [each.form.instance for each in entries if self._is_found_otherwise(each)])
                services.follow_up([(record, current[record.pk]) for record in records], self.request.user)
                self.request.checkpoint.changed_many(
                    self.provenance.batch,
                    self.kind.key,
                    [(each.form.instance, before_of(current[each.form.instance.pk], each)) for each in entries],
                )
        except (IntegrityError, DataError):
            for record in records:
                record.version = versions[record.pk]
            return False
        return True

    def _is_found_otherwise(self, entry: Entry) -> bool:
        """Whether the search index has to follow a change."""
        return any(self.kind.attribute(key).field_name in entry.form.changed_data for key in self.kind.search)

    def _written(self, entries: Sequence[Entry]) -> list[str]:
        """The fields of the table that any of these changes."""
        columns = {field.name for field in self.kind.model._meta.concrete_fields}
        names = {name for entry in entries for name in entry.form.changed_data} - {"version"}
        return sorted({name if name in columns else "custom" for name in names})

    def _follow(self, records: Sequence[Any], what: str) -> None:
        """History and whatever else goes with rows that are written past `save`."""
        if hasattr(self.kind.model, "history"):
            bulk.append_history(self.kind.model, records, what=what, user=self.request.user)
        self.kind.model.stored_many(records)

    def _store(self, entry: Entry) -> None:
        entry.form.instance._history_user = self.request.user
        before = kept_values(entry.record, entry.form.changed_data) if entry.record is not None else None
        if entry.record is None:
            self._as_new(entry)
        try:
            with transaction.atomic():
                stored = entry.form.store()
                if before is not None:
                    self.request.checkpoint.changed(self.provenance.batch, self.kind.key, stored, before)
        except (IntegrityError, DataError, services.Conflict) as error:
            entry.problems = {"": str(error)}
        except ValidationError as error:
            entry.problems = {"": " ".join(error.messages)}


def _is_plain(kind: Kind) -> bool:
    """Nothing but the row itself comes about when such a record is stored, or the model says what else does."""
    form, model = kind.form_class, kind.model
    is_told = model.save is Record.save or model.stored_many.__func__ is not Record.stored_many.__func__  # type: ignore[attr-defined]
    return form.store is RecordForm.store and form._save_m2m is forms.ModelForm._save_m2m and is_told


def before_of(stored: Record, entry: Entry) -> dict[str, Any]:
    """What an undo writes back."""
    return kept_values(stored, [name for name in entry.form.changed_data if name != "version"], is_stored=True)


def _as_key(value: Any) -> str:
    return str(getattr(value, "pk", value)).strip() if value is not None else ""


__all__ = ["ORIGIN", "Entry", "RecordWriter"]
