"""Which column of a file is which field: by what the heading says in any of the three languages, or as told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.records.importing.problems import FileRefused
from crm.records.importing.report import ERROR_COLUMNS
from crm.records.importing.values import folded

Text = str | Promise


@dataclass(frozen=True)
class Field:
    """One thing a file can bring. `names`: other headings under which it is known."""

    key: str
    label: Text
    names: tuple[str, ...] = ()
    required: bool = False
    is_needed: bool = False  # by new records, not by changes of known ones

    def headings(self) -> set[str]:
        """All headings that mean this field, folded for comparison."""
        texts = [self.key, *self.names, *in_every_language(self.label)]
        return {folded(text) for text in texts}


def in_every_language(text: Text) -> set[str]:
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(str(text))
    return found


def map_columns(
    columns: Sequence[str], fields: Sequence[Field], told: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Field key -> place of its column. Refuses when told nonsense, or when a required field has no column."""
    told = dict(told or {})
    by_key = {field.key: field for field in fields}
    _check_told(columns, by_key, told)
    mapped = {key: columns.index(column) for column, key in told.items() if key}
    for column, key in guessed(columns, fields, told).items():
        mapped[key] = columns.index(column)
    missing = [field for field in fields if field.required and field.key not in mapped]
    if missing:
        raise FileRefused(
            _("The file has no column for %(fields)s. Its columns are: %(columns)s.")
            % {
                "fields": ", ".join(f"{field.label} ({field.key})" for field in missing),
                "columns": ", ".join(column or "–" for column in columns),
            }
        )
    return mapped


def guessed(columns: Sequence[str], fields: Sequence[Field], told: Mapping[str, str] | None = None) -> dict[str, str]:
    """Column -> key of the field its heading means, for columns and fields that nothing was told of."""
    told = told or {}
    free = [column for column in columns if column and column not in told and column not in ERROR_COLUMNS]
    found = {}
    for field in fields:
        if field.key in told.values():
            continue
        headings = field.headings()
        match = next((column for column in free if folded(column) in headings), None)
        if match is not None:
            found[match] = field.key
            free.remove(match)
    return found


def unused(columns: Sequence[str], mapped: Mapping[str, int]) -> list[str]:
    used = set(mapped.values())
    return [
        column for place, column in enumerate(columns) if column and place not in used and column not in ERROR_COLUMNS
    ]


def parse_told(pairs: Iterable[str]) -> dict[str, str]:
    """COLUMN=FIELD pairs of the command line; COLUMN= leaves a column out."""
    told = {}
    for pair in pairs:
        column, equals, key = pair.rpartition("=")
        if not equals or not column:
            raise FileRefused(_("Write COLUMN=FIELD, not “%(text)s”.") % {"text": pair})
        told[column.strip()] = key.strip()
    return told


def _check_told(columns: Sequence[str], by_key: Mapping[str, Field], told: Mapping[str, str]) -> None:
    for column, key in told.items():
        if column not in columns:
            raise FileRefused(
                _("The file has no column %(column)s. Its columns are: %(columns)s.")
                % {"column": column, "columns": ", ".join(columns)}
            )
        if key and key not in by_key:
            raise FileRefused(
                _("There is no field %(field)s. The fields are: %(fields)s.")
                % {"field": key, "fields": ", ".join(by_key)}
            )
    keys = [key for key in told.values() if key]
    if len(keys) != len(set(keys)):
        raise FileRefused(_("Two columns are given for one field."))
