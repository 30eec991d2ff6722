"""The jobs of every room, for the discovery of crm.jobs."""

from interactions.cases import jobs as cases
from interactions.contacts import jobs as contacts

__all__ = ["cases", "contacts"]
