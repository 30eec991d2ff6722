"""What the sets of figures share: the frame they work on, what earlier sets found, and how columns are brought home."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from analytics.facts.engine import Reader

Columns = dict[str, Any]


@dataclass
class Work:
    """One recompute of the figures of every customer.

    known      result of facts.statistics.customer_statistics: one row per customer, sorted by customer_id
    intervals  the company's purchase intervals: days, intervals
    reader     the facts, with the eyes of the house
    given      AnalysisSettings.values: per analysis the arguments of its rule, such as {"churn": {"high_ratio": 2.5}}
    columns    what the sets before have found, by column of CustomerFigures
    fits       models fitted in this run, by name (`analytics.fits`)
    notes      (analysis, code) of what was too little
    """

    known: pd.DataFrame
    intervals: pd.DataFrame
    as_of: pd.Timestamp
    reader: "Reader"
    given: dict[str, Any]
    columns: Columns = field(default_factory=dict)
    fits: dict[str, Any] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def settings(self, name: str) -> dict[str, Any]:
        """Arguments that the company has set for an analysis; lists of JSON as the tuples that rules want."""
        return tuples(self.given.get(name, {}))

    def note(self, analysis: str, codes: tuple[str, ...]) -> None:
        self.notes += [(analysis, code) for code in codes]

    def align(self, found: "pd.Series[Any]") -> "pd.Series[Any]":
        """A column indexed by customer_id, of some customers in any order, as one of all in the order of `known`."""
        return found.reindex(self.known["customer_id"])


@dataclass(frozen=True)
class FigureSet:
    """A few columns of CustomerFigures that belong together.

    name   names the step while it runs, and the time it took
    step   what it finds: by column of CustomerFigures one value per customer, in the order of `work.known`
    """

    name: str
    step: Callable[[Work], Columns]


def codes(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Codes as text; empty where there is none."""
    return column.astype("str").where(column.notna(), "")


def cents(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Amounts as whole cents, missing where there is none."""
    return column.astype("float64").round().astype("Int64")


def tuples(values: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
