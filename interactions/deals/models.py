"""Deals: possible sales on their way through the pipeline.

Stages, reasons for losing and sources are rows, not code. A stage is open, won or lost, and a deal's status follows
its stage. `amount` is in the deal's currency; `base_amount` is the same in the base currency at the rate of the day the
deal was opened, `weighted_amount` that times the probability.
"""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.accounts import settled
from crm.accounts.models import Company, NamedInThreeLanguages
from crm.records.models import RecordQuerySet
from customers.models import (
    CUSTOMER_ACCESS_OWNER,
    CUSTOMER_ACCESS_REGION,
    CUSTOMER_ACCESS_UNIT,
    ContactPerson,
    CustomerRecord,
)
from interactions.catalogue.models import Product
from interactions.orders.models import Order, PricedLine

QUOTE_DAYS = 30  # how long a quote holds where nobody says otherwise


class Status(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class DealStage(NamedInThreeLanguages):
    """A step of the pipeline. Data, not code."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    rank = models.PositiveSmallIntegerField(_("rank"), default=0)
    probability = models.PositiveSmallIntegerField(
        _("probability %"),
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=_("What a deal has on entering it"),
    )
    outcome = models.CharField(_("a deal here is"), max_length=4, choices=Status.choices, default=Status.OPEN)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["rank", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(probability__lte=100), name="stage_probability_is_a_percentage")
        ]

    @property
    def is_won(self) -> bool:
        return self.outcome == Status.WON

    @property
    def is_lost(self) -> bool:
        return self.outcome == Status.LOST


class LostReason(NamedInThreeLanguages):
    """Why a deal was lost: price, competitor, no budget … Data, not code."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("reason for losing")
        verbose_name_plural = _("reasons for losing")
        ordering = ["id"]


class DealSource(NamedInThreeLanguages):
    """Where a deal came from: enquiry, visit, referral, tender … Data, not code."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("source of deals")
        verbose_name_plural = _("sources of deals")
        ordering = ["id"]


def stages() -> list[DealStage]:
    """The stages in use, in their order."""
    return settled.kept("deal_stages", lambda: list(DealStage.objects.filter(is_active=True)))


class DealQuerySet(RecordQuerySet):
    def open(self) -> Self:
        return self.filter(status=Status.OPEN)

    def overdue(self) -> Self:
        return self.open().filter(expected_on__lt=Company.objects.current().today())


class Deal(CustomerRecord):
    Status = Status

    class Origin(models.TextChoices):
        NEED = "need", _("need of the customer")
        COMPETITION = "competition", _("weakness of a competitor")
        STRENGTH = "strength", _("own strength")

    class Size(models.TextChoices):
        LARGE = "large", _("large")
        MEDIUM = "medium", _("medium")
        SMALL = "small", _("small")
        MICRO = "micro", _("micro")

    class Access:
        kind = "deal"
        owner = CUSTOMER_ACCESS_OWNER
        unit = CUSTOMER_ACCESS_UNIT
        region = CUSTOMER_ACCESS_REGION

    NUMBER_PREFIX = "D"

    title = models.CharField(_("subject"), max_length=200)
    person = models.ForeignKey(
        ContactPerson,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deals",
        verbose_name=_("contact person"),
    )
    stage = models.ForeignKey(
        DealStage, on_delete=models.PROTECT, blank=True, related_name="deals", verbose_name=_("stage")
    )
    status = models.CharField(_("status"), max_length=4, choices=Status.choices, default=Status.OPEN, editable=False)
    amount = models.DecimalField(
        _("amount"),
        max_digits=16,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0)],
        help_text=_("With lines it is their total."),
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, help_text=_("Empty: the base currency"))
    base_amount = models.DecimalField(_("base amount"), max_digits=16, decimal_places=2, default=0, editable=False)
    probability = models.PositiveSmallIntegerField(
        _("probability %"),
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text=_("Empty: that of the stage"),
    )
    weighted_amount = models.DecimalField(
        _("weighted amount"), max_digits=16, decimal_places=2, default=0, editable=False
    )
    expected_on = models.DateField(_("expected to close on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    valid_until = models.DateField(_("quote valid until"), null=True, blank=True)
    source = models.ForeignKey(
        DealSource,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deals",
        verbose_name=_("source"),
    )
    origin = models.CharField(_("origin"), max_length=12, choices=Origin.choices, blank=True)
    size = models.CharField(_("size class"), max_length=8, choices=Size.choices, blank=True)
    competitor = models.CharField(
        _("competitors"), max_length=200, blank=True, help_text=_("Several are separated by commas.")
    )
    lost_reason = models.ForeignKey(
        LostReason,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deals",
        verbose_name=_("reason for losing"),
    )
    outcome_note = models.TextField(_("how it ended"), blank=True)
    note = models.TextField(_("note"), blank=True)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_on = models.DateField(_("next step on"), null=True, blank=True)
    order = models.ForeignKey(
        Order,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="deals",
        verbose_name=_("order"),
    )

    objects = DealQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        ordering = ["-occurred_at", "-id"]
        indexes = [
            models.Index(fields=["-occurred_at", "-id"], name="deal_by_time"),
            models.Index(fields=["customer", "-occurred_at"], name="deal_by_customer"),
            models.Index(fields=["stage", "expected_on"], name="deal_by_stage"),
            models.Index(fields=["staff", "status", "expected_on"], name="deal_by_staff"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order"], name="one_deal_per_order"),
            models.CheckConstraint(condition=Q(probability__lte=100), name="deal_probability_is_a_percentage"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="deal_amount_is_not_negative"),
            models.CheckConstraint(
                condition=~Q(status="lost") | Q(lost_reason__isnull=False), name="lost_deal_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_on__isnull=True) | ~Q(status="open") & Q(closed_on__isnull=False),
                name="deal_has_a_closing_day_when_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("interactions:deal_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status == Status.OPEN

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.expected_on is not None and self.expected_on < Company.objects.current().today()

    @property
    def quote_valid_until(self) -> datetime.date:
        return self.valid_until or Company.objects.current().today() + datetime.timedelta(days=QUOTE_DAYS)


class DealLine(PricedLine):
    """What is offered: the lines of the quote, in the deal's currency."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="lines", verbose_name=_("deal"))
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="deal_lines", verbose_name=_("product")
    )

    class Meta:
        verbose_name = _("line of a deal")
        verbose_name_plural = _("lines of deals")
        ordering = ["deal_id", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(discount__gte=0) & Q(discount__lte=100), name="deal_line_discount_is_a_percentage"
            )
        ]


