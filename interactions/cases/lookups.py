"""The small tables of this room that relations point at."""

from crm.records.lookups import Lookup, register
from interactions.cases.models import FailureCause, OpinionType
from interactions.orders.models import Order, OrderLine

register(
    Lookup(
        "opinion_type",
        OpinionType,
        is_small=True,
        sort="id",
        rows=lambda user: OpinionType.objects.filter(is_active=True),
    )
)
register(
    Lookup(
        "failure_cause",
        FailureCause,
        is_small=True,
        sort="id",
        rows=lambda user: FailureCause.objects.filter(is_active=True),
    )
)
register(
    Lookup(
        "order_line",
        OrderLine,
        search=("order__number", "product__name", "product__number", "description"),
        sort="-order_id",
        rows=lambda user: OrderLine.objects.filter(order__in=Order.objects.visible_to(user)).select_related(
            "order", "product"
        ),
    )
)
