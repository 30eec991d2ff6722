"""Which importer takes which files: special ones by name, every kind of record by the general one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules, import_string
from django.utils.translation import gettext as _

from crm.accounts import access
from crm.accounts.models import User
from crm.records.importing.checkpoint import Checkpoint
from crm.records.importing.mapping import Field
from crm.records.importing.problems import FileRefused, Row, RowError
from crm.records.importing.readers import Layout, Source
from crm.records.importing.report import ErrorFile, ImportSummary
from crm.records.kinds import kinds

Text = str | Promise
Progress = Callable[[float, Text], None]  # share done 0-1, what is being done
Seen = Callable[[Row, dict[str, Any], str, RowError | None], None]  # row, values as stored, outcome, what is wrong


@dataclass(frozen=True)
class Preset:
    """A well-known kind of file: how it is laid out, and what its importer should know of it."""

    name: str
    label: Text
    layouts: tuple[Layout, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    policy: Any = None


@dataclass
class Request:
    """One import as asked for.

    update_by     keys of the fields by which known records are found and changed, with commas between them
    known_by      the same for records that are found and left as they are; by default the number
    refuse_known  whether a row whose record is there already counts as an error
    refuse_similar  whether a row that may be a record known already does
    tidy          what is put in order on the way (crm.records.importing.tidying), by key
    values        key of a field -> text of the file -> code of the choice, id of the related row, "" for nothing
    seen          is told of each row what becomes of it, for a preview
    related       what relations point at, looked up before (crm.records.importing.reading.Related), for a preview
    """

    path: Path
    name: str
    kind: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    preset: Preset | None = None
    dry_run: bool = False
    update_by: str = ""
    may_create: bool = True
    user: User | None = None
    date_order: str = ""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    known_by: str = ""
    refuse_known: bool = False
    refuse_similar: bool = False
    tidy: tuple[str, ...] = ()
    related: Any = None
    progress: Progress = lambda share, text: None
    checkpoint: Checkpoint = field(default_factory=Checkpoint)
    seen: Seen | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(each.strip() for each in (self.update_by or self.known_by).split(",") if each.strip())

    @property
    def may_update(self) -> bool:
        return bool(self.update_by)

    @property
    def preset_name(self) -> str:
        return self.preset.name if self.preset else ""


class Importer:
    """Takes the rows of a source into the database. Subclasses say which fields there are and what becomes of them."""

    name = ""  # what the command calls it, such as "order-lines"
    label: Text = ""
    kind_keys: tuple[str, ...] = ()  # of the kinds it makes records of
    presets: tuple[Preset, ...] = ()
    can_update = False  # whether it finds known records by a field and changes them

    def may_run(self, user: User | None) -> bool:
        """Whether the user may create everything that it makes."""
        return user is None or all(access.may_create(key, user) for key in self.kind_keys)

    def fields(self, user: User | None) -> list[Field]:
        """What a file of this user may bring."""
        raise NotImplementedError

    def run(self, request: Request, source: Source, summary: ImportSummary, errors: ErrorFile) -> None:
        raise NotImplementedError

    def class_label(self, name: str) -> Text:
        """What a class of rows that the summary counts is called."""
        return name

    def date_order(self, request: Request, source: Source) -> str:
        """Whether day or month comes first in the dates of the file; raises DateOrderNeeded."""
        return request.date_order

    def unknown_names(self, request: Request, source: Source) -> dict[str, dict[str, int]]:
        """Key of a field -> names in its column that stand for nothing known, with how often."""
        return {}

    def preset(self, name: str) -> Preset:
        for preset in self.presets:
            if preset.name == name:
                return preset
        raise FileRefused(
            _("There is no preset %(name)s for %(kind)s; there are: %(names)s.")
            % {"name": name, "kind": self.name, "names": ", ".join(each.name for each in self.presets) or "–"}
        )


_importers: dict[str, Importer] = {}


def register(importer: Importer) -> Importer:
    if importer.name in _importers:
        raise ValueError(f"Importer {importer.name} is registered twice.")
    _importers[importer.name] = importer
    return importer


def importer_for(name: str) -> Importer:
    """By the name of a special importer, or the key or path of a kind."""
    from crm.records.importing.general import GeneralImporter

    autodiscover_modules("importers")
    wanted = name.strip().lower()
    if wanted in _importers:
        return _importers[wanted]
    for kind in kinds:
        if wanted.replace("_", "-") in {kind.key.replace("_", "-"), kind.path}:
            return import_string(kind.importer)(kind) if kind.importer else GeneralImporter(kind)
    raise FileRefused(
        _("“%(name)s” cannot be imported. There are: %(names)s.") % {"name": name, "names": ", ".join(names())}
    )


def names() -> list[str]:
    autodiscover_modules("importers")
    return sorted({*_importers, *(kind.path for kind in kinds)})


def importers() -> Iterable[Importer]:
    autodiscover_modules("importers")
    return _importers.values()
