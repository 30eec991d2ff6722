"""Complaints and enquiries: what customers brought to us, by when it must be answered, and how it ended."""

import datetime
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Case as Case_
from django.db.models import F, Q, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.accounts.models import NamedInThreeLanguages, Unit
from crm.records.models import RecordQuerySet
from customers.models import (
    CUSTOMER_ACCESS_OWNER,
    CUSTOMER_ACCESS_REGION,
    CUSTOMER_ACCESS_UNIT,
    CustomerRecord,
)
from interactions.catalogue.models import Product
from interactions.contacts.models import MOST_MINUTES
from interactions.orders.models import Order, OrderLine


class OpinionType(NamedInThreeLanguages):
    """Category of a complaint: delivery, quality, billing, service … Data, not code."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("opinion type")
        verbose_name_plural = _("opinion types")
        ordering = ["id"]


class FailureCause(NamedInThreeLanguages):
    """Why a case could not be solved: part unavailable, offer refused … Data, not code."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("cause of failure")
        verbose_name_plural = _("causes of failure")
        ordering = ["id"]


class CaseQuerySet(RecordQuerySet):
    def open(self) -> Self:
        return self.filter(status__in=Case.OPEN)

    def overdue(self) -> Self:
        return self.open().filter(due_at__lt=timezone.now())

    def with_next_deadline(self) -> Self:
        """`next_at`: by when something must happen, the first reply or the solution; NULL while the clock stands."""
        reply_is_next = Q(first_reply_at__isnull=True, reply_due_at__isnull=False) & (
            Q(due_at__isnull=True) | Q(reply_due_at__lt=F("due_at"))
        )
        return self.annotate(next_at=Case_(When(reply_is_next, then=F("reply_due_at")), default=F("due_at")))

    def by_deadline(self) -> Self:
        return self.with_next_deadline().order_by(F("next_at").asc(nulls_last=True), "id")


