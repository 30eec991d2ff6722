"""Figures of customers as of any day, computed from a snapshot when the published run does not hold them.

Thresholds come from the whole company, so the reader given here is the house's own; what a user may see of it is
decided by the engine that the figures are handed to.
"""

import datetime
from typing import TYPE_CHECKING, Any

from analytics.models import AnalysisSettings
from analytics.reports.vocabulary import Basis

if TYPE_CHECKING:
    import pandas as pd


def figures(reader: Any, *, as_of: datetime.date, basis: str) -> "pd.DataFrame":
    """One row per customer of the company: the columns of `figures`, by the analyses of a recompute.

    On the gross basis customers are scored and classed by what they bought, before returns.
    """
    from analytics.facts.statistics import customer_statistics
    from analytics.figures import Analyses

    known, intervals = customer_statistics(reader, as_of)
    if basis == Basis.GROSS:
        known = known.assign(amount=known["gross_amount"])
    analyses = Analyses(known, intervals, as_of=as_of, reader=reader, settings=AnalysisSettings.current())
    for _name, step in analyses.steps():
        step()
    return analyses.figures()
