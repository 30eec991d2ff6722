"""After-sales on the pages of an order and of a product."""

from django.db.models import Count, Sum, Window
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.accounts.models import Company
from crm.records import panels, privacy
from crm.records.panels import Panel
from interactions.aftersales.kinds import AFTER_SALES
from interactions.aftersales.models import AfterSales
from interactions.orders.models import Order

SHOWN = 10


def after_sales_panel(request: HttpRequest, order: Order) -> Panel | None:
    """What was done for the customer after this order, and what it cost us."""
    user = request.user
    if order.customer_id is None or order.type != Order.Type.SALE or not access.may_view_any(AFTER_SALES.key, user):
        return None
    rows = list(
        AfterSales.objects.visible_to(user)  # type: ignore[arg-type]
        .filter(order=order)
        .select_related("product", "return_order")
        .annotate(count=Window(Count("pk")), total=Window(Sum("cost")))
        .order_by("-occurred_at", "-id")[:SHOWN]
    )
    context = {
        "records": rows,
        "count": rows[0].count if rows else 0,
        "cost": rows[0].total if rows else 0,
        "may_read_cost": privacy.may_read(AFTER_SALES, AFTER_SALES.attribute("cost"), user),  # type: ignore[arg-type]
        "currency": Company.objects.current().currency,
        "list_url": f"{AFTER_SALES.url('list')}?order={order.pk}",
        "create_url": f"{AFTER_SALES.url('create')}?customer={order.customer_id}&order={order.pk}",
        "may_create": access.may_create(AFTER_SALES.key, user),
    }
    return Panel(
        "after_sales", _("After-sales"), "interactions/_after_sales_panel.html", context, place="side", rank=10
    )


panels.register("order", after_sales_panel)
