"""What the page of a report shows: filter bar, cards, chart and table, every figure with the address of its records."""

import math
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analytics.facts import contract
from analytics.reports import asking, charts, comparing, engine
from analytics.reports.arguments import COMPARISONS, PRESETS, read_day
from analytics.reports.builders import CrossTable
from analytics.reports.engine import Asked
from analytics.reports.parameters import Kind, Parameter
from analytics.reports.result import Column, ReportResult
from analytics.reports.vocabulary import Basis, Dimension, Type, vocabulary
from analytics.reports.vocabulary.members import MEMBER_OF
from crm.accounts.models import User
from crm.records.templatetags.shell import money, number, percent, short_money

MOST_ROWS = 500
MOST_OPTIONS = 300
MOST_ACROSS = 40


@dataclass
class Field:
    """One control of the filter bar."""

    name: str
    label: str
    type: str  # select | text | date | checks
    value: str = ""
    values: tuple[str, ...] = ()
    options: list[tuple[str, str]] = field(default_factory=list)
    help: str = ""


@dataclass
class Cell:
    text: str
    url: str = ""
    css: str = ""
    share: float | None = None


@dataclass
class Head:
    label: str
    css: str = ""
    sort: str = ""
    aria: str = ""
    help: str = ""


class ReportPage:
    """The view model of one answer for one reader."""

    def __init__(self, asked: Asked, query: QueryDict, user: User) -> None:
        self.asked, self.query, self.user = asked, query, user
        self.report = asked.report

    @cached_property
    def result(self) -> ReportResult:
        return engine.answer(self.asked)

    @property
    def has_data(self) -> bool:
        return bool(self.result.rows) and any(self.result.totals.values())

    # addresses

    def address(self, page: str, **changes: str) -> str:
        kept = asking.without(self.query, "page", "job", "format", *changes)
        for key, value in changes.items():
            kept[key] = value
        text = kept.urlencode()
        return reverse(f"analytics:report_{page}", args=[self.report.slug]) + (f"?{text}" if text else "")

    def records_url(self, measure: str, cell: dict[str, str] | None = None) -> str:
        chosen = {"measure": measure, **{f"{asking.CELL}{key}": value for key, value in (cell or {}).items()}}
        kept = asking.without(self.query, "page", "job", "format", "sort", "view", "compare", "against", "measure")
        for key, value in chosen.items():
            kept[key] = value
        return f"{reverse('analytics:report_records', args=[self.report.slug])}?{kept.urlencode()}"

    @property
    def csv_url(self) -> str:
        return self.address("export", format="csv")

    @property
    def xlsx_url(self) -> str:
        return self.address("export", format="xlsx")

    @property
    def list_url(self) -> str:
        return self.address("detail", view="list")

    @property
    def cross_url(self) -> str:
        return self.address("detail", view="cross")

    @property
    def kept_values(self) -> list[tuple[str, str]]:
        """The question as hidden fields of a small form beside the filter bar."""
        kept = asking.without(self.query, "of", "page", "job", "format")
        return [(key, value) for key, values in kept.lists() for value in values]

    @property
    def explained(self) -> list[Column]:
        return [each for each in self.result.columns if each.help]

    # the filter bar

    @cached_property
    def main_fields(self) -> list[Field]:
        found = []
        if self.report.has_period:
            found.append(self._select("period", _("Period"), [(key, str(label)) for key, label in PRESETS.items()]))
            found.append(Field("from", _("From"), "date", self.query.get("from", "")))
            found.append(Field("to", _("To"), "date", self.query.get("to", "")))
            compared = [("", _("Nothing")), *((key, str(label)) for key, label in COMPARISONS.items())]
            found.append(self._select("compare", _("Compare with"), compared))
        else:
            found.append(Field("as_of", _("As of"), "date", self.query.get("as_of", "")))
        return found + [self._parameter(each) for each in self.report.parameters]

    @cached_property
    def by_fields(self) -> list[Field]:
        """As many choices of a dimension as the report may be split by."""
        options = [(key, str(vocabulary.dimension(key).label)) for key in self.report.splits(self.user)]
        chosen = self.asked.arguments.by
        found = []
        for place in range(min(self.report.most_dimensions, max(len(options), 1), 2)):
            value = chosen[place] if place < len(chosen) else ""
            label = _("Split by") if place == 0 else _("and by")
            needs_none = place > 0 or not self.report.default_by
            choices = [("", "–"), *options] if needs_none else options
            found.append(Field("by", label, "select", value, options=choices))
        return found if options else []

    @cached_property
    def more_fields(self) -> list[Field]:
        found = []
        if self.report.basis:
            labels = {Basis.NET: _("Net of returns"), Basis.GROSS: _("Gross")}
            options = [(str(each), labels[each]) for each in Basis]
            found.append(
                Field("amount_basis", _("Amounts"), "select", str(self.asked.arguments.basis), options=options)
            )
        found.append(
            Field("customer", _("Customer"), "text", self.query.get("customer", ""), help=_("Number, known or any"))
        )
        chosen = dict(self.asked.arguments.filters)
        for key in self.report.restrictions(self.user):
            dimension = vocabulary.dimension(key)
            values = chosen.get(key, ())
            options = self._options(dimension)
            name, label = key, str(dimension.label)
            if options:
                options = [("", "–"), *options]
                found.append(Field(name, label, "select", values[0] if len(values) == 1 else "", values, options))
            else:
                found.append(Field(name, label, "text", ",".join(values)))
        return found

    @cached_property
    def against_field(self) -> Field | None:
        return comparing.field_of(self)

    @cached_property
    def beside(self) -> dict[str, Any] | None:
        return comparing.table_of(self)

    @property
    def chosen_filters(self) -> list[dict[str, str]]:
        """Filters that are set, each with the address that takes it away."""
        found = []
        for key, values in self.asked.arguments.filters:
            known = dict(vocabulary.dimension(key).pairs_for(self.user)) if key == MEMBER_OF else {}
            names = ", ".join(str(known.get(each, each)) for each in values)
            label = str(vocabulary.dimension(key).label)
            found.append({"label": label, "value": names, "url": self._address_without(key)})
        for key in ("amount_basis", "customer"):
            if self.query.get(key) and self.query[key] not in {str(self.report.basis), "known"}:
                name = _("Amounts") if key == "amount_basis" else _("Customer")
                found.append({"label": name, "value": self.query[key], "url": self._address_without(key)})
        return found

    def _address_without(self, key: str) -> str:
        text = asking.without(self.query, key, "page", "job").urlencode()
        return reverse("analytics:report_detail", args=[self.report.slug]) + (f"?{text}" if text else "")

    def _parameter(self, parameter: Parameter) -> Field:
        value, label = self.query.get(parameter.key, ""), str(parameter.label)
        if parameter.choices:
            options = [(code, str(each)) for code, each in parameter.pairs()]
            return Field(parameter.key, label, "select", value or str(parameter.default or ""), options=options)
        given = parameter.default
        if given is not None and not value:
            value = f"{given * 100:g}%" if parameter.kind == Kind.RATIO else f"{given:g}"
        return Field(parameter.key, label, "text", value, help=str(parameter.help))

    def _select(self, name: str, label: str, options: list[tuple[str, str]]) -> Field:
        return Field(name, label, "select", self.query.get(name, ""), options=options)

    def _options(self, dimension: Dimension) -> list[tuple[str, str]]:
        if dimension.offered or dimension.labels:
            return [(code, str(label)) for code, label in dimension.pairs_for(self.user)]
        if (
            dimension.names not in contract.DIMENSIONS
            or dimension.names in {"products", "batches"}
            or self.asked.source is None
        ):
            return []
        columns = list(contract.DIMENSIONS[dimension.names])
        rows = self.asked.source.reader(self.user).rows(
            f"SELECT * FROM {dimension.names} ORDER BY name LIMIT {MOST_OPTIONS + 1}"  # noqa: S608  our own name
        )
        if len(rows) > MOST_OPTIONS:
            return []
        own = f"name_{(get_language() or 'en').replace('-', '_')}"
        return [
            (row["code"], (row.get(own) if own in columns else "") or row["name"] or row["code"])
            for row in rows
            if row["code"]
        ]

    # cards

    @property
    def stats(self) -> list[dict[str, Any]]:
        """A card per total, with the change against the comparison period."""
        return [self._stat(each) for each in self.result.table.total_columns if each.key in self.result.totals]

    def _stat(self, column: Column) -> dict[str, Any]:
        value = self.result.totals[column.key]
        measure = column.measure if column.measure != "share" else ""
        found: dict[str, Any] = {
            "key": column.key,
            "label": column.label,
            "value": shown(column, value),
            "unit": column.unit if column.type == Type.MONEY else "",
            "url": self.records_url(measure or column.key) if self.opens(column) and value else "",
            "note": "",
        }
        if column.type == Type.MONEY and value is not None and abs(value) >= 10_000_000:
            found["value"] = short_money(value)
        if self.result.comparison:
            period, totals = self.result.comparison
            before = totals.get(column.key)
            if value is not None and before:
                found["change"] = (value - before) / abs(before)
            found["change_note"] = f"{_period_text(period.start)} – {_period_text(period.end)}"
        return found

    def opens(self, column: Column) -> bool:
        if isinstance(self.report.builder, CrossTable):
            return bool(column.measure)
        return bool(column.measure) or column.key.endswith(("_share", "_percent", "_customers"))

    # table

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows in the order asked for; cells without a value come last."""
        key = self.query.get("sort", "")
        name = key.removeprefix("-")
        rows = self.result.rows
        if name not in {each.key for each in self.result.columns}:
            return rows
        known = [row for row in rows if row[name] is not None]
        known.sort(key=lambda row: row[name], reverse=key.startswith("-"))
        return known + [row for row in rows if row[name] is None]

    @property
    def heads(self) -> list[Head]:
        now = self.query.get("sort", "")
        found = []
        for column in self.result.columns:
            is_number = column.type in {Type.NUMBER, Type.MONEY, Type.RATIO}
            down, up = f"-{column.key}", column.key
            aria = {down: "descending", up: "ascending"}.get(now, "")
            wanted = (up if now == down else down) if is_number else (down if now == up else up)
            label = f"{column.label} ({column.unit})" if column.type == Type.MONEY else column.label
            css = "num" if is_number and column.key not in self._splitting else ""
            found.append(Head(label, css, self.address("detail", sort=wanted), aria, column.help))
        return found

    @property
    def table_rows(self) -> list[list[Cell]]:
        names = self._customer_names()
        return [[self._cell(column, row, names) for column in self.result.columns] for row in self.rows[:MOST_ROWS]]

    @property
    def total_row(self) -> list[Cell]:
        if not isinstance(self.report.builder, CrossTable) or self.asked.arguments.by == ("customer",):
            return []
        found = [Cell(_("Total"))]
        for column in self.result.columns[1:]:
            value = self.result.totals.get(column.key)
            known = bool(column.measure) and column.key in self.result.totals
            url = self.records_url(column.measure) if known and value else ""
            found.append(Cell(shown(column, value) if known else "", url, "num"))
        return found

    def _cell(self, column: Column, row: dict[str, Any], names: dict[str, dict[str, str]]) -> Cell:
        value = row.get(column.key)
        if column.key == "customer_number":
            known = names.get(value or "", {})
            return Cell(known.get("name") or value or _("not stated"), known.get("url", ""), "cell-first")
        if not column.measure:
            label = self.result.label(column, value)
            text = _("not stated") if label is None and column.type == Type.TEXT else shown(column, label)
            is_figure = column.type in {Type.NUMBER, Type.MONEY, Type.RATIO} and column.key not in self._splitting
            return Cell(text, css="num" if is_figure else "")
        url = self.records_url(column.measure, self._row_cell(row)) if value else ""
        return Cell(shown(column, value), url, "num")

    @cached_property
    def _splitting(self) -> set[str]:
        """Columns that say what a row is about, not how much of it there is."""
        return {vocabulary.dimension(key).out for key in self.asked.arguments.by} | {
            "rank",
            "period_number",
            "duration",
        }

    def _row_cell(self, row: dict[str, Any]) -> dict[str, str]:
        """What narrows the question down to this row."""
        found = {key: row[key] for key in self.report.builder.own_cells if key in row}
        for key in self.asked.arguments.by:
            out = vocabulary.dimension(key).out
            if out in row and "rank" not in found:
                found[key] = row[out]
        return {key: "" if value is None else str(value) for key, value in found.items()}

    def _customer_names(self) -> dict[str, dict[str, str]]:
        """Name and page of the customers on this page, if the reader may see them."""
        ids = self.result.table.customers
        if not ids:
            return {}
        from customers.models import Customer

        wanted = [ids[row["customer_number"]] for row in self.rows[:MOST_ROWS] if row.get("customer_number") in ids]
        found = Customer.objects.visible_to(self.user).filter(pk__in=wanted).only("number", "name")
        return {each.number: {"name": f"{each.name} · {each.number}", "url": each.get_absolute_url()} for each in found}

    # cross table

    @property
    def _figures(self) -> list[Column]:
        """What can be drawn: figures with records behind them, of lines those that the report draws."""
        drawn = self.report.chart
        if drawn and drawn.type == "lines":
            return [each for each in self.result.columns if each.key in drawn.y]
        return [each for each in self.result.columns if each.measure]

    @property
    def has_choice_of_figure(self) -> bool:
        """Whether the chart shows one figure of several; lines without a split show all of them at once."""
        shape = self.report.chart.type if self.report.chart else ""
        is_fixed = shape in {"curve", "heatmap"} or (shape == "lines" and len(self.asked.arguments.by) == 0)
        return len(self._figures) > 1 and not is_fixed

    @property
    def chart_title(self) -> str:
        drawn = self.report.chart
        if drawn and drawn.type == "lines" and not self.has_choice_of_figure:
            return str(self.report.title)
        return self.measure.label if self.measure else ""

    @property
    def is_cut(self) -> bool:
        return len(self.result.rows) > MOST_ROWS

    @cached_property
    def measure(self) -> Column | None:
        """The figure that chart and cross table show."""
        figures = self._figures
        wanted = self.query.get("of", "")
        preferred = self.report.chart.y[0] if self.report.chart else ""
        for key in (wanted, preferred):
            for each in figures:
                if each.key == key:
                    return each
        return figures[0] if figures else None

    @property
    def measures(self) -> list[tuple[str, str]]:
        return [(each.key, each.label) for each in self._figures]

    @cached_property
    def cross(self) -> dict[str, Any] | None:
        """Two dimensions as a grid with its margins; None where a list reads better."""
        by = self.asked.arguments.by
        is_wanted = len(by) == 2 and isinstance(self.report.builder, CrossTable) and self.query.get("view") != "list"
        if not is_wanted or self.measure is None or self.measure.key == "share" or not self.result.rows:
            return None
        across, down = charts.axes(by)
        codes = self._codes(across), self._codes(down)
        if len(codes[0]) > MOST_ACROSS:
            return None
        column, margins = self.measure, engine.margins(self.asked)
        x, y = vocabulary.dimension(across).out, vocabulary.dimension(down).out
        cells = {(row[y], row[x]): row[column.key] for row in self.result.rows}
        rows = [
            {
                "label": self._label(y, code),
                "cells": [self._figure(cells.get((code, other)), {down: code, across: other}) for other in codes[0]],
                "total": self._figure(margins[down].get(code, {}).get(column.key), {down: code}),
            }
            for code in codes[1][:MOST_ROWS]
        ]
        feet = [self._figure(margins[across].get(code, {}).get(column.key), {across: code}) for code in codes[0]]
        return {
            "heads": [self._label(x, code) for code in codes[0]],
            "rows": rows,
            "feet": feet,
            "total": self._figure(self.result.totals.get(column.key), {}),
            "corner": f"{vocabulary.dimension(down).label} / {vocabulary.dimension(across).label}",
        }

    @property
    def can_cross(self) -> bool:
        return len(self.asked.arguments.by) == 2 and isinstance(self.report.builder, CrossTable)

    def _codes(self, key: str) -> list[Any]:
        out = vocabulary.dimension(key).out
        found = list(dict.fromkeys(row[out] for row in self.result.rows))
        return sorted(found, key=lambda code: (code is None, str(code))) if key in charts.TIME else found

    def _figure(self, value: Any, cell: dict[str, Any]) -> Cell:
        column = self.measure
        if column is None or value is None:
            return Cell("", "", "num")
        chosen = {key: "" if code is None else str(code) for key, code in cell.items()}
        return Cell(shown(column, value), self.records_url(column.measure, chosen) if value else "", "num")

    def _label(self, out: str, code: Any) -> str:
        column = next(each for each in self.result.columns if each.key == out)
        label = self.result.label(column, code)
        return _("not stated") if label is None else str(label)

    # chart

    @cached_property
    def chart(self) -> dict[str, Any] | None:
        return charts.chart(self.result, self.measure.key if self.measure else "", self.records_url)

    @property
    def period_text(self) -> str:
        period = self.asked.arguments.period
        if period.start is None:
            return _("up to %(day)s") % {"day": _period_text(period.end)}
        return f"{_period_text(period.start)} – {_period_text(period.end)}"


def shown(column: Column, value: Any) -> str:
    """A value of a column in the reader's format."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if column.type == Type.BOOLEAN:
        return _("yes") if value else _("no")
    if column.type == Type.MONEY:
        return money(value)
    if column.type == Type.RATIO:
        return percent(value)
    if column.type == Type.DATE:
        return _period_text(read_day(value, column.key))
    if column.type == Type.NUMBER and isinstance(value, (int, float)):
        return number(value, column.decimals if isinstance(value, float) else None)
    return str(value)


def _period_text(day: Any) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else "…"


__all__ = ["Cell", "Field", "Head", "ReportPage", "shown"]
