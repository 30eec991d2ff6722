"""The builder itself: read from a form or a saved rule, checked, changed by its buttons."""

import re
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from analytics.segments import compiler
from analytics.segments.builder import saved
from analytics.segments.builder.parts import DEEPEST, EVENT, MODES, ROOT, Branch, EventLine, Line, UnknownField
from analytics.segments.events import vocabulary
from analytics.segments.events.vocabulary import Event
from crm.accounts.models import User
from crm.records import rules
from crm.records.attributes import Attribute
from crm.records.rules import RuleError

MOST_PARTS = 30
PLACE = re.compile(r"[gaovwmnxy]-(0(?:\.\d{1,2}){0,4})")
BUTTON = re.compile(r"(add-line|add-event|add-group|remove):(0(?:\.\d{1,2}){0,4})")
OTHERS = {"csrfmiddlewaretoken", "version", "action", "preset"}


class Builder:
    """A rule being made.

    others: names of fields that stand in the same form and are none of the builder's
    """

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
        """A saved rule for editing; ValueError for one that is deeper than the form."""
        return cls(saved.of_tree(tree), user)

    @classmethod
    def of_form(cls, data: QueryDict, user: User | None, others: frozenset[str] = frozenset()) -> "Builder":
        """UnknownField for a name that the form does not have."""
        modes: dict[str, str] = {}
        for name in data:
            if name in OTHERS or name in others:
                continue
            found = PLACE.fullmatch(name)
            if not found:
                raise UnknownField(name)
            if name.startswith("g-"):
                if data[name] not in MODES:
                    raise UnknownField(name)
                modes[found.group(1)] = data[name]
        return cls(_root(data, modes), user)

    @property
    def recorded(self) -> list[Attribute]:
        return [each for each in self.attributes.values() if not each.is_computed]

    @property
    def computed(self) -> list[Attribute]:
        return [each for each in self.attributes.values() if each.is_computed]

    @property
    def events(self) -> list[Event]:
        return vocabulary.offered(self.user)

    def press(self, action: str) -> bool:
        """Do what a button of the builder says; False when the button is not one of the builder's."""
        found = BUTTON.fullmatch(action)
        if not found:
            return False
        what, place = found.groups()
        if what == "remove":
            self._remove(place)
        else:
            part = self._part_at(place)
            if isinstance(part, EventLine) and what == "add-line":
                part.narrowed.parts.append(Line(is_fresh=True))
            elif not isinstance(part, Branch):
                raise UnknownField(place)
            elif what == "add-group" and part.may_have_groups:
                part.parts.append(Branch(mode="any" if part.mode == "all" else "all", parts=[Line(is_fresh=True)]))
            elif what == "add-line":
                part.parts.append(Line(is_fresh=True))
            elif what == "add-event" and self.events:
                part.parts.append(EventLine(key=self.events[0].key, is_fresh=True))
        self._number()
        return True

    def tree(self) -> dict[str, Any]:
        return self.root.tree()

    def rule(self) -> rules.Rule | None:
        """The rule if it is one; otherwise every line says what is wrong with it."""
        is_whole = True
        for line in self.root.lines():
            is_whole = self._is_right(line) and is_whole
        if not is_whole:
            return None
        try:
            return compiler.parse(self.tree(), self.user)
        except RuleError as error:
            self.error = error.message
            return None

    def _is_right(self, line: Line | EventLine) -> bool:
        try:
            if not line.key:
                raise RuleError(_("Choose what to ask about."))
            if isinstance(line, EventLine):
                for each in line.narrowed.parts:
                    if isinstance(each, Line) and not each.key:
                        raise RuleError(_("Choose what to narrow it down by, or remove the empty line."))
            compiler.parse(line.tree(), self.user)
        except RuleError as error:
            line.error = error.message
        return not line.error

    def _number(self) -> None:
        """Places follow the order; lines get their attribute and an operator that fits it."""

        def go(branch: Branch) -> None:
            for at, each in enumerate(branch.parts):
                each.place = f"{branch.place}.{at}"
                if isinstance(each, Branch):
                    go(each)
                elif isinstance(each, EventLine):
                    each.narrowed.place = each.place
                    for number, inner in enumerate(each.narrowed.parts):
                        inner.place = f"{each.place}.{number}"
                    each.complete(self.user)
                else:
                    each.attribute = self.attributes.get(each.key)
                    each.complete(self.user)

        self.root.place = ROOT
        go(self.root)

    def _part_at(self, place: str) -> Branch | Line | EventLine:
        part: Any = self.root
        for step in place.split(".")[1:]:
            inner = part.parts if isinstance(part, Branch) else part.narrowed.parts if part.is_event else []
            if int(step) >= len(inner):
                raise UnknownField(place)
            part = inner[int(step)]
        return part

    def _remove(self, place: str) -> None:
        above, _dot, step = place.rpartition(".")
        if not above:
            raise UnknownField(place)
        part = self._part_at(above)
        branch = part if isinstance(part, Branch) else part.narrowed if isinstance(part, EventLine) else None
        if branch is None or int(step) >= len(branch.parts):
            raise UnknownField(place)
        del branch.parts[int(step)]
        if not branch.parts and branch is part:
            branch.parts.append(Line())


def _root(data: QueryDict, modes: dict[str, str]) -> Branch:
    """Lines and groups hung into each other by their places.

    Lines below one that no longer asks about events are forgotten: what it asks was changed.
    """
    lines = {name[2:]: _line(name[2:], data) for name in data if name.startswith("a-")}
    found: dict[str, Branch | Line | EventLine] = {ROOT: Branch(mode=modes.pop(ROOT, "all"))}
    for place, mode in modes.items():
        event = lines.get(place)
        if isinstance(event, EventLine):
            event.narrowed.mode = mode
        elif event is None:
            if place.count(".") >= DEEPEST:
                raise UnknownField(place)
            found[place] = Branch(place, mode=mode)
    found |= lines
    for place in sorted(found, key=_order):
        if place == ROOT:
            continue
        above = found.get(place.rpartition(".")[0])
        each = found[place]
        if isinstance(above, Line):
            continue
        if isinstance(above, EventLine):
            if not isinstance(each, Line):
                raise UnknownField(place)
            _hang(above.narrowed, each, place)
        elif above is None:
            raise UnknownField(place)
        else:
            _hang(above, each, place)
    root = found[ROOT]
    assert isinstance(root, Branch)
    return root


def _hang(branch: Branch, part: Any, place: str) -> None:
    if len(branch.parts) >= MOST_PARTS:
        raise UnknownField(place)
    branch.parts.append(part)


def _line(place: str, data: QueryDict) -> Line | EventLine:
    def text(name: str, default: str = "") -> str:
        return data.get(f"{name}-{place}", default).replace("\0", "")[: rules.LONGEST_TEXT + 1].strip()

    values = [each.replace("\0", "")[: rules.LONGEST_TEXT + 1] for each in data.getlist(f"v-{place}")]
    values = [each.strip() for each in values if each.strip()]
    key = text("a")
    if not key.startswith(EVENT):
        return Line(place, key=key, op=text("o"), values=values, second=text("w"))
    return EventLine(
        place,
        key=key.removeprefix(EVENT),
        measure=text("m"),
        op=text("o"),
        values=values[:1],
        second=text("w"),
        window=text("n", "last_days"),
        first_day=text("x", "90"),
        last_day=text("y"),
    )


def _order(place: str) -> list[int]:
    return [int(step) for step in place.split(".")]
