"""A report as a file: its rows, its totals, and what it was asked, so that a printed figure can be found again."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from analytics.reports.result import Column, ReportResult
from analytics.reports.vocabulary import Type
from crm.accounts.watermark import Watermark
from crm.records.export import csv_stream, harmless, xlsx_file

FORMATS = ("csv", "xlsx")


def lines(result: ReportResult) -> Iterator[list[Any]]:
    """Heading, a line per row, the totals; then, after an empty line, the question they answer."""
    columns = result.columns
    yield [_headed(each) for each in columns]
    for row in result.rows:
        yield [_cell(result, each, row.get(each.key)) for each in columns]
    if result.totals:
        yield [_total(result, number, each) for number, each in enumerate(columns)]
    yield []
    for name, value in context(result):
        yield [harmless(name), harmless(value)]


def context(result: ReportResult) -> Iterator[tuple[str, str]]:
    """What was asked: report, day, period, filters, split, snapshot, and what the reader should know."""
    period = result.arguments.period
    yield _("Report"), str(result.report.title)
    yield _("As of"), result.arguments.as_of.isoformat()
    if result.report.has_period:
        yield _("Period"), f"{period.start.isoformat() if period.start else '…'} – {period.end.isoformat()}"
    for key, value in result.filters.items():
        yield key, ", ".join(value) if isinstance(value, list) else str(value)
    yield _("Split by"), ", ".join(result.arguments.by)
    yield _("Snapshot"), result.snapshot
    for column in result.table.total_columns:
        if column.key in result.totals and column.key not in {each.key for each in result.columns}:
            yield f"{column.label}", _text(result.totals[column.key])
    for note in result.notes:
        yield _("Note"), note.text


def as_file(result: ReportResult, form: str, mark: Watermark | None = None) -> Iterator[bytes] | Any:
    """CSV as pieces of bytes, XLSX as an open file."""
    return csv_stream(lines(result), mark) if form == "csv" else xlsx_file(lines(result), mark)


def _headed(column: Column) -> Any:
    return harmless(f"{column.label} ({column.unit})" if column.type == Type.MONEY else str(column.label))


def _cell(result: ReportResult, column: Column, value: Any) -> Any:
    if value is None and column.key not in result.table.labels:
        return ""
    return harmless(_text(result.label(column, value)))


def _total(result: ReportResult, place: int, column: Column) -> Any:
    if column.key in result.totals and column.measure:
        return harmless(_text(result.totals[column.key]))
    return _("Total") if place == 0 else ""


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value if isinstance(value, (int, float)) else "" if value is None else str(value)
