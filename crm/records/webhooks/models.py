"""Addresses that are told of saved records, and what became of telling them."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from crm.records.kinds import Kind


def new_secret() -> str:
    return "whs_" + secrets.token_urlsafe(32)


class Event(models.TextChoices):
    CREATED = "created", _("a record is created")
    CHANGED = "changed", _("a record is changed")
    DELETED = "deleted", _("a record is deleted")
    RESTORED = "restored", _("a record is restored")


class Webhook(models.Model):
    """An address of another system. It is told what `owner` may see, and nothing else.

    failures, rests_until   how often in a row it did not answer, and until when it is left alone for that
    """

    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=500)
    secret = models.CharField(max_length=80, default=new_secret, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("sees with the rights of")
    )
    kinds = models.JSONField(_("kinds of records"), default=list, blank=True)  # keys; empty: all
    events = models.JSONField(_("events"), default=list, blank=True)  # of Event; empty: all
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    failures = models.PositiveIntegerField(default=0, editable=False)
    rests_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("records:webhook_update", args=[self.pk])

    def wants(self, kind: "Kind", event: str) -> bool:
        return (not self.kinds or kind.key in self.kinds) and (not self.events or event in self.events)

    def rests(self, now: datetime) -> bool:
        return self.rests_until is not None and self.rests_until > now


class WebhookDelivery(models.Model):
    """One event for one webhook. What is sent is made when it is sent: nothing of the record is kept here."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        GAVE_UP = "gave_up", _("given up after a day")
        SKIPPED = "skipped", _("not sent")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(_("event"), max_length=20)  # of Event, or "ping"
    kind = models.CharField(_("kind of record"), max_length=40, blank=True)
    object_id = models.BigIntegerField(_("record"), default=0)
    created_at = models.DateTimeField(_("time"), default=timezone.now, db_index=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    answer = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    tried_at = models.DateTimeField(_("last tried"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        indexes = [models.Index(fields=["webhook", "-id"], name="deliveries_by_webhook")]

    def __str__(self) -> str:
        return f"{self.event} {self.kind} {self.object_id} {self.status}"

    @property
    def tone(self) -> str:
        return {"delivered": "green", "gave_up": "red", "skipped": "gray"}.get(self.status, "yellow")
