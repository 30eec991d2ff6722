"""Deliver an event: what the webhook's owner may see of the record now, signed; again later, for a day."""

import http.client
import json
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.accounts import access
from crm.accounts.models import User
from crm.records import api
from crm.records.custom import registry
from crm.records.kinds import Kind, kinds
from crm.records.webhooks import addresses, posting
from crm.records.webhooks.models import Event, Webhook, WebhookDelivery

GIVE_UP_AFTER = timedelta(days=1)
KEEP = timedelta(days=30)
LARGEST_BODY = 256 * 1024
LONGEST_REST_SECONDS = 600
PING = "ping"
Status = WebhookDelivery.Status


class NotTaken(Exception):
    """The other side did not take it; it is tried again after a pause."""


def send(delivery_id: int) -> None:
    """Raises NotTaken while it is worth trying again."""
    found = WebhookDelivery.objects.select_related("webhook__owner__role", "webhook__owner__unit")
    delivery = found.filter(pk=delivery_id, status=Status.WAITING).first()
    if delivery is None:
        return None
    webhook, now = delivery.webhook, timezone.now()
    if not webhook.is_active:
        return _end(delivery, Status.SKIPPED, _("The webhook was switched off."))
    is_last = now - delivery.created_at >= GIVE_UP_AFTER
    if webhook.rests(now) and not is_last:
        raise NotTaken("resting")  # one address that does not answer must not keep the others waiting
    body = body_of(delivery)
    if body is None:
        return _end(delivery, Status.SKIPPED, _("The webhook's owner may not see this record."))
    answer, error = _posted(webhook, delivery, body)
    delivery.attempts, delivery.tried_at, delivery.answer = delivery.attempts + 1, now, answer
    if not error:
        Webhook.objects.filter(pk=webhook.pk).update(failures=0, rests_until=None)
        _end(delivery, Status.DELIVERED)
        WebhookDelivery.objects.filter(webhook=webhook, created_at__lt=now - KEEP).delete()
        return None
    rest = timedelta(seconds=min(5 * 2 ** min(webhook.failures, 10), LONGEST_REST_SECONDS))
    Webhook.objects.filter(pk=webhook.pk).update(failures=F("failures") + 1, rests_until=timezone.now() + rest)
    _end(delivery, Status.GAVE_UP if is_last else Status.WAITING, error)
    if not is_last:
        raise NotTaken(error)
    return None


def body_of(delivery: WebhookDelivery) -> bytes | None:
    """What is sent, in the same bytes that are signed; None when the owner may not see the record."""
    registry.refresh()
    told: dict[str, Any] = {
        "id": delivery.pk,
        "event": f"{delivery.kind}.{delivery.event}" if delivery.kind else delivery.event,
        "occurred_at": delivery.created_at.isoformat(),
    }
    if delivery.event == PING:
        return _encoded(told)
    if delivery.kind not in kinds:
        return None
    record = _record(kinds[delivery.kind], delivery, delivery.webhook.owner)
    if record is None:
        return None
    body = _encoded(told | {"record": record})
    if len(body) > LARGEST_BODY:
        return _encoded(told | {"record": {"id": delivery.object_id}, "is_cut": True})
    return body


def _record(kind: Kind, delivery: WebhookDelivery, owner: User) -> dict[str, Any] | None:
    """The record by the owner's rights and masks; of one in the recycle bin only which it is."""
    rows = kind.queryset().filter(access.rows(kind.model, owner), pk=delivery.object_id)
    record = rows.first()
    if record is None:
        return None
    if record.is_deleted or delivery.event == Event.DELETED:
        return {"id": record.pk, "number": record.number}
    return api.as_json(kind, record, owner, is_whole=True)


def _posted(webhook: Webhook, delivery: WebhookDelivery, body: bytes) -> tuple[int | None, str]:
    """The status answered and what is wrong, if anything."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Clientele-Webhook/1",
        "Clientele-Event": delivery.event,
        "Clientele-Delivery": str(delivery.pk),
        posting.SIGNATURE: posting.signature(webhook.secret, int(timezone.now().timestamp()), body),
    }
    try:
        status = posting.post(webhook.url, body, headers)
    except addresses.NotAllowed as error:
        return None, str(error)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return None, f"{type(error).__name__}: {error}"
    return status, "" if 200 <= status < 300 else _("It answered %(status)d.") % {"status": status}  # noqa: PLR2004


def _end(delivery: WebhookDelivery, status: str, error: str = "") -> None:
    delivery.status, delivery.error = status, error[:300]
    delivery.save(update_fields=["status", "error", "attempts", "tried_at", "answer"])


def _encoded(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, default=str).encode()
