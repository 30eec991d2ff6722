"""Where reports get their facts: the published snapshot, seen with the eyes of the reader.

Figures of analysis come from the published run. For another day, or on the gross basis, they are computed from the same
snapshot: thresholds from the whole company, rows for the customers this reader may see.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from analytics.models import Publication, Run
from analytics.reports.composition import Reader
from analytics.reports.vocabulary import Basis
from crm.accounts import access
from crm.accounts.models import Sensitivity, User

SCOPED_KINDS = ("customer", "order", "contact", "complaint", "enquiry", "after_sales")


@dataclass(frozen=True)
class Source:
    """One published run: what every part of one answer, and every report of one page, is read from."""

    run: int
    snapshot: str
    as_of: datetime.date
    taken_at: datetime.datetime

    def reader(self, user: User | None) -> Reader:
        from analytics.facts import engine

        return engine.reader(self.snapshot, user=user)

    def with_figures(self, reader: Any, as_of: datetime.date, basis: str) -> Reader:
        """The reader with the figures of the day and basis asked for; the published ones it has already."""
        if as_of == self.as_of and basis != Basis.GROSS:
            return reader
        from analytics.reports.figures import figures

        return reader.with_figures(figures(self.reader(None), as_of=as_of, basis=basis))


def published() -> Source | None:
    """What readers see now; None before the first recompute."""
    run: Run | None = Publication.current_run()
    if run is None or not run.facts:
        return None
    taken_at = run.summary.get("taken_at")
    moment = datetime.datetime.fromisoformat(taken_at) if taken_at else run.started_at
    return Source(run.pk, run.facts, run.as_of, moment)


def scope_key(user: User | None) -> str | None:
    """What tells apart readers who see different rows or fields; None when answers to this one may not be kept.

    Ownership is read live, so only answers over everything may be kept: a customer who changes hands changes the
    figures of everybody whose sight is limited. Of masked fields nothing is counted, so the masks are part of the key.
    """
    scopes: list[Any] = [access.scope(kind, user) for kind in SCOPED_KINDS]
    if not all(each.is_everything for each in scopes):
        return None
    seen = [
        f"{kind}.{sensitivity}"
        for kind in SCOPED_KINDS
        for sensitivity in Sensitivity.values
        if access.may_read_fully(kind, sensitivity, user)
    ]
    return "everything:" + ",".join(seen)
