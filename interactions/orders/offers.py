"""What the grid of lines is told of products while somebody types: code, name, price for this customer, stock."""

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, Q, When
from django.db.models.functions import Lower
from django.utils import timezone

from crm.accounts import access
from crm.accounts.models import Company, User
from crm.records import lookups, search
from customers.models import Customer
from interactions.catalogue.kinds import PRODUCT
from interactions.catalogue.models import Product
from interactions.orders.services import rate_of
from interactions.orders.stock import stock_of
from interactions.pricing.services import quotes

SHOWN = 12
MOST_CODES = 200


def customer_of(text: str, user: User | None) -> Customer | None:
    """The customer named by an id, as far as this reader may see it."""
    if not lookups.is_id(text):
        return None
    return Customer.objects.visible_to(user).filter(pk=int(text)).first()


def search_for(text: str, user: User | None) -> list[Product]:
    """Products that are sold, by code or name in any language: beginnings first, then words, then the rest."""
    question = text.replace("\0", " ").strip()[: search.LONGEST_QUESTION]
    sold = Product.objects.visible_to(user).filter(is_active=True).select_related("category")
    if not question:
        return list(sold.order_by("name", "pk")[:SHOWN])
    found = search.narrow(PRODUCT, Product.objects.all(), question, user).order_by().values("pk")
    matching = sold.filter(Q(number__istartswith=question) | Q(pk__in=found))
    rank = Case(
        When(number__istartswith=question, then=0),
        When(_in_any_name("istartswith", question), then=1),
        When(_in_any_name("icontains", f" {question}"), then=2),
        default=3,
        output_field=IntegerField(),
    )
    return list(matching.order_by(rank, "name", "pk")[:SHOWN])


def named(texts: Iterable[str], user: User | None) -> list[Product]:
    """Products by their exact code or name in any language, whether they are still sold or not."""
    given = {each.strip() for each in texts}
    wanted = {each.casefold() for each in given if each and "\0" not in each}
    if not wanted:
        return []
    rows = Product.objects.visible_to(user).select_related("category")
    matches = Q(code__in=wanted) | Q(lower_name__in=wanted) | Q(name_zh_hans__in=given) | Q(name_zh_hant__in=given)
    return list(rows.annotate(code=Lower("number"), lower_name=Lower("name")).filter(matches))


def described(
    products: Sequence[Product],
    *,
    customer: Customer | None,
    currency: str,
    day: datetime.date,
    user: User | None,
) -> list[dict[str, Any]]:
    """Products as the grid shows them, at the day's price for the customer."""
    offered = quotes(products, customer=customer, day=day, rate=rate_on(currency, day))
    stock = stock_of([each.pk for each in products]) if access.may_view_any("stock_movement", user) else {}
    return [
        {
            "id": each.pk,
            "code": each.number,
            "text": str(each),
            "names": [name for name in (each.name, each.name_zh_hans, each.name_zh_hant) if name],
            "list_price": _plain(offered[each.pk].list_price),
            "price": _plain(offered[each.pk].unit_price),
            "discount": _plain(offered[each.pk].discount),
            "reason": offered[each.pk].reason,
            "stock": _plain(stock[each.pk]) if each.pk in stock else "",
        }
        for each in products
    ]


def _in_any_name(lookup: str, text: str) -> Q:
    found = Q()
    for name in ("name", "name_zh_hans", "name_zh_hant"):
        found |= Q(**{f"{name}__{lookup}": text})
    return found


def day_of(value: Any) -> datetime.date:
    """The day of a moment, or of what a form says of one; today where it says nothing that can be read."""
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    try:
        return datetime.date.fromisoformat(str(value or "")[:10])
    except ValueError:
        return Company.objects.current().today()


def rate_on(currency: str, day: datetime.date) -> Decimal:
    """The day's rate; the base currency where there is none yet, which the form will say on saving."""
    try:
        return rate_of(currency.strip().upper()[:3], day)
    except ValidationError:
        return Decimal(1)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
