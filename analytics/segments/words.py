"""A rule in words of the active language."""

from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from analytics.segments import compiler
from analytics.segments.events import words as event_words
from analytics.segments.events.reading import EventCondition
from crm.records import lookups, rules, values
from crm.records.attributes import Attribute, Type
from crm.records.rules import Condition, Leaf, Rule, RuleError


def compared(name: str, op: str, value: str) -> str:
    return _("%(name)s %(op)s %(value)s") % {"name": name, "op": rules.LABELS[op], "value": value}


def of_tree(tree: Any) -> str:
    """One sentence; what is wrong with a rule that can no longer be read."""
    try:
        return sentence(compiler.parse(tree))
    except RuleError as error:
        return _("This rule cannot be read any more: %(why)s") % {"why": error.message}


def sentence(rule: Rule) -> str:
    names = _names(rule)

    def say(node: Rule, is_inner: bool) -> str:
        if isinstance(node, Condition):
            return _condition(node, names)
        if isinstance(node, EventCondition):
            return event_words.say(node, lambda inner: say(inner, False))
        if isinstance(node, Leaf):
            raise TypeError(f"There are no words for {node!r}.")
        if node.mode == "not":
            return _("not (%(rule)s)") % {"rule": say(node.rules[0], False)}
        joiner = _(" and ") if node.mode == "all" else _(" or ")
        text = joiner.join(say(each, True) for each in node.rules)
        return f"({text})" if is_inner and len(node.rules) > 1 else text

    return say(rule, False)


Names = dict[tuple[str, int], str]


def _names(rule: Rule) -> Names:
    """The related rows that a rule mentions, one query for each kind of row."""
    wanted: dict[str, set[int]] = {}
    for each in (*rules.conditions(rule), *event_words.conditions(rule)):
        if each.attribute.related and each.op not in rules.EMPTINESS:
            wanted.setdefault(each.attribute.related, set()).update(_listed(each.value))
    return {
        (related, row.pk): str(row)
        for related, ids in wanted.items()
        for row in lookups.get(related).model._default_manager.filter(pk__in=ids)
    }


def _condition(condition: Condition, names: Names) -> str:
    attribute, op, value = condition.attribute, condition.op, condition.value
    label = str(attribute.label)
    if op in rules.EMPTINESS:
        return compared(label, op, "").strip()
    if op == "last_days":
        return _("%(name)s is within the last %(count)s days") % {"name": label, "count": formats.number_format(value)}
    if op == "next_days":
        return _("%(name)s is within the next %(count)s days") % {"name": label, "count": formats.number_format(value)}
    if op == "not_last_days":
        return _("%(name)s is not within the last %(count)s days") % {
            "name": label,
            "count": formats.number_format(value),
        }
    said = [_single(attribute, each, names) for each in _listed(value)]
    if op == "between":
        return _("%(name)s is between %(low)s and %(high)s") % {"name": label, "low": said[0], "high": said[1]}
    return compared(label, op, _(", ").join(said))


def _single(attribute: Attribute, value: Any, names: Names) -> str:
    if attribute.related:
        return names.get((attribute.related, value), f"#{value}")
    return f"“{value}”" if attribute.type == Type.TEXT else values.text(attribute, value)


def _listed(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