class Case(CustomerRecord):
    """What complaints and enquiries share."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        IN_WORK = "in_work", _("In work")
        WAITING = "waiting", _("Waiting for the customer")
        CLOSED = "closed", _("Closed")

    class Outcome(models.TextChoices):
        SOLVED = "solved", _("solved")
        PARTLY = "partly", _("partly solved")
        NOT_SOLVED = "not_solved", _("not solved")

    OPEN = (Status.OPEN, Status.IN_WORK, Status.WAITING)

    title = models.CharField(_("subject"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("order")
    )
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    due_at = models.DateTimeField(_("to be solved by"), null=True, blank=True)
    first_reply_at = models.DateTimeField(_("first reply"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("time of resolution"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    solution = models.TextField(_("solution"), blank=True)
    minutes_spent = models.PositiveIntegerField(
        _("minutes spent"), null=True, blank=True, validators=[MaxValueValidator(MOST_MINUTES)]
    )
    receiving_unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("receiving department"),
    )
    order_line = models.ForeignKey(
        OrderLine,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("order line"),
    )
    # the clock: while it stands both deadlines are empty and what was left of them is kept
    reply_due_at = models.DateTimeField(_("to be answered by"), null=True, blank=True, editable=False)
    due_is_fixed = models.BooleanField(_("deadline set by hand"), default=False, editable=False)
    paused_at = models.DateTimeField(_("clock stopped"), null=True, blank=True, editable=False)
    reply_seconds_left = models.IntegerField(_("seconds left for the reply"), null=True, blank=True, editable=False)
    seconds_left = models.IntegerField(_("seconds left for the solution"), null=True, blank=True, editable=False)
    paused_seconds = models.PositiveIntegerField(_("seconds the clock stood"), default=0, editable=False)
    # taken up again, merged, split
    reopened_at = models.DateTimeField(_("taken up again"), null=True, blank=True, editable=False)
    reopen_reason = models.CharField(_("reason for taking it up again"), max_length=300, blank=True)
    reopen_count = models.PositiveSmallIntegerField(_("times taken up again"), default=0, editable=False)
    former_numbers = models.CharField(_("numbers of merged cases"), max_length=400, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_cases",
        verbose_name=_("merged into"),
    )
    split_from = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="split_cases",
        verbose_name=_("split from"),
    )
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_at is not None and self.due_at < timezone.now()

    @property
    def next_deadline(self) -> datetime.datetime | None:
        """By when something must happen; None while the clock stands or the case is closed."""
        if not self.is_open:
            return None
        open_ones = [self.due_at, None if self.first_reply_at else self.reply_due_at]
        return min((each for each in open_ones if each), default=None)

    @property
    def awaits_reply(self) -> bool:
        """Whether the next thing due is the first reply."""
        return bool(self.reply_due_at and not self.first_reply_at and self.next_deadline == self.reply_due_at)

    @property
    def is_late(self) -> bool:
        """Overdue for the first reply or for the solution."""
        next_at = self.next_deadline
        return next_at is not None and next_at < timezone.now()

    @property
    def was_solved_in_time(self) -> bool:
        return bool(
            self.outcome == self.Outcome.SOLVED
            and self.resolved_at
            and (self.due_at is None or self.resolved_at <= self.due_at)
        )


class Complaint(Case):
    class Severity(models.TextChoices):
        LOW = "low", _("low")
        NORMAL = "normal", _("normal")
        HIGH = "high", _("high")

    class Access:
        kind = "complaint"
        owner = CUSTOMER_ACCESS_OWNER
        unit = (*CUSTOMER_ACCESS_UNIT, "receiving_unit")
        region = CUSTOMER_ACCESS_REGION

    NUMBER_PREFIX = "CP"
    TARGET_HOURS = {"low": 72, "normal": 48, "high": 24}

    opinion_type = models.ForeignKey(
        OpinionType, on_delete=models.PROTECT, related_name="complaints", verbose_name=_("opinion type")
    )
    severity = models.CharField(_("severity"), max_length=8, choices=Severity.choices, default=Severity.NORMAL)
    failure_cause = models.ForeignKey(
        FailureCause,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints",
        verbose_name=_("cause of failure"),
    )
    competitor = models.CharField(_("competitor named"), max_length=120, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        ordering = ["-occurred_at", "-id"]
        indexes = [
            models.Index(fields=["-occurred_at", "-id"], name="complaint_by_time"),
            models.Index(fields=["customer", "-occurred_at"], name="complaint_by_customer"),
            models.Index(fields=["status", "due_at"], name="complaint_by_deadline"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="closed") | ~Q(outcome=""), name="closed_complaint_has_an_outcome"
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("interactions:complaint_detail", args=[self.pk])


class Enquiry(Case):
    class Topic(models.TextChoices):
        PRODUCT = "product", _("product")
        PRICE = "price", _("price")
        DELIVERY = "delivery", _("delivery")
        SERVICE = "service", _("service")
        OTHER = "other", _("other")

    class Access:
        kind = "enquiry"
        owner = CUSTOMER_ACCESS_OWNER
        unit = (*CUSTOMER_ACCESS_UNIT, "receiving_unit")
        region = CUSTOMER_ACCESS_REGION

    NUMBER_PREFIX = "EN"
    TARGET_HOURS = 24

    topic = models.CharField(_("topic"), max_length=10, choices=Topic.choices, default=Topic.PRODUCT)
    answer = models.TextField(_("answer"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        ordering = ["-occurred_at", "-id"]
        indexes = [
            models.Index(fields=["-occurred_at", "-id"], name="enquiry_by_time"),
            models.Index(fields=["customer", "-occurred_at"], name="enquiry_by_customer"),
            models.Index(fields=["status", "due_at"], name="enquiry_by_deadline"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(status="closed") | ~Q(outcome=""), name="closed_enquiry_has_an_outcome")
        ]

    def get_absolute_url(self) -> str:
        return reverse("interactions:enquiry_detail", args=[self.pk])
