"""The one list of things to do. Whatever asks somebody to act is a Task."""

from typing import Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.accounts.models import User
from crm.records.models import RecordQuerySet
from customers.models import (
    CUSTOMER_ACCESS_OWNER,
    CUSTOMER_ACCESS_REGION,
    CUSTOMER_ACCESS_UNIT,
    Customer,
    CustomerRecord,
)


class TaskQuerySet(RecordQuerySet):
    def open(self) -> Self:
        return self.filter(status__in=Task.OPEN)

    def due_for(self, user: User) -> Self:
        """Open work of one user, most urgent first."""
        return self.kept().open().filter(staff=user).order_by("due_at", "id")

    def overdue(self) -> Self:
        return self.open().filter(due_at__lt=timezone.now())


class Task(CustomerRecord):
    class Source(models.TextChoices):
        MANUAL = "manual", _("Task")
        FOLLOW_UP = "follow_up", _("Follow-up")
        CHURN_ALERT = "churn_alert", _("Churn warning")
        CASE = "case", _("Case deadline")
        REMEDY = "remedy", _("Remedy")
        CONTACT_DUE = "contact_due", _("Contact overdue")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        IN_WORK = "in_work", _("In work")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    class Priority(models.TextChoices):
        LOW = "low", _("low")
        NORMAL = "normal", _("normal")
        HIGH = "high", _("high")

    class Access:
        kind = "task"
        owner = CUSTOMER_ACCESS_OWNER
        unit = CUSTOMER_ACCESS_UNIT
        region = CUSTOMER_ACCESS_REGION

    NUMBER_PREFIX = "T"
    OPEN = (Status.OPEN, Status.IN_WORK)

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("customer"),
    )
    title = models.CharField(_("title"), max_length=200)
    source = models.CharField(_("kind of task"), max_length=14, choices=Source.choices, default=Source.MANUAL)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    priority = models.CharField(_("priority"), max_length=8, choices=Priority.choices, default=Priority.NORMAL)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    description = models.TextField(_("what to do"), blank=True)
    outcome = models.TextField(_("result"), blank=True)
    completed_at = models.DateTimeField(_("done at"), null=True, blank=True, editable=False)
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True, editable=False)
    about_type = models.ForeignKey(
        ContentType, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    about_id = models.BigIntegerField(null=True, blank=True, editable=False)
    about = GenericForeignKey("about_type", "about_id")

    objects = TaskQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["due_at", "id"], name="task_by_time"),
            models.Index(fields=["staff", "status", "due_at"], name="task_by_staff"),
            models.Index(fields=["customer", "-occurred_at"], name="task_by_customer"),
            models.Index(fields=["status", "due_at"], name="task_by_due"),
            models.Index(fields=["about_type", "about_id"], name="task_by_about"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("interactions:task_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_at is not None and self.due_at < timezone.now()

    def save(self, *args: object, **kwargs: object) -> None:
        if self.status == self.Status.DONE and self.completed_at is None:
            self.completed_at = timezone.now()
        if self.is_open:
            self.completed_at = None
        super().save(*args, **kwargs)


class CalendarKey(models.Model):
    """The secret part of the address under which a calendar program reads a user's tasks; only its digest is kept."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_key", verbose_name=_("user"))
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.user)
