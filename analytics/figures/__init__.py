"""The row of figures of every customer: sets of columns, one after the other, over one frame of statistics.

The names that analysis uses are its own; in the sets they become the columns of CustomerFigures. A set may read what
those before it found, so their order here is that of the computation.
"""

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.facts.contract import figures_columns
from analytics.figures import contacts, forecast, loyalty, purchases, rhythm, scores, value
from analytics.figures.work import FigureSet, Work

if TYPE_CHECKING:
    from analytics.facts.engine import Reader

__all__ = ["SETS", "Analyses", "FigureSet", "Work"]

SETS: tuple[FigureSet, ...] = (
    purchases.PURCHASES,
    contacts.CONTACTS,
    scores.RFM,
    scores.ABC,
    scores.VALUE_TIERS,
    rhythm.CHURN,
    rhythm.STAYING,
    forecast.FORECAST,
    loyalty.LOYALTY,
    value.VALUE,
)


class Analyses:
    """Computes all sets as of one day; `notes` says (analysis, code) what was too little, `fits` holds the models."""

    def __init__(
        self,
        known: pd.DataFrame,
        intervals: pd.DataFrame,
        *,
        as_of: datetime.date,
        reader: "Reader",
        settings: dict[str, Any],
    ) -> None:
        known["has_open_complaint"] = known["open_complaints"] > 0
        self.work = Work(known, intervals, pd.Timestamp(as_of), reader, settings)

    @property
    def notes(self) -> list[tuple[str, str]]:
        return self.work.notes

    @property
    def fits(self) -> dict[str, Any]:
        return self.work.fits

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        return [(each.name, lambda each=each: self._take(each)) for each in SETS]  # type: ignore[misc]

    def figures(self) -> pd.DataFrame:
        """The columns of `facts.contract.figures_columns`, one row per customer."""
        columns = {"customer_id": self.work.known["customer_id"], **self.work.columns}
        plain = {name: _values(column) for name, column in columns.items()}
        return pd.DataFrame({name: plain[name] for name in figures_columns()})

    def _take(self, figures: FigureSet) -> None:
        found = figures.step(self.work)
        if twice := found.keys() & self.work.columns.keys():
            raise ValueError(f"{figures.name} finds again what an earlier set found: {', '.join(sorted(twice))}")
        self.work.columns |= found


def _values(column: Any) -> Any:
    """Rows are in the same order everywhere; the analyses index by customer, the statistics do not."""
    return column.array if isinstance(column, pd.Series) else column
