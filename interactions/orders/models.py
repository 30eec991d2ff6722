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

Drafts and cancelled orders are in no figure. `list_price` of a line is what the product cost without any favour, so
that reports can tell what discounts took away.
"""

from decimal import ROUND_HALF_UP, Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
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
from interactions.pricing.models import PriceRule

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
    confirmed_at = models.DateTimeField(
        _("confirmed at"), null=True, blank=True, editable=False, help_text=_("When a draft became an order")
    )
    promised_on = models.DateField(_("promised for"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    carrier = models.CharField(_("carrier"), max_length=80, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=80, blank=True)
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
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_late(self) -> bool:
        """Whether it came, or still has to come, after the day it was promised for."""
        if not self.promised_on or self.status not in self.COUNTED:
            return False
        return (self.delivered_on or timezone.localdate()) > self.promised_on

    @property
    def settlement_days(self) -> int | None:
        """Days from the invoice, where there is none from the order, to the payment; None while it is unpaid."""
        if self.paid_on is None:
            return None
        return (self.paid_on - (self.invoiced_on or self.occurred_on)).days

    @property
    def returned_amount(self) -> Decimal:
        return self.gross_amount - self.net_amount

    @property
    def amount_after_returns(self) -> Decimal:
        """What the order is worth once its returns are taken off, in the base currency."""
        returns = self.returns.filter(deleted_at__isnull=True, status__in=self.COUNTED)
        return self.net_amount + (returns.aggregate(total=models.Sum("net_amount"))["total"] or Decimal(0))


class PricedLine(models.Model):
    """A line of an order or a quote: so many of something at a price, less a discount."""

    position = models.PositiveIntegerField(_("line"), default=1)
    description = models.CharField(_("description"), max_length=200, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, default=1)
    list_price = models.DecimalField(
        _("list price"), max_digits=14, decimal_places=4, null=True, blank=True, editable=False
    )
    unit_price = models.DecimalField(_("unit price"), max_digits=14, decimal_places=4, default=0)
    discount = models.DecimalField(
        _("discount %"),
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    price_rule = models.ForeignKey(
        PriceRule,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("price rule"),
    )
    unit_cost = models.DecimalField(_("unit cost"), max_digits=14, decimal_places=4, null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=4, default=0, editable=False)

    # What a copy of a line takes along: a return, an order made of a deal.
    COPIED = ("product", "description", "quantity", "list_price", "unit_price", "discount", "price_rule", "unit_cost")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        named = self.product if self.product_id else self.description  # type: ignore[attr-defined]
        return f"{self.quantity.normalize():f} × {named}"

    def reckoned_amount(self) -> Decimal:
        """Quantity x price less discount, rounded to the cent; four decimals are kept where prices need them."""
        exact = self.quantity * self.unit_price * (100 - self.discount) / 100
        return exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)

    def save(self, *args: object, **kwargs: object) -> None:
        self.amount = self.reckoned_amount()
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class OrderLine(PricedLine):
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
    kind = models.CharField(_("counts as"), max_length=14, choices=Kind.choices, default=Kind.SALE)
    product = models.ForeignKey(
        Product,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="order_lines",
        verbose_name=_("product"),
    )
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
