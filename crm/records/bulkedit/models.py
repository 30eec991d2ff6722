"""A change of many records and its rows."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.jobs.models import Job


class BulkChangeQuerySet(models.QuerySet["BulkChange"]):
    def visible_to(self, user: User) -> Self:
        return self if user.is_administrator else self.filter(user=user)


class BulkChange(models.Model):
    """What one user did to many records. `kind` is empty where the rows are of several kinds (a hand-over)."""

    class Status(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")
        UNDOING = "undoing", _("is being undone")
        UNDONE = "undone", _("undone")

    kind = models.CharField(_("kind of record"), max_length=40, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(_("change"), max_length=60)  # code of an Action
    value: Any = models.JSONField(default=None, null=True)  # id of a user or tag, code of a choice
    query = models.TextField(_("filters"), blank=True)  # of the list, where all its rows were chosen
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.RUNNING)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = BulkChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of many records")
        verbose_name_plural = _("changes of many records")
        ordering = ["-id"]
        indexes = [models.Index(fields=["user", "-id"], name="bulk_changes_by_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.action} #{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("records:bulk_detail", args=[self.pk])

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each state."""
        found = self.rows.order_by().values_list("state").annotate(models.Count("pk"))  # type: ignore[attr-defined]
        return dict.fromkeys(BulkRow.State.values, 0) | dict(found)

    @property
    def stage(self) -> str:
        """The status, with what has become of a job that ended without a word."""
        if self.status not in {self.Status.RUNNING, self.Status.UNDOING} or self.job is None:
            return self.status
        ended = {Job.Status.FAILED: self.Status.FAILED, Job.Status.CANCELLED: self.Status.CANCELLED}
        return ended.get(Job.Status(self.job.status), self.Status(self.status))

    @property
    def is_busy(self) -> bool:
        return self.job is not None and not self.job.is_finished

    @property
    def may_be_undone(self) -> bool:
        return not self.is_busy and self.counts[BulkRow.State.DONE] > 0


class BulkRow(models.Model):
    """One record of a change. `version` is what was chosen, `written` what the change made of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("changed")
        SAME = "same", _("was so already")
        TOUCHED = "touched", _("changed by somebody else meanwhile")
        REFUSED = "refused", _("may not be changed")
        UNDONE = "undone", _("put back")
        KEPT = "kept", _("not put back: changed since")

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="rows")
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    written = models.PositiveIntegerField(null=True)
    before: Any = models.JSONField(default=None, null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["change", "state", "id"], name="bulk_rows_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.state}"
