"""Imports as their owners see them: the file, what was said about it, how far it is, what came of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.jobs.models import Job

if TYPE_CHECKING:
    from crm.accounts.models import User


class ImportJobQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """An import is the business of who made it and of administrators: its file holds what is not masked."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.is_administrator else self.filter(owner=user)


class ImportJob(models.Model):
    """One file on its way into the records.

    choices   what its owner has said: see `wizard.Choices`
    state     what an interrupted run goes on from
    """

    class Status(models.TextChoices):
        READING = "reading", _("being read")
        DRAFT = "draft", _("in preparation")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    class Mode(models.TextChoices):
        CREATE = "create", _("Add new records")
        UPDATE = "update", _("Change known records")
        BOTH = "both", _("Change known records and add new ones")

    importer = models.CharField(_("kind of record"), max_length=40)
    name = models.CharField(_("file"), max_length=255)
    size = models.PositiveBigIntegerField(default=0)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("user")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    choices = models.JSONField(default=dict, blank=True)
    state = models.JSONField(default=dict, blank=True)
    trial = models.JSONField(default=dict, blank=True)  # summary of the dry run of these choices
    summary = models.JSONField(default=dict, blank=True)
    undone = models.JSONField(default=dict, blank=True)  # what an undo took out and what it left
    error = models.TextField(_("error"), blank=True)
    batch = models.ForeignKey("records.Batch", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        indexes = [models.Index(fields=["owner", "-id"], name="imports_by_owner")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("records:import_detail", args=[self.pk])

    @property
    def folder(self) -> Path:
        return settings.DATA_DIR / "imports" / str(self.pk)

    @property
    def path(self) -> Path:
        return self.folder / "upload"

    @property
    def errors_path(self) -> Path:
        return self.folder / "errors.csv"

    @property
    def trial_errors_path(self) -> Path:
        return self.folder / "trial-errors.csv"

    @property
    def stage(self) -> str:
        """The status, with what has become of a job that ended without a word."""
        unfinished = {self.Status.READING, self.Status.RUNNING, self.Status.UNDOING}
        if self.status not in unfinished or self.job is None:
            return self.status
        if self.job.status == Job.Status.FAILED:
            return self.Status.FAILED
        return self.Status.CANCELLED if self.job.status == Job.Status.CANCELLED else self.status

    @property
    def is_busy(self) -> bool:
        return self.job is not None and not self.job.is_finished

    @property
    def may_go_on(self) -> bool:
        """Where it ended, or from the beginning; not after something of it has been undone."""
        ended = self.stage in {self.Status.FAILED, self.Status.CANCELLED} and self.status != self.Status.UNDOING
        return ended and not self.undone and not self.is_busy and (self.folder / "sample.json").exists()

    @property
    def may_be_undone(self) -> bool:
        ended = {self.Status.DONE, self.Status.FAILED, self.Status.CANCELLED}
        may = self.stage in ended or bool(self.undone.get("kept_in_all"))
        return may and self.batch_id is not None and not self.is_busy


class ImportChange(models.Model):
    """A record that was there before an import and was changed by it; `before` is what an undo writes back."""

    batch = models.ForeignKey("records.Batch", on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    before = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class ImportMapping(models.Model):
    """Choices under a name, for the next file of the same shape."""

    importer = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    columns = models.JSONField(default=list)
    choices = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("saved mapping")
        verbose_name_plural = _("saved mappings")
        ordering = ["importer", "name", "id"]
        constraints = [models.UniqueConstraint(fields=["importer", "owner", "name"], name="one_mapping_per_name")]

    def __str__(self) -> str:
        return self.name
