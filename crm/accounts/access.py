"""Who may see what: the AccessRule rows compiled for pages (Q) and, through `Scope`, for facts (SQL).

A model that is a kind of record says in its inner class `Access` which key its rules have and which lookups lead to
owner, unit and region:

    class Access:
        kind = "order"
        owner = ("staff", "customer__owner")
        unit = ("unit", "customer__unit")
        region = ("region", "customer__region")

Trees and rules are those of the request's beginning (see `settled`), so a changed role counts at the next request.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from django.db.models import Model, Q

from crm.accounts import settled
from crm.accounts.models import AccessRule, FieldRight, Region, Sensitivity, Unit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from crm.accounts.models import User

    Reader = User | AnonymousUser | None

T = TypeVar("T")
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
            allowed |= Q(**{lookup: self.user_id})
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
    if not _takes_part(user) or not user.role_id:
        return None
    held = AccessRule.objects.filter(role=user.role_id)
    rules = _kept(user, ("rules", user.role_id), lambda: {each.kind: each for each in held})
    return rules.get(kind)


def scope(kind: str, user: "Reader", action: str = "view") -> Scope:
    """Which rows of `kind` the user may view, change or delete. `None` is the house itself (jobs): everything."""
    if action not in ACTIONS:
        raise ValueError(f"Unknown action {action!r}; one of {', '.join(ACTIONS)}.")
    if user is None:
        return EVERYTHING
    if not _takes_part(user):
        return NOTHING
    if user.is_superuser:
        return EVERYTHING
    found = rule(kind, user)
    level = getattr(found, action) if found else AccessRule.Scope.NONE
    if level == AccessRule.Scope.ALL:
        return EVERYTHING
    if level == AccessRule.Scope.OWN:
        return Scope(level, user.pk)
    if level == AccessRule.Scope.UNIT:
        return Scope(level, user.pk, unit_ids=_tree_ids(user, Unit, user.unit_id))
    if level == AccessRule.Scope.REGION:
        return Scope(level, user.pk, region_ids=_tree_ids(user, Region, user.region_id))
    return NOTHING


def rows(model: type[Model], user: "Reader", action: str = "view") -> Q:
    """The policy of a model's kind as a Q."""
    access = model.Access  # type: ignore[attr-defined]
    return scope(access.kind, user, action).q(access)


def may_create(kind: str, user: "Reader") -> bool:
    return _may(kind, user, "may_create")


def may_export(kind: str, user: "Reader") -> bool:
    return _may(kind, user, "may_export")


def may_view_any(kind: str, user: "Reader") -> bool:
    return not scope(kind, user).is_nothing


def field_level(kind: str, sensitivity: str, user: "Reader") -> str:
    """How much of a field of this sensitivity the user has: hidden, masked, read or write.

    The right for the kind counts before the one for every kind. Where a role has neither, public fields may be written
    and all others are masked: a forgotten right must not show anybody's tax number.
    """
    if user is None:
        return FieldRight.Level.WRITE
    if not _takes_part(user):
        return FieldRight.Level.HIDDEN
    if user.is_superuser:
        return FieldRight.Level.WRITE
    if not user.role_id:
        return FieldRight.Level.HIDDEN
    rights = _kept(
        user,
        ("fields", user.role_id),
        lambda: {(each.kind, each.sensitivity): each.level for each in FieldRight.objects.filter(role=user.role_id)},
    )
    default = FieldRight.Level.WRITE if sensitivity == Sensitivity.PUBLIC else FieldRight.Level.MASKED
    return rights.get((kind, sensitivity)) or rights.get(("", sensitivity)) or default


def may_read_fully(kind: str, sensitivity: str, user: "Reader") -> bool:
    """Whether a field may be filtered, sorted, searched and grouped by: masked ones may not, they would leak."""
    return field_level(kind, sensitivity, user) in {FieldRight.Level.READ, FieldRight.Level.WRITE}


def may_write(kind: str, sensitivity: str, user: "Reader") -> bool:
    """Whether a form may take a value for a field of this sensitivity."""
    return field_level(kind, sensitivity, user) == FieldRight.Level.WRITE


def _takes_part(user: "User | AnonymousUser") -> TypeGuard["User"]:
    return user.is_authenticated and user.is_active


def _may(kind: str, user: "Reader", right: str) -> bool:
    if user is None:
        return True
    if not _takes_part(user):
        return False
    if user.is_superuser:
        return True
    found = rule(kind, user)
    return bool(found and getattr(found, right))


def _kept(user: "User", key: tuple[Hashable, ...], read: Callable[[], T]) -> T:
    """What was read for this user object under a key that names the role or node it was read for."""
    kept = user.__dict__.setdefault("_access", {})
    if key not in kept:
        kept[key] = settled.kept(("access", *key), read)
    return kept[key]


def _tree_ids(user: "User", model: type[Unit] | type[Region], node_id: int | None) -> tuple[int, ...]:
    """The user's node and everything below it; nothing without a node."""
    if node_id is None:
        return ()

    def read() -> tuple[int, ...]:
        path = model.objects.filter(pk=node_id).values_list("path", flat=True).first()
        return tuple(model.objects.filter(path__startswith=path).values_list("pk", flat=True)) if path else ()

    return _kept(user, (model.__name__, node_id), read)
