"""Rows of text into values by the key of their attribute, or into what is wrong with them."""

import zoneinfo
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import Model, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.records import lookups, privacy
from crm.records.attributes import Attribute, Type
from crm.records.importing.mapping import in_every_language
from crm.records.importing.problems import BadValue, DateOrderNeeded, Row, RowError, UnknownValue
from crm.records.importing.readers import Source
from crm.records.importing.registry import Request
from crm.records.importing.report import ImportSummary
from crm.records.importing.values import (
    cleaned,
    dates_read,
    day_or_month_first,
    folded,
    needs_a_choice,
    parse_boolean,
    parse_date,
    parse_number,
    parse_ratio,
)
from crm.records.kinds import Kind, kinds

SAMPLE_ROWS = 5_000
MOST_KNOWN = 10_000  # rows that are kept for the names of a part of a file
KNOWN_BY = ("number", "code", "username", "email", "name", "name_zh_hans", "name_zh_hant")
BETWEEN_SEVERAL = str.maketrans(";、，|", ",,,,")

# How a choice is read where its labels are not all that people write; by key of the attribute.
CHOICE_READERS: dict[str, Callable[[str], str]] = {}


class RecordReader:
    def __init__(
        self,
        kind: Kind,
        attributes: list[Attribute],
        source: Source,
        mapped: dict[str, int],
        request: Request,
        summary: ImportSummary,
        zone: zoneinfo.ZoneInfo,
    ) -> None:
        self.columns = source.columns
        self.mapped = mapped
        self.summary = summary
        by_key = {each.key: each for each in attributes}
        self._attributes = [(by_key[key], place) for key, place in mapped.items()]
        style: Any = self._date_order(source, request.date_order)
        summary.date_order = style
        self._moment = dates_read(style, zone)
        self._style = style
        self.kind = kind
        self._related: Related = request.related or Related(request.user)
        self._told = {
            key: {folded(text): value for text, value in told.items()} for key, told in request.values.items()
        }
        self._choices = {
            each.key: _choices_by_name(each) for each, _place in self._attributes if each.type == Type.CHOICE
        }

    @property
    def refers_to(self) -> set[str]:
        return {each.related for each, _place in self._attributes if each.type == Type.RELATION}

    def prepare(self, rows: Sequence[Row]) -> None:
        """Look up what the relations of these rows point at, a table at a time. Rows of the kind itself may still come
        about on the way."""
        for attribute, place in self._attributes:
            if attribute.type != Type.RELATION or attribute.related == self.kind.key:
                continue
            told = self._told.get(attribute.key, {})
            texts = {part for row in rows if not row.problem for part in self._parts(attribute, row.cells[place])}
            self._related.know(attribute, {each for each in texts if folded(each) not in told})
            self._related.allow(attribute, set(told.values()))

    def _parts(self, attribute: Attribute, cell: str) -> list[str]:
        text = cleaned(cell)
        if not attribute.is_multiple:
            return [text] if text else []
        return [part for part in map(str.strip, text.translate(BETWEEN_SEVERAL).split(",")) if part]

    def read(self, row: Row) -> dict[str, Any] | RowError:
        if row.problem:
            return RowError(row.number, "", row.problem, row.cells)
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for attribute, place in self._attributes:
            text = cleaned(row.cells[place])
            if not text:
                continue  # an empty cell says nothing; it does not erase
            try:
                value = self._value(attribute, text)
            except BadValue as error:
                problems[attribute.key] = str(error.message)
                continue
            if value is not None and value != []:
                values[attribute.key] = value
        return self.problem(row, problems) or values

    def problem(self, row: Row, problems: dict[str, str]) -> RowError | None:
        """`problems`: key of an attribute, or "" for the row, -> what is wrong."""
        if not problems:
            return None
        columns = [self.columns[self.mapped[key]] if key in self.mapped else key for key in problems if key]
        return RowError(row.number, ", ".join(columns), " ".join(problems.values()), row.cells)

    def _value(self, attribute: Attribute, text: str) -> Any:
        match attribute.type:
            case Type.NUMBER | Type.MONEY:
                return parse_number(text)
            case Type.RATIO:
                return parse_ratio(text)
            case Type.DATE:
                return parse_date(text, self._style)
            case Type.MOMENT:
                return self._moment(text)
            case Type.BOOLEAN:
                return parse_boolean(text)
            case Type.CHOICE | Type.RELATION:
                find = self._choice if attribute.type == Type.CHOICE else self._related.find
                if not attribute.is_multiple:
                    return self._named(attribute, text, find)
                parts = [part.strip() for part in text.translate(BETWEEN_SEVERAL).split(",")]
                found = [self._named(attribute, part, find) for part in parts if part]
                return [each for each in found if each is not None]
        return text

    def _named(self, attribute: Attribute, text: str, find: Callable[[Attribute, str], Any]) -> Any:
        """What a text stands for: as told, else by its name. None where it was told to stand for nothing."""
        told = self._told.get(attribute.key, {})
        if told and folded(text) in told:
            return self._as_told(attribute, text, told[folded(text)])
        try:
            return find(attribute, text)
        except UnknownValue:
            self.summary.count_unknown(attribute.key, text)
            raise

    def _as_told(self, attribute: Attribute, text: str, value: str) -> Any:
        if not value:
            return None
        if attribute.type == Type.CHOICE:
            return self._choice(attribute, value)
        if self._related.may_point_at(attribute, value):
            return int(value)
        raise UnknownValue(_("There is no “%(text)s”.") % {"text": text})

    def _choice(self, attribute: Attribute, text: str) -> str:
        code = self._choices[attribute.key].get(folded(text), "")
        if not code and attribute.key in CHOICE_READERS:
            code = CHOICE_READERS[attribute.key](text)
        if not code:
            raise UnknownValue(_("“%(text)s” is none of the choices.") % {"text": text})
        return code

    def _date_order(self, source: Source, told: str) -> str:
        places = [place for each, place in self._attributes if each.type in {Type.DATE, Type.MOMENT}]
        if told or not places:
            return told
        rows = (row.cells for row in islice(source.rows(), SAMPLE_ROWS) if not row.problem)
        texts = [cells[place] for cells in rows for place in places]
        found = day_or_month_first(texts)
        if not found and needs_a_choice(texts):
            raise DateOrderNeeded(next(text for text in texts if needs_a_choice([text])))
        return found


