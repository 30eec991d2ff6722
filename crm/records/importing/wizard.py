"""An import in steps: the upload, what is said about it, a look at what will come of it, the run."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.jobs import services as jobs
from crm.records import duplicates, values
from crm.records.importing import files
from crm.records.importing.engine import request_for
from crm.records.importing.files import Sample, SampleSource
from crm.records.importing.general import GeneralImporter
from crm.records.importing.mapping import guessed, map_columns
from crm.records.importing.models import ImportJob, ImportMapping
from crm.records.importing.problems import FileRefused, Row, RowError
from crm.records.importing.registry import Importer, Request, importer_for, names
from crm.records.importing.report import ErrorFile, ImportSummary
from crm.records.kinds import kinds

SHOWN_ROWS = 20
RUN, READ = "records.import", "records.import_read"


@dataclass
class Choices:
    """What the owner of a file says about it.

    mapping  column -> key of the field, "" for none;  values  key -> text -> code, id, or "" for nothing
    keys     of the fields by which known records are found
    """

    preset: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    mode: str = ImportJob.Mode.CREATE
    keys: list[str] = field(default_factory=list)
    date_order: str = ""
    encoding: str = ""
    sheet: str = ""
    refuse_similar: bool = False
    tidy: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, imp: ImportJob) -> "Choices":
        return cls(**imp.choices)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def options(self) -> dict[str, Any]:
        """The arguments of `run_import`."""
        keys = ",".join(self.keys)
        changes = self.mode != ImportJob.Mode.CREATE
        return {
            "preset": self.preset,
            "mapping": self.mapping,
            "values": self.values,
            "update_by": (keys or "number") if changes else "",
            "known_by": "" if changes else keys,
            "may_create": self.mode != ImportJob.Mode.UPDATE,
            "refuse_known": not changes,
            "refuse_similar": self.refuse_similar,
            "tidy": tuple(self.tidy),
            "date_order": self.date_order,
        }


@dataclass
class Preview:
    """The first rows as they will be stored. A row: number, outcome, cells by field, what is wrong."""

    fields: list[Any] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    unknown: list[dict[str, Any]] = field(default_factory=list)
    unused_columns: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refusal: str = ""
    needs_date_order: bool = False


@dataclass(frozen=True)
class Offer:
    """Something that can be imported: an importer, or a well-known kind of file for it."""

    importer: str
    preset: str
    label: str

    @property
    def query(self) -> str:
        return f"kind={self.importer}" + (f"&preset={self.preset}" if self.preset else "")


def offers(user: User) -> list[Offer]:
    """What this user may import."""
    found = []
    for name in names():
        importer = importer_for(name)
        if not importer.may_run(user):
            continue
        found.append(Offer(name, "", capfirst(str(importer.label))))
        found += [Offer(name, preset.name, str(preset.label)) for preset in importer.presets]
    return found


def importer_of(imp: ImportJob, user: User | None) -> Importer:
    importer = importer_for(imp.importer)
    if not importer.may_run(user):
        raise PermissionDenied
    return importer


def upload(
    *, user: User, importer: str, preset: str, name: str, chunks: Iterable[bytes], again: ImportJob | None = None
) -> ImportJob:
    """Keep a file and look at it. Raises FileRefused with nothing left behind."""
    files.check_name(name)
    files.forget_old()
    choices = Choices(preset=preset)
    if again is not None:
        choices = Choices.of(again)
        choices.encoding = choices.sheet = ""
        choices.date_order = choices.date_order or again.summary.get("date_order", "")
    imp = ImportJob.objects.create(importer=importer, name=name[-255:], owner=user, choices=choices.as_dict())
    try:
        files.store(imp, chunks)
        if files.is_read_at_once(imp):
            look(imp)
        else:
            imp.status = ImportJob.Status.READING
            imp.job = jobs.enqueue(READ, payload={"import": imp.pk}, key=f"import:{imp.pk}", user=user)
    except FileRefused:
        files.forget(imp)
        imp.delete()
        raise
    imp.save()
    return imp


def look(imp: ImportJob) -> Sample:
    """Read the beginning of the file as the choices say, and guess which column is which field."""
    choices, importer = Choices.of(imp), importer_for(imp.importer)
    layouts = importer.preset(choices.preset).layouts if choices.preset else ()
    sample = files.read(imp, layouts=layouts, sheet=choices.sheet, encoding=choices.encoding)
    files.keep_sample(imp, sample)
    told = {column: key for column, key in choices.mapping.items() if column in sample.columns}
    choices.mapping = told | guessed(sample.columns, importer.fields(imp.owner), told)
    saved = None if told else _saved_for(imp, sample.columns)
    if saved is not None:
        choices = _with_saved(choices, saved, sample.columns)
    imp.choices = choices.as_dict()
    return sample


def preview(imp: ImportJob, user: User) -> Preview:
    """Read and check the first rows; nothing is written."""
    importer, choices, sample = importer_of(imp, user), Choices.of(imp), files.sample_of(imp)
    found = Preview()
    fields = {each.key: each for each in importer.fields(user)}
    few = SampleSource(imp.path, _first(sample, SHOWN_ROWS))
    request = _request(imp, choices, user, dry_run=True)
    summary = ImportSummary(kind=imp.importer, file=imp.name, dry_run=True)
    seen: dict[int, dict[str, Any]] = {}

    def note(row: Row, stored: Mapping[str, Any], outcome: str, problem: RowError | None) -> None:
        cells = {key: _text(importer, request, key, value) for key, value in stored.items()}
        seen[row.number] = {
            "number": row.number,
            "outcome": "error" if problem else outcome,
            "cells": cells,
            "problem": problem.message if problem else "",
            "columns": problem.column.split(", ") if problem else [],
            "raw": row.cells,
        }

    request.seen = note
    if not request.date_order:
        request.date_order = _date_order(importer, request, sample, imp, found)
    if not found.refusal:
        try:
            with ErrorFile(None, sample.columns, summary) as errors:
                if isinstance(importer, GeneralImporter):
                    importer.know(request, SampleSource(imp.path, sample))
                importer.run(request, few, summary, errors)
        except FileRefused as refusal:
            found.refusal = str(refusal)
    # PostgreSQL keeps the choices' keys in an order of its own: the file's is shown
    mapped = dict(sorted(_places(importer, request, sample).items(), key=lambda pair: pair[1]))
    found.fields = [fields[key] for key in mapped]
    found.rows = [_as_row(row, mapped, sample.columns) for row in seen.values()]
    found.notes = summary.notes
    found.unused_columns = summary.unused_columns
    found.unknown = _unknown(importer, request, sample, imp, found.refusal)
    return found


def save_choices(imp: ImportJob, choices: Choices) -> None:
    """Keep them; what a dry run of others found no longer counts."""
    if imp.choices != choices.as_dict():
        imp.choices, imp.trial = choices.as_dict(), {}
        imp.save(update_fields=["choices", "trial"])


def check(imp: ImportJob, user: User) -> None:
    """Raise FileRefused where the run would, before it is asked for."""
    found = preview(imp, user)
    if found.refusal:
        raise FileRefused(found.refusal)


def launch(imp: ImportJob, *, user: User, dry_run: bool = False) -> ImportJob:
    """Have it done by the worker."""
    importer_of(imp, user)
    with transaction.atomic():
        current = ImportJob.objects.select_for_update(of=("self",)).get(pk=imp.pk)
        if current.is_busy or (current.status not in _may_start(dry_run)):
            raise FileRefused(_("This import is running or has run already."))
        current.job = jobs.enqueue(
            RUN, payload={"import": imp.pk, "dry_run": dry_run}, key=f"import:{imp.pk}", user=imp.owner or user
        )
        current.error = ""
        if not dry_run:
            current.status = ImportJob.Status.RUNNING
        current.save(update_fields=["job", "status", "error"])
    return current


def save_mapping(imp: ImportJob, *, user: User, name: str) -> ImportMapping:
    columns = files.sample_of(imp).columns
    saved, _is_new = ImportMapping.objects.update_or_create(
        importer=imp.importer, owner=user, name=name[:80], defaults={"columns": columns, "choices": imp.choices}
    )
    return saved


def use_mapping(imp: ImportJob, saved: ImportMapping) -> None:
    columns = files.sample_of(imp).columns
    save_choices(imp, _with_saved(Choices.of(imp), saved, columns))


def _may_start(dry_run: bool) -> set[str]:
    fresh = {ImportJob.Status.DRAFT.value}
    again = {ImportJob.Status.FAILED.value, ImportJob.Status.CANCELLED.value, ImportJob.Status.RUNNING.value}
    return fresh if dry_run else fresh | again


def _request(imp: ImportJob, choices: Choices, user: User | None, *, dry_run: bool) -> Request:
    return request_for(
        importer_for(imp.importer), imp.path, name=imp.name, user=user, dry_run=dry_run, **choices.options()
    )


def _first(sample: Sample, most: int) -> Sample:
    return Sample(sample.columns, sample.rows[:most], sample.rows_in_all, sample.encoding)


def _places(importer: Importer, request: Request, sample: Sample) -> dict[str, int]:
    try:
        return map_columns(sample.columns, importer.fields(request.user), request.mapping)
    except FileRefused:
        told = guessed(sample.columns, importer.fields(request.user)) | dict(request.mapping)
        return {key: sample.columns.index(column) for column, key in told.items() if key and column in sample.columns}


def _date_order(importer: Importer, request: Request, sample: Sample, imp: ImportJob, found: Preview) -> str:
    """As all rows that were kept show it, not just the few that are shown."""
    from crm.records.importing.problems import DateOrderNeeded

    try:
        return importer.date_order(request, SampleSource(imp.path, sample))
    except DateOrderNeeded as needed:
        found.needs_date_order = True
        found.refusal = _("Dates such as %(text)s can be read in two ways: say whether day or month comes first.") % {
            "text": needed.example
        }
    except FileRefused as refusal:
        found.refusal = str(refusal)
    return ""


def _unknown(
    importer: Importer, request: Request, sample: Sample, imp: ImportJob, refusal: str
) -> list[dict[str, Any]]:
    """Names that stand for nothing, in the rows that were kept and in the dry run of the whole file."""
    counted: dict[str, dict[str, int]] = {}
    if not refusal:
        counted = importer.unknown_names(request, SampleSource(imp.path, sample))
    for key, texts in imp.trial.get("unknown", {}).items():
        counted.setdefault(key, {}).update(texts)
    for key, texts in request.values.items():
        for text in texts:
            counted.setdefault(key, {}).setdefault(text, 0)
    return [{"key": key, "texts": list(islice(texts.items(), 100))} for key, texts in counted.items() if texts]


def _text(importer: Importer, request: Request, key: str, value: Any) -> str:
    if isinstance(importer, GeneralImporter) and key in importer.kind.by_key:
        attribute = importer.kind.attribute(key)
        if attribute.is_multiple and value is not None and not isinstance(value, list):
            value = list(value)
        if isinstance(value, int) and attribute.type == "relation":
            value = request.related.row(attribute.related, value)
        return values.text(attribute, value)
    return "" if value is None else str(value)


def _as_row(row: dict[str, Any], mapped: dict[str, int], columns: list[str]) -> dict[str, Any]:
    """Cells in the order of the mapped fields: as stored, or as they stand in the file where they are wrong."""
    cells = []
    for key, place in mapped.items():
        raw = row["raw"][place] if place < len(row["raw"]) else ""
        cells.append({"text": row["cells"].get(key, raw), "raw": raw, "is_wrong": columns[place] in row["columns"]})
    return row | {"cells": cells}


def _saved_for(imp: ImportJob, columns: list[str]) -> ImportMapping | None:
    """The latest saved mapping of this user for a file with the same heading."""
    for saved in ImportMapping.objects.filter(importer=imp.importer, owner=imp.owner).order_by("-id")[:50]:
        if set(saved.columns) == set(columns):
            return saved
    return None


def _with_saved(choices: Choices, saved: ImportMapping, columns: list[str]) -> Choices:
    kept = Choices(**saved.choices)
    mapping = {column: key for column, key in kept.mapping.items() if column in columns}
    return Choices(
        **kept.as_dict()
        | {
            "mapping": choices.mapping | mapping,
            "preset": choices.preset,
            "sheet": choices.sheet,
            "encoding": choices.encoding,
        }
    )


def named(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Counts by the plural of what they count: summaries have it by path."""
    others = {"lines": _("order lines"), "regions": _("regions"), "channels": _("channels")}
    labels = {kind.path: str(kind.label_plural) for kind in kinds}
    return [(labels.get(path) or others.get(path, path), count) for path, count in counts.items()]


def may_refuse_similar(importer: Importer) -> bool:
    return isinstance(importer, GeneralImporter) and duplicates.is_checked(importer.kind.key)
