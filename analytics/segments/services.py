"""Making and changing segments. A changed rule is a new version; the earlier ones are kept."""

from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from analytics.models import Segment, SegmentVersion
from analytics.segments import members
from crm.accounts.models import User

CODE_LENGTH = 60
NAME_LENGTH = 120


class Conflict(Exception):
    """Somebody saved the segment since it was read."""


def create(*, name: str, purpose: str, rule: dict[str, Any], owner: User | None, user: User | None) -> Segment:
    with transaction.atomic():
        segment = Segment.objects.create(
            name=name, code=_free_code(name), purpose=purpose, rule=rule, owner=owner, version=1
        )
        SegmentVersion.objects.create(segment=segment, version=1, rule=rule, saved_by=user)
        members.fill(segment)
    return segment


def change(
    segment: Segment,
    *,
    name: str,
    purpose: str,
    rule: dict[str, Any],
    owner: User | None,
    user: User | None,
    expected_version: int | None = None,
) -> Segment:
    """Save a segment; Conflict when its rule is at another version than the writer had read."""
    with transaction.atomic():
        current = Segment.objects.select_for_update().get(pk=segment.pk)
        if expected_version is not None and current.version != expected_version:
            raise Conflict
        has_new_rule = current.rule != rule
        current.name, current.purpose, current.owner, current.rule = name, purpose, owner, rule
        current.version += has_new_rule
        current.save()
        if has_new_rule:
            SegmentVersion.objects.create(segment=current, version=current.version, rule=rule, saved_by=user)
            members.fill(current)
    return current


def copy(segment: Segment, *, user: User) -> Segment:
    """The same rule under a name of its own, owned by who copied it."""
    return create(name=_free_name(segment.name), purpose=segment.purpose, rule=segment.rule, owner=user, user=user)


def retire(segment: Segment) -> None:
    """Take a segment out of use. Its members and their history stay as they are."""
    Segment.objects.filter(pk=segment.pk).update(is_active=False)


def reactivate(segment: Segment) -> None:
    """Use a segment again: whoever came or went meanwhile enters and leaves now."""
    with transaction.atomic():
        Segment.objects.filter(pk=segment.pk).update(is_active=True)
        segment.refresh_from_db()
        members.fill(segment)


def _free_code(name: str) -> str:
    """A stable code from the name; names without Latin letters get a number."""
    base = slugify(name)[: CODE_LENGTH - 6] or "segment"
    taken = set(Segment.objects.filter(code__startswith=base).values_list("code", flat=True))
    return _first_free(base, taken, lambda number: f"{base}-{number}")


def _free_name(name: str) -> str:
    def numbered(number: int) -> str:
        ending = _(" (copy)") if number == 2 else _(" (copy %(number)s)") % {"number": number - 1}
        return f"{name[: NAME_LENGTH - len(ending)]}{ending}"

    taken = set(Segment.objects.values_list("name", flat=True))
    return _first_free(name, taken, numbered)


def _first_free(first: str, taken: set[str], numbered: Any) -> str:
    found, number = first, 2
    while found in taken:
        found, number = numbered(number), number + 1
    return found
