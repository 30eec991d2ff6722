"""An answer beside that of another segment, or of everybody: the choice of it, and the totals side by side."""

from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from analytics.reports.arguments import EVERYBODY
from analytics.reports.result import Column
from analytics.reports.vocabulary import Type, vocabulary
from analytics.reports.vocabulary.members import MEMBER_OF

if TYPE_CHECKING:
    from analytics.reports.page import Cell, Field, ReportPage


def field_of(page: "ReportPage") -> "Field | None":
    """What the answer may be laid beside; None where there is no segment that this reader may know."""
    from analytics.reports.page import Field

    segments = _segments(page)
    if MEMBER_OF not in page.report.restrictions(page.user) or not segments:
        return None
    options = [("", _("Nothing")), (EVERYBODY, _("All customers")), *segments.items()]
    values = page.asked.arguments.against
    return Field("against", _("Beside it"), "select", values[0] if len(values) == 1 else "", values, options)


def table_of(page: "ReportPage") -> dict[str, Any] | None:
    """Totals of the answer and of what it is laid beside; every figure opens its records."""
    result = page.result
    if not result.against:
        return None
    names = _segments(page) | {EVERYBODY: _("All customers")}
    own = dict(page.asked.arguments.filters).get(MEMBER_OF, ())
    heads = [", ".join(names.get(code, code) for code in own) or _("This answer")]
    heads += [names.get(code, code) for code, _totals in result.against]
    rows = []
    for column in result.table.total_columns:
        if column.key not in result.totals:
            continue
        cells = [_cell(page, column, result.totals[column.key], None)]
        cells += [_cell(page, column, totals.get(column.key), code) for code, totals in result.against]
        label = f"{column.label} ({column.unit})" if column.type == Type.MONEY else column.label
        rows.append({"label": label, "cells": cells})
    return {"heads": heads, "rows": rows}


def _cell(page: "ReportPage", column: Column, value: Any, code: str | None) -> "Cell":
    """`code` names the segment that the figure is of; None is the answer itself."""
    from analytics.reports.page import Cell, shown

    if not value or not page.opens(column):
        return Cell(shown(column, value), "", "num")
    measure = "" if column.measure == "share" else column.measure
    url = page.records_url(measure or column.key)
    if code is not None:
        place, _mark, query = url.partition("?")
        kept = QueryDict(query, mutable=True)
        kept.pop(MEMBER_OF, None)
        if code != EVERYBODY:
            kept[MEMBER_OF] = code
        url = f"{place}?{kept.urlencode()}"
    return Cell(shown(column, value), url, "num")


def _segments(page: "ReportPage") -> dict[str, str]:
    return {code: str(name) for code, name in vocabulary.dimension(MEMBER_OF).pairs_for(page.user)}
