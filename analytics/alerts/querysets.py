"""Which alerts a reader may see and handle."""

from django.db.models import QuerySet

from analytics.models import Alert
from crm.accounts import access
from crm.accounts.models import User


def visible_to(user: User | None) -> QuerySet[Alert]:
    """Alerts of customers that are not in the recycle bin, within the reader's rights."""
    rows = Alert.objects.filter(customer__deleted_at__isnull=True).filter(access.rows(Alert, user))
    return rows.select_related("customer", "customer__region", "owner", "task")


def changeable_by(user: User | None) -> QuerySet[Alert]:
    return visible_to(user).filter(access.rows(Alert, user, "change"))
