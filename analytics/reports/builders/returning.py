"""Of who bought in a period, who bought in the next one as well."""

import datetime
from typing import Any

from django.utils.translation import gettext as _
from sqlglot import exp

from analytics.reports.builders.base import Cell, Context, Records, dimension_column, general_notes, period_label, ratio
from analytics.reports.builders.cohorts import Purchasing
from analytics.reports.composition import parsed
from analytics.reports.errors import ReportError
from analytics.reports.result import Column, Note, Table
from analytics.reports.vocabulary import Text, Type, Unit, vocabulary

MONTHS = {"month": 1, "quarter": 3}


class PeriodRetention(Purchasing):
    """Retention rate from each period to the next (R-040), old and new customers alike."""

    def measure_keys(self) -> list[tuple[str, Text]]:
        return [(each.key, each.label) for each in self._figures()]

    def table(self, context: Context) -> Table:
        import pandas as pd

        from analytics.analysis import retention

        unit, split = self.axes(context)
        question = self.question(context)
        first, last = self.bounds(context, unit)
        as_of = pd.Timestamp(context.arguments.as_of)

        def rates(activity: Any) -> Any:
            found = retention.period_retention(activity, as_of=as_of, unit=unit)
            return found[(found["period"] >= first) & (found["period"] <= last)]

        parts, labels = self.by_value(question, unit, split)
        rows = [self._row(codes, each) for codes, activity in parts for each in rates(activity).itertuples()]
        whole = rows
        if split:
            everybody = self.by_value(question, unit, None)[0][0][1]
            whole = [self._row({}, each) for each in rates(everybody).itertuples()]
        ended = [row for row in whole if not row["is_partial"]]
        totals = self._totals(ended)
        notes = [*general_notes(context, self.base)]
        if not rows:
            notes.append(Note("no_data", _("There are no two periods to compare yet.")))
        if len(ended) < len(whole):
            text = _("The period after %(period)s has not ended: its rate still rises, and it is in no total.")
            notes.append(Note("partial_pair", text % {"period": max(row["period"] for row in whole)}))
        if ended:
            text = _("Customers and rate at the top are of %(period)s, the last period whose next one has ended.")
            notes.append(Note("last_pair", text % {"period": max(row["period"] for row in ended)}))
        columns = [
            Column("period", str(vocabulary.dimension(unit).label)),
            *([dimension_column(split)] if split else []),
            *self._figures(),
            Column("is_partial", _("Partial"), Type.BOOLEAN),
        ]
        return Table(columns, rows, totals, self._total_columns(), notes, labels, {}, len(rows))

    def records(self, context: Context, measure: str, cell: Cell) -> Records:
        """Customers of a period, or those of them who bought in the next one; without a period those of the last one
        whose next has ended."""
        if measure not in {"", *(key for key, _label in self.measure_keys())}:
            raise ReportError(_("Unknown figure “%(key)s”.") % {"key": measure})
        unit, _split = self.axes(context)
        question = self.question(context, cell)
        activity = self.activity(question, unit)
        query = exp.select("p.customer_id AS id", "MAX(p.period) AS at").from_(activity.subquery("p"))
        query = query.group_by("p.customer_id")
        if measure == "retained":
            number = "CAST(SUBSTR({0}.period, 1, 4) AS INTEGER) * 12 + {1}"
            month = "CAST(SUBSTR({0}.period, 6, 2) AS INTEGER)"
            if unit == "quarter":
                number, month = number.replace("* 12", "* 4"), "CAST(SUBSTR({0}.period, 7, 1) AS INTEGER)"
            before, after = (number.format(alias, month.format(alias)) for alias in ("p", "n"))
            again = f"n.customer_id = p.customer_id AND {after} = {before} + 1"
            query = query.join(activity.subquery("n"), on=parsed(again))
        period = cell.get("period") or self._last_compared(context, unit)
        query = query.where(exp.EQ(this=exp.column("period", "p"), expression=question.bind(period)))
        return Records("customer", question, query)

    def _row(self, codes: dict[str, Any], each: Any) -> dict[str, Any]:
        return {
            **codes,
            "period": each.period,
            "customers": int(each.customers),
            "retained": int(each.retained),
            "retention_rate": ratio(each.retention_rate),
            "is_partial": bool(each.is_partial),
        }

    def _totals(self, ended: list[dict[str, Any]]) -> dict[str, Any]:
        """Of the last period that can be judged; and the rate of all of them together."""
        if not ended:
            return {"customers": 0, "retained": 0, "retention_rate": None, "mean_retention_rate": None}
        last = max(ended, key=lambda row: str(row["period"]))
        customers, retained = (sum(row[key] for row in ended) for key in ("customers", "retained"))
        return {
            **{key: last[key] for key in ("customers", "retained", "retention_rate")},
            "mean_retention_rate": ratio(retained / customers) if customers else None,
        }

    def _total_columns(self) -> list[Column]:
        mean = Column("mean_retention_rate", _("Mean of all periods"), Type.RATIO, Unit.RATIO, decimals=4)
        return [*self._figures(), mean]

    def _last_compared(self, context: Context, unit: str) -> str:
        """The last period within the choice in which somebody bought and whose next one has ended."""
        question = self.question(context)
        day = context.arguments.as_of + datetime.timedelta(days=1)
        month = day.year * 12 + day.month - 1  # has not ended by the day of the report
        month -= month % MONTHS[unit] + 2 * MONTHS[unit]
        ended = period_label(datetime.date(month // 12, month % 12 + 1, 1), unit)
        first, last = self.bounds(context, unit)
        query = exp.select(parsed("MAX(p.period) AS period")).from_(self.activity(question, unit).subquery("p"))
        query = query.where(exp.LTE(this=exp.column("period", "p"), expression=question.bind(min(last, ended))))
        query = query.where(exp.GTE(this=exp.column("period", "p"), expression=question.bind(first)))
        return question.ask(query)[0]["period"] or ""

    def _figures(self) -> list[Column]:
        return [
            Column("customers", _("Customers"), Type.NUMBER, Unit.COUNT, "customers", help=_("Bought in the period")),
            Column(
                "retained",
                _("Back in the next period"),
                Type.NUMBER,
                Unit.COUNT,
                "retained",
                help=_("Of them those who bought in the next period as well"),
            ),
            Column("retention_rate", _("Retention rate"), Type.RATIO, Unit.RATIO, "retained", 4),
        ]
