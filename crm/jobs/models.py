"""What is to be done outside of a request: jobs, effects of saved records, and signs of life of the processes.

These rows are the truth. They are written in the transaction of the record they belong to; the broker only carries a
bell that says "look". A bell that gets lost is made good by `crm.jobs.services.sweep`.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from crm.accounts.models import User


class JobQuerySet(models.QuerySet):
    def due(self, now: datetime | None = None) -> Self:
        return self.filter(status=Job.Status.WAITING, run_at__lte=now or timezone.now()).order_by("run_at", "id")

    def unfinished(self) -> Self:
        return self.filter(status__in=[Job.Status.WAITING, Job.Status.RUNNING])

    def visible_to(self, user: "User") -> Self:
        """A job is the business of who asked for it and of administrators."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.is_administrator else self.filter(user=user)


class Job(models.Model):
    """A piece of work for the worker. `fence` grows with each claim: only its last holder may write."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    name = models.CharField(_("job"), max_length=80)
    key = models.CharField(_("key"), max_length=200, blank=True)
    payload = models.JSONField(default=dict, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("user")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.WAITING)
    run_at = models.DateTimeField(_("not before"), default=timezone.now)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(_("failed attempts"), default=0)
    losses = models.PositiveSmallIntegerField(_("interruptions"), default=0)
    cancel_requested = models.BooleanField(default=False)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    text = models.CharField(_("progress"), max_length=300, blank=True)
    result = models.JSONField(_("result"), default=dict, blank=True)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "key"],
                condition=Q(status="running") & ~Q(key=""),
                name="one_running_job_per_key",
            )
        ]
        indexes = [
            models.Index(fields=["status", "run_at"], name="jobs_by_status"),
            models.Index(fields=["name", "key", "status"], name="jobs_by_key"),
            models.Index(fields=["user", "-id"], name="jobs_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("jobs:job_progress", args=[self.pk])

    @property
    def label(self) -> str:
        from crm.jobs import registry

        return registry.label(self.name)

    @property
    def is_finished(self) -> bool:
        return self.status not in {self.Status.WAITING, self.Status.RUNNING}

    @property
    def percent(self) -> int | None:
        """0 to 100, None as long as nobody knows how much there is to do."""
        if self.status == self.Status.DONE:
            return 100
        return min(100, self.done * 100 // self.total) if self.total > 0 else None

    @property
    def error_summary(self) -> str:
        """The first line: what happened. Where it happened follows below, for those who look after the program."""
        return self.error.partition("\n")[0]

    @property
    def may_be_cancelled(self) -> bool:
        return not self.is_finished and not self.cancel_requested

    @property
    def may_be_retried(self) -> bool:
        return self.status in {self.Status.FAILED, self.Status.CANCELLED}


class Outbox(models.Model):
    """One effect of a saved record for one subscriber: a mail, a search row. Delivered after the commit."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERING = "delivering", _("being delivered")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")

    topic = models.CharField(_("topic"), max_length=80)
    subscriber = models.CharField(_("subscriber"), max_length=160)
    key = models.CharField(_("key"), max_length=200, blank=True)
    payload = models.JSONField(default=dict, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.WAITING)
    run_at = models.DateTimeField(_("not before"), default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("failed attempts"), default=0)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("announced"), default=timezone.now)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    class Meta:
        verbose_name = _("effect to deliver")
        verbose_name_plural = _("effects to deliver")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["status", "run_at", "id"], name="outbox_by_status"),
            models.Index(fields=["subscriber", "key", "status"], name="outbox_by_key"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} → {self.subscriber} #{self.pk}"


class Pulse(models.Model):
    """When a process last showed that it lives; `name` says what it is, `process` which one."""

    name = models.CharField(max_length=40)
    process = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")
        ordering = ["name", "process"]
        constraints = [models.UniqueConstraint(fields=["name", "process"], name="one_pulse_per_process")]

    def __str__(self) -> str:
        return f"{self.name} {self.process} {self.at:%H:%M:%S}"
