"""What the chart of an answer shows, as a plain description for static/js/charts.js."""

from collections.abc import Callable
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from analytics.reports.result import Column, ReportResult
from analytics.reports.vocabulary import Type, vocabulary

TIME = ("day", "week", "month", "quarter", "year")
MOST_BARS, MOST_SERIES, LINE_FROM = 40, 8, 13

CellLink = Callable[[str, dict[str, str]], str]


def chart(result: ReportResult, measure: str, link: CellLink) -> dict[str, Any] | None:
    """The description, or None where there is nothing to draw. `link` gives the address of the records of a cell."""
    if not result.rows or result.report.chart is None:
        return None
    if result.report.chart.type == "own":
        made = result.report.builder.draw(result, measure, link)
        return made and {"title": str(result.report.title), **made}
    made = {"curve": _curve, "heatmap": _cohorts, "lines": _lines}.get(result.report.chart.type, _cross_table)(
        result, measure, link
    )
    return made and {"title": str(result.report.title), **made}


def _cross_table(result: ReportResult, measure: str, link: CellLink) -> dict[str, Any] | None:
    by = result.arguments.by
    column = next((each for each in result.columns if each.key == measure), None)
    if column is None or not by or by == ("customer",):
        return None
    if len(by) == 1:
        return _bars(result, column, by[0], link)
    return _stacks(result, column, link) if len(by) == 2 else None


def _bars(result: ReportResult, column: Column, key: str, link: CellLink) -> dict[str, Any]:
    dimension = vocabulary.dimension(key)
    is_time = key in TIME
    rows = result.rows[-120:] if is_time else _worth_a_bar(result.rows, column)[:MOST_BARS]
    shape = "horizontal" if not is_time and (dimension.names or len(rows) > 12) else "bar"
    if is_time and len(rows) >= LINE_FROM * 2:
        shape = "line"
    return {
        "type": shape,
        "categories": [_named(result, dimension.out, row) for row in rows],
        "series": [{"name": column.label, "data": [row[column.key] for row in rows]}],
        **_unit(column),
        "links": {str(at): link(column.measure, {key: _code(row, key)}) for at, row in enumerate(rows)},
        **_partial(result, rows, key),
    }


def _worth_a_bar(rows: list[dict[str, Any]], column: Column) -> list[dict[str, Any]]:
    """Categories without anything take no room, unless nothing is left then."""
    return [row for row in rows if row[column.key]] or rows


def _stacks(result: ReportResult, column: Column, link: CellLink) -> dict[str, Any]:
    across, split = axes(result.arguments.by)
    x, name = vocabulary.dimension(across).out, vocabulary.dimension(split).out
    rows_of_x: dict[Any, dict[str, Any]] = {}
    sizes: dict[Any, float] = {}
    names: dict[Any, str] = {}
    for row in result.rows:
        rows_of_x.setdefault(row[x], row)
        sizes[row[name]] = sizes.get(row[name], 0) + abs(row[column.key] or 0)
        names[row[name]] = _named(result, name, row)
    places = sorted(rows_of_x, key=str) if across in TIME else list(rows_of_x)[:MOST_BARS]
    largest = sorted(sizes, key=lambda code: -sizes[code])[:MOST_SERIES]
    cells = {(row[x], row[name]): row[column.key] for row in result.rows}
    return {
        "type": "stacked" if _is_additive(result, column) else "line" if across in TIME else "bar",
        "categories": [_named(result, x, rows_of_x[place]) for place in places],
        "series": [{"name": names[code], "data": [cells.get((place, code)) for place in places]} for code in largest],
        **_unit(column),
        "links": {
            str(at): link(column.measure, {across: _code(rows_of_x[place], across)}) for at, place in enumerate(places)
        },
        **_partial(result, [rows_of_x[place] for place in places], across),
    }


def _curve(result: ReportResult, measure: str, link: CellLink) -> dict[str, Any]:
    rows = result.rows
    if len(rows) > 200:
        step = len(rows) / 200
        rows = [rows[int(at * step)] for at in range(200)] + [rows[-1]]
    heads = {each.key: each.label for each in result.columns}
    return {
        "type": "line",
        "categories": [f"{row['customer_share']:.1%}" for row in rows],
        "series": [{"name": heads["cumulative_share"], "data": [row["cumulative_share"] for row in rows]}],
        "unit": "ratio",
        "marks": [{"at": 0.8, "label": "80 %"}],
        "links": {str(at): link("customers", {"rank": str(row["rank"])}) for at, row in enumerate(rows)},
    }


