"""Which importer takes which files: special ones by name, every kind of record by the general one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules, import_string
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.records.importing.problems import FileRefused
from crm.records.importing.readers import Layout, Source
from crm.records.importing.report import ErrorFile, ImportSummary
from crm.records.kinds import kinds

Text = str | Promise
Progress = Callable[[float, Text], None]  # share done 0-1, what is being done


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
    """One import as asked for."""

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
    progress: Progress = lambda share, text: None

    @property
    def preset_name(self) -> str:
        return self.preset.name if self.preset else ""


class Importer:
    """Takes the rows of a source into the database. Subclasses say which fields there are and what becomes of them."""

    name = ""  # what the command calls it, such as "order-lines"
    presets: tuple[Preset, ...] = ()

    def run(self, request: Request, source: Source, summary: ImportSummary, errors: ErrorFile) -> None:
        raise NotImplementedError

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
