"""Prices for some: what a group of customers pays for a product or a type of products, and from when to when.

A rule is for everybody whom all of its conditions fit, for the product or the type (with all types below) or for
everything, on the days it holds. It takes a discount off the list price, or names a price. Of several rules that fit
the one with the lowest price counts; of equal ones the more precise (product before type before everything), then the
newer.
"""

import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.records.models import Record, RecordQuerySet
from customers.models import Customer, Tag
from interactions.catalogue.models import Category, Product

FOUR_PLACES = Decimal("0.0001")


class PriceRuleQuerySet(RecordQuerySet):
    def valid_on(self, day: datetime.date) -> Self:
        since = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
        return self.kept().filter(since, Q(valid_until__isnull=True) | Q(valid_until__gte=day), is_active=True)


class PriceRule(Record):
    class Tier(models.TextChoices):
        HIGH = "high", _("High value")
        MID = "mid", _("Middle value")
        LOW = "low", _("Low value")
        NONE = "none", _("No value")

    class Access:
        kind = "price_rule"
        owner = ("created_by",)
        unit = ()
        region = ()

    NUMBER_PREFIX = "PR"

    name = models.CharField(_("name"), max_length=120)
    value_tier = models.CharField(_("value tier"), max_length=8, choices=Tier.choices, blank=True)
    relation_class = models.CharField(
        _("relationship class"), max_length=16, choices=Customer.RelationClass.choices, blank=True
    )
    tag = models.ForeignKey(
        Tag, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tag")
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="price_rules", verbose_name=_("product")
    )
    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="price_rules",
        verbose_name=_("product type"),
    )
    discount = models.DecimalField(
        _("discount %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(100)],
    )
    price = models.DecimalField(
        _("fixed price"), max_digits=14, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    note = models.TextField(_("note"), blank=True)

    objects = PriceRuleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("price rule")
        verbose_name_plural = _("price rules")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["name", "id"], name="price_rule_by_name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(discount__isnull=True, price__isnull=False) | Q(discount__isnull=False, price__isnull=True),
                name="price_rule_has_a_discount_or_a_price",
            ),
            models.CheckConstraint(
                condition=Q(product__isnull=True) | Q(category__isnull=True), name="price_rule_is_for_product_or_type"
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(product__isnull=False), name="fixed_price_is_of_a_product"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("interactions:pricerule_detail", args=[self.pk])

    @property
    def whom(self) -> str:
        """The group it is for, in words; the name of the rule where it is for everybody."""
        said = [
            str(each)
            for each in (
                self.get_value_tier_display(),
                self.get_relation_class_display(),
                self.tag if self.tag_id else "",
            )
            if each
        ]
        return ", ".join(said) or self.name

    @property
    def reason(self) -> str:
        """What a line says of its price: “High value −8 %”."""
        if self.discount is None:
            return str(format_lazy(_("{whom}: agreed price"), whom=self.whom))
        return f"{self.whom} −{self.discount.normalize():f} %"

    def price_from(self, list_price: Decimal) -> Decimal:
        """What a customer whom it fits pays instead of the list price."""
        if self.price is not None:
            return self.price
        assert self.discount is not None
        return (list_price * (100 - self.discount) / 100).quantize(FOUR_PLACES, ROUND_HALF_UP)

    @property
    def precision(self) -> int:
        return 2 if self.product_id else 1 if self.category_id else 0

    def fits(self, product: Product) -> bool:
        if self.product_id:
            return self.product_id == product.pk
        if not self.category_id:
            return True
        assert self.category
        return bool(product.category and product.category.path.startswith(self.category.path))
