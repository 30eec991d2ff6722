"""An order or a quote as a sheet of paper: letterhead, addressee, lines, totals. The browser prints it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import Http404

from crm.accounts.models import Company, User
from crm.records import privacy, values
from crm.records.attributes import Text
from crm.records.kinds import kinds
from customers.models import Customer
from interactions.orders.models import CENT

ADDRESS = ("address", "city", "country", "phone", "email")


@dataclass(frozen=True)
class Row:
    name: str
    number: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Document:
    """A sheet as its reader may see it.

    addressee   name and address of the customer, line by line, masked where the reader sees the mask
    facts       (label, text) of the head: date, valid until, contact
    """

    title: Text
    number: str
    company: Company
    addressee: list[str]
    facts: list[tuple[Text, Any]]
    rows: list[Row]
    currency: str
    note: str = ""
    foot: list[Text] = field(default_factory=list)

    @property
    def before_discount(self) -> Decimal:
        return sum((row.quantity * row.unit_price for row in self.rows), Decimal(0)).quantize(CENT)

    @property
    def total(self) -> Decimal:
        return sum((row.amount for row in self.rows), Decimal(0)).quantize(CENT)

    @property
    def discount(self) -> Decimal:
        return self.before_discount - self.total


def rows_of(lines: Iterable[Any]) -> list[Row]:
    """Lines of an order or a deal with their products."""
    return [
        Row(
            str(line.product or line.description),
            line.product.number if line.product else "",
            line.description if line.product else "",
            line.quantity,
            line.unit_price,
            line.discount,
            line.amount,
        )
        for line in lines
    ]


def addressee(customer: Customer | None, user: User | None) -> list[str]:
    """The customer's name and where it is, as far as this reader may see it."""
    if customer is None:
        return []
    kind = kinds["customer"]
    known = [kind.attribute(key) for key in ("name", *ADDRESS)]
    shown = [values.show(kind, each, customer, user).text for each in known if privacy.may_see(kind, each, user)]
    return [each for each in shown if each]


def check_readable(kind_key: str, attribute_key: str, user: User | None) -> None:
    """A sheet is all about amounts: who sees them masked gets none."""
    kind = kinds[kind_key]
    if not privacy.may_read(kind, kind.attribute(attribute_key), user):
        raise Http404
