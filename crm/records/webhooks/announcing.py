"""A saved record becomes a delivery for each webhook that wants it, in the transaction that saves it."""

from collections.abc import Sequence
from typing import Any

from crm.accounts import settled
from crm.jobs import services as jobs
from crm.records.kinds import Kind
from crm.records.webhooks.models import Webhook, WebhookDelivery

TOPIC = "records.webhook"


def announce(kind: Kind, record: Any, event: str) -> None:
    """Costs nothing while there are no webhooks: they are kept with the settings."""
    announce_many(kind, [record], event)


def announce_many(kind: Kind, records: Sequence[Any], event: str) -> None:
    for each in settled.kept("webhooks", _active):
        if each.wants(kind, event):
            for record in records:
                queue(each, event, kind=kind.key, object_id=record.pk)


def queue(webhook: Webhook, event: str, *, kind: str = "", object_id: int = 0) -> WebhookDelivery:
    delivery = WebhookDelivery.objects.create(webhook_id=webhook.pk, event=event, kind=kind, object_id=object_id)
    jobs.announce(TOPIC, {"delivery": delivery.pk})
    return delivery


def _active() -> list[Webhook]:
    return list(Webhook.objects.filter(is_active=True))