class Related:
    """Rows that relations point at, found by number, code or name among those the user may see."""

    def __init__(self, user: User | None) -> None:
        self.user = user
        self._found: dict[tuple[str, str], int | str] = {}
        self._allowed: dict[tuple[str, str], bool] = {}
        self.rows: dict[tuple[str, int], Any] = {}  # what was found by `know`, to be shown

    def know(self, attribute: Attribute, texts: Iterable[str]) -> None:
        """Find many texts with one question; those that stay unknown say so without another."""
        related = attribute.related
        wanted = {text for text in texts if (related, text) not in self._found}
        lookup = lookups.get(related)
        names = self._names(related, lookup.model)
        if not wanted or not names:
            return
        small = {text.lower() for text in wanted}
        rows = lookup.queryset(self.user).annotate(**{f"small_{name}": Lower(name) for name in names})
        named = Q()
        for name in names:
            named |= Q(**{f"{name}__in": wanted}) | Q(**{f"small_{name}__in": small})
        found = list(rows.filter(named).order_by("pk")[: MOST_KNOWN + 1])
        if len(found) > MOST_KNOWN:
            return  # they are looked up one by one
        by_name: dict[str, dict[str, list[Any]]] = {name: {} for name in names}
        for row in found:
            self.rows[related, row.pk] = row
            for name in names:
                by_name[name].setdefault(str(getattr(row, name)).lower(), []).append(row)
        for text in wanted:
            matches = next((by_name[name][text.lower()] for name in names if text.lower() in by_name[name]), [])
            self._found[related, text] = self._said(lookup.model, text, matches)

    def allow(self, attribute: Attribute, ids: Iterable[str]) -> None:
        """The same for rows that were told by their id."""
        related = attribute.related
        wanted = {each for each in ids if each and (related, each) not in self._allowed and lookups.is_id(each)}
        if wanted:
            for row in lookups.get(related).queryset(self.user).filter(pk__in=wanted):
                self.rows[related, row.pk] = row
            self._allowed.update({(related, each): (related, int(each)) in self.rows for each in wanted})

    def row(self, related: str, pk: int) -> Any:
        """A row to be shown."""
        if (related, pk) not in self.rows:
            self.rows[related, pk] = lookups.get(related).model._default_manager.filter(pk=pk).first()
        return self.rows[related, pk]

    def find(self, attribute: Attribute, text: str) -> int:
        key = (attribute.related, text)
        if key not in self._found:
            self._found[key] = self._look_up(attribute, text)
        found = self._found[key]
        if isinstance(found, str):
            raise UnknownValue(found)
        return found

    def may_point_at(self, attribute: Attribute, text: str) -> bool:
        key = (attribute.related, text)
        if key not in self._allowed:
            rows = lookups.get(attribute.related).queryset(self.user)
            self._allowed[key] = lookups.is_id(text) and rows.filter(pk=text).exists()
        return self._allowed[key]

    def _look_up(self, attribute: Attribute, text: str) -> int | str:
        """The id, or a sentence that says why there is none."""
        lookup = lookups.get(attribute.related)
        matches: list[Any] = []
        for name in self._names(attribute.related, lookup.model):
            matches = list(lookup.queryset(self.user).filter(**{f"{name}__iexact": text}).order_by("pk")[:2])
            if matches:
                break
        return self._said(lookup.model, text, matches)

    def _said(self, model: type[Model], text: str, matches: list[Any]) -> int | str:
        if len(matches) == 1:
            return matches[0].pk
        if matches:
            return _("There are several “%(text)s”; use the number.") % {"text": text}
        if issubclass(model, User):
            return self._person(text)
        return _("There is no “%(text)s”.") % {"text": text}

    @cached_property
    def _people(self) -> dict[str, list[int]]:
        """Ids of the users by how they are shown."""
        found: dict[str, list[int]] = {}
        for user in User.objects.filter(is_active=True):
            found.setdefault(folded(str(user)), []).append(user.pk)
        return found

    def _names(self, related: str, model: type[Model]) -> list[str]:
        """The fields by which rows are found: of records those that this user may read in full."""
        names = {field.name for field in model._meta.concrete_fields}
        if related in kinds:
            kind = kinds[related]
            names &= {each.source for each in kind.attributes if privacy.may_read(kind, each, self.user)}
        return [each for each in KNOWN_BY if each in names]

    def _person(self, text: str) -> int | str:
        matches = self._people.get(folded(text), [])
        if len(matches) == 1:
            return matches[0]
        return _("There is no “%(text)s”.") % {"text": text}


def _choices_by_name(attribute: Attribute) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, label in attribute.choice_pairs():
        found.setdefault(folded(str(code)), str(code))
        for text in in_every_language(label):
            found.setdefault(folded(text), str(code))
    return found
