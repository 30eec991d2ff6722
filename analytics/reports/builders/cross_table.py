"""Measures of one fact table split by dimensions."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from analytics.reports.builders.base import (
    Builder,
    Cell,
    Context,
    Records,
    customer_ids,
    cut_note,
    dimension_codes,
    dimension_column,
    dimension_labels,
    general_notes,
    in_order,
    measure_column,
    selected,
    share_of_whole,
    shown,
)
from analytics.reports.composition import Question
from analytics.reports.errors import ReportError
from analytics.reports.result import Column, Note, Table
from analytics.reports.vocabulary import (
    BASES,
    Dimension,
    Measure,
    Text,
    Type,
    Unit,
    vocabulary,
)


class CrossTable(Builder):
    """Measures of one fact table by dimensions."""

    def __init__(
        self,
        base: str,
        measures: Iterable[str],
        *,
        where: Iterable[str] = (),
        share_of: str = "",
        shows_every_class: bool = False,
    ) -> None:
        self.base = BASES[base]
        self.measures = tuple(vocabulary.measure(base, key) for key in measures)
        self.where = tuple(where)
        self.share_of = share_of
        self.shows_every_class = shows_every_class

    def measure_keys(self) -> list[tuple[str, Text]]:
        return [(each.key, each.label) for each in self.measures]

    def table(self, context: Context) -> Table:
        arguments = context.arguments
        dimensions = [vocabulary.dimension(key) for key in arguments.by]
        totals = self._totals(context)
        found, in_all = self._rows(context, dimensions)
        rows = [{**dimension_codes(row, dimensions), **self._figures(row)} for row in found]
        labels = {each.out: dimension_labels(each, found) for each in dimensions if each.key != "customer"}
        if self.shows_every_class and len(dimensions) == 1:
            rows = self._with_every_class(dimensions[0], rows, labels)
        if self.share_of:
            for row in [*rows, totals]:
                row["share"] = share_of_whole(row[self.share_of], totals[self.share_of])
        columns = [dimension_column(each) for each in dimensions] + self._columns(context)
        notes = [*self._notes(context, totals)]
        if in_all > len(rows):
            notes.append(cut_note(len(rows), in_all))
        customers = customer_ids(found) if "customer" in arguments.by else {}
        return Table(columns, rows, totals, self._columns(context), notes, labels, customers, max(in_all, len(rows)))

    def parts(self, measure: str) -> list[tuple[str, Text]]:
        for each in self.measures:
            if measure == each.key:
                return [(part, vocabulary.measure(self.base.key, part).label) for part in each.parts]
        return []

    def subtotals(self, context: Context, key: str) -> dict[Any, dict[str, Any]]:
        """The same figures by one of the dimensions alone, counted anew: margins of a cross table."""
        dimension = vocabulary.dimension(key)
        found = self._question(context).groups([key], self.measures)
        return {row[dimension.out]: self._figures(row) for row in found}

    def records(self, context: Context, measure: str, cell: Cell) -> Records:
        question = self._question(context, cell)
        found = self._measure(measure)
        if found and found.parts:
            found = vocabulary.measure(self.base.key, found.parts[0])
        question.narrow(found.condition(context.arguments.basis) if found else "")
        return selected(question, found.drill if found and found.drill else self.base.kind)

    def _measure(self, key: str) -> Measure | None:
        if not key or key == "share":
            return next((each for each in self.measures if each.key == self.share_of), None) if key else None
        parts = [vocabulary.measure(self.base.key, part) for each in self.measures for part in each.parts]
        for each in (*self.measures, *parts):
            if each.key == key:
                return each
        known = ", ".join(each.key for each in self.measures)
        raise ReportError(_("Unknown figure “%(key)s”. Known: %(known)s.") % {"key": key, "known": known})

    def counted(self, context: Context) -> Question:
        return self._question(context)

    def _question(self, context: Context, cell: Cell | None = None) -> Question:
        return context.question(self.base, where=self.where, cell=cell)

    def _totals(self, context: Context) -> dict[str, Any]:
        return self._figures(self._question(context).groups([], self.measures)[0])

    def _rows(self, context: Context, dimensions: list[Dimension]) -> tuple[list[dict[str, Any]], int]:
        arguments = context.arguments
        if not dimensions:
            return [], 0
        by_size = len(dimensions) == 1 and dimensions[0].order == "size" and not dimensions[0].labels
        if by_size:
            order, limit = self._size(), arguments.limit
            rows = self._question(context).groups(arguments.by, self.measures, order_by=order, limit=limit)
            return rows, rows[0].get("rows_in_all", len(rows)) if rows else 0
        rows = in_order(self._question(context).groups(arguments.by, self.measures), dimensions, self._size().key)
        return rows[: arguments.limit], len(rows)

    def _size(self) -> Measure:
        """The measure that says which row is largest: that of the share, or money where there is some."""
        wanted = [each for each in self.measures if each.key == self.share_of]
        wanted += [each for each in self.measures if each.type == Type.MONEY]
        return wanted[0] if wanted else self.measures[0]

    def _figures(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {each.key: shown(row[each.key], each.type, each.decimals, each.is_additive) for each in self.measures}

    def _columns(self, context: Context) -> list[Column]:
        columns = [measure_column(each, context.currency) for each in self.measures]
        if self.share_of:
            help_text = _("Part of the whole set")
            share = Column("share", _("Share"), Type.RATIO, Unit.RATIO, self.share_of, 4, help_text)
            columns.insert([each.key for each in columns].index(self.share_of) + 1, share)
        return columns

    def _with_every_class(
        self, dimension: Dimension, rows: list[dict[str, Any]], labels: dict[str, dict[Any, str]]
    ) -> list[dict[str, Any]]:
        known = {row[dimension.out]: row for row in rows}
        chosen = dict(labels)
        empty = self._figures({each.key: 0 if each.is_additive else None for each in self.measures})
        codes = [code for code, _label in dimension.pairs()]
        chosen[dimension.out].update({code: str(label) for code, label in dimension.pairs()})
        return [known.get(code) or {dimension.out: code, **empty} for code in codes] + [
            row for row in rows if row[dimension.out] not in codes
        ]

    def _notes(self, context: Context, totals: Mapping[str, Any]) -> Iterable[Note]:
        yield from general_notes(context, self.base)
        if self.base.key == "order_lines":
            yield from self._fee_notes(context)
        if self.base.kind in {"complaint", "enquiry"} and totals.get("open"):
            text = _("%(number)d still open: they are in no time to resolve, which is therefore understated.")
            yield Note("open_cases", text % {"number": totals["open"]})
        if totals and not any(totals.values()):
            yield Note("no_data", _("Nothing was recorded for this choice."))

    def _fee_notes(self, context: Context) -> Iterable[Note]:
        keys = {*context.arguments.by, *dict(context.arguments.filters)}
        if keys & {"product", "category", "novelty"} or "f.is_product" in self.where:
            yield Note("fees_left_out", _("Fees, postage and corrections of accounts are no products and left out."))
        else:
            text = _("Fees, postage and corrections of accounts are in the amounts, but have no quantity.")
            yield Note("fees_in_amounts", text)
