"""Orders on a customer's page; lines and returns on an order's; stock on a product's."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum, Window
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.accounts.models import Company, User
from crm.records import panels, privacy
from crm.records.panels import Panel
from customers.models import Customer
from customers.relations.services import register_totals
from interactions.catalogue.models import Product
from interactions.orders.kinds import ORDER, STOCK_MOVEMENT
from interactions.orders.models import Order
from interactions.orders.services import returnable
from interactions.orders.stock import stock_of
from interactions.orders.stock_models import StockMovement

SHOWN = 6


def orders_panel(request: HttpRequest, customer: Customer) -> Panel:
    """The latest orders with the count and net worth of all that count."""
    counted = Order.objects.visible_to(request.user).filter(customer=customer, status__in=Order.COUNTED)
    rows = list(
        counted.annotate(count=Window(Count("pk")), total=Window(Sum("net_amount"))).order_by("-occurred_at", "-id")[
            :SHOWN
        ]
    )
    context = {
        "orders": rows,
        "count": rows[0].count if rows else 0,
        "total": rows[0].total if rows else 0,
        "currency": _currency(request),
        "list_url": f"{ORDER.url('list')}?customer={customer.pk}",
        "create_url": f"{ORDER.url('create')}?customer={customer.pk}",
        "may_create": access.may_create(ORDER.key, request.user),
    }
    return Panel("orders", _("Orders"), "interactions/_orders_panel.html", context, place="side", rank=15)


def lines_panel(request: HttpRequest, order: Order) -> Panel:
    """What was sold, what came back of it, and the forms to take more back."""
    user: Any = request.user
    lines = list(order.lines.select_related("product", "product__category", "price_rule__tag"))
    returns = list(order.returns.visible_to(user).order_by("-occurred_at"))  # type: ignore[attr-defined]
    is_sold = order.type == Order.Type.SALE and order.status in Order.COUNTED
    may_take_back = is_sold and access.may_create(ORDER.key, user) and privacy.may_act(order, user, "change")
    left = returnable(order, lines) if may_take_back else {}
    for line in lines:
        line.left = left.get(line.pk, Decimal(0))  # type: ignore[attr-defined]
        line.left_plain = f"{line.left.normalize():f}"  # type: ignore[attr-defined]
    may_serve = is_sold and order.customer_id and access.may_create("after_sales", user)
    after_sales_url = reverse("interactions:aftersales_create") if may_serve else ""
    context = {
        "order": order,
        "lines": lines,
        "lines_total": sum(line.amount for line in lines),
        "currency": order.currency or _currency(request),
        "base_currency": _currency(request),
        "returns": returns,
        "after_returns": order.net_amount + sum(each.net_amount for each in returns if each.status in Order.COUNTED),
        "may_take_back": may_take_back,
        "after_sales_url": after_sales_url and f"{after_sales_url}?customer={order.customer_id}&order={order.pk}",
    }
    return Panel("lines", _("Lines"), "interactions/_lines_panel.html", context, rank=5)


def stock_panel(request: HttpRequest, product: Product) -> Panel | None:
    """How many of a product there are, and what moved last."""
    user: Any = request.user
    if not access.may_view_any(STOCK_MOVEMENT.key, user) or product.is_fee:
        return None
    moved = StockMovement.objects.visible_to(user).filter(product=product).select_related("order")
    context = {
        "product": product,
        "stock": stock_of([product.pk]).get(product.pk),
        "movements": list(moved.order_by("-occurred_on", "-id")[:SHOWN]),
        "list_url": f"{STOCK_MOVEMENT.url('list')}?product={product.pk}",
        "create_url": f"{STOCK_MOVEMENT.url('create')}?product={product.pk}",
        "may_create": access.may_create(STOCK_MOVEMENT.key, user),
    }
    return Panel("stock", _("Stock on hand"), "interactions/_stock_panel.html", context, place="side", rank=10)


def totals(customers: Iterable[int], user: User | None) -> dict[int, tuple[int, Decimal]]:
    """Number and net worth of the orders that count, by customer."""
    counted = Order.objects.visible_to(user).filter(customer__in=list(customers), status__in=Order.COUNTED)
    rows = counted.order_by().values_list("customer").annotate(Count("pk"), Sum("net_amount"))
    return {customer: (count, amount) for customer, count, amount in rows}


def _currency(request: HttpRequest) -> str:
    company = getattr(request, "company", None) or Company.objects.current()
    return company.currency


register_totals(totals)
panels.register_later(
    "customer",
    panels.Later(
        "orders",
        _("Orders"),
        orders_panel,
        place="side",
        rank=15,
        is_for=lambda user: access.may_view_any(ORDER.key, user),
    ),
)
panels.register("order", lines_panel)
panels.register("product", stock_panel)
