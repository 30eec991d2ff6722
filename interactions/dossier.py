"""What the rooms put on the printed file of a customer."""

from customers.privacy.dossier import Part, register
from interactions.orders.models import Order

register(
    Part(
        "order",
        "orders",
        ("number", "occurred_at", "status", "channel", "net_amount"),
        total="net_amount",
        only={"status__in": Order.COUNTED},
    )
)
register(Part("complaint", "feedback", ("number", "occurred_at", "title", "status", "outcome")))
register(Part("enquiry", "feedback", ("number", "occurred_at", "title", "status", "outcome")))
register(Part("contact", "contacts", ("occurred_at", "channel", "direction", "subject", "result")))
