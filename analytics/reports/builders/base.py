"""What every builder of reports works with, and the columns, rows and notes they share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from sqlglot import exp

from analytics.reports.arguments import ANY_CUSTOMER, KNOWN_CUSTOMERS, Arguments
from analytics.reports.composition import Question, Reader, parsed
from analytics.reports.errors import ReportError
from analytics.reports.registry import Report
from analytics.reports.result import Column, Note, Table
from analytics.reports.vocabulary import (
    Base,
    Dimension,
    Measure,
    Text,
    Type,
    Unit,
    label_of,
    vocabulary,
)

Cell = Mapping[str, str]


@dataclass
class Context:
    """What a builder works with: the report, the checked question, the facts as this reader may see them."""

    report: Report
    arguments: Arguments
    reader: Reader
    currency: str
    data_until: Any = None  # last day the published figures are of
    user: Any = None
    source: Any = None  # the published run and its snapshot (analytics.reports.source.Source)

    @property
    def is_published(self) -> bool:
        """Whether the question is of the day that was published, not of an earlier one."""
        return self.arguments.as_of == self.data_until

    def question(self, base: Base, *, where: Iterable[str] = (), cell: Cell | None = None) -> Question:
        return Question(base, self.arguments, self.reader, where=where, cell=cell)


@dataclass
class Records:
    """The records behind a figure: their kind, and how to count and page their ids."""

    kind: str
    question: Question | None = None
    query: exp.Select | None = None  # one row per record: id, and `at` to order by
    ids: list[int] = field(default_factory=list)

    def count(self) -> int:
        if self.query is None or self.question is None:
            return len(self.ids)
        counted = exp.select(parsed("COUNT(*) AS n")).from_(self.query.subquery("r"))
        return int(self.question.ask(counted)[0]["n"])

    def page(self, *, offset: int, limit: int) -> list[int]:
        if self.query is None or self.question is None:
            return self.ids[offset : offset + limit]
        rows = self.question.ask(
            exp.select("r.id")
            .from_(self.query.subquery("r"))
            .order_by(parsed("r.at").desc(nulls_first=False), parsed("r.id").desc())
            .limit(limit)
            .offset(offset)
        )
        return [row["id"] for row in rows]


class Builder:
    """What reports and surfaces need of every builder."""

    base: Base
    knows_members = True  # its rows are customers or belong to customers, counted by questions of the context
    own_cells: tuple[str, ...] = ()  # columns besides dimensions that tell its rows apart, for the drill-through

    def table(self, context: Context) -> Table:
        raise NotImplementedError

    def records(self, context: Context, measure: str, cell: Cell) -> Records:
        raise NotImplementedError

    def draw(self, result: Any, measure: str, link: Any) -> dict[str, Any] | None:
        """The chart of a builder that draws its own (chart type `own`), as analytics.reports.charts describes it."""
        return None

    def counted(self, context: Context) -> Question:
        """The rows that an answer counts."""
        return context.question(self.base)

    def check(self, report: Report) -> None:
        """Refuse a declaration that names what the vocabulary or the fact table does not have."""
        for key in (*report.by, *report.filters):
            if vocabulary.dimension(key).place(self.base) is None:
                raise ValueError(f"Report {report.slug}: {self.base.key} does not know {key}.")
        if not set(report.default_by) <= set(report.by):
            raise ValueError(f"Report {report.slug} is split by default by what it may not be split by.")

    def parts(self, measure: str) -> list[tuple[str, Text]]:
        """The figures of other records that a figure is made of, for leading on from its records."""
        return []

    def measure_keys(self) -> list[tuple[str, Text]]:
        return []


def selected(question: Question, kind: str) -> Records:
    """The records of a question: those of the fact table, or their customers."""
    column = "customer_id" if kind == "customer" else question.base.record
    at = "MAX(f.occurred_at) AS at" if question.base.has_time else "CAST(NULL AS BIGINT) AS at"
    query = question.select(f"f.{column} AS id", at).group_by(f"f.{column}")
    return Records(kind, question, query)


def shown(value: Any, type: str, decimals: int = 0, is_count: bool = False) -> Any:
    """A value of the facts as readers see it: money from cents, decimals cut to what they mean."""
    if value is None:
        return 0 if is_count and type != Type.MONEY else (0.0 if is_count else None)
    if isinstance(value, float) and value != value:
        return None
    if type == Type.MONEY:
        return cents(value)
    if type == Type.DATE:
        return value.isoformat()[:10] if hasattr(value, "isoformat") else value
    if isinstance(value, (float, Decimal)):
        number = round(float(value), decimals)
        return int(number) if number.is_integer() and type != Type.RATIO else number
    return value


def cents(value: Any) -> float | None:
    return None if value is None else round(round(float(value)) / 100, 2)


def ratio(value: Any) -> float | None:
    return None if value is None or value != value else round(float(value), 6)


def dimension_column(dimension: Dimension) -> Column:
    return Column(dimension.out, str(dimension.label), dimension.type)


def measure_column(measure: Measure, currency: str) -> Column:
    unit = currency if measure.unit == Unit.CURRENCY else measure.unit
    return Column(measure.key, str(measure.label), measure.type, unit, measure.key, measure.decimals, str(measure.help))


def in_order(rows: list[dict[str, Any]], dimensions: list[Dimension], size: str) -> list[dict[str, Any]]:
    """Periods and scores by their value, classes in the order of their names, things by size, "not stated" last."""
    places: list[dict[Any, Any]] = []
    for dimension in dimensions:
        if dimension.labels:
            place = {code: number for number, (code, _label) in enumerate(dimension.pairs())}
            places.append(
                {code_text(row[dimension.out]): place.get(code_text(row[dimension.out]), 999) for row in rows}
            )
        elif dimension.order == "size":
            sums: dict[Any, Any] = {}
            for row in rows:
                key = code_text(row[dimension.out])
                sums[key] = sums.get(key, 0) - (row[size] or 0)
            places.append(sums)
        else:
            places.append({})

    def rank(row: dict[str, Any]) -> tuple[Any, ...]:
        found: list[Any] = []
        for dimension, place in zip(dimensions, places, strict=True):
            value = row[dimension.out]
            text = code_text(value)
            found += [value is None, place.get(text, 0), value if isinstance(value, (int, float)) else 0, text]
        return tuple(found)

    return sorted(rows, key=rank)


def general_notes(context: Context, base: Base) -> Iterable[Note]:
    """What every report says of the days and the sales it leaves out."""
    arguments = context.arguments
    if base.has_time:
        unit = next((key for key in arguments.by if key in {"week", "month", "quarter", "year"}), "")
        if unit and _is_inside(arguments.period.end, unit):
            text = _("%(period)s is partial: it is counted up to %(day)s.")
            end = arguments.period.end
            yield Note("partial_period", text % {"period": period_label(end, unit), "day": end.isoformat()})
    if context.data_until and arguments.as_of > context.data_until:
        text = _("The data end on %(day)s.")
        yield Note("data_end", text % {"day": context.data_until.isoformat()})
    if base.kind == "order" and arguments.customer == KNOWN_CUSTOMERS:
        yield from _left_out(context, base)
    if base.kind == "order" and arguments.customer == ANY_CUSTOMER:
        yield Note("any_customer", _("Sales without a known customer are counted in orders and amounts."))


def _left_out(context: Context, base: Base) -> Iterable[Note]:
    from dataclasses import replace

    if context.report.known_only is False:
        return
    anybody = replace(context.arguments, customer=ANY_CUSTOMER)
    question = Question(base, anybody, context.reader, where=("f.customer_id IS NULL",))
    found = question.ask(question.select(f"COUNT(DISTINCT f.{base.record}) AS n"))[0]["n"]
    if found:
        text = _("%(number)d orders without a known customer are left out; choose “any customer” to count them.")
        yield Note("unknown_customers_left_out", text % {"number": found})


ANALYSIS_NOTES = {
    "no_customers": lambda: _("There are no customers with a purchase yet."),
    "no_positive_total": lambda: _("The total is not above zero, so nothing can be a share of it."),
    "no_positive_amount": lambda: _("The total is not above zero, so nothing can be a share of it."),
    "fewer_than_five_customers": lambda: _("Fewer than five customers: a fifth of them is nobody."),
}


def analysis_notes(codes: Iterable[str]) -> Iterable[Note]:
    for code in codes:
        yield Note(code, ANALYSIS_NOTES[code]() if code in ANALYSIS_NOTES else code)


def cut_note(shown_rows: int, in_all: int) -> Note:
    text = _("The first %(shown)d of %(all)d rows are shown; totals count all of them.")
    return Note("rows_cut", text % {"shown": shown_rows, "all": in_all})


def period_label(day: Any, unit: str) -> str:
    if unit == "year":
        return f"{day.year:04d}"
    if unit == "quarter":
        return f"{day.year:04d}-Q{(day.month - 1) // 3 + 1}"
    if unit == "week":
        year, week, _day = day.isocalendar()
        return f"{year:04d}-W{week:02d}"
    return f"{day.year:04d}-{day.month:02d}"


def _is_inside(day: Any, unit: str) -> bool:
    """Whether the period goes on after this day."""
    import datetime

    return period_label(day + datetime.timedelta(days=1), unit) == period_label(day, unit)


def first_days(periods: Any, unit: str) -> Any:
    import pandas as pd

    text = periods.astype("str")
    if unit == "quarter":
        text = text.str[:4] + "-" + (text.str[-1:].astype("int64") * 3 - 2).astype("str").str.zfill(2)
    return pd.to_datetime(text + "-01", format="%Y-%m-%d")


def dimension_codes(row: Mapping[str, Any], dimensions: list[Dimension]) -> dict[str, Any]:
    return {each.out: shown(row[each.out], each.type) for each in dimensions}


def dimension_labels(dimension: Dimension, rows: list[dict[str, Any]]) -> dict[Any, str]:
    """What the codes of a dimension are called in the reader's language."""
    key = dimension.out
    found: dict[Any, str] = {}
    own = f"{key}__name_{(get_language() or 'en').replace('-', '_')}"
    for row in rows:
        value = shown(row[key], dimension.type)
        if value is None:
            found[value] = str(dimension.null_label)
        elif dimension.names:
            found[value] = row.get(own) or row.get(f"{key}__name") or value
        elif dimension.labels or dimension.key == "country":
            found[value] = label_of(dimension, value)
    return found


def customer_ids(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {row["customer_number"]: row["customer_number__id"] for row in rows if row["customer_number"]}


def plain_value(value: Any) -> Any:
    """What a frame holds for NULL is None again; whole numbers that became floating point by it are whole."""
    if value is None or value != value:
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def share_of_whole(part: Any, whole: Any) -> float | None:
    return ratio(part / whole) if whole else None


def code_text(value: Any) -> str:
    return "" if value is None else str(value)


def whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ReportError(_("“%(value)s” is not a whole number.") % {"value": text}) from None
