"""How many of a product are there: dated movements, and nothing but their sum.

Staff enter what came in and what a count found; goods that leave with a delivered order or come back with a return are
entered by the order itself. A product without a movement keeps no stock.
"""

from django.db import models
from django.db.models import DecimalField, OuterRef, Q, Subquery, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.records.models import Record, RecordQuerySet
from interactions.catalogue.models import Product
from interactions.orders.models import Order

QUANTITY = DecimalField(max_digits=14, decimal_places=3)


class StockMovementQuerySet(RecordQuerySet):
    def counted(self) -> "StockMovementQuerySet":
        """Those that are in the stock on hand: an order in the recycle bin moves nothing."""
        return self.kept().filter(Q(order__isnull=True) | Q(order__deleted_at__isnull=True))  # type: ignore[return-value]


class StockMovement(Record):
    class Reason(models.TextChoices):
        RECEIVED = "received", _("goods received")
        COUNTED = "counted", _("count")
        LOST = "lost", _("lost or broken")
        DELIVERED = "delivered", _("delivered")
        RETURNED = "returned", _("came back")
        OTHER = "other", _("other")

    class Access:
        kind = "stock_movement"
        owner = ("created_by",)
        unit = ()
        region = ()

    NUMBER_PREFIX = "S"
    BY_ORDERS = (Reason.DELIVERED, Reason.RETURNED)

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="stock_movements", verbose_name=_("product")
    )
    occurred_on = models.DateField(_("day"), default=timezone.localdate)
    quantity = models.DecimalField(
        _("quantity"), max_digits=14, decimal_places=3, help_text=_("Below zero for what goes out")
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices, default=Reason.RECEIVED)
    order = models.ForeignKey(
        Order,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stock_movements",
        verbose_name=_("order"),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = StockMovementQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        ordering = ["-occurred_on", "-id"]
        indexes = [
            models.Index(fields=["-occurred_on", "-id"], name="stock_movement_by_day"),
            models.Index(fields=["product", "-occurred_on"], name="stock_movement_by_product"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="stock_movement_moves_something")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("interactions:stockmovement_detail", args=[self.pk])


def on_hand() -> Subquery:
    """The stock on hand of a product as an expression; NULL where none is kept."""
    moved = StockMovement.objects.counted().filter(product=OuterRef("pk")).order_by().values("product")
    return Subquery(moved.values(total=Sum("quantity")), output_field=QUANTITY)
