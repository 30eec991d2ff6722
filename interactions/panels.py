"""What the rooms show on the pages of records."""

from interactions.aftersales import panels as aftersales
from interactions.cases import panels as cases
from interactions.contacts import panels as contacts
from interactions.deals import panels as deals
from interactions.knowledge import panels as knowledge
from interactions.orders import panels as orders
from interactions.work import panels as work

__all__ = ["aftersales", "cases", "contacts", "deals", "knowledge", "orders", "work"]
