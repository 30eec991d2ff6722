"""What a customer is offered a product for."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q

from customers import tiers
from customers.models import Customer
from interactions.catalogue.models import Product
from interactions.pricing.models import FOUR_PLACES, PriceRule


@dataclass(frozen=True)
class Quote:
    """The price proposed for a product: `unit_price` less `discount` %, by `rule`; without one the list price."""

    list_price: Decimal
    unit_price: Decimal
    discount: Decimal
    rule: PriceRule | None = None

    @property
    def reason(self) -> str:
        return self.rule.reason if self.rule else ""


def quotes(
    products: Iterable[Product], *, customer: Customer | None, day: datetime.date, rate: Decimal = Decimal(1)
) -> dict[int, Quote]:
    """A quote for each product, by its id, in the currency that is worth `rate` of the base currency.

    Fees have their price: no rule touches them.
    """
    wanted = list(products)
    rules = _rules(customer, day) if any(not each.is_fee for each in wanted) else []
    return {product.pk: _quote(product, rules, rate) for product in wanted}


def _quote(product: Product, rules: list[PriceRule], rate: Decimal) -> Quote:
    list_price = in_currency(product.price, rate)
    fitting = [] if product.is_fee else [each for each in rules if each.fits(product)]
    if not fitting:
        return Quote(list_price, list_price, Decimal(0))
    best = min(fitting, key=lambda rule: (rule.price_from(product.price), -rule.precision, -rule.pk))
    if best.price_from(product.price) >= product.price:
        return Quote(list_price, list_price, Decimal(0))  # an agreed price above the list is no favour
    if best.price is not None:
        return Quote(list_price, in_currency(best.price, rate), Decimal(0), best)
    assert best.discount is not None
    return Quote(list_price, list_price, best.discount, best)


def _rules(customer: Customer | None, day: datetime.date) -> list[PriceRule]:
    """The rules of a day that are for this customer; without one those for everybody."""
    found = PriceRule.objects.valid_on(day).select_related("category", "tag")
    if customer is None:
        return list(found.filter(value_tier="", relation_class="", tag__isnull=True))
    rules = list(
        found.filter(
            Q(relation_class="") | Q(relation_class=customer.relation_class),
            Q(tag__isnull=True) | Q(tag__in=customer.tags.all()),
        )
    )
    tier = tiers.tier_of(customer.pk) if any(each.value_tier for each in rules) else ""
    return [each for each in rules if each.value_tier in {"", tier}]


def in_currency(amount: Decimal, rate: Decimal) -> Decimal:
    """An amount of the base currency in the one that is worth `rate` of it."""
    return amount if rate == 1 else (amount / rate).quantize(FOUR_PLACES, ROUND_HALF_UP)
