"""What may be done to many records of a kind at once, and the writing of one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.accounts import access
from crm.accounts.models import User
from crm.records import lookups, privacy, services
from crm.records.attributes import Attribute, Type
from crm.records.kinds import Kind

NOTHING = "-"  # the choice of "nobody" and "empty": an empty text means that nothing was chosen
MOST_PEOPLE = 2_000


class Refused(Exception):
    """The record does not take the change; says why."""


@dataclass(frozen=True)
class Action:
    """`verb`: assign (a user), set (a choice), add or remove (one of several related rows), delete."""

    verb: str
    attribute: Attribute | None = None

    @property
    def code(self) -> str:
        return f"{self.verb}:{self.attribute.key}" if self.attribute else self.verb

    @property
    def right(self) -> str:
        return "delete" if self.verb == "delete" else "change"

    @property
    def label(self) -> str:
        name = {"name": self.attribute.label if self.attribute else ""}
        match self.verb:
            case "assign":
                return _("Assign: %(name)s") % name
            case "set":
                return _("Set: %(name)s") % name
            case "add":
                return _("Add: %(name)s") % name
            case "remove":
                return _("Take away: %(name)s") % name
        return _("Put into the recycle bin")

    def field(self, kind: Kind, user: User) -> forms.ChoiceField | None:
        """What is asked: a plain select, so that it works without scripts too."""
        if self.attribute is None:
            return None
        choices: list[tuple[str, Any]] = [("", "")]
        if self.verb in {"assign", "set"} and _may_be_empty(kind, self.attribute):
            choices.append((NOTHING, _("nobody") if self.verb == "assign" else _("nothing")))
        if self.verb == "set":
            choices += [(code, capfirst(str(label))) for code, label in self.attribute.choice_pairs() if code]
        else:
            table = lookups.get(self.attribute.related)
            rows = table.queryset(user).order_by(table.sort, "pk")[:MOST_PEOPLE]
            choices += [(str(row.pk), str(row)) for row in rows]
        return forms.ChoiceField(label=capfirst(str(self.attribute.label)), choices=choices)

    def value_of(self, given: str) -> Any:
        """What is kept of an answer: the code of a choice, the id of a row, None for nobody."""
        if self.verb == "set":
            return "" if given == NOTHING else given
        return None if given in {NOTHING, ""} else int(given)

    def said(self, value: Any, user: User) -> str:
        """The value in words."""
        if self.attribute is None:
            return ""
        if self.verb == "set":
            return capfirst(str(self.attribute.label_of(value))) if value else _("nothing")
        row = lookups.get(self.attribute.related).model._default_manager.filter(pk=value).first() if value else None
        return str(row) if row else _("nobody")


def of(kind: Kind, user: User) -> list[Action]:
    """What this reader may do to many records; nothing that he could not do to one."""
    found = list(_of_fields(kind, user)) if not access.scope(kind.key, user, "change").is_nothing else []
    if not access.scope(kind.key, user, "delete").is_nothing:
        found.append(Action("delete"))
    return found


def find(kind: Kind, code: str, user: User) -> Action | None:
    return next((each for each in of(kind, user) if each.code == code), None)


def giving(kind: Kind, user: User) -> Action | None:
    """How a record of this kind is given to somebody else."""
    return next((each for each in of(kind, user) if each.verb == "assign"), None)


def _of_fields(kind: Kind, user: User) -> Iterator[Action]:
    fields = kind.form_class.base_fields
    for attribute in kind.attributes:
        is_declared = not attribute.is_custom and not attribute.is_computed and attribute.source in fields
        if not is_declared or not privacy.may_write(kind, attribute, user):
            continue
        if attribute.source in kind.model.Access.owner:  # type: ignore[attr-defined]
            yield Action("assign", attribute)
        elif attribute.type == Type.CHOICE and not attribute.is_multiple:
            yield Action("set", attribute)
        elif attribute.type == Type.RELATION and attribute.is_multiple:
            yield Action("add", attribute)
            yield Action("remove", attribute)


def _may_be_empty(kind: Kind, attribute: Attribute) -> bool:
    return bool(kind.model._meta.get_field(attribute.source).blank)


def write(kind: Kind, record: Any, action: Action, value: Any, *, user: User) -> Any:
    """Change one record. What an undo writes back; SAME when it was so already.

    Refused, or services.Conflict when somebody saved it a moment ago.
    """
    record._history_user = user
    match action.verb:
        case "delete":
            services.delete(record, user=user)
            return None
        case "assign":
            return _assign(record, action, value, user)
        case "set":
            return _set(kind, record, action, value, user)
    had = _held(record, action)
    wanted = had | {value} if action.verb == "add" else had - {value}
    return SAME if wanted == had else _hold(record, action, wanted, had, user)


def put_back(kind: Kind, record: Any, action: Action, before: Any, *, user: User) -> None:
    """Undo `write`. The state it goes back to must be one that the user may change: Refused otherwise."""
    record._history_user = user
    if action.verb == "assign":
        setattr(record, f"{_source(action)}_id", before)
    if not all(privacy.may_act(record, user, each) for each in ("view", action.right)):
        raise Refused(_("It is not yours to change."))
    match action.verb:
        case "delete":
            services.restore(record, user=user)
        case "assign":
            services.save(record, user=user, expected_version=record.version, tells=False)
        case "set":
            _set(kind, record, action, before, user)
        case _:
            _hold(record, action, set(before), set(), user)


class _Same:
    pass


SAME = _Same()


def _source(action: Action) -> str:
    if action.attribute is None:
        raise TypeError(f"{action.verb} is about no attribute.")
    return action.attribute.source


def _assign(record: Any, action: Action, value: int | None, user: User) -> Any:
    name = f"{_source(action)}_id"
    had = getattr(record, name)
    if had == value:
        return SAME
    setattr(record, name, value)
    services.save(record, user=user, expected_version=record.version, tells=False)
    return had


def _set(kind: Kind, record: Any, action: Action, value: str, user: User) -> Any:
    """Through the form of the kind, which knows what has to go with it: a closed case needs its outcome."""
    name = _source(action)
    had = str(getattr(record, name) or "")
    if had == value:
        return SAME
    form_class = kind.form_class
    blank = form_class(instance=record, user=user)
    if name not in blank.fields or name in blank.locked:
        raise Refused(_("It has no such field that you may write."))
    data = form_class.data_from_json({name: value, "version": record.version}, blank)
    form = form_class(data, instance=record, user=user)
    if not form.is_valid():
        errors = form.all_errors()
        raise Refused(" ".join(errors.get(name) or next(iter(errors.values()))))
    try:
        with transaction.atomic():
            form.store()
    except IntegrityError as error:
        raise Refused(_("This contradicts another record, for instance its number.")) from error
    return had


def _held(record: Any, action: Action) -> set[int]:
    return set(getattr(record, _source(action)).values_list("pk", flat=True))


def _hold(record: Any, action: Action, wanted: set[int], had: set[int], user: User) -> list[int]:
    several = getattr(record, _source(action))
    there = several.model._default_manager.filter(pk__in=wanted)
    services.save(record, user=user, expected_version=record.version, related=lambda: several.set(there), tells=False)
    return sorted(had)
