"""The answer of a report, the same for page, API, command and files."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from analytics.reports.arguments import Arguments, Period
from analytics.reports.registry import Report
from analytics.reports.vocabulary import Type, Unit


@dataclass(frozen=True)
class Column:
    """A column of the result. `measure` says which figure its cells are; empty for what they are split by."""

    key: str
    label: str
    type: str = Type.TEXT
    unit: str = Unit.NONE
    measure: str = ""
    decimals: int = 0
    help: str = ""

    def as_dict(self) -> dict[str, str]:
        return {"key": self.key, "label": self.label, "type": str(self.type), "unit": str(self.unit)}


@dataclass(frozen=True)
class Note:
    """Something the reader should know. The code stays the same in every language."""

    code: str
    text: str

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "text": self.text}


@dataclass
class Table:
    """What a builder makes: typed columns, rows, totals of the whole set, notes, and names of the codes in the rows."""

    columns: list[Column]
    rows: list[dict[str, Any]]
    totals: dict[str, Any]
    total_columns: list[Column] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    labels: dict[str, dict[Any, str]] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)  # ids of the customers whose numbers are in the rows
    rows_in_all: int | None = None


@dataclass
class ReportResult:
    report: Report
    arguments: Arguments
    snapshot: str
    taken_at: datetime.datetime | None
    table: Table
    filters: dict[str, Any]
    comparison: "tuple[Period, dict[str, Any]] | None" = None
    against: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # segment, or "all": its totals

    @property
    def columns(self) -> list[Column]:
        return self.table.columns

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self.table.rows

    @property
    def totals(self) -> dict[str, Any]:
        return self.table.totals

    @property
    def notes(self) -> list[Note]:
        return self.table.notes

    def as_dict(self) -> dict[str, Any]:
        """The JSON form; `comparison` is there only when one was asked for."""
        shape: dict[str, Any] = {
            "report": self.report.slug,
            "as_of": self.arguments.as_of.isoformat(),
            "period": self.arguments.period.as_dict(),
            "filters": self.filters,
            "by": list(self.arguments.by),
            "snapshot": self.snapshot,
            "columns": [each.as_dict() for each in self.columns],
            "rows": self.rows,
            "totals": self.totals,
            "notes": [each.as_dict() for each in self.notes],
        }
        if self.comparison:
            period, totals = self.comparison
            shape["comparison"] = {"period": period.as_dict(), "totals": totals}
        if self.against:
            shape["against"] = [{"segment": code, "totals": totals} for code, totals in self.against]
        return shape

    def label(self, column: Column, value: Any) -> Any:
        """What a code in a row is called in the reader's language."""
        return self.table.labels.get(column.key, {}).get(value, value)
