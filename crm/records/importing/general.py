"""Every kind from its declaration: columns mapped to attributes, values read by type, written by its form.

The form is the one of pages and API, so an imported row is held to the same rules as a typed one, and its deadlines,
tasks and search index come about the same way.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.accounts import settled
from crm.accounts.models import Company, User
from crm.records import privacy
from crm.records.attributes import Attribute
from crm.records.importing import tidying
from crm.records.importing.headings import HEADINGS
from crm.records.importing.mapping import Field, map_columns, unused
from crm.records.importing.problems import FileRefused, Row, RowError
from crm.records.importing.readers import Source
from crm.records.importing.reading import CHOICE_READERS, RecordReader, Related
from crm.records.importing.registry import Importer, Request
from crm.records.importing.report import ErrorFile, ImportSummary
from crm.records.importing.writing import ORIGIN, Entry, RecordWriter
from crm.records.kinds import Kind
from crm.records.locks import hold

ROWS_AT_ONCE = 100  # per transaction where each is stored by itself, about a second
PLAIN_ROWS_AT_ONCE = 1_000


class GeneralImporter(Importer):
    can_update = True

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.name = kind.path
        self.label = kind.label_plural
        self.kind_keys = (kind.key,)

    def attributes(self, user: User | None) -> list[Attribute]:
        """What a file may bring: the number, who entered it and when, and what this user may write on the form."""
        fields = self.kind.form_class.base_fields
        return [
            each
            for each in self.kind.attributes
            if (each.key in ORIGIN or (each.is_importable and (each.key == "number" or _is_on(fields, each))))
            and privacy.may_write(self.kind, each, user)
        ]

    def fields(self, user: User | None) -> list[Field]:
        missing = set(self._required(user))
        return [
            Field(each.key, each.label, self._headings(each.key), is_needed=each.field_name in missing)
            for each in self.attributes(user)
        ]

    def _headings(self, key: str) -> tuple[str, ...]:
        return HEADINGS.get(f"{self.kind.key}.{key}", ()) + HEADINGS.get(key, ())

    def _required(self, user: User | None) -> list[str]:
        form = self.kind.form_class(user=user)
        return [name for name, field in form.fields.items() if _must_be_given(field, name, self.kind)]

    def run(self, request: Request, source: Source, summary: ImportSummary, errors: ErrorFile) -> None:
        if request.may_create and not self.may_run(request.user):
            raise PermissionDenied
        mapped = map_columns(source.columns, self.fields(request.user), request.mapping)
        self._check(request, source, mapped)
        summary.unused_columns = unused(source.columns, mapped)
        with timezone.override(Company.objects.current().zone):
            reader = self._reader(request, source, summary)
            may_go_together = self.kind.key not in reader.refers_to  # a row may name the one above it
            writer = RecordWriter(self.kind, request, summary, at_once=may_go_together)
            self._take_all(request, source, summary, errors, reader, writer)

    def date_order(self, request: Request, source: Source) -> str:
        summary = ImportSummary(kind=self.name, file=request.name)
        self._reader(request, source, summary)
        return summary.date_order

    def unknown_names(self, request: Request, source: Source) -> dict[str, dict[str, int]]:
        summary = ImportSummary(kind=self.name, file=request.name)
        reader = self._reader(request, source, summary)
        rows = list(source.rows())
        reader.prepare(rows)
        for row in rows:
            reader.read(row)
        return summary.unknown

    def know(self, request: Request, source: Source) -> None:
        """Look up beforehand what all rows point at, into `request.related`."""
        request.related = Related(request.user)
        reader = self._reader(request, source, ImportSummary(kind=self.name, file=request.name))
        reader.prepare(list(source.rows()))

    def _reader(self, request: Request, source: Source, summary: ImportSummary) -> RecordReader:
        attributes = self.attributes(request.user)
        mapped = map_columns(source.columns, self.fields(request.user), request.mapping)
        zone = Company.objects.current().zone
        return RecordReader(self.kind, attributes, source, mapped, request, summary, zone)

    def _take_all(
        self,
        request: Request,
        source: Source,
        summary: ImportSummary,
        errors: ErrorFile,
        reader: RecordReader,
        writer: RecordWriter,
    ) -> None:
        rows = iter(source.rows())
        state = request.checkpoint.state()
        if state:
            self._pass_by(islice(rows, state["summary"]["rows"]), reader, writer)
            summary.restore(state["summary"])
            errors.go_on_from(state["errors_size"])
        size = PLAIN_ROWS_AT_ONCE if writer.goes_at_once else ROWS_AT_ONCE
        while chunk := list(islice(rows, size)):
            reader.prepare(chunk)
            # settings are asked for at each row: they are read once for each of these transactions
            stamp = Company.objects.values_list("stamp", flat=True).first()
            with transaction.atomic(), settled.request_with(stamp):
                if not request.dry_run:
                    hold(f"import of {self.kind.key}")  # of two files that name the same record, the second finds it
                parts = [chunk] if writer.goes_at_once else [[row] for row in chunk]
                for part in parts:
                    self._take(part, reader, writer, summary, errors, request)
                if not request.dry_run:
                    request.checkpoint.save(summary, errors)
            request.progress(source.share_read(), _("importing"))

    def _pass_by(self, rows: Iterable[Row], reader: RecordReader, writer: RecordWriter) -> None:
        """Rows that an interrupted run has dealt with; their keys count when one stands in the file twice."""
        for row in rows:
            found = reader.read(row)
            if not isinstance(found, RowError):
                writer.remember(found)

    def _take(
        self,
        rows: Sequence[Row],
        reader: RecordReader,
        writer: RecordWriter,
        summary: ImportSummary,
        errors: ErrorFile,
        request: Request,
    ) -> None:
        read = [(row, self._tidied(reader.read(row), request)) for row in rows]
        entries = {row.number: Entry(row, found) for row, found in read if not isinstance(found, RowError)}
        writer.prepare(list(entries.values()))
        writer.write(list(entries.values()))
        for row, found in read:
            summary.rows += 1
            problem = found if isinstance(found, RowError) else reader.problem(row, entries[row.number].problems)
            if problem is not None:
                errors.add(problem)
            if request.seen is not None:
                entry = entries.get(row.number)
                request.seen(row, writer.as_stored(entry) if entry else {}, entry.outcome if entry else "", problem)

    def _tidied(self, found: Any, request: Request) -> Any:
        if not request.tidy or isinstance(found, RowError):
            return found
        allowed = (each.key for each in self.attributes(request.user))
        return tidying.tidied(self.kind.key, request.tidy, found, allowed)

    def _check(self, request: Request, source: Source, mapped: dict[str, int]) -> None:
        if not mapped:
            names = ", ".join(field.key for field in self.fields(request.user))
            raise FileRefused(
                _("No column of the file is known. Its columns are: %(columns)s. The fields are: %(fields)s.")
                % {"columns": ", ".join(source.columns), "fields": names}
            )
        for key in request.keys:
            if key not in mapped:
                raise FileRefused(
                    _("The file has no column for %(field)s, by which records are to be found.") % {"field": key}
                )
        if request.update_by or not request.may_create:
            return
        form = self.kind.form_class(user=request.user)
        missing = [
            form.fields[name].label or name
            for name in self._required(request.user)
            if not any(self.kind.attribute(key).field_name == name for key in mapped)
        ]
        if missing:
            raise FileRefused(
                _("The file has no column for %(fields)s. Its columns are: %(columns)s.")
                % {"fields": ", ".join(map(str, missing)), "columns": ", ".join(source.columns)}
            )


def _is_on(fields: Mapping[str, Any], attribute: Attribute) -> bool:
    """Whether the form has it; custom fields come to the form when it is made."""
    return attribute.is_custom or attribute.source in fields


def _must_be_given(field: forms.Field, name: str, kind: Kind) -> bool:
    """Whether a new record cannot do without: required, and the model has no default for it."""
    if not field.required:
        return False
    if name in kind.by_key and kind.by_key[name].is_custom:
        return field.initial in (None, "")
    model_field: Any = kind.model._meta.get_field(name)
    return not model_field.has_default()


__all__: Sequence[str] = ("CHOICE_READERS", "HEADINGS", "GeneralImporter")
