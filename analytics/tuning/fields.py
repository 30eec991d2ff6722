"""The kinds of values a setting may have: read from JSON, checked, brought to what the analysis wants, and back."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Text = str | Promise
Faults = list[tuple[str, str]]  # (name of the setting, what is wrong with it)


class Wrong(Exception):
    """A value that cannot be what the setting is; the message is for the reader."""


@dataclass(frozen=True)
class Number:
    """One number between two limits, both included.

    is_money   base currency with two decimals in the file and on the page, cents in the analysis
    """

    least: float | None = None
    most: float | None = None
    is_whole: bool = False
    is_money: bool = False

    def read(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise Wrong(_("a number is wanted"))
        if self.is_whole and value != int(value):
            raise Wrong(_("a whole number is wanted"))
        if self.least is not None and value < self.least:
            raise Wrong(_("at least %(least)s") % {"least": f"{self.least:g}"})
        if self.most is not None and value > self.most:
            raise Wrong(_("at most %(most)s") % {"most": f"{self.most:g}"})
        if self.is_money:
            return round(value * 100)
        return int(value) if self.is_whole else float(value)

    def write(self, value: Any) -> Any:
        return value / 100 if self.is_money else value


@dataclass(frozen=True)
class Numbers:
    """Several numbers that rise, or fall; `is_strict` forbids equal neighbours."""

    each: Number
    size: int
    falls: bool = False

    def read(self, value: Any) -> list[Any]:
        if not isinstance(value, list | tuple) or len(value) != self.size:
            raise Wrong(_("%(number)d numbers are wanted") % {"number": self.size})
        found = [self.each.read(part) for part in value]
        if found != sorted(found, reverse=self.falls):
            raise Wrong(_("the numbers must fall") if self.falls else _("the numbers must rise"))
        return found

    def write(self, value: Iterable[Any]) -> list[Any]:
        return [self.each.write(part) for part in value]


@dataclass(frozen=True)
class Weights:
    """A number of zero or more for each of some names, not all zero."""

    names: Mapping[str, Text]

    def read(self, value: Any) -> dict[str, float]:
        if not isinstance(value, dict):
            raise Wrong(_("a weight for each of %(names)s is wanted") % {"names": ", ".join(self.names)})
        if unknown := value.keys() - self.names.keys():
            raise Wrong(_("unknown: %(names)s") % {"names": ", ".join(sorted(map(str, unknown)))})
        found = {name: Number(least=0).read(value.get(name, 0)) for name in self.names}
        if not any(found.values()):
            raise Wrong(_("at least one weight must be above zero"))
        return found

    def write(self, value: Mapping[str, float]) -> dict[str, float]:
        return {name: value.get(name, 0.0) for name in self.names}


@dataclass(frozen=True)
class Grid:
    """The ordered rules that name a segment for every cell of three scores; the first that matches wins."""

    codes: Mapping[str, Text]
    check: Callable[[list[dict[str, Any]]], None]  # ValueError unless all cells have a rule and each rule is reached
    scores: tuple[str, ...] = ("r", "f", "m")

    def read(self, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not value or not all(isinstance(rule, dict) for rule in value):
            raise Wrong(_("a list of rules is wanted, each with a segment and scores"))
        found = [self._rule(number, rule) for number, rule in enumerate(value, start=1)]
        try:
            self.check(found)
        except ValueError as error:
            raise Wrong(
                _("the rules must cover every cell once and each be reached (%(error)s)") % {"error": error}
            ) from None
        return found

    def write(self, value: Iterable[Any]) -> list[dict[str, Any]]:
        return [{"segment": str(rule["segment"]), **{each: list(rule[each]) for each in self.scores}} for rule in value]

    def _rule(self, number: int, rule: dict[str, Any]) -> dict[str, Any]:
        place = _("rule %(number)d: ") % {"number": number}
        if rule.get("segment") not in self.codes:
            raise Wrong(place + _("the segment must be one of %(names)s") % {"names": ", ".join(self.codes)})
        if unknown := rule.keys() - {"segment", *self.scores}:
            raise Wrong(place + _("unknown: %(names)s") % {"names": ", ".join(sorted(map(str, unknown)))})
        found: dict[str, Any] = {"segment": rule["segment"]}
        for each in self.scores:
            try:
                found[each] = Numbers(Number(1, 5, is_whole=True), 2).read(rule.get(each, [1, 5]))
            except Wrong as error:
                raise Wrong(f"{place}{each}: {error}") from None
        return found


Kind = Number | Numbers | Weights | Grid


@dataclass(frozen=True)
class Setting:
    """One setting of an analysis.

    argument   its name in the analysis, when the file calls it otherwise
    default    as the analysis has it; None: told from the data
    """

    name: str
    label: Text
    kind: Kind
    default: Any
    help: Text = ""
    argument: str = ""

    @property
    def key(self) -> str:
        return self.argument or self.name

    @property
    def is_optional(self) -> bool:
        return self.default is None


@dataclass(frozen=True)
class Section:
    """The settings of one analysis.

    agree   what the values must be together: (name, message) of what is wrong, asked when each is right by itself
    """

    key: str
    label: Text
    settings: tuple[Setting, ...]
    help: Text = ""
    agree: Callable[[Mapping[str, Any]], Faults] = field(default=lambda values: [])

    def values(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Everything in force, as the file shows it."""
        return {each.name: self._written(each, stored.get(each.key, each.default)) for each in self.settings}

    def read(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], Faults]:
        """What to store (only what differs from the defaults), and what is wrong."""
        known = {each.name: each for each in self.settings}
        faults = [(str(name), _("there is no such setting")) for name in given if name not in known]
        found = {each.key: each.default for each in self.settings}
        for name, value in given.items():
            if name in known and not (value is None and known[name].is_optional):
                try:
                    found[known[name].key] = known[name].kind.read(value)
                except Wrong as error:
                    faults.append((name, str(error)))
        if not faults:
            faults = self.agree(found)
        defaults = {each.key: each.default for each in self.settings}
        return {key: value for key, value in found.items() if _plain(value) != _plain(defaults[key])}, faults

    def _written(self, setting: Setting, value: Any) -> Any:
        return None if value is None else setting.kind.write(value)


def _plain(value: Any) -> Any:
    """Tuples and lists alike."""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value
