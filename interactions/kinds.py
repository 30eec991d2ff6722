"""The kinds of every room."""

from interactions.aftersales import kinds as aftersales
from interactions.cases import kinds as cases
from interactions.catalogue import kinds as catalogue
from interactions.contacts import kinds as contacts
from interactions.deals import kinds as deals
from interactions.knowledge import attributes as knowledge
from interactions.needs import kinds as needs
from interactions.orders import kinds as orders
from interactions.pricing import kinds as pricing
from interactions.targets import kinds as targets
from interactions.work import kinds as work

__all__ = [
    "aftersales",
    "cases",
    "catalogue",
    "contacts",
    "deals",
    "knowledge",
    "needs",
    "orders",
    "pricing",
    "targets",
    "work",
]
