"""What the builder's form is made of: lines about an attribute, lines about events, and groups of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from analytics.reports.arguments import PRESETS
from analytics.segments.events import vocabulary, windows
from analytics.segments.events.vocabulary import Event, Measure
from crm.accounts.models import User
from crm.records import lookups, rules
from crm.records.attributes import Attribute, Type
from crm.records.widgets import DateInput, RemoteSelectMultiple

DEEPEST = 3
ROOT = "0"
EVENT = "event:"
NUMBERS = {Type.NUMBER, Type.MONEY, Type.RATIO}
MODES = ("all", "any", "none")


class UnknownField(ValueError):
    """A field or button that no builder has."""


@dataclass
class Part:
    """What stands at a place of the form. `is_fresh` is what a button has just added: it gets the focus."""

    place: str = ""
    is_fresh: bool = False
    is_line = False
    is_event = False


@dataclass
class Line(Part):
    """One condition as it was typed."""

    key: str = ""
    op: str = ""
    values: list[str] = field(default_factory=list)
    second: str = ""
    error: str = ""
    attribute: Attribute | None = None
    user: User | None = None
    is_line = True

    @property
    def operators(self) -> list[tuple[str, Any]]:
        return [(op, rules.LABELS[op]) for op in rules.operators(self.attribute)] if self.attribute else []

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def widget(self) -> str:
        """Which control takes the value."""
        if self.attribute is None or self.op in rules.EMPTINESS:
            return "none"
        if self.op in rules.COUNTS_OF_DAYS:
            return "days"
        if self.attribute.type in NUMBERS:
            return "number"
        return {Type.DATE: "date", Type.BOOLEAN: "boolean", Type.CHOICE: "choice", Type.RELATION: "relation"}.get(
            self.attribute.type, "text"
        )

    @property
    def has_second(self) -> bool:
        return self.op == "between"

    @property
    def is_multiple(self) -> bool:
        return self.op in {"in", "not_in"}

    @property
    def choices(self) -> list[tuple[str, Any, bool]]:
        pairs = self.attribute.choice_pairs() if self.attribute else []
        return [(str(code), label, str(code) in self.values) for code, label in pairs]

    @property
    def unit(self) -> str:
        """What the number is counted in, in words; a ratio is typed as per cent."""
        return unit_of(self.attribute) if self.attribute else ""

    @property
    def is_money(self) -> bool:
        return bool(self.attribute and self.attribute.type == Type.MONEY)

    def complete(self, user: User | None) -> None:
        """The operator that fits the attribute."""
        self.user = user
        if self.attribute is None:
            return
        possible = rules.operators(self.attribute)
        if self.op not in possible:
            preferred = {Type.CHOICE: "in", Type.RELATION: "in", Type.DATE: "last_days"}
            default = "gte" if self.attribute.type in NUMBERS else possible[0]
            self.op = preferred.get(self.attribute.type, default)

    def date_control(self) -> Any:
        return DateInput(self._described()).render(f"v-{self.place}", self.value)

    def second_date_control(self) -> Any:
        attrs = self._described() | {"id": f"w-{self.place}", "aria-label": _("up to")}
        return DateInput(attrs).render(f"w-{self.place}", self.second)

    def relation_control(self) -> Any:
        assert self.attribute is not None
        widget = RemoteSelectMultiple(self.attribute.related, self._described())
        widget.choices = _Rows(lookups.get(self.attribute.related).queryset(self.user))
        return widget.render(f"v-{self.place}", self.values)

    def tree(self) -> dict[str, Any]:
        """The condition as JSON; what cannot be read stays as typed, for `parse` to say what is wrong with it."""
        found: dict[str, Any] = {"attribute": self.key, "op": self.op}
        if self.widget == "none":
            return found
        if self.has_second:
            return found | {"value": [self._read(self.value), self._read(self.second)]}
        if self.is_multiple or (self.widget == "relation" and len(self.values) > 1):
            found["op"] = {"is": "in", "is_not": "not_in"}.get(self.op, self.op)
            return found | {"value": self.values}
        return found | {"value": self._read(self.value)}

    def _read(self, text: str) -> Any:
        return number_typed(text, self.attribute) if self.attribute else text

    def _described(self) -> dict[str, Any]:
        css = "form-select" if self.widget == "relation" else "form-control"
        return {
            "id": f"v-{self.place}",
            "class": css,
            "aria-label": str(self.attribute.label if self.attribute else ""),
        }


@dataclass
class Branch(Part):
    """A group of lines and groups."""

    place: str = ROOT
    mode: str = "all"
    parts: list["Line | EventLine | Branch"] = field(default_factory=list)

    @property
    def depth(self) -> int:
        return self.place.count(".") + 1

    @property
    def may_have_groups(self) -> bool:
        return self.depth < DEEPEST

    @property
    def is_root(self) -> bool:
        return self.place == ROOT

    def lines(self) -> Iterator["Line | EventLine"]:
        for each in self.parts:
            if isinstance(each, Branch):
                yield from each.lines()
            else:
                yield each

    def tree(self) -> dict[str, Any]:
        inner = [each.tree() for each in self.parts]
        return {"not": {"any": inner}} if self.mode == "none" else {self.mode: inner}


@dataclass
class EventLine(Part):
    """One condition on events as it was typed; `narrowed` holds the lines that say which of them count."""

    key: str = ""
    measure: str = ""
    op: str = "gte"
    values: list[str] = field(default_factory=list)
    second: str = ""
    window: str = "last_days"
    first_day: str = "90"
    last_day: str = ""
    narrowed: Branch = field(default_factory=Branch)
    error: str = ""
    event: Event | None = None
    user: User | None = None
    is_line = True
    is_event = True

    @property
    def chosen(self) -> Measure | None:
        return self.event.measure_by_key.get(self.measure) if self.event else None

    @property
    def measures(self) -> list[tuple[str, Any]]:
        return [(each.key, each.label) for each in self.event.measures] if self.event else []

    @property
    def operators(self) -> list[tuple[str, Any]]:
        return [(op, rules.LABELS[op]) for op in vocabulary.OPERATORS]

    @property
    def windows(self) -> list[tuple[str, Any]]:
        """Which days count: value of the choice and what it is called."""
        if self.event is None:
            return []
        found = [("ever", _("at any time")), ("last_days", _("in the last … days"))]
        found += [("days_ago", _("from … to … days ago")), ("between", _("between two days"))]
        found += [(f"period:{each}", str(PRESETS[each]).lower()) for each in windows.PERIODS]
        found += [(f"since:{each.key}", each.since) for each in vocabulary.anchors(self.event)]
        if self.event.last:
            found.append(("last", str(self.event.last) % {"count": "…"}))
        return found

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def has_second(self) -> bool:
        return self.op == "between"

    @property
    def unit(self) -> str:
        return unit_of(self._compared()) if self.chosen else ""

    @property
    def is_money(self) -> bool:
        return bool(self.chosen and self.chosen.type == Type.MONEY)

    @property
    def takes(self) -> str:
        """Which controls the choice of days brings: days, two numbers of days, two dates, a number, none."""
        return {"last_days": "days", "days_ago": "two", "between": "dates", "last": "count"}.get(self.window, "")

    @property
    def asked(self) -> str:
        """Key of the line as the form's first choice names it."""
        return f"{EVENT}{self.key}"

    def first_date(self) -> Any:
        return DateInput(self._day("x", _("from"))).render(f"x-{self.place}", self.first_day)

    def last_date(self) -> Any:
        return DateInput(self._day("y", _("up to"))).render(f"y-{self.place}", self.last_day)

    def complete(self, user: User | None) -> None:
        """Measure, operator and days that the event has."""
        self.user = user
        self.event = vocabulary.get(self.key, user)
        if self.event is None:
            return
        if self.measure not in self.event.measure_by_key:
            self.measure = self.event.measures[0].key
        if self.op not in vocabulary.OPERATORS:
            self.op = vocabulary.OPERATORS[0]
        if self.window not in {value for value, _label in self.windows}:
            self.window, self.first_day = "last_days", "90"
        known = {each.key: each for each in self.event.askable(user)}
        for line in self.narrowed.parts:
            if isinstance(line, Line):
                line.attribute = known.get(line.key)
                line.complete(user)

    @property
    def attributes(self) -> list[Attribute]:
        """What its events may be narrowed down by."""
        return self.event.askable(self.user) if self.event else []

    def tree(self) -> dict[str, Any]:
        found: dict[str, Any] = {"event": self.key, "measure": self.measure, "op": self.op}
        compared = self._compared()
        value = number_typed(self.value, compared)
        found["value"] = [value, number_typed(self.second, compared)] if self.has_second else value
        if self.narrowed.parts:
            found["where"] = self.narrowed.tree()
        word, _colon, given = self.window.partition(":")
        if word == "ever":
            return found
        values: dict[str, Any] = {
            "days_ago": [self.first_day, self.last_day],
            "between": [self.first_day, self.last_day],
            "period": given,
            "since": given,
        }
        return found | {"window": {word: values.get(word, self.first_day)}}

    def _compared(self) -> Attribute:
        found = self.chosen
        return Attribute("value", "", found.type if found else Type.NUMBER, unit=found.unit if found else "")

    def _day(self, letter: str, label: str) -> dict[str, Any]:
        return {"id": f"{letter}-{self.place}", "class": "form-control", "aria-label": label}


def unit_of(attribute: Attribute) -> str:
    units = {"days": _("days"), "points": _("points"), "hours": _("hours"), "ratio": "%"}
    return units.get(attribute.unit, "")


def number_typed(text: str, attribute: Attribute) -> Any:
    """A number as people type it: with commas, a ratio as per cent."""
    if attribute.type == Type.RATIO:
        try:
            return str(Decimal(text.strip().rstrip("%").strip()) / 100)
        except InvalidOperation:
            return text
    return text.replace(",", "") if attribute.type in NUMBERS else text


class _Rows:
    """What RemoteSelect asks of a model choice field."""

    def __init__(self, queryset: Any) -> None:
        self.queryset = queryset

    def __iter__(self) -> Iterator[Any]:
        return iter(())
