"""Marketing costs: an amount of a day, for one customer, a segment or all."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.accounts.models import Unit
from crm.records.models import Record
from customers.models import Customer


class CostEntry(Record):
    """`amount` is in the base currency. How it is shared by its customers: `analytics.facts.cost_shares`."""

    class Purpose(models.TextChoices):
        ACQUISITION = "acquisition", _("winning customers")
        CARE = "care", _("keeping customers")
        CAMPAIGN = "campaign", _("selling to customers")

    class Target(models.TextChoices):
        CUSTOMER = "customer", _("one customer")
        SEGMENT = "segment", _("a segment")
        ALL = "all", _("all customers")

    class Access:
        kind = "cost_entry"
        owner = ("staff", "customer__owner")
        unit = ("unit", "customer__unit")
        region = ("customer__region",)

    NUMBER_PREFIX = "MC"

    title = models.CharField(_("subject"), max_length=200)
    occurred_at = models.DateTimeField(_("date and time"), default=timezone.now)
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices, default=Purpose.CAMPAIGN)
    target = models.CharField(_("for whom"), max_length=10, choices=Target.choices, default=Target.ALL)
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cost_entries",
        verbose_name=_("customer"),
    )
    segment = models.ForeignKey(
        "analytics.Segment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cost_entries",
        verbose_name=_("segment"),
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("staff"),
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    note = models.TextField(_("note"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("cost entry")
        verbose_name_plural = _("cost entries")
        ordering = ["-occurred_at", "-id"]
        indexes = [models.Index(fields=["-occurred_at", "-id"], name="cost_entry_by_time")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="cost_entry_has_an_amount"),
            models.CheckConstraint(
                condition=(
                    Q(target="customer", customer__isnull=False, segment__isnull=True)
                    | Q(target="segment", segment__isnull=False, customer__isnull=True)
                    | Q(target="all", customer__isnull=True, segment__isnull=True)
                ),
                name="cost_entry_names_its_target",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("analytics:costentry_detail", args=[self.pk])
