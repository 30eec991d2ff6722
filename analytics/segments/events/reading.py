"""Conditions on events, read from their trees and written back."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from analytics.segments.events import vocabulary, windows
from analytics.segments.events.vocabulary import OPERATORS, AskedOfEvent, Event, Measure
from analytics.segments.events.windows import Window
from crm.records.attributes import Attribute
from crm.records.rules import Leaf, Reading, Rule, RuleError, dump
from crm.records.rules.reading import check_words, number, operator, pair, plain
from crm.records.rules.tree import below

WORDS = {"event", "where", "measure", "op", "value", "window"}


@dataclass(frozen=True)
class EventCondition(Leaf):
    """Compares a measure of a customer's events. `value` is a Decimal, or a pair of them for `between`."""

    event: Event
    measure: Measure
    op: str
    value: Any
    window: Window = Window()
    where: Rule | None = None

    def tree(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "event": self.event.key,
            "measure": self.measure.key,
            "op": self.op,
            "value": plain(self.value),
        }
        if self.where is not None:
            found["where"] = dump(self.where)
        if (window := self.window.tree()) is not None:
            found["window"] = window
        return found

    @property
    def compared(self) -> Attribute:
        """The measure as an attribute, to say and type its values by."""
        return Attribute(self.measure.key, self.measure.label, self.measure.type, unit=self.measure.unit)


def read(tree: dict[str, Any], reading: Reading, path: str, depth: int) -> EventCondition:
    """RuleError in words for anything that is no condition on events, or that its writer may not ask."""
    check_words(tree, WORDS, path)
    key = tree["event"]
    event = vocabulary.get(key, reading.user) if isinstance(key, str) else None
    if event is None:
        raise RuleError(_("There is nothing called “%(name)s” that happens.") % {"name": str(key)[:60]}, path)
    measure = _measure(tree.get("measure", event.measures[0].key), event, path)
    op = operator(tree.get("op", "gte"), OPERATORS, measure.label, below(path, "op"))
    where = None
    if tree.get("where") is not None:
        asked = AskedOfEvent(event)
        where = reading.rule(tree["where"], asked, below(path, "where"), depth + 1, has_leaves=False)
    try:
        value = pair(tree.get("value"), number) if op == "between" else number(tree.get("value"))
        window = windows.read(tree.get("window"), event)
    except RuleError as error:
        raise RuleError(f"{measure.label}: {error.message}", below(path, "value")) from None
    return EventCondition(event, measure, op, value, window, where)


def _measure(key: Any, event: Event, path: str) -> Measure:
    found = event.measure_by_key.get(key) if isinstance(key, str) else None
    if found is None:
        said = {"name": event.label, "key": str(key)[:40], "known": ", ".join(event.measure_by_key)}
        text = _("Of %(name)s there is no “%(key)s”; possible are %(known)s.")
        raise RuleError(text % said, below(path, "measure"))
    return found