def _lines(result: ReportResult, measure: str, link: CellLink) -> dict[str, Any] | None:
    """A line for each measure of the chart, or one measure with a line for each value that the rows are split by."""
    drawn = result.report.chart
    if drawn is None:
        return None
    columns = {each.key: each for each in result.columns}
    column = columns.get(measure if measure in drawn.y else drawn.y[0])
    if column is None:
        return None
    outs = [vocabulary.dimension(key).out for key in result.arguments.by]
    split = next((out for out in outs if out in columns and out != drawn.x), "")
    places = list(dict.fromkeys(row[drawn.x] for row in result.rows))
    if drawn.x in columns and columns[drawn.x].type != Type.NUMBER:
        places.sort(key=str)
    cells = {(row[drawn.x], row[split] if split else ""): row for row in result.rows}

    def line(name: str, key: str, code: Any = "") -> dict[str, Any]:
        data = [cells.get((place, code), {}).get(key) for place in places]
        return {"name": name, "data": data, "dashed": key in drawn.dashed}

    if split:
        codes = list(dict.fromkeys(row[split] for row in result.rows))[:MOST_SERIES]
        named = {code: next(row for row in result.rows if row[split] == code) for code in codes}
        series = [line(_named(result, split, named[code]), column.key, code) for code in codes]
    else:
        series = [line(columns[key].label, key) for key in drawn.y if key in columns]
    found = {
        "type": "line",
        "categories": [str(_named(result, drawn.x, {drawn.x: place})) for place in places],
        "series": series,
        **_unit(column),
    }
    if drawn.x == "period" and not split:
        found["links"] = {str(at): link(column.measure, {"period": str(place)}) for at, place in enumerate(places)}
    return found


def _cohort_lines(result: ReportResult) -> dict[str, Any]:
    """Split by something, the cohorts of each value together: one line per value, by periods since the first."""
    out = next(vocabulary.dimension(key).out for key in result.arguments.by if key not in TIME)
    counts: dict[Any, dict[int, list[int]]] = {}
    names: dict[Any, str] = {}
    for row in result.rows:
        names.setdefault(row[out], _named(result, out, row))
        if not row["is_partial"] and row["period_number"] > 0 and row["retention_rate"] is not None:
            sums = counts.setdefault(row[out], {}).setdefault(row["period_number"], [0, 0])
            sums[0] += row["customers"]
            sums[1] += round(row["customers"] / row["retention_rate"]) if row["customers"] else row["cohort_size"]
    numbers = sorted({number for found in counts.values() for number in found})
    return {
        "type": "line",
        "categories": [str(number) for number in numbers],
        "series": [
            {"name": names[code], "data": [_rate(counts[code].get(number)) for number in numbers]}
            for code in list(counts)[:MOST_SERIES]
        ],
        "unit": "ratio",
        "description": _("Share of customers that bought again, by periods since the first purchase"),
    }


def _rate(counted: list[int] | None) -> float | None:
    return round(counted[0] / counted[1], 4) if counted and counted[1] else None


def _cohorts(result: ReportResult, measure: str, link: CellLink) -> dict[str, Any]:
    if any(key not in TIME for key in result.arguments.by):
        return _cohort_lines(result)
    cohorts = list(dict.fromkeys(row["cohort"] for row in result.rows))
    numbers = sorted({row["period_number"] for row in result.rows})
    rows = [row for row in result.rows if row["period_number"] > 0]
    place = {cohort: at for at, cohort in enumerate(cohorts)}
    return {
        "type": "heatmap",
        "rows": cohorts,
        "categories": [str(number) for number in numbers],
        "data": [[row["period_number"], place[row["cohort"]], row["retention_rate"]] for row in rows],
        "unit": "ratio",
        "description": _("Share of each cohort that bought again, by periods since the first purchase"),
        "links": {
            f"{row['period_number']},{place[row['cohort']]}": link(
                "customers", {"cohort": row["cohort"], "period": row["period"]}
            )
            for row in rows
        },
    }


def axes(by: tuple[str, ...]) -> tuple[str, str]:
    """Of two dimensions the one across, time where there is some, and the other."""
    across = next((key for key in by if key in TIME), by[-1])
    return across, next(key for key in by if key != across)


def _is_additive(result: ReportResult, column: Column) -> bool:
    found = getattr(result.report.builder, "measures", ())
    return any(each.key == column.key and each.is_additive for each in found)


def _unit(column: Column) -> dict[str, Any]:
    if column.type == Type.MONEY:
        return {"unit": "currency", "currency": column.unit}
    return {"unit": "ratio" if column.type == Type.RATIO else column.unit or "count"}


def _partial(result: ReportResult, rows: list[dict[str, Any]], key: str) -> dict[str, Any]:
    is_partial = key in TIME and rows and any(note.code == "partial_period" for note in result.notes)
    return {"partial": len(rows) - 1} if is_partial else {}


def _named(result: ReportResult, out: str, row: dict[str, Any]) -> str:
    column = next(each for each in result.columns if each.key == out)
    value = row[out]
    shown = result.label(column, value)
    return capfirst(str(_("not stated") if shown is None else shown))


def _code(row: dict[str, Any], key: str) -> str:
    value = row[vocabulary.dimension(key).out]
    return "" if value is None else str(value)
