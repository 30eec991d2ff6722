"""Records for tests of the facts: plain rows, a test names only what it cares about."""

import datetime
from decimal import Decimal
from typing import Any

from crm.accounts.models import Company
from customers.models import Customer
from interactions.models import Order, OrderLine, Product

UTC = datetime.UTC


def moment(text: str) -> datetime.datetime:
    """2024-01-31 or 2024-01-31 13:45, in UTC."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=UTC)


def company(**given: Any) -> Company:
    found = Company(**{"name": "Test", "currency": "GBP", "time_zone": "Europe/London", **given})
    found.save()
    return found


def customer(**given: Any) -> Customer:
    return Customer.objects.create(**{"name": "Somebody", **given})


def product(**given: Any) -> Product:
    return Product.objects.create(**{"name": "Lamp", **given})


def order(*lines: dict[str, Any], at: str = "2024-03-05 10:00", **given: Any) -> Order:
    """An order with lines; each a dict of quantity, unit_price and what else differs."""
    found = Order.objects.create(**{"occurred_at": moment(at), **given})
    for position, line in enumerate(lines or ({},), start=1):
        values = {"quantity": 1, "unit_price": 10, **line}
        for name in ("quantity", "unit_price", "discount", "unit_cost"):
            if name in values:
                values[name] = Decimal(values[name])
        OrderLine.objects.create(order=found, position=position, **values)
    return found
