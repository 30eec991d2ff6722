"""What customers need, what hurts them, and what they ask for beyond the usual."""

import datetime
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.accounts.models import NamedInThreeLanguages
from crm.records.models import RecordQuerySet
from customers.models import (
    CUSTOMER_ACCESS_OWNER,
    CUSTOMER_ACCESS_REGION,
    CUSTOMER_ACCESS_UNIT,
    CustomerRecord,
)
from interactions.catalogue.models import Product
from interactions.contacts.models import Interaction

ANSWER_WITHIN = datetime.timedelta(days=3)


class Statement(models.TextChoices):
    STATED = "stated", _("stated")
    IMPLIED = "implied", _("implied")


class NeedType(NamedInThreeLanguages):
    """What a need is about in the company's trade: care of an illness, fast delivery … Data, not code."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("type of need")
        verbose_name_plural = _("types of needs")
        ordering = ["id"]


class CustomerNeed(CustomerRecord):
    class Type(models.TextChoices):
        NEED = "need", _("need")
        PAIN_POINT = "pain_point", _("pain point")
        EXPECTATION = "expectation", _("expectation")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        MET = "met", _("Met")
        DROPPED = "dropped", _("Dropped")

    class Access:
        kind = "need"
        owner = CUSTOMER_ACCESS_OWNER
        unit = CUSTOMER_ACCESS_UNIT
        region = CUSTOMER_ACCESS_REGION

    Statement = Statement
    NUMBER_PREFIX = "N"

    title = models.CharField(_("need or pain point"), max_length=200)
    type = models.CharField(_("kind of need"), max_length=12, choices=Type.choices, default=Type.NEED)
    need_type = models.ForeignKey(
        NeedType, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("type of need")
    )
    statement = models.CharField(
        _("stated or implied"), max_length=8, choices=Statement.choices, default=Statement.STATED
    )
    importance = models.PositiveSmallIntegerField(
        _("importance"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text=_("1 to 5, 5 is most important"),
    )
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.OPEN)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    contact = models.ForeignKey(
        Interaction,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="needs",
        verbose_name=_("told in the contact"),
    )
    note = models.TextField(_("note"), blank=True)

    objects = RecordQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        ordering = ["-occurred_at", "-id"]
        indexes = [
            models.Index(fields=["-occurred_at", "-id"], name="need_by_time"),
            models.Index(fields=["customer", "-occurred_at"], name="need_by_customer"),
        ]
        constraints = [models.CheckConstraint(condition=Q(importance__range=(1, 5)), name="need_importance_is_1_to_5")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("interactions:customerneed_detail", args=[self.pk])


class SpecialRequestQuerySet(RecordQuerySet):
    def open(self) -> Self:
        return self.filter(status=SpecialRequest.Status.OPEN)

    def waiting(self) -> Self:
        """Open for longer than an answer may take."""
        return self.open().filter(occurred_at__lt=timezone.now() - ANSWER_WITHIN)


class SpecialRequest(CustomerRecord):
    """A request beyond the usual that somebody decides and answers with a reason."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")

    class Access:
        kind = "request"
        owner = CUSTOMER_ACCESS_OWNER
        unit = CUSTOMER_ACCESS_UNIT
        region = CUSTOMER_ACCESS_REGION

    Statement = Statement
    NUMBER_PREFIX = "RQ"

    title = models.CharField(_("request"), max_length=200)
    statement = models.CharField(
        _("stated or implied"), max_length=8, choices=Statement.choices, default=Statement.STATED
    )
    text = models.TextField(_("details"), blank=True)
    status = models.CharField(_("decision"), max_length=8, choices=Status.choices, default=Status.OPEN)
    reason = models.TextField(_("reason"), blank=True)
    replied_on = models.DateField(_("answered on"), null=True, blank=True)
    contact = models.ForeignKey(
        Interaction,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("told in the contact"),
    )

    objects = SpecialRequestQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["-occurred_at", "-id"]
        indexes = [
            models.Index(fields=["-occurred_at", "-id"], name="request_by_time"),
            models.Index(fields=["customer", "-occurred_at"], name="request_by_customer"),
            models.Index(fields=["status", "occurred_at"], name="request_by_status"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status="open") | ~Q(reason=""), name="request_is_decided_with_a_reason")
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("interactions:specialrequest_detail", args=[self.pk])

    @property
    def is_overdue(self) -> bool:
        return self.status == self.Status.OPEN and self.occurred_at < timezone.now() - ANSWER_WITHIN


def is_waiting() -> Any:
    """Whether a request waits too long for its answer, for lists and filters."""
    late = Q(status=SpecialRequest.Status.OPEN, occurred_at__lt=timezone.now() - ANSWER_WITHIN)
    return Case(When(late, then=Value(True)), default=Value(False), output_field=models.BooleanField())