class DealPhase(models.Model):
    """One stay of a deal in a stage: from when to when, and what the deal was worth on entering."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="phases", verbose_name=_("deal"))
    stage = models.ForeignKey(DealStage, on_delete=models.PROTECT, related_name="phases", verbose_name=_("stage"))
    entered_at = models.DateTimeField(_("from"), default=timezone.now)
    left_at = models.DateTimeField(_("to"), null=True, blank=True)
    base_amount = models.DecimalField(_("base amount"), max_digits=16, decimal_places=2, default=0)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("phase of a deal")
        verbose_name_plural = _("phases of deals")
        ordering = ["entered_at", "id"]
        indexes = [models.Index(fields=["stage", "entered_at"], name="deal_phase_by_stage")]
        constraints = [
            models.UniqueConstraint(fields=["deal"], condition=Q(left_at__isnull=True), name="deal_is_in_one_stage")
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.stage}"

    @property
    def days(self) -> int:
        """Whole days of the stay, until now where it goes on."""
        return ((self.left_at or timezone.now()) - self.entered_at).days


class DealMilestone(models.Model):
    """A date of a deal's project: the tender closes, the sample is shown. Fixed ones must be kept."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="milestones", verbose_name=_("deal"))
    name = models.CharField(_("phase"), max_length=120)
    due_on = models.DateField(_("date"))
    is_fixed = models.BooleanField(_("the date is fixed"), default=False)
    done_on = models.DateField(_("done on"), null=True, blank=True)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_missed(self) -> bool:
        """A fixed date that passed without being done, or was done too late."""
        return self.is_fixed and self.due_on < (self.done_on or Company.objects.current().today())

    @property
    def is_late(self) -> bool:
        return self.done_on is None and self.due_on < Company.objects.current().today()
