"""The settings as a page writes and reads them: inputs named section.setting, with numbers for places."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analytics.tuning.fields import Grid, Number, Numbers, Section, Setting, Text, Weights

SPARE_RULES = 2


@dataclass
class Input:
    """One input, as the page shows it."""

    name: str
    value: str
    label: Text = ""
    step: str = "any"


@dataclass
class Row:
    """A setting on the page: its inputs, or the rows of its grid, and what is wrong with it."""

    setting: Setting
    name: str
    inputs: list[Input] = field(default_factory=list)
    rules: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""

    @property
    def codes(self) -> Mapping[str, Text]:
        return self.setting.kind.codes if isinstance(self.setting.kind, Grid) else {}


def rows(section: Section, values: Mapping[str, Any], errors: Mapping[str, str]) -> list[Row]:
    """values: as `Section.values` writes them, or as somebody typed them (`typed`)."""
    return [_row(section, each, values.get(each.name), errors) for each in section.settings]


def typed(section: Section, post: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as the file would hold it; what is no number stays the text that it is."""
    return {each.name: _typed(each, f"{section.key}.{each.name}", post) for each in section.settings}


def _typed(setting: Setting, name: str, post: Mapping[str, str]) -> Any:
    kind = setting.kind
    if isinstance(kind, Number):
        text = post.get(name, "").strip()
        return None if setting.is_optional and not text else _number(text)
    if isinstance(kind, Numbers):
        texts = [post.get(f"{name}.{place}", "").strip() for place in range(kind.size)]
        return None if setting.is_optional and not any(texts) else [_number(text) for text in texts]
    if isinstance(kind, Weights):
        return {each: _number(post.get(f"{name}.{each}", "").strip() or "0") for each in kind.names}
    return _rules(kind, name, post)


def _rules(kind: Grid, name: str, post: Mapping[str, str]) -> list[dict[str, Any]]:
    found = []
    for place in range(200):
        key = f"{name}.{place}"
        segment = post.get(f"{key}.segment")
        if segment is None:
            break
        if not segment:
            continue
        scores = {
            each: [
                _number(post.get(f"{key}.{each}.{end}", "").strip() or default) for end, default in ((0, "1"), (1, "5"))
            ]
            for each in kind.scores
        }
        order = _number(post.get(f"{key}.order", "").strip() or str(place + 1))
        found.append((order if isinstance(order, int | float) else place + 1, place, {"segment": segment, **scores}))
    return [rule for _order, _place, rule in sorted(found, key=lambda each: each[:2])]


def _number(text: str) -> Any:
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def _row(section: Section, setting: Setting, value: Any, errors: Mapping[str, str]) -> Row:
    name, kind = f"{section.key}.{setting.name}", setting.kind
    row = Row(setting, name, error=errors.get(name, ""))
    if isinstance(kind, Number):
        row.inputs = [Input(name, _text(value), setting.label, _step(kind))]
    elif isinstance(kind, Numbers):
        parts = list(value) if isinstance(value, list | tuple) else [None] * kind.size
        row.inputs = [
            Input(f"{name}.{place}", _text(part), f"{setting.label} {place + 1}", _step(kind.each))
            for place, part in enumerate(parts)
        ]
    elif isinstance(kind, Weights):
        row.inputs = [Input(f"{name}.{key}", _text(value.get(key)), label) for key, label in kind.names.items()]
    else:
        row.rules = _shown_rules(kind, name, value or [])
    return row


def _shown_rules(kind: Grid, name: str, rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    spare: list[dict[str, Any]] = [{"segment": "", **{each: ["", ""] for each in kind.scores}}] * SPARE_RULES
    return [
        {
            "name": f"{name}.{place}",
            "order": place + 1,
            "segment": rule["segment"],
            "scores": [
                {"score": each.upper(), "inputs": [(f"{name}.{place}.{each}.{end}", rule[each][end]) for end in (0, 1)]}
                for each in kind.scores
            ],
        }
        for place, rule in enumerate([*rules, *spare])
    ]


def _step(kind: Number) -> str:
    return "1" if kind.is_whole else ("0.01" if kind.is_money else "any")


def _text(value: Any) -> str:
    return "" if value is None else (f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value))
