"""Customers by the classes that analysis put them in, or one by one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from sqlglot import exp

from analytics.models import Alert
from analytics.reports.builders.base import Cell, Context, Records, customer_ids, cut_note, dimension_column, shown
from analytics.reports.builders.cross_table import CrossTable
from analytics.reports.composition import Question, parsed
from analytics.reports.result import Column, Note, Table
from analytics.reports.vocabulary import (
    Text,
    Type,
    Unit,
    vocabulary,
)
from crm.accounts import access


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
        return Table(columns, rows, totals, self._columns(context), notes, labels, customer_ids(found), in_all)

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


def _detail_labels(detail: Detail) -> dict[Any, str]:
    for dimension in vocabulary.dimensions.values():
        if dimension.on_figures == detail.column and dimension.labels:
            return {code: str(label) for code, label in dimension.pairs()}
    return {}
