"""The rights of roles as a whole: which kinds there are, reading, comparing and saving all rights of a role."""

from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.accounts import settled
from crm.accounts.models import AccessRule, FieldRight, Role

SCOPES = ("view", "change", "delete")
SWITCHES = ("may_create", "may_export")

# Kinds whose rows are not records with an owner of their own.
FURTHER_KINDS: dict[str, str | Promise] = {"segment": _("segments"), "report": _("reports")}


@dataclass(frozen=True)
class Rights:
    """rules: kind -> right -> value;  levels: (kind or "", sensitivity) -> level"""

    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    levels: dict[tuple[str, str], str] = field(default_factory=dict)


def kinds() -> list[tuple[str, str | Promise]]:
    """Every kind of record that rights are given for, with its name: the models that declare `Access`."""
    found: dict[str, str | Promise] = {}
    for model in apps.get_models():
        access = getattr(model, "Access", None)
        if access is not None and not hasattr(model, "instance_type"):  # history rows copy the class
            found.setdefault(access.kind, model._meta.verbose_name_plural or access.kind)
    return [*found.items(), *((kind, label) for kind, label in FURTHER_KINDS.items() if kind not in found)]


def name_of_right(right: str) -> Any:
    return AccessRule._meta.get_field(right).verbose_name  # type: ignore[union-attr]


def is_within(narrow: str, wide: str) -> bool:
    """Whether every row of one scope lies in the other. Departments and regions do not contain each other."""
    scope = AccessRule.Scope
    return (
        narrow in (scope.NONE, wide)
        or wide == scope.ALL
        or (narrow == scope.OWN and wide in (scope.UNIT, scope.REGION))
    )


def read(role: Role) -> Rights:
    return Rights(
        rules={rule.kind: {right: getattr(rule, right) for right in (*SCOPES, *SWITCHES)} for rule in role.rules.all()},
        levels={(right.kind, right.sensitivity): right.level for right in role.field_rights.all()},
    )


def save(role: Role, rights: Rights) -> dict[str, list[Any]]:
    """Give a role these rights instead of those it has; what changed, as {right: [before, after]}."""
    with transaction.atomic():
        Role.objects.select_for_update().get(pk=role.pk)
        before = read(role)
        role.rules.all().delete()
        role.field_rights.all().delete()
        rules = {**before.rules, **rights.rules}  # kinds this installation does not have at the moment stay
        AccessRule.objects.bulk_create(AccessRule(role=role, kind=kind, **values) for kind, values in rules.items())
        FieldRight.objects.bulk_create(
            FieldRight(role=role, kind=kind, sensitivity=sensitivity, level=level)
            for (kind, sensitivity), level in rights.levels.items()
        )
        settled.changed()
    return difference(before, Rights(rules, rights.levels))


def difference(before: Rights, after: Rights) -> dict[str, list[Any]]:
    old, new = _flat(before), _flat(after)
    return {key: [old.get(key), new.get(key)] for key in sorted({*old, *new}) if old.get(key) != new.get(key)}


def _flat(rights: Rights) -> dict[str, Any]:
    flat = {f"{kind}.{right}": value for kind, values in rights.rules.items() for right, value in values.items()}
    flat.update({f"fields.{kind or '*'}.{sensitivity}": level for (kind, sensitivity), level in rights.levels.items()})
    return flat
