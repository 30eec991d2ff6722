"""The importers of every room."""

from interactions.orders import importers as orders

__all__ = ["orders"]
