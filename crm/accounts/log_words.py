"""The access log in words: rows hold keys that never change, readers see their own language.

Rooms say what the kinds of their rows are called; floors above say what attributes, records and reports are called.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts import policy
from crm.accounts.models import AccessLog, AccessRule, FieldRight, Sensitivity

Text = str | Promise
KEYS: dict[str, Text] = {
    "added": gettext_lazy("added"),
    "attachment": gettext_lazy("file no."),
    "changed": gettext_lazy("changed"),
    "columns": gettext_lazy("columns"),
    "deleted": gettext_lazy("deleted"),
    "downloaded": gettext_lazy("downloaded"),
    "erased": gettext_lazy("personal data erased of"),
    "erasure": gettext_lazy("erasure no."),
    "field": gettext_lazy("field"),
    "fields": gettext_lazy("fields"),
    "filter": gettext_lazy("filter"),
    "format": gettext_lazy("file format"),
    "handed over to": gettext_lazy("handed over to"),
    "into": gettext_lazy("into"),
    "is_active": gettext_lazy("in use"),
    "key": gettext_lazy("key"),
    "kinds": gettext_lazy("kinds of records"),
    "merge": gettext_lazy("merge no."),
    "merged": gettext_lazy("merged"),
    "method": gettext_lazy("method"),
    "name": gettext_lazy("name"),
    "path": gettext_lazy("page"),
    "personal_data": gettext_lazy("handing out no."),
    "printed": gettext_lazy("printed"),
    "purged": gettext_lazy("removed for good"),
    "query": gettext_lazy("question"),
    "reason": gettext_lazy("reason"),
    "report": gettext_lazy("report"),
    "saved": gettext_lazy("saved"),
    "suppression_lifted": gettext_lazy("suppressions lifted"),
    "why": gettext_lazy("reason"),
}
METHODS = {"GET": gettext_lazy("opening"), "HEAD": gettext_lazy("opening"), "POST": gettext_lazy("sending")}
NOTHING = "–"


@dataclass(frozen=True)
class Subject:
    """model: its fields and choices say what keys and values are called; value: another way for values"""

    label: Text
    model: type[Model] | None = None
    value: Callable[[str, Any], Text | None] = lambda key, value: None


_subjects: dict[str, Subject] = {}
_attributes: list[Callable[[str, str], Text | None]] = []
_links: list[Callable[[str, str], str]] = []


def register(
    kind: str,
    label: Text,
    *,
    model: type[Model] | None = None,
    value: Callable[[str, Any], Text | None] = lambda key, value: None,
) -> None:
    _subjects[kind] = Subject(label, model, value)


def register_attributes(label_of: Callable[[str, str], Text | None]) -> None:
    """label_of(kind, key): what an attribute or a filter of a kind of record is called."""
    _attributes.append(label_of)


def register_links(link_of: Callable[[str, str], str]) -> None:
    """link_of(kind, id): the page of a record; "" where there is none."""
    _links.append(link_of)


def kinds() -> list[tuple[str, Text]]:
    """Every kind of row with its name, for the filter."""
    known: dict[str, Text] = {**dict(policy.kinds()), **{key: each.label for key, each in _subjects.items()}}
    return sorted(((key, capfirst(str(label))) for key, label in known.items()), key=lambda pair: str(pair[1]))


def kind_label(kind: str) -> str:
    label = dict(kinds()).get(kind)
    return str(label or kind or NOTHING)


@dataclass(frozen=True)
class Line:
    label: str
    text: str


@dataclass(frozen=True)
class Entry:
    """A row of the log in words."""

    row: AccessLog
    kind: str
    url: str
    lines: list[Line]


def in_words(rows: Iterable[AccessLog]) -> list[Entry]:
    names = dict(kinds())
    return [
        Entry(
            row,
            str(names.get(row.kind) or row.kind or NOTHING),
            next((url for link in _links if row.object_id and (url := link(row.kind, row.object_id))), ""),
            [Line(*_line(row.kind, key, value)) for key, value in (row.detail or {}).items()],
        )
        for row in rows
    ]


def _line(kind: str, key: str, value: Any) -> tuple[str, str]:
    if kind == "role" and "." in key:
        return _right(key, value)
    subject = _subjects.get(kind)
    if subject is not None and (text := subject.value(key, value)) is not None:
        return str(_key(kind, key)), str(text)
    return str(_key(kind, key)), _value(kind, key, value)


def _key(kind: str, key: str) -> Text:
    subject = _subjects.get(kind)
    if subject is not None and subject.model is not None and (field := _field(subject.model, key)) is not None:
        return field.verbose_name
    return KEYS.get(key) or _attribute(kind, key) or key


def _attribute(kind: str, key: str) -> Text | None:
    return next((label for of in _attributes if (label := of(kind, key))), None)


def _value(kind: str, key: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool) or value in ("True", "False"):
        return _("yes") if value in (True, "True") else _("no")
    if isinstance(value, dict):
        return ", ".join(f"{_key(kind, name)}: {_value(kind, name, each)}" for name, each in value.items())
    if isinstance(value, list):
        if len(value) == 2 and key not in {"fields", "columns", "printed", "kinds"} and kind in {"role", "user"}:
            return f"{_value(kind, key, value[0])} → {_value(kind, key, value[1])}"
        return ", ".join(_value(kind, key, each) for each in value)
    text = str(value)
    if key in {"fields", "field", "columns"}:
        return str(_attribute(kind, text) or text)
    if key in {"printed", "kinds"}:
        return ", ".join(kind_label(each.strip()) for each in text.split(","))
    if key == "method":
        return str(METHODS.get(text, text))
    subject = _subjects.get(kind)
    field = _field(subject.model, key) if subject is not None and subject.model is not None else None
    return str(dict(field.choices).get(text, text)) if field is not None and field.choices else text


def _right(key: str, value: Any) -> tuple[str, str]:
    """ "customer.view" and "fields.customer.contact" of the rights of a role, with what they were and are."""
    before, after = value if isinstance(value, list) and len(value) == 2 else (None, value)
    first, _dot, rest = key.partition(".")
    if first == "fields":
        kind, _dot, sensitivity = rest.partition(".")
        words: dict[Any, Any] = dict(FieldRight.Level.choices)
        where = _("all kinds of records") if kind == "*" else kind_label(kind)
        label = f"{where}: {dict(Sensitivity.choices).get(sensitivity, sensitivity)}"
    else:
        words = dict(AccessRule.Scope.choices) | {True: _("yes"), False: _("no")}
        label = f"{kind_label(first)}: {policy.name_of_right(rest) if rest in RIGHTS else rest}"
    shown = [NOTHING if each is None else str(words.get(each, each)) for each in (before, after)]
    return label, " → ".join(shown)


RIGHTS = {*policy.SCOPES, *policy.SWITCHES}


def _field(model: type[Model] | None, name: str) -> Any:
    fields = {each.name: each for each in model._meta.concrete_fields} if model is not None else {}
    return fields.get(name)


def register_own() -> None:
    """The rows that this room writes."""
    for kind, label, model in (
        ("company", gettext_lazy("company"), "Company"),
        ("exchange_rate", gettext_lazy("exchange rate"), "ExchangeRate"),
        ("user", gettext_lazy("user"), "User"),
        ("invitation", gettext_lazy("invitation"), "Invitation"),
        ("role", gettext_lazy("role"), "Role"),
        ("unit", gettext_lazy("department"), "Unit"),
        ("region", gettext_lazy("region"), "Region"),
    ):
        register(kind, label, model=apps.get_model("accounts", model))
    register("settings", gettext_lazy("settings"))
    register("sign_in", gettext_lazy("signing in"))
    register("second_factor", gettext_lazy("code of the second factor"))
