"""Recording what customers agree to. Statements are only added; the latest of each channel and purpose holds."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.records import services
from customers.models import Channel, Customer
from customers.privacy.attributes import channels
from customers.privacy.models import Consent


class ConsentRefused(ValueError):
    """A statement that cannot be recorded; the text says why."""


@dataclass(frozen=True)
class Cell:
    """What holds for a channel and a purpose: the state, "" where nothing was said, and whether contact is allowed."""

    channel: Channel
    purpose: str
    state: str
    is_allowed: bool

    @property
    def label(self) -> str:
        if self.state:
            return str(Consent.State(self.state).label)
        return _("nothing said")

    @property
    def tone(self) -> str:
        return {"given": "green", "withdrawn": "red"}.get(self.state, "grey")


def record(
    *,
    customer: Customer,
    channel: Channel,
    purpose: str,
    state: str,
    user: User | None,
    at: datetime.datetime | None = None,
    source: str = Consent.Source.CONVERSATION,
    note: str = "",
) -> Consent:
    """Add a statement and bring what holds for the customer up to it."""
    at = at or timezone.now()
    if at > timezone.now() + datetime.timedelta(minutes=5):
        raise ConsentRefused(_("A consent cannot lie in the future."))
    with transaction.atomic():
        locked = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        if locked.is_erased:
            raise ConsentRefused(_("The personal data of this customer was erased."))
        made: Consent = Consent.objects.create(
            customer=locked, channel=channel, purpose=Consent.Purpose(purpose), state=Consent.State(state),
            at=at, source=Consent.Source(source), note=note[:300], recorded_by=user,
        )  # fmt: skip
        _keep(locked, user)
    customer.consents, customer.version = locked.consents, locked.version
    return made


def refresh(customers: Iterable[Customer], user: User | None) -> None:
    """Bring what holds up to the statements there are, after a merge moved some."""
    for each in customers:
        _keep(each, user)


def state_of(customer: Customer, channel: str, purpose: str) -> str:
    said = (customer.consents or {}).get(purpose, [])
    return next((state for code, _colon, state in (each.partition(":") for each in said) if code == channel), "")


def is_allowed(state: str, purpose: str) -> bool:
    """The rule that `reachable` follows, of one state."""
    from customers.models import NEEDS_CONSENT

    return state == Consent.State.GIVEN if purpose in NEEDS_CONSENT else state != Consent.State.WITHDRAWN


def table(customer: Customer) -> list[tuple[Channel, list[Cell]]]:
    """Channel by channel what holds for each purpose. Asks nothing of the database but the channels."""
    rows = []
    for channel in channels():
        cells = []
        for purpose in Consent.Purpose.values:
            state = state_of(customer, channel.code, purpose)
            allowed = is_allowed(state, purpose) and not customer.is_erased
            cells.append(Cell(channel, purpose, state, allowed))
        rows.append((channel, cells))
    return rows


def holding(customer_id: int) -> dict[str, list[str]]:
    """purpose -> ["email:given", …], from the statements."""
    rows = Consent.objects.filter(customer=customer_id).order_by("at", "pk")
    latest: dict[tuple[str, str], str] = {
        (purpose, code): state for purpose, code, state in rows.values_list("purpose", "channel__code", "state")
    }
    found: dict[str, list[str]] = {}
    for (purpose, code), state in sorted(latest.items()):
        found.setdefault(purpose, []).append(f"{code}:{state}")
    return found


def _keep(customer: Any, user: User | None) -> None:
    found = holding(customer.pk)
    if found != customer.consents:
        customer.consents = found
        customer._history_user = user
        services.save(customer, user=user)


__all__ = ["Cell", "ConsentRefused", "holding", "is_allowed", "record", "refresh", "state_of", "table"]
