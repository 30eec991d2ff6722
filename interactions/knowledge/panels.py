"""What is known of a customer, fetched by the customer's page."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.records import panels
from crm.records.panels import Panel
from customers.duplicates import relations
from customers.models import Customer


def knowledge_panel(request: HttpRequest, customer: Customer) -> Panel:
    """Costs no query: it is on a page of its own, and fetched from there."""
    url = reverse("interactions:customer_knowledge", args=[customer.pk])
    return Panel("knowledge", _("Talks and needs"), "interactions/_knowledge_panel.html", {"url": url}, rank=15)


panels.register("customer", knowledge_panel)
relations.register("interactions.TradingRating.customer", relations.Rule(settle=lambda: {"is_current": False}))
