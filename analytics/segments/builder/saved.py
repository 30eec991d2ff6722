"""Saved rules as forms for editing."""

from typing import Any

from analytics.segments import compiler
from analytics.segments.builder.parts import DEEPEST, Branch, EventLine, Line
from analytics.segments.events import vocabulary
from crm.records.attributes import Attribute, Type
from crm.records.rules.tree import SYMBOLS


class NoForm(ValueError):
    """This rule is more intricate than the form."""


def of_tree(tree: dict[str, Any]) -> Branch:
    """NoForm for trees that are deeper than the form."""
    if _is_group(tree):
        return _branch(tree, 1)
    return _branch({"all": [tree]}, 1)


def _branch(tree: dict[str, Any], depth: int) -> Branch:
    if depth > DEEPEST:
        raise NoForm("This rule has no form.")
    mode, inner = _opened(tree)
    parts: list[Line | EventLine | Branch] = [
        _branch(each, depth + 1) if _is_group(each) else _event(each) if "event" in each else _line(each, None)
        for each in inner
    ]
    return Branch(mode=mode, parts=parts or [Line()])


def _opened(tree: dict[str, Any]) -> tuple[str, list[Any]]:
    """How a group joins its parts, and the parts: a negated group is one of which none is true."""
    mode = next(iter(tree))
    if mode != "not":
        return mode, tree[mode]
    inner = tree["not"]
    return "none", inner.get("any", [inner])


def _is_group(tree: dict[str, Any]) -> bool:
    return not {"all", "any", "not"}.isdisjoint(tree)


def _line(tree: dict[str, Any], known: dict[str, Attribute] | None) -> Line:
    if "attribute" not in tree:
        raise NoForm("Groups within an event have no form.")
    op = _op(tree, "is")
    line = Line(key=str(tree["attribute"]), op=op)
    known = {each.key: each for each in compiler.attributes(None)} if known is None else known
    line.attribute = known.get(line.key)
    line.values, line.second = _typed(tree, op, line.attribute)
    return line


def _event(tree: dict[str, Any]) -> EventLine:
    event = vocabulary.get(str(tree["event"]))
    line = EventLine(key=str(tree["event"]), measure=str(tree.get("measure", "")), op=_op(tree, "gte"), window="ever")
    if event is not None and tree.get("where") is not None:
        where = tree["where"]
        mode, inner = _opened(where) if _is_group(where) else ("all", [where])
        line.narrowed = Branch(mode=mode, parts=[_line(each, event.by_key) for each in inner])
    measure = event.measure_by_key.get(line.measure) if event else None
    compared = Attribute("value", "", measure.type if measure else Type.NUMBER)
    line.values, line.second = _typed(tree, line.op, compared)
    line.first_day = ""
    for word, given in (tree.get("window") or {}).items():
        line.window = f"{word}:{given}" if word in {"period", "since"} else word
        given = given if isinstance(given, list) else [given]
        line.first_day = str(given[0])
        line.last_day = str(given[1]) if len(given) > 1 else ""
    return line


def _op(tree: dict[str, Any], default: str) -> str:
    return SYMBOLS.get(tree.get("op", default), tree.get("op", default))


def _typed(tree: dict[str, Any], op: str, attribute: Attribute | None) -> tuple[list[str], str]:
    given = tree.get("value")
    shown = [_shown(attribute, each) for each in (given if isinstance(given, list) else [given]) if each is not None]
    return (shown[:1], shown[1]) if op == "between" else (shown, "")


def _shown(attribute: Attribute | None, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if attribute and attribute.type == Type.RATIO:
        return f"{float(value) * 100:.10g}"
    return str(value)
