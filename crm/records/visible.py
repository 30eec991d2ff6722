"""A record by the key of its kind and its id, for a user who may see it; everybody else meets 404."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from crm.accounts import access
from crm.accounts.models import User
from crm.records.kinds import Kind, kinds
from crm.records.lookups import LARGEST_ID


def record(key: str, pk: int, user: User) -> tuple[Kind, Any]:
    """Raises Http404 for an unknown kind, a record that is not there, and one outside of the user's scope."""
    if key not in kinds or pk > LARGEST_ID or not access.may_view_any(key, user):
        raise Http404
    kind = kinds[key]
    return kind, get_object_or_404(kind.queryset().visible_to(user), pk=pk)  # type: ignore[attr-defined]
