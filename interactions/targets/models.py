"""Sales goals by staff or unit, product type and period."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.accounts.models import Unit
from crm.records.models import Record
from interactions.catalogue.models import Category


class SalesTarget(Record):
    class Access:
        kind = "target"
        owner = ("staff",)
        unit = ("unit", "staff__unit")
        region = ("staff__region",)

    NUMBER_PREFIX = "TG"

    name = models.CharField(_("name"), max_length=120)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sales_targets",
        verbose_name=_("staff"),
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product type"),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    amount = models.DecimalField(_("target amount"), max_digits=16, decimal_places=2, validators=[MinValueValidator(0)])

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("sales target")
        verbose_name_plural = _("sales targets")
        ordering = ["-starts_on", "-id"]
        indexes = [models.Index(fields=["-starts_on", "-id"], name="sales_target_by_start")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="sales_target_ends_after_start"),
            models.CheckConstraint(
                condition=Q(staff__isnull=False) | Q(unit__isnull=False),
                name="sales_target_has_staff_or_unit",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("interactions:salestarget_detail", args=[self.pk])
