"""What the alerts add to other rooms: a number in the menu, the portrait on the customer page, a job."""

from analytics.models import Alert
from crm.accounts.models import User
from crm.records import menu, panels


def register() -> None:
    from analytics import portrait
    from analytics.alerts import jobs  # noqa: F401  registers its handler

    menu.register_badge("alert", own_open_alerts)
    panels.register("customer", portrait.panel)


def own_open_alerts(user: User) -> int:
    """Open alerts that wait for this user."""
    return Alert.objects.open().filter(owner=user).count()
