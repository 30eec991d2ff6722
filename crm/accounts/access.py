"""Who may see what: the AccessRule rows compiled for pages (Q) and, through `Scope`, for facts (SQL).

A model that is a kind of record says in its inner class `Access` which key its rules have and which lookups lead to
owner, unit and region:

    class Access:
        kind = "order"
        owner = ("staff", "customer__owner")
        unit = ("unit", "customer__unit")
        region = ("region", "customer__region")

Trees, ownership and rules are read when the question is asked, so a changed role counts at the next request.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q

from crm.accounts.models import AccessRule, FieldRight, Region, Sensitivity, Unit

if TYPE_CHECKING:
    from crm.accounts.models import User

ACTIONS = ("view", "change", "delete")


@dataclass(frozen=True)
class Scope:
    """The rows one user may act on, with trees resolved to ids. `level` is one of AccessRule.Scope."""

    level: str
    user_id: int | None = None
    unit_ids: tuple[int, ...] = ()
    region_ids: tuple[int, ...] = ()

    @property
    def is_everything(self) -> bool:
        return self.level == AccessRule.Scope.ALL

    @property
    def is_nothing(self) -> bool:
        return self.level == AccessRule.Scope.NONE

    def q(self, access: Any) -> Q:
        """The scope as a Q over the lookups that a model's `Access` names."""
        if self.is_everything:
            return Q()
        if self.is_nothing:
            return Q(pk__in=[])
        allowed = Q(pk__in=[])
        for lookup in access.owner:
            allowed |= Q(**{f"{lookup}_id" if "__" not in lookup else lookup: self.user_id})
        if self.level == AccessRule.Scope.UNIT:
            for lookup in access.unit:
                allowed |= Q(**{f"{lookup}__in": self.unit_ids})
        if self.level == AccessRule.Scope.REGION:
            for lookup in access.region:
                allowed |= Q(**{f"{lookup}__in": self.region_ids})
        return allowed


EVERYTHING = Scope(AccessRule.Scope.ALL)
NOTHING = Scope(AccessRule.Scope.NONE)


def rule(kind: str, user: "User") -> AccessRule | None:
    """The rule of the user's role for a kind; None where there is none. Read once per user object (one request)."""
    if not user.is_authenticated or not user.is_active or not user.role_id:
        return None
    rules = user.__dict__.get("_access_rules")
    if rules is None:
        rules = {each.kind: each for each in AccessRule.objects.filter(role_id=user.role_id)}
        user.__dict__["_access_rules"] = rules
    return rules.get(kind)


def scope(kind: str, user: "User | None", action: str = "view") -> Scope:
    """Which rows of `kind` the user may view, change or delete. `None` is the house itself (jobs): everything."""
    if user is None:
        return EVERYTHING
    if action not in ACTIONS:
        raise ValueError(f"Unknown action {action!r}; one of {', '.join(ACTIONS)}.")
    if not user.is_authenticated or not user.is_active:
        return NOTHING
    if user.is_superuser:
        return EVERYTHING
    found = rule(kind, user)
    if found is None:
        return NOTHING
    level = found.view if action == "view" else getattr(found, action)
    if level == AccessRule.Scope.ALL:
        return EVERYTHING
    if level == AccessRule.Scope.NONE:
        return NOTHING
    return Scope(
        level,
        user.pk,
        _tree_ids(user, Unit) if level == AccessRule.Scope.UNIT else (),
        _tree_ids(user, Region) if level == AccessRule.Scope.REGION else (),
    )


def rows(model: type[Model], user: "User | None", action: str = "view") -> Q:
    """The policy of a model's kind as a Q."""
    access = model.Access  # type: ignore[attr-defined]
    return scope(access.kind, user, action).q(access)


def may_create(kind: str, user: "User") -> bool:
    if user.is_superuser:
        return True
    found = rule(kind, user)
    return bool(found and found.may_create)


def may_export(kind: str, user: "User") -> bool:
    if user.is_superuser:
        return True
    found = rule(kind, user)
    return bool(found and found.may_export)


def may_view_any(kind: str, user: "User") -> bool:
    return not scope(kind, user).is_nothing


def field_level(kind: str, sensitivity: str, user: "User | None") -> str:
    """How much of a field of this sensitivity the user has: hidden, masked, read or write."""
    if user is None or user.is_superuser:
        return FieldRight.Level.WRITE
    rights = user.__dict__.get("_field_rights")
    if rights is None:
        found = FieldRight.objects.filter(role_id=user.role_id) if user.role_id else []
        rights = {(each.kind, each.sensitivity): each.level for each in found}
        user.__dict__["_field_rights"] = rights
    default = FieldRight.Level.WRITE if sensitivity == Sensitivity.PUBLIC else FieldRight.Level.READ
    return rights.get((kind, sensitivity)) or rights.get(("", sensitivity)) or default


def may_read_fully(kind: str, sensitivity: str, user: "User | None") -> bool:
    """Whether a field may be filtered, sorted, searched and grouped by: masked ones may not, they would leak."""
    return field_level(kind, sensitivity, user) in {FieldRight.Level.READ, FieldRight.Level.WRITE}


def _tree_ids(user: "User", model: type[Unit] | type[Region]) -> tuple[int, ...]:
    name = f"_{model.__name__.lower()}_ids"
    if name not in user.__dict__:
        node = user.unit if model is Unit else user.region
        user.__dict__[name] = tuple(model.objects.below(node).values_list("pk", flat=True))
    return user.__dict__[name]
