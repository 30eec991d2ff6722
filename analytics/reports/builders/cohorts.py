"""Who came back, period by period."""

from typing import Any

from django.utils.translation import gettext as _
from sqlglot import exp

from analytics.reports.builders.base import (
    Builder,
    Cell,
    Context,
    Records,
    first_days,
    general_notes,
    period_label,
    ratio,
)
from analytics.reports.composition import Question, parsed
from analytics.reports.result import Column, Note, Table
from analytics.reports.vocabulary import (
    BASES,
    Basis,
    Text,
    Type,
    Unit,
    vocabulary,
)


class Cohorts(Builder):
    """Cohorts by first purchase and how many of each bought again, period by period."""

    def __init__(self) -> None:
        self.base = BASES["orders"]

    def measure_keys(self) -> list[tuple[str, Text]]:
        return [("customers", vocabulary.measure("orders", "customers").label)]

    def table(self, context: Context) -> Table:
        import pandas as pd

        from analytics.analysis import retention

        unit: Any = context.arguments.by[0]
        question = self._question(context)
        activity = question.frame(self._activity(question, unit))
        activity = activity.assign(period=first_days(activity["period"], unit))
        found = retention.cohort_table(activity, as_of=pd.Timestamp(context.arguments.as_of), unit=unit)
        first, last = self._bounds(context, unit)
        found = found[(found["cohort"] >= first) & (found["cohort"] <= last)]
        rows = [
            {
                "cohort": each.cohort,
                "cohort_size": int(each.cohort_size),
                "period_number": int(each.period_number),
                "period": each.period,
                "customers": int(each.customers),
                "retention_rate": ratio(each.retention_rate),
                "is_partial": bool(each.is_partial),
            }
            for each in found.itertuples(index=False)
        ]
        sizes = {row["cohort"]: row["cohort_size"] for row in rows}
        returned = [row for row in rows if row["period_number"] == 1 and not row["is_partial"]]
        base = sum(row["cohort_size"] for row in returned)
        totals = {
            "cohorts": len(sizes),
            "customers": sum(sizes.values()),
            "retention_rate_period_1": ratio(sum(row["customers"] for row in returned) / base) if base else None,
        }
        notes = [*general_notes(context, self.base)]
        if not rows:
            notes.append(Note("no_data", _("Nobody bought yet, so there are no cohorts.")))
        return Table(self._columns(context), rows, totals, self._total_columns(), notes, {}, {}, len(rows))

    def records(self, context: Context, measure: str, cell: Cell) -> Records:
        """The customers of a cohort who bought in a period; without a period the cohort, without a cohort all."""
        unit = context.arguments.by[0]
        question = self._question(context)
        activity = self._activity(question, unit)
        first = exp.select("b.customer_id", "MIN(b.period) AS cohort").from_(activity.subquery("b"))
        first = first.group_by("b.customer_id")
        query = exp.select("c0.customer_id AS id", "c0.cohort AS at").from_(first.subquery("c0"))
        low, high = self._bounds(context, unit)
        if low:
            query = query.where(exp.GTE(this=exp.column("cohort", "c0"), expression=question.bind(low)))
        query = query.where(exp.LTE(this=exp.column("cohort", "c0"), expression=question.bind(high)))
        if "cohort" in cell:
            query = query.where(exp.EQ(this=exp.column("cohort", "c0"), expression=question.bind(cell["cohort"])))
        if "period" in cell and measure != "cohort_size":
            query = query.join(activity.subquery("p"), on=parsed("p.customer_id = c0.customer_id"))
            query = query.where(exp.EQ(this=exp.column("period", "p"), expression=question.bind(cell["period"])))
        return Records("customer", question, query)

    def _question(self, context: Context) -> Question:
        """Everything up to the day: a filtered start would make old customers look new."""
        from dataclasses import replace

        from analytics.reports.arguments import Period

        whole = replace(context.arguments, period=Period(None, context.arguments.as_of))
        question = Question(self.base, whole, context.reader)
        question.narrow("f.customer_id IS NOT NULL")
        return question

    def _activity(self, question: Question, unit: str) -> exp.Select:
        """Distinct customer and period: on gross in which they bought, on net in which something was left of it."""
        period = exp.column(unit, "f")
        query = question.select("f.customer_id").select(exp.alias_(period, "period"))
        if question.arguments.basis == Basis.GROSS:
            return query.where(parsed("f.is_purchase")).distinct()
        return query.group_by("f.customer_id", period.copy()).having(parsed("SUM(f.net_amount) > 0"))

    def _bounds(self, context: Context, unit: str) -> tuple[str, str]:
        period = context.arguments.period
        return (period_label(period.start, unit) if period.start else ""), period_label(period.end, unit)

    def _columns(self, context: Context) -> list[Column]:
        unit = vocabulary.dimension(context.arguments.by[0])
        return [
            Column("cohort", _("Cohort")),
            Column("cohort_size", _("Size of the cohort"), Type.NUMBER, Unit.COUNT, "cohort_size"),
            Column("period_number", _("Periods since"), Type.NUMBER, Unit.COUNT),
            Column("period", str(unit.label)),
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
