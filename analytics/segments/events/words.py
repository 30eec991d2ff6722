"""A condition on events in words of the active language."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from analytics.segments.events.reading import EventCondition
from crm.records import rules, values
from crm.records.rules import Condition, Rule


def say(asked: EventCondition, rule_in_words: Callable[[Rule], str]) -> str:
    """“number of complaints (severity is high, since the last order) is at least 2”"""
    narrowed = [rule_in_words(asked.where)] if asked.where is not None else []
    narrowed += [text] if (text := asked.window.said(asked.event)) else []
    label = str(asked.measure.label)
    name = _("%(name)s (%(narrowed)s)") % {"name": label, "narrowed": _(", ").join(narrowed)} if narrowed else label
    said = [_value(asked, each) for each in (asked.value if isinstance(asked.value, tuple) else (asked.value,))]
    if asked.op == "between":
        return _("%(name)s is between %(low)s and %(high)s") % {"name": name, "low": said[0], "high": said[1]}
    return _("%(name)s %(op)s %(value)s") % {"name": name, "op": rules.LABELS[asked.op], "value": said[0]}


def conditions(rule: Rule) -> Iterator[Condition]:
    """Conditions within the events of a rule, whose related rows want names."""
    for each in rules.leaves(rule):
        if isinstance(each, EventCondition) and each.where is not None:
            yield from rules.conditions(each.where)


def _value(asked: EventCondition, value: Any) -> str:
    return values.text(asked.compared, value)
