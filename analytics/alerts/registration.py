"""What the alerts add to other rooms: a stage of the recompute, a number in the menu, the portrait, a job."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from analytics import snapshots
from analytics.alerts import watch
from analytics.models import Alert
from analytics.snapshots import RunContext
from crm.accounts.models import User
from crm.records import menu, panels
from customers.duplicates import relations


def register() -> None:
    from analytics import portrait
    from analytics.alerts import jobs  # noqa: F401  registers its handler

    snapshots.register(snapshots.Stage("alerts", _find, _publish))
    menu.register_badge("alert", own_open_alerts)
    panels.register("customer", portrait.panel)
    relations.register("analytics.Alert.customer", relations.Rule(settle=_closed))


def own_open_alerts(user: User) -> QuerySet:
    """Open alerts that wait for this user."""
    return Alert.objects.open().filter(owner=user)


def _closed() -> dict[str, Any]:
    """Of two open alerts of one customer, after a merge, the survivor's goes on."""
    return {"status": Alert.Status.CLEARED, "closed_on": timezone.localdate()}


def _find(context: RunContext) -> list[watch.Finding]:
    return watch.find(context.facts, as_of=context.as_of)


def _publish(context: RunContext, found: Any) -> dict[str, int]:
    return watch.publish(context.run, found)
