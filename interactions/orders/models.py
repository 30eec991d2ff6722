"""Sales and returns, with their lines.

An order is a sale, a return (its lines are negative) or a correction of accounts. Sales without a known customer have
none. Every line says in `kind` how it counts:

    sale            a product sold                                       gross and net
    fee             postage and the like, charged                        gross and net
    return          a product taken back                                 net
    cancelled_fee   a fee paid back                                      net
    adjustment      negative quantity without a return: stock taken out  net
    free            price zero or below                                  net
    correction      bad debt and other corrections of accounts           net

gross = sale + fee; net = every line; returned = gross - net.
"""

from decimal import ROUND_HALF_UP, Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from simple_history.models import HistoricalRecords

from customers.models import (
    CUSTOMER_ACCESS_OWNER,
    CUSTOMER_ACCESS_REGION,
    CUSTOMER_ACCESS_UNIT,
    Customer,
    CustomerRecord,
)
from interactions.catalogue.models import Product

CENT = Decimal("0.01")


class Order(CustomerRecord):
    class Type(models.TextChoices):
        SALE = "sale", _("Order")
        RETURN = "return", _("Return")
        CORRECTION = "correction", _("Correction")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CONFIRMED = "confirmed", _("Confirmed")
        DELIVERED = "delivered", _("Delivered")
        CANCELLED = "cancelled", _("Cancelled")

    class Access:
        kind = "order"
        owner = CUSTOMER_ACCESS_OWNER
        unit = CUSTOMER_ACCESS_UNIT
        region = CUSTOMER_ACCESS_REGION

    NUMBER_PREFIX = "O"
    COUNTED = (Status.CONFIRMED, Status.DELIVERED)  # drafts and cancelled orders are in no figure

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("customer"),
    )
    type = models.CharField(_("type"), max_length=10, choices=Type.choices, default=Type.SALE)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.CONFIRMED)
    return_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="returns",
        verbose_name=_("return of"),
    )
    country = CountryField(_("country"), blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, help_text=_("Empty: the base currency"))
    promised_on = models.DateField(_("promised for"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    invoiced_on = models.DateField(_("invoiced on"), null=True, blank=True)
    due_on = models.DateField(_("payment due"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    gross_amount = models.DecimalField(_("gross amount"), max_digits=16, decimal_places=2, default=0, editable=False)
    net_amount = models.DecimalField(_("net amount"), max_digits=16, decimal_places=2, default=0, editable=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-occurred_at", "-id"]
        indexes = [
            models.Index(fields=["-occurred_at", "-id"], name="order_by_time"),
            models.Index(fields=["customer", "-occurred_at"], name="order_by_customer"),
            models.Index(fields=["unit", "-occurred_at"], name="order_by_unit"),
            models.Index(fields=["staff", "-occurred_at"], name="order_by_staff"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("interactions:order_detail", args=[self.pk])

    @property
    def returned_amount(self) -> Decimal:
        return self.gross_amount - self.net_amount

    @property
    def amount_after_returns(self) -> Decimal:
        """What the order is worth once its returns are taken off, in the base currency."""
        returns = self.returns.filter(deleted_at__isnull=True, status__in=self.COUNTED)
        return self.net_amount + (returns.aggregate(total=models.Sum("net_amount"))["total"] or Decimal(0))


class OrderLine(models.Model):
    class Kind(models.TextChoices):
        SALE = "sale", _("sale")
        FEE = "fee", _("fee")
        RETURN = "return", _("return")
        CANCELLED_FEE = "cancelled_fee", _("cancelled fee")
        ADJUSTMENT = "adjustment", _("stock adjustment")
        FREE = "free", _("free of charge")
        CORRECTION = "correction", _("correction")

    GROSS_KINDS = (Kind.SALE, Kind.FEE)

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", verbose_name=_("order"))
    position = models.PositiveIntegerField(_("line"), default=1)
    kind = models.CharField(_("counts as"), max_length=14, choices=Kind.choices, default=Kind.SALE)
    product = models.ForeignKey(
        Product,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="order_lines",
        verbose_name=_("product"),
    )
    description = models.CharField(_("description"), max_length=200, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, default=1)
    unit_price = models.DecimalField(_("unit price"), max_digits=14, decimal_places=4, default=0)
    discount = models.DecimalField(
        _("discount %"),
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    unit_cost = models.DecimalField(_("unit cost"), max_digits=14, decimal_places=4, null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=4, default=0, editable=False)
    source_line = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="returned_by",
        verbose_name=_("returned line"),
    )
    source_key = models.CharField(max_length=40, null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["order_id", "position", "id"]
        indexes = [models.Index(fields=["product", "order"], name="order_line_by_product")]
        constraints = [
            models.CheckConstraint(
                condition=Q(discount__gte=0) & Q(discount__lte=100),
                name="order_line_discount_is_a_percentage",
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.position}"

    def reckoned_amount(self) -> Decimal:
        """Quantity x price less discount, rounded to the cent; four decimals are kept where prices need them."""
        exact = self.quantity * self.unit_price * (100 - self.discount) / 100
        return exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)

    def save(self, *args: object, **kwargs: object) -> None:
        self.amount = self.reckoned_amount()
        super().save(*args, **kwargs)
