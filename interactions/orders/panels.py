"""Orders on a customer's page; lines and returns on an order's."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Count, Sum, Window
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.accounts.models import Company, User
from crm.records import panels
from crm.records.panels import Panel
from customers.models import Customer
from customers.relations.services import register_totals
from interactions.orders.kinds import ORDER
from interactions.orders.models import Order

SHOWN = 6


def orders_panel(request: HttpRequest, customer: Customer) -> Panel | None:
    """The latest orders with the count and net worth of all that count."""
    if not access.may_view_any(ORDER.key, request.user):
        return None
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
    lines = list(order.lines.select_related("product", "product__category"))
    returns = list(order.returns.visible_to(request.user).order_by("-occurred_at"))  # type: ignore[attr-defined]
    context = {
        "order": order,
        "lines": lines,
        "lines_total": sum(line.amount for line in lines),
        "currency": order.currency or _currency(request),
        "base_currency": _currency(request),
        "returns": returns,
        "after_returns": order.net_amount + sum(each.net_amount for each in returns if each.status in Order.COUNTED),
    }
    return Panel("lines", _("Lines"), "interactions/_lines_panel.html", context, rank=5)


def totals(customers: Iterable[int], user: User | None) -> dict[int, tuple[int, Decimal]]:
    """Number and net worth of the orders that count, by customer."""
    counted = Order.objects.visible_to(user).filter(customer__in=list(customers), status__in=Order.COUNTED)
    rows = counted.order_by().values_list("customer").annotate(Count("pk"), Sum("net_amount"))
    return {customer: (count, amount) for customer, count, amount in rows}


def _currency(request: HttpRequest) -> str:
    company = getattr(request, "company", None) or Company.objects.current()
    return company.currency


register_totals(totals)
panels.register("customer", orders_panel)
panels.register("order", lines_panel)
