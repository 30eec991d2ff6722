"""After-sales: what is done for a customer once something was sold - a repair, a return, a visit, technical support."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from customers.models import (
    CUSTOMER_ACCESS_OWNER,
    CUSTOMER_ACCESS_REGION,
    CUSTOMER_ACCESS_UNIT,
    CustomerRecord,
)
from interactions.catalogue.models import Product
from interactions.orders.models import Order, OrderLine


class AfterSales(CustomerRecord):
    """`cost` is what it cost us, in the base currency; what the customer gets back is in `return_order`."""

    class Type(models.TextChoices):
        REPAIR = "repair", _("Repair")
        RETURN = "return", _("Return")
        VISIT = "visit", _("Visit")
        SUPPORT = "support", _("Technical support")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")

    class Access:
        kind = "after_sales"
        owner = CUSTOMER_ACCESS_OWNER
        unit = CUSTOMER_ACCESS_UNIT
        region = CUSTOMER_ACCESS_REGION

    NUMBER_PREFIX = "AS"

    title = models.CharField(_("subject"), max_length=200)
    type = models.CharField(_("type"), max_length=8, choices=Type.choices, default=Type.REPAIR)
    status = models.CharField(_("status"), max_length=4, choices=Status.choices, default=Status.OPEN)
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="after_sales", verbose_name=_("order")
    )
    order_line = models.ForeignKey(
        OrderLine,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="after_sales",
        verbose_name=_("order line"),
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="after_sales", verbose_name=_("product")
    )
    return_order = models.OneToOneField(
        Order,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="after_sales_return",
        verbose_name=_("return"),
    )
    cost = models.DecimalField(
        _("cost"),
        max_digits=14,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0)],
        help_text=_("What it cost us: parts, freight, working time"),
    )
    done_on = models.DateField(_("done on"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)
    note = models.TextField(_("note"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("after-sales record")
        verbose_name_plural = _("after-sales records")
        ordering = ["-occurred_at", "-id"]
        indexes = [
            models.Index(fields=["-occurred_at", "-id"], name="after_sales_by_time"),
            models.Index(fields=["customer", "-occurred_at"], name="after_sales_by_customer"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("interactions:aftersales_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN
