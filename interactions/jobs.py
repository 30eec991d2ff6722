"""The jobs of every room, for the discovery of crm.jobs."""

from interactions.cases import jobs as cases

__all__ = ["cases"]
