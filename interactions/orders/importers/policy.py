"""What a line of a file is, and how the lines of well-known sources are to be understood."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy

from crm.records.importing.readers import Layout
from crm.records.importing.registry import Preset
from customers.models import Customer
from interactions.orders.models import OrderLine


class LineClass(models.TextChoices):
    """What a line of a file is. Each line is in exactly one class: the first that fits, in this order."""

    CORRECTION = "correction", gettext_lazy("correction of accounts")
    CANCELLED_FEE = "cancelled_fee", gettext_lazy("fee paid back")
    RETURN = "return", gettext_lazy("return")
    NEGATIVE_QUANTITY = "negative_quantity", gettext_lazy("negative quantity without a return")
    PRICE_ZERO_OR_BELOW = "price_zero_or_below", gettext_lazy("price zero or below")
    FEE = "fee", gettext_lazy("fee")
    SALE_WITHOUT_CUSTOMER = "sale_without_customer", gettext_lazy("sale without customer")
    SALE = "sale", gettext_lazy("sale")


COUNTS_AS = {
    LineClass.CORRECTION: OrderLine.Kind.CORRECTION,
    LineClass.CANCELLED_FEE: OrderLine.Kind.CANCELLED_FEE,
    LineClass.RETURN: OrderLine.Kind.RETURN,
    LineClass.NEGATIVE_QUANTITY: OrderLine.Kind.ADJUSTMENT,
    LineClass.PRICE_ZERO_OR_BELOW: OrderLine.Kind.FREE,
    LineClass.FEE: OrderLine.Kind.FEE,
    LineClass.SALE_WITHOUT_CUSTOMER: OrderLine.Kind.SALE,
    LineClass.SALE: OrderLine.Kind.SALE,
}
GROSS_CLASSES = {each for each, kind in COUNTS_AS.items() if kind in OrderLine.GROSS_KINDS}


@dataclass(frozen=True)
class LinePolicy:
    """How the lines of a source are to be understood.

    fee_codes                     products that are fees, in capitals
    return_prefix                 orders whose number starts with it are returns; without it any negative line is one
    correction_prefix             orders whose number starts with it correct accounts
    zone, currency                of the source; the company takes them over while it has no orders of its own
    each_row_is_an_order          there is no order number that holds lines together
    free_counts_as_sale           a purchase is one even when nothing was paid
    """

    fee_codes: frozenset[str] = frozenset()
    return_prefix: str = ""
    correction_prefix: str = ""
    zone: str = ""
    currency: str = ""
    customer_type: str = Customer.Type.PERSON
    each_row_is_an_order: bool = False
    free_counts_as_sale: bool = False

    def is_fee(self, product: str) -> bool:
        return product.upper() in self.fee_codes

    def classify(self, *, order: str, product: str, quantity: Decimal, amount: Decimal, customer: str) -> LineClass:
        if self.correction_prefix and order.startswith(self.correction_prefix):
            return LineClass.CORRECTION
        if self.return_prefix:
            is_return = order.startswith(self.return_prefix)
        else:
            is_return = quantity < 0 or amount < 0
        if is_return:
            return LineClass.CANCELLED_FEE if self.is_fee(product) else LineClass.RETURN
        if quantity < 0:
            return LineClass.NEGATIVE_QUANTITY
        if amount < 0 or (amount == 0 and not self.free_counts_as_sale):
            return LineClass.PRICE_ZERO_OR_BELOW
        if self.is_fee(product):
            return LineClass.FEE
        return LineClass.SALE if customer else LineClass.SALE_WITHOUT_CUSTOMER


ONLINE_RETAIL = Preset(
    "online-retail",
    gettext_lazy("Online Retail: invoice lines of a British wholesaler"),
    policy=LinePolicy(
        fee_codes=frozenset({"POST", "DOT", "M", "D", "S", "B", "C2", "CRUK", "PADS", "AMAZONFEE", "BANK CHARGES"}),
        return_prefix="C",
        correction_prefix="A",
        zone="Europe/London",
        currency="GBP",
        customer_type=Customer.Type.ORGANISATION,
    ),
)
CDNOW = Preset(
    "cdnow",
    gettext_lazy("CDNOW: purchases at a music shop, fixed width"),
    layouts=(
        Layout((("customer", 1, 6), ("", 7, 11), ("date", 12, 20), ("quantity", 20, 23), ("amount", 23, 31)), 31),
        Layout((("customer", 1, 6), ("date", 7, 15), ("quantity", 15, 18), ("amount", 18, 26)), 26),
    ),
    policy=LinePolicy(zone="America/New_York", currency="USD", each_row_is_an_order=True, free_counts_as_sale=True),
)
