"""Customers by falling amount and what they bring together."""

from typing import Any

from django.utils.translation import gettext as _

from analytics.reports.builders.base import (
    Builder,
    Cell,
    Context,
    Records,
    analysis_notes,
    cents,
    cut_note,
    dimension_column,
    general_notes,
    ratio,
    selected,
    whole_number,
)
from analytics.reports.result import Column, Table
from analytics.reports.vocabulary import (
    BASES,
    Basis,
    Text,
    Type,
    Unit,
    vocabulary,
)


class Concentration(Builder):
    """Customers by falling amount: how few bring most of it."""

    own_cells = ("rank",)

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
            upto = whole_number(cell["rank"])
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
