"""Who came back, period by period."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from sqlglot import exp

from analytics.reports.arguments import Period
from analytics.reports.builders.base import (
    Builder,
    Cell,
    Context,
    Records,
    dimension_codes,
    dimension_column,
    dimension_labels,
    first_days,
    general_notes,
    in_order,
    period_label,
    plain_value,
    ratio,
)
from analytics.reports.composition import Question, parsed, with_names
from analytics.reports.parameters import Kind, Parameter
from analytics.reports.registry import Report
from analytics.reports.result import Column, Note, Table
from analytics.reports.vocabulary import (
    BASES,
    Basis,
    Dimension,
    Text,
    Type,
    Unit,
    codes,
    vocabulary,
)

UNITS = ("month", "quarter")
ON, ON_OR_AFTER = "on", "on_or_after"
FIRST, PREVIOUS = "first", "previous"

COUNTED = Parameter(
    "counted",
    gettext_lazy("Who counts as back"),
    Kind.CHOICE,
    ON,
    choices=codes(
        (ON, gettext_lazy("bought in the period")),
        (ON_OR_AFTER, gettext_lazy("bought in the period or later")),
    ),
)
RATE_OF = Parameter(
    "rate_of",
    gettext_lazy("Rate of"),
    Kind.CHOICE,
    FIRST,
    choices=codes(
        (FIRST, gettext_lazy("the whole cohort (period 0)")),
        (PREVIOUS, gettext_lazy("the customers of the period before")),
    ),
)


class Purchasing(Builder):
    """What reports on purchases by period share: in which periods each customer bought, over the whole history.

    Split by a dimension, a customer counts in each of its values with the purchases made there, as with a filter.
    """

    own_cells = ("cohort", "period")

    def __init__(self) -> None:
        self.base = BASES["orders"]

    def check(self, report: Report) -> None:
        super().check(report)
        if report.default_by[0] not in UNITS:
            raise ValueError(f"Report {report.slug} must be split by month or quarter first.")

    def measure_keys(self) -> list[tuple[str, Text]]:
        return [("customers", vocabulary.measure("orders", "customers").label)]

    def axes(self, context: Context) -> tuple[Any, Dimension | None]:
        """The unit of time and what it is split by, whatever the order they were chosen in."""
        by = context.arguments.by
        unit = next((key for key in by if key in UNITS), context.report.default_by[0])
        other = next((key for key in by if key not in UNITS), None)
        return unit, vocabulary.dimension(other) if other else None

    def question(self, context: Context, cell: Cell | None = None) -> Question:
        """Everything up to the day: a filtered start would make old customers look new."""
        whole = replace(context.arguments, period=Period(None, context.arguments.as_of))
        places = {key: value for key, value in (cell or {}).items() if key in vocabulary.dimensions}
        question = Question(self.base, whole, context.reader, cell=places)
        question.narrow("f.customer_id IS NOT NULL")
        return question

    def activity(self, question: Question, unit: str, split: Dimension | None = None) -> exp.Select:
        """Distinct customer and period: on gross in which they bought, on net in which something was left of it."""
        period = exp.column(unit, "f")
        code = question.code(split) if split else None
        query = question.select("f.customer_id").select(exp.alias_(period, "period"))
        if split and code is not None:
            query = query.select(exp.alias_(code, f"k_{split.key}"))
        if question.arguments.basis == Basis.GROSS:
            return query.where(parsed("f.is_purchase")).distinct()
        keys = [period.copy(), *([code.copy()] if code is not None else [])]
        return query.group_by("f.customer_id", *keys).having(parsed("SUM(f.net_amount) > 0"))

    def by_value(
        self, question: Question, unit: str, split: Dimension | None
    ) -> tuple[list[tuple[dict[str, Any], Any]], dict[str, dict[Any, str]]]:
        """Activity (customer_id, period) of each value of the split with its codes, and what the codes are called."""
        if split is None:
            frame = question.frame(self.activity(question, unit))
            return [({}, frame.assign(period=first_days(frame["period"], unit)))], {}
        inner = self.activity(question, unit, split)
        outer = exp.select("a.customer_id", "a.period").from_(inner.subquery("a"))
        frame = question.frame(with_names(outer, split))
        frame = frame.assign(period=first_days(frame["period"], unit))
        named = frame.drop(columns=["customer_id", "period"]).drop_duplicates()
        rows = [{str(key): plain_value(value) for key, value in row.items()} for row in named.to_dict("records")]
        groups = {}
        for row in rows:
            code = row[split.out]
            groups[code] = frame[frame[split.out].isna() if code is None else frame[split.out] == code]
            row["size"] = groups[code]["customer_id"].nunique()
        found = [(dimension_codes(row, [split]), groups[row[split.out]]) for row in in_order(rows, [split], "size")]
        return found, {split.out: dimension_labels(split, rows)}

    def bounds(self, context: Context, unit: str) -> tuple[str, str]:
        period = context.arguments.period
        return (period_label(period.start, unit) if period.start else ""), period_label(period.end, unit)


class Cohorts(Purchasing):
    """Cohorts by first purchase and how many of each bought again, period by period."""

    def table(self, context: Context) -> Table:
        import pandas as pd

        from analytics.analysis import retention

        unit, split = self.axes(context)
        question = self.question(context)
        counted, rate_of = (context.arguments.parameter(each.key) for each in (COUNTED, RATE_OF))
        made = retention.survivor_table if counted == ON_OR_AFTER else retention.cohort_table
        first, last = self.bounds(context, unit)
        as_of = pd.Timestamp(context.arguments.as_of)

        def cohorts(activity: Any) -> Any:
            found = made(activity, as_of=as_of, unit=unit)
            found = found[(found["cohort"] >= first) & (found["cohort"] <= last)]
            return retention.against_previous(found) if rate_of == PREVIOUS else found

        parts, labels = self.by_value(question, unit, split)
        rows = [self._row(codes, each) for codes, activity in parts for each in cohorts(activity).itertuples()]
        whole = rows
        if split:
            everybody = self.by_value(question, unit, None)[0][0][1]
            whole = [self._row({}, each) for each in cohorts(everybody).itertuples()]
        notes = [*general_notes(context, self.base)]
        if not rows:
            notes.append(Note("no_data", _("Nobody bought yet, so there are no cohorts.")))
        if counted == ON_OR_AFTER and rows:
            text = _("Who buys again after %(day)s is not known yet, so the latest periods are understated.")
            notes.append(Note("later_purchases_unknown", text % {"day": context.arguments.as_of.isoformat()}))
        if split:
            text = _("A customer counts in each value with the purchases made there, so the parts need not add up.")
            notes.append(Note("customers_in_several", text))
        columns = self._columns(split, unit)
        return Table(columns, rows, self._totals(whole), self._total_columns(), notes, labels, {}, len(rows))

    def records(self, context: Context, measure: str, cell: Cell) -> Records:
        """The customers of a cohort who bought in a period; without a period the cohort, without a cohort all."""
        unit, _split = self.axes(context)
        question = self.question(context, cell)
        activity = self.activity(question, unit)
        first = exp.select("b.customer_id", "MIN(b.period) AS cohort").from_(activity.subquery("b"))
        first = first.group_by("b.customer_id")
        query = exp.select("c0.customer_id AS id", "c0.cohort AS at").from_(first.subquery("c0"))
        low, high = self.bounds(context, unit)
        if low:
            query = query.where(exp.GTE(this=exp.column("cohort", "c0"), expression=question.bind(low)))
        query = query.where(exp.LTE(this=exp.column("cohort", "c0"), expression=question.bind(high)))
        if "cohort" in cell:
            query = query.where(exp.EQ(this=exp.column("cohort", "c0"), expression=question.bind(cell["cohort"])))
        if "period" in cell and measure != "cohort_size":
            is_later = context.arguments.parameter(COUNTED.key) == ON_OR_AFTER
            compare = exp.GTE if is_later else exp.EQ
            back = exp.select("p.customer_id").from_(activity.subquery("p"))
            back = back.where(compare(this=exp.column("period", "p"), expression=question.bind(cell["period"])))
            query = query.where(exp.column("customer_id", "c0").isin(query=back))
        return Records("customer", question, query)

    def _row(self, codes: dict[str, Any], each: Any) -> dict[str, Any]:
        return {
            **codes,
            "cohort": each.cohort,
            "cohort_size": int(each.cohort_size),
            "period_number": int(each.period_number),
            "period": each.period,
            "customers": int(each.customers),
            "retention_rate": ratio(each.retention_rate),
            "is_partial": bool(each.is_partial),
        }

    def _totals(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        sizes = {row["cohort"]: row["cohort_size"] for row in rows}
        returned = [row for row in rows if row["period_number"] == 1 and not row["is_partial"]]
        base = sum(row["cohort_size"] for row in returned)
        return {
            "cohorts": len(sizes),
            "customers": sum(sizes.values()),
            "retention_rate_period_1": ratio(sum(row["customers"] for row in returned) / base) if base else None,
        }

    def _columns(self, split: Dimension | None, unit: str) -> list[Column]:
        return [
            *([dimension_column(split)] if split else []),
            Column("cohort", _("Cohort")),
            Column("cohort_size", _("Size of the cohort"), Type.NUMBER, Unit.COUNT, "cohort_size"),
            Column("period_number", _("Periods since"), Type.NUMBER, Unit.COUNT),
            Column("period", str(vocabulary.dimension(unit).label)),
            Column("customers", _("Customers"), Type.NUMBER, Unit.COUNT, "customers"),
            Column("retention_rate", _("Retention rate"), Type.RATIO, Unit.RATIO, "customers", 4),
            Column("is_partial", _("Partial"), Type.BOOLEAN),
        ]

    def _total_columns(self) -> list[Column]:
        return [
            Column("cohorts", _("Cohorts"), Type.NUMBER, Unit.COUNT),
            Column("customers", _("Customers"), Type.NUMBER, Unit.COUNT, "customers"),
            Column("retention_rate_period_1", _("Back in the next period"), Type.RATIO, Unit.RATIO, decimals=4),
        ]
