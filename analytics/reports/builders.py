"""How the rows of a report are made. A closed set: reports declare one of these, with measures of the vocabulary.

    CrossTable        measures split by dimensions, totals of the whole set counted anew
    CustomerClasses   the same over customers and their figures, every class shown; split by customer it lists them
    Concentration     customers by falling amount and what they bring together
    Cohorts           who came back, period by period
    WarnedCustomers   open churn warnings with owner and due day

Every builder answers twice from the same conditions: `table` gives the figures, `records` the records behind one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from sqlglot import exp

from analytics.models import Alert
from analytics.reports.arguments import ANY_CUSTOMER, KNOWN_CUSTOMERS, Arguments
from analytics.reports.composition import Question, Reader, parsed
from analytics.reports.errors import ReportError
from analytics.reports.registry import Report
from analytics.reports.result import Column, Note, Table
from analytics.reports.vocabulary import (
    BASES,
    Base,
    Basis,
    Dimension,
    Measure,
    Text,
    Type,
    Unit,
    label_of,
    vocabulary,
)
from crm.accounts import access

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

    def table(self, context: Context) -> Table:
        raise NotImplementedError

    def records(self, context: Context, measure: str, cell: Cell) -> Records:
        raise NotImplementedError

    def check(self, report: Report) -> None:
        """Refuse a declaration that names what the vocabulary or the fact table does not have."""
        for key in (*report.by, *report.filters):
            if vocabulary.dimension(key).place(self.base) is None:
                raise ValueError(f"Report {report.slug}: {self.base.key} does not know {key}.")
        if not set(report.default_by) <= set(report.by):
            raise ValueError(f"Report {report.slug} is split by default by what it may not be split by.")

    def measure_keys(self) -> list[tuple[str, Text]]:
        return []


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
        rows = [{**_codes(row, dimensions), **self._figures(row)} for row in found]
        labels = {each.out: _labels(each, found) for each in dimensions if each.key != "customer"}
        if self.shows_every_class and len(dimensions) == 1:
            rows = self._with_every_class(dimensions[0], rows, labels)
        if self.share_of:
            for row in [*rows, totals]:
                row["share"] = _share(row[self.share_of], totals[self.share_of])
        columns = [dimension_column(each) for each in dimensions] + self._columns(context)
        notes = [*self._notes(context, totals)]
        if in_all > len(rows):
            notes.append(cut_note(len(rows), in_all))
        customers = _customer_ids(found) if "customer" in arguments.by else {}
        return Table(columns, rows, totals, self._columns(context), notes, labels, customers, max(in_all, len(rows)))

    def subtotals(self, context: Context, key: str) -> dict[Any, dict[str, Any]]:
        """The same figures by one of the dimensions alone, counted anew: margins of a cross table."""
        dimension = vocabulary.dimension(key)
        found = self._question(context).groups([key], self.measures)
        return {row[dimension.out]: self._figures(row) for row in found}

    def records(self, context: Context, measure: str, cell: Cell) -> Records:
        question = self._question(context, cell)
        found = self._measure(measure)
        question.narrow(found.condition(context.arguments.basis) if found else "")
        return selected(question, found.drill if found and found.drill else self.base.kind)

    def _measure(self, key: str) -> Measure | None:
        if not key or key == "share":
            return next((each for each in self.measures if each.key == self.share_of), None) if key else None
        for each in self.measures:
            if each.key == key:
                return each
        known = ", ".join(each.key for each in self.measures)
        raise ReportError(_("Unknown figure “%(key)s”. Known: %(known)s.") % {"key": key, "known": known})

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


@dataclass(frozen=True)
class Detail:
    """A column of the list of customers: a figure of the customer, as it is."""

    key: str
    label: Text
    column: str
    type: str = Type.NUMBER
    unit: str = Unit.NONE
    decimals: int = 0


class CustomerClasses(CrossTable):
    """Customers by the classes that analysis put them in; split by customer alone it lists them."""

    def __init__(
        self, measures: Iterable[str], details: Iterable[Detail], *, where: Iterable[str] = (), order_by: str = ""
    ) -> None:
        super().__init__("figures", measures, where=where, shows_every_class=True)
        self.details = tuple(details)
        self.order_by = order_by or self.details[0].column

    def table(self, context: Context) -> Table:
        if context.arguments.by != ("customer",):
            return super().table(context)
        question = self._question(context)
        query = question.select("f.customer_id").select(
            *(exp.alias_(exp.column(each.column, "f"), each.key) for each in self.details)
        )
        query = query.select(exp.alias_(exp.column(self.order_by, "f"), "order_by"))
        outer = exp.select("n.number AS customer_number", "n.customer_id AS customer_number__id", "a.*")
        outer = outer.from_(query.subquery("a")).join(
            "customers AS n", on=parsed("n.customer_id = a.customer_id"), join_type="left"
        )
        outer = outer.order_by(parsed("a.order_by").desc(nulls_first=False), parsed("a.customer_id").asc())
        totals = self._totals(context)
        if context.arguments.limit:
            outer = outer.limit(context.arguments.limit)
        found = question.ask(outer)
        rows = [
            {
                "customer_number": row["customer_number"],
                **{each.key: shown(row[each.key], each.type, each.decimals) for each in self.details},
            }
            for row in found
        ]
        customer = vocabulary.dimension("customer")
        columns = [dimension_column(customer), *(self._detail_column(each, context) for each in self.details)]
        in_all = int(totals.get("customers") or len(rows))
        notes = [*self._notes(context, totals)]
        if len(rows) < in_all:
            notes.append(cut_note(len(rows), in_all))
        labels = {each.key: pairs for each in self.details if (pairs := _detail_labels(each))}
        return Table(columns, rows, totals, self._columns(context), notes, labels, _customer_ids(found), in_all)

    def records(self, context: Context, measure: str, cell: Cell) -> Records:
        found = self._measure(measure)
        if not found or found.drill != "order":
            return super().records(context, measure, cell)
        customers = self._question(context, cell)
        inner = customers.select("f.customer_id")
        orders = (
            exp.select("o.order_id AS id", "o.occurred_at AS at")
            .from_("orders AS o")
            .where(exp.column("customer_id", "o").isin(query=inner), parsed("o.occurred_on <= :as_of"))
        )
        condition = found.condition(context.arguments.basis)
        return Records("order", customers, orders.where(parsed(condition)) if condition else orders)

    def _detail_column(self, detail: Detail, context: Context) -> Column:
        unit = context.currency if detail.unit == Unit.CURRENCY else detail.unit
        return Column(detail.key, str(detail.label), detail.type, unit, "", detail.decimals)


class WarnedCustomers(CustomerClasses):
    """Customers with an open churn warning; before any was opened, those whom the analysis finds at risk."""

    AT_RISK = "f.churn_risk IN ('medium', 'high')"

    def table(self, context: Context) -> Table:
        table = super().table(context)
        if context.arguments.by == ("customer",):
            self._add_warnings(table, context)
        return table

    def _question(self, context: Context, cell: Cell | None = None) -> Question:
        question = super()._question(context, cell)
        warned = self._warned(context)
        if warned is None:
            question.narrow(self.AT_RISK)
        else:
            listed = exp.select(exp.func("UNNEST", question.bind(warned)))
            question.conditions.append(exp.column("customer_id", "f").isin(query=listed))
        return question

    def _warned(self, context: Context) -> list[int] | None:
        """Customers with an open warning; None when there are no warnings to go by, or of another day."""
        if not context.is_published or not self._alerts().exists():
            return None
        rows = self._alerts().filter(access.rows(Alert, context.user), status=Alert.Status.OPEN)
        return list(rows.values_list("customer_id", flat=True))

    def _add_warnings(self, table: Table, context: Context) -> None:
        """Owner, due day and reasons beside each customer."""
        rows = self._alerts().filter(access.rows(Alert, context.user), status=Alert.Status.OPEN)
        ids = set(table.customers.values())
        found = {
            each["customer_id"]: each
            for each in rows.values("customer_id", "owner__username", "opened_on", "due_on", "reasons")
            if each["customer_id"] in ids
        }
        for row in table.rows:
            alert = found.get(table.customers.get(row["customer_number"], 0), {})
            row["owner"] = alert.get("owner__username")
            row["opened_on"] = shown(alert.get("opened_on"), Type.DATE)
            row["due_on"] = shown(alert.get("due_on"), Type.DATE)
            row["reasons"] = ", ".join(each.get("code", "") for each in alert.get("reasons") or [])
        table.columns += [
            Column("owner", _("Owner")),
            Column("opened_on", _("Opened"), Type.DATE),
            Column("due_on", _("Due"), Type.DATE),
            Column("reasons", _("Reasons")),
        ]

    def _alerts(self) -> Any:
        return Alert.objects.filter(kind=Alert.Kind.CHURN)

    def _notes(self, context: Context, totals: Mapping[str, Any]) -> Iterable[Note]:
        yield from super()._notes(context, totals)
        if self._warned(context) is None:
            yield Note("no_alerts", _("No warnings have been opened for this day: shown is what the analysis finds."))


class Concentration(Builder):
    """Customers by falling amount: how few bring most of it."""

    def __init__(self, points: int = 100) -> None:
        self.base = BASES["orders"]
        self.points = points

    def measure_keys(self) -> list[tuple[str, Text]]:
        return [("customers", vocabulary.measure("orders", "customers").label)]

    def table(self, context: Context) -> Table:
        from analytics.analysis import pareto

        amounts = self._amounts(context)
        found = pareto.pareto(amounts)
        every = context.arguments.by == ("customer",)
        curve = pareto.pareto_curve(amounts, None if every else self.points)
        in_all = len(curve)
        if every and context.arguments.limit:
            curve = curve.head(context.arguments.limit)
        numbers = self._numbers(context, curve["customer_id"].tolist()) if every else {}
        core = found.customers_for_80_percent or 0
        rows = [
            {
                **({"customer_number": numbers.get(each.customer_id)} if every else {}),
                "rank": int(each.rank),
                **({"amount": cents(each.amount)} if every else {}),
                "cumulative_amount": cents(each.cumulative_amount),
                "customer_share": ratio(each.customer_share),
                "cumulative_share": ratio(each.cumulative_share),
                "is_core": int(each.rank) <= core,
            }
            for each in curve.itertuples(index=False)
        ]
        totals = {
            "customers": found.customers,
            "revenue": cents(found.revenue),
            "customers_for_80_percent": found.customers_for_80_percent,
            "share_of_customers_for_80_percent": ratio(found.share_of_customers_for_80_percent),
            "top_20_percent_customers": found.top_20_percent_customers,
            "top_20_percent_revenue_share": ratio(found.top_20_percent_revenue_share),
        }
        notes = [*general_notes(context, self.base), *analysis_notes(found.notes)]
        if every and len(rows) < in_all:
            notes.append(cut_note(len(rows), in_all))
        customers = {number: key for key, number in numbers.items()}
        return Table(
            self._columns(context, every), rows, totals, self._total_columns(context), notes, {}, customers, in_all
        )

    def records(self, context: Context, measure: str, cell: Cell) -> Records:
        """Customers up to a rank; of `customers_for_80_percent` the core, of one customer's amount the orders."""
        from analytics.analysis import pareto

        if measure in {"amount", "revenue", "cumulative_amount"} and "rank" not in cell:
            question = context.question(self.base, cell={key: cell[key] for key in cell if key == "customer"})
            question.narrow("f.gross_amount <> 0" if context.arguments.basis == Basis.GROSS else "f.net_amount <> 0")
            return selected(question, "order")
        amounts = self._amounts(context)
        found = pareto.pareto(amounts)
        upto = {
            "customers_for_80_percent": found.customers_for_80_percent,
            "share_of_customers_for_80_percent": found.customers_for_80_percent,
            "top_20_percent_customers": found.top_20_percent_customers,
            "top_20_percent_revenue_share": found.top_20_percent_customers,
        }.get(measure, found.customers)
        if "rank" in cell:
            upto = _whole(cell["rank"])
        ranked = pareto.pareto_curve(amounts)["customer_id"]
        return Records("customer", ids=[int(each) for each in ranked.head(upto or 0)])

    def _amounts(self, context: Context) -> Any:
        question = context.question(self.base)
        question.narrow("f.customer_id IS NOT NULL")
        if context.arguments.basis == Basis.GROSS:
            question.narrow("f.is_purchase")
        column = "gross_amount" if context.arguments.basis == Basis.GROSS else "net_amount"
        query = question.select("f.customer_id", f"SUM(f.{column}) AS amount").group_by("f.customer_id")
        frame = question.frame(query)
        return frame.astype({"customer_id": "int64", "amount": "int64"}).set_index("customer_id")["amount"]

    def _numbers(self, context: Context, ids: list[int]) -> dict[int, str]:
        found = context.reader.rows("SELECT customer_id, number FROM customers")
        wanted = set(ids)
        return {row["customer_id"]: row["number"] for row in found if row["customer_id"] in wanted}

    def _columns(self, context: Context, every: bool) -> list[Column]:
        columns = [
            Column("rank", _("Rank"), Type.NUMBER, Unit.COUNT, "customers"),
            Column("amount", _("Amount"), Type.MONEY, context.currency, "amount", 2),
            Column("cumulative_amount", _("Amount together"), Type.MONEY, context.currency, "", 2),
            Column("customer_share", _("Share of customers"), Type.RATIO, Unit.RATIO, "", 4),
            Column("cumulative_share", _("Share of the amount"), Type.RATIO, Unit.RATIO, "", 4),
            Column("is_core", _("Among those who bring 80 %"), Type.BOOLEAN),
        ]
        if every:
            return [dimension_column(vocabulary.dimension("customer")), *columns]
        return [each for each in columns if each.key != "amount"]

    def _total_columns(self, context: Context) -> list[Column]:
        count, share = (Type.NUMBER, Unit.COUNT), (Type.RATIO, Unit.RATIO)
        return [
            Column("customers", _("Customers"), *count, "customers"),
            Column("revenue", _("Revenue"), Type.MONEY, context.currency, "revenue", 2),
            Column("customers_for_80_percent", _("Customers who bring 80 %"), *count, "customers_for_80_percent"),
            Column("share_of_customers_for_80_percent", _("Their share of customers"), *share, decimals=4),
            Column("top_20_percent_customers", _("The best fifth of customers"), *count, "top_20_percent_customers"),
            Column("top_20_percent_revenue_share", _("What the best fifth brings"), *share, decimals=4),
        ]


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
        activity = activity.assign(period=_first_days(activity["period"], unit))
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
                {_code_text(row[dimension.out]): place.get(_code_text(row[dimension.out]), 999) for row in rows}
            )
        elif dimension.order == "size":
            sums: dict[Any, Any] = {}
            for row in rows:
                key = _code_text(row[dimension.out])
                sums[key] = sums.get(key, 0) - (row[size] or 0)
            places.append(sums)
        else:
            places.append({})

    def rank(row: dict[str, Any]) -> tuple[Any, ...]:
        found: list[Any] = []
        for dimension, place in zip(dimensions, places, strict=True):
            value = row[dimension.out]
            text = _code_text(value)
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


def _first_days(periods: Any, unit: str) -> Any:
    import pandas as pd

    text = periods.astype("str")
    if unit == "quarter":
        text = text.str[:4] + "-" + (text.str[-1:].astype("int64") * 3 - 2).astype("str").str.zfill(2)
    return pd.to_datetime(text + "-01", format="%Y-%m-%d")


def _codes(row: Mapping[str, Any], dimensions: list[Dimension]) -> dict[str, Any]:
    return {each.out: shown(row[each.out], each.type) for each in dimensions}


def _labels(dimension: Dimension, rows: list[dict[str, Any]]) -> dict[Any, str]:
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


def _customer_ids(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {row["customer_number"]: row["customer_number__id"] for row in rows if row["customer_number"]}


def _detail_labels(detail: Detail) -> dict[Any, str]:
    for dimension in vocabulary.dimensions.values():
        if dimension.on_figures == detail.column and dimension.labels:
            return {code: str(label) for code, label in dimension.pairs()}
    return {}


def _share(part: Any, whole: Any) -> float | None:
    return ratio(part / whole) if whole else None


def _code_text(value: Any) -> str:
    return "" if value is None else str(value)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ReportError(_("“%(value)s” is not a whole number.") % {"value": text}) from None
