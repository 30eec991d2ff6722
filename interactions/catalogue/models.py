"""What is sold."""

import datetime
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.accounts.models import NamedInThreeLanguages
from crm.accounts.trees import TreeNode, TreeQuerySet
from crm.records.models import Record, RecordQuerySet

NEW_DAYS = 180  # how long a product counts as new after its launch


class CategoryQuerySet(TreeQuerySet, RecordQuerySet):
    pass


class Category(NamedInThreeLanguages, TreeNode, Record):
    """A type of products, nested."""

    class Access:
        kind = "category"
        owner = ("created_by",)
        unit = ()
        region = ()

    NUMBER_PREFIX = "PC"

    objects = CategoryQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("product type")
        verbose_name_plural = _("product types")
        ordering = ["path", "id"]

    def get_absolute_url(self) -> str:
        return reverse("interactions:category_detail", args=[self.pk])


class Product(NamedInThreeLanguages, Record):
    """An item or service sold. `number` is its code, unique within the company."""

    class Access:
        kind = "product"
        owner = ("created_by",)
        unit = ()
        region = ()

    NUMBER_PREFIX = "P"

    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("product type"),
    )
    price = models.DecimalField(
        _("price"), max_digits=14, decimal_places=4, default=Decimal(0), validators=[MinValueValidator(0)]
    )
    unit_cost = models.DecimalField(
        _("unit cost"),
        max_digits=14,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    launched_on = models.DateField(_("launched on"), null=True, blank=True)
    is_fee = models.BooleanField(
        _("is a fee"),
        default=False,
        help_text=_("Postage, bank charges and the like: counted in money, never in product rankings."),
    )
    is_active = models.BooleanField(_("is sold"), default=True)
    selling_points = models.TextField(_("selling points"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["name", "id"], name="product_by_name")]

    def get_absolute_url(self) -> str:
        return reverse("interactions:product_detail", args=[self.pk])

    def is_new_on(self, day: datetime.date) -> bool:
        """Whether the product was launched by this day, and less than NEW_DAYS before it."""
        return self.launched_on is not None and 0 <= (day - self.launched_on).days < NEW_DAYS

    @property
    def is_new(self) -> bool:
        return self.is_new_on(timezone.localdate())
