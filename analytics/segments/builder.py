"""The rule builder as a form: lines and groups with their places as names, so that it works without scripts.

g-0=all            the group at place 0 joins its parts by `all` or `any`
a-0.1=orders       the line at place 0.1 asks about an attribute ...
o-0.1=gte          ... by an operator ...
v-0.1=12           ... with one or several values; w-0.1 is the second limit of `between`
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from analytics.segments import compiler
from crm.accounts.models import User
from crm.records import lookups, rules
from crm.records.attributes import Attribute, Type
from crm.records.rules import RuleError
from crm.records.widgets import DateInput, RemoteSelectMultiple

DEEPEST = 3
MOST_PARTS = 30
ROOT = "0"
PLACE = re.compile(r"[gaovw]-(0(?:\.\d{1,2}){0,4})")
BUTTON = re.compile(r"(add-line|add-group|remove):(0(?:\.\d{1,2}){0,4})")
OTHERS = {"csrfmiddlewaretoken", "name", "purpose", "owner", "version", "action"}
NUMBERS = {Type.NUMBER, Type.MONEY, Type.RATIO}


class UnknownField(ValueError):
    """A field or button that no builder has."""


@dataclass
class Line:
    """One condition as it was typed."""

    place: str = ""
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
        if self.op in {"last_days", "not_last_days"}:
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
        if self.attribute is None:
            return ""
        units = {"days": _("days"), "points": _("points"), "ratio": "%", "count": ""}
        return units.get(self.attribute.unit, "")

    @property
    def is_money(self) -> bool:
        return bool(self.attribute and self.attribute.type == Type.MONEY)

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
        if self.attribute and self.attribute.type == Type.RATIO:
            return _hundredth(text)
        return text.replace(",", "") if self.attribute and self.attribute.type in NUMBERS else text

    def _described(self) -> dict[str, Any]:
        css = "form-select" if self.widget == "relation" else "form-control"
        return {
            "id": f"v-{self.place}",
            "class": css,
            "aria-label": str(self.attribute.label if self.attribute else ""),
        }


@dataclass
class Branch:
    """A group of lines and groups."""

    place: str = ROOT
    mode: str = "all"
    parts: list["Line | Branch"] = field(default_factory=list)
    is_line = False

    @property
    def depth(self) -> int:
        return self.place.count(".") + 1

    @property
    def may_have_groups(self) -> bool:
        return self.depth < DEEPEST

    @property
    def is_root(self) -> bool:
        return self.place == ROOT

    def lines(self) -> Iterator[Line]:
        for each in self.parts:
            if isinstance(each, Line):
                yield each
            else:
                yield from each.lines()

    def tree(self) -> dict[str, Any]:
        return {self.mode: [each.tree() for each in self.parts]}


class Builder:
    """A rule being made: read from a form or from a saved rule, checked, changed by its buttons."""

    def __init__(self, root: Branch, user: User | None) -> None:
        self.root, self.user = root, user
        self.attributes = {each.key: each for each in compiler.attributes(user)}
        self.error = ""
        self._number()

    @classmethod
    def empty(cls, user: User | None) -> "Builder":
        return cls(Branch(parts=[Line()]), user)

    @classmethod
    def of_rule(cls, tree: dict[str, Any], user: User | None) -> "Builder":
        """A saved rule for editing. Negated groups and deeper trees have no form; ValueError for those."""
        root = _branch(tree if not {"all", "any"}.isdisjoint(tree) else {"all": [tree]}, 1)
        return cls(root, user)

    @classmethod
    def of_form(cls, data: QueryDict, user: User | None) -> "Builder":
        """UnknownField for a name that the form does not have."""
        groups: dict[str, Branch] = {}
        for name in data:
            if name in OTHERS:
                continue
            found = PLACE.fullmatch(name)
            if not found:
                raise UnknownField(name)
            if name.startswith("g-"):
                if data[name] not in {"all", "any"} or found.group(1).count(".") >= DEEPEST:
                    raise UnknownField(name)
                groups[found.group(1)] = Branch(found.group(1), data[name])
        root = groups.setdefault(ROOT, Branch())
        lines = {name[2:]: _line(name[2:], data) for name in data if name.startswith("a-")}
        for place, each in sorted([*groups.items(), *lines.items()], key=lambda pair: _order(pair[0])):
            if place == ROOT:
                continue
            above = groups.get(place.rpartition(".")[0])
            if above is None or len(above.parts) >= MOST_PARTS:
                raise UnknownField(place)
            above.parts.append(each)
        return cls(root, user)

    def press(self, action: str) -> bool:
        """Do what a button of the builder says; False when the button is not one of the builder's."""
        found = BUTTON.fullmatch(action)
        if not found:
            return False
        what, place = found.groups()
        if what == "remove":
            self._remove(place)
        else:
            branch = self._branch_at(place)
            if what == "add-group" and branch.may_have_groups:
                branch.parts.append(Branch(mode="any" if branch.mode == "all" else "all", parts=[Line()]))
            elif what == "add-line":
                branch.parts.append(Line())
        self._number()
        return True

    def tree(self) -> dict[str, Any]:
        return self.root.tree()

    def rule(self) -> rules.Rule | None:
        """The rule if it is one; otherwise every line says what is wrong with it."""
        is_whole = True
        for line in self.root.lines():
            try:
                if not line.key:
                    raise RuleError(_("Choose what to ask about."))
                compiler.parse(line.tree(), self.user)
            except RuleError as error:
                line.error, is_whole = error.message, False
        if not is_whole:
            return None
        try:
            return compiler.parse(self.tree(), self.user)
        except RuleError as error:
            self.error = error.message
            return None

    def _number(self) -> None:
        """Places follow the order; lines get their attribute and an operator that fits it."""

        def go(branch: Branch) -> None:
            for at, each in enumerate(branch.parts):
                each.place = f"{branch.place}.{at}"
                if isinstance(each, Branch):
                    go(each)
                else:
                    self._complete(each)

        self.root.place = ROOT
        go(self.root)

    def _complete(self, line: Line) -> None:
        line.attribute, line.user = self.attributes.get(line.key), self.user
        if line.attribute is None:
            return
        possible = rules.operators(line.attribute)
        if line.op not in possible:
            preferred = {Type.CHOICE: "in", Type.RELATION: "in", Type.DATE: "last_days"}
            default = "gte" if line.attribute.type in NUMBERS else possible[0]
            line.op = preferred.get(line.attribute.type, default)

    def _branch_at(self, place: str) -> Branch:
        branch = self.root
        for step in place.split(".")[1:]:
            part = branch.parts[int(step)] if int(step) < len(branch.parts) else None
            if not isinstance(part, Branch):
                raise UnknownField(place)
            branch = part
        return branch

    def _remove(self, place: str) -> None:
        above, _dot, step = place.rpartition(".")
        if not above:
            raise UnknownField(place)
        branch = self._branch_at(above)
        if int(step) >= len(branch.parts):
            raise UnknownField(place)
        del branch.parts[int(step)]
        if not branch.parts:
            branch.parts.append(Line())


