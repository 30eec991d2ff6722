"""What the floors below know of privacy: who comes back after an erasure, the status, what this floor holds."""

from collections.abc import Mapping
from typing import Any

from crm.accounts.models import User
from crm.jobs import status
from crm.records import duplicates
from customers.privacy import api, declarations, suppression


def register() -> None:
    declarations.declare_all()
    watched = {"customer": ("phone", "email", "tax_number", "country"), "contact_person": ("phone", "email")}
    for key, names in watched.items():
        duplicates.register_erased(key, suppression.check, watched=names, returned=_returned)
    status.register(suppression.status_line)
    api.register()


def _returned(values: Mapping[str, Any], user: User | None, kind: str, object_id: int, why: str) -> None:
    suppression.lift([values], user=user, kind=kind, object_id=object_id, reason=why)