class _Rows:
    """What RemoteSelect asks of a model choice field."""

    def __init__(self, queryset: Any) -> None:
        self.queryset = queryset

    def __iter__(self) -> Iterator[Any]:
        return iter(())


def _line(place: str, data: QueryDict) -> Line:
    def text(name: str) -> str:
        return data.get(f"{name}-{place}", "").replace("\0", "")[: rules.LONGEST_TEXT + 1].strip()

    values = [each.replace("\0", "")[: rules.LONGEST_TEXT + 1] for each in data.getlist(f"v-{place}")]
    return Line(place, text("a"), text("o"), [each.strip() for each in values if each.strip()], text("w"))


def _branch(tree: dict[str, Any], depth: int) -> Branch:
    mode = next(iter(tree))
    if depth > DEEPEST or mode not in {"all", "any"}:
        raise ValueError("This rule has no form.")
    parts: list[Line | Branch] = [
        _saved_line(each) if "attribute" in each else _branch(each, depth + 1) for each in tree[mode]
    ]
    return Branch(mode=mode, parts=parts or [Line()])


def _saved_line(tree: dict[str, Any]) -> Line:
    given, op = tree.get("value"), rules.SYMBOLS.get(tree.get("op", "is"), tree.get("op", "is"))
    line = Line(key=tree["attribute"], op=op)
    line.attribute = next((each for each in compiler.attributes(None) if each.key == line.key), None)
    shown = [_shown(line, each) for each in (given if isinstance(given, list) else [given]) if each is not None]
    if op == "between":
        line.values, line.second = shown[:1], shown[1]
    else:
        line.values = shown
    return line


def _shown(line: Line, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if line.attribute and line.attribute.type == Type.RATIO:
        return f"{float(value) * 100:.10g}"
    return str(value)


def _hundredth(text: str) -> Any:
    """Per cent as typed to the fraction that rules speak of."""
    from decimal import Decimal, InvalidOperation

    try:
        return str(Decimal(text.strip().rstrip("%").strip()) / 100)
    except InvalidOperation:
        return text


def _order(place: str) -> list[int]:
    return [int(step) for step in place.split(".")]


__all__ = ["Branch", "Builder", "Line", "UnknownField"]
