"""What is bought together, and what after what."""

from typing import Any

from django.utils.translation import gettext as _
from sqlglot import exp

from analytics.reports.builders.base import (
    Builder,
    Cell,
    Context,
    Records,
    cut_note,
    general_notes,
    selected,
)
from analytics.reports.builders.products import GOODS_SOLD, by_code, joined, lines, named, products
from analytics.reports.composition import Question, parsed
from analytics.reports.errors import ReportError
from analytics.reports.result import Column, Note, ReportResult, Table
from analytics.reports.vocabulary import BASES, Text, Type, Unit

ORDERS, CUSTOMERS = "order", "customer"
MOST_BARS = 20
DIGITS = 6


class Rules(Builder):
    """Rules "who buys these buys those" over orders or customers as baskets.

    parameters: min_support, min_confidence, max_items, basket
    """

    own_cells = ("left", "right")

    def __init__(self) -> None:
        self.base = BASES["order_lines"]

    def measure_keys(self) -> list[tuple[str, Text]]:
        return [("baskets", _("Baskets"))]

    def table(self, context: Context) -> Table:
        from analytics.analysis import baskets

        limits = baskets.RuleLimits(
            min_support=context.arguments.parameter("min_support"),
            min_confidence=context.arguments.parameter("min_confidence"),
            max_items=context.arguments.parameter("max_items"),
        )
        bought = lines(self._question(context), f"f.{self._basket(context)} AS basket", "f.product_id AS item")
        try:
            found = baskets.frequent_sets(bought, limits)
        except baskets.TooManySets:
            raise ReportError(
                _("More than %(number)d combinations are bought that often: choose a higher support or fewer items.")
                % {"number": limits.most_sets}
            ) from None
        table = baskets.rules(found, limits)
        known = products(context.reader)
        chosen = table.head(context.arguments.limit) if context.arguments.limit else table
        rows = [self._row(each, known) for each in chosen.to_dict("records")]
        labels = {
            side: {
                joined(named(known, key).code for key in items): " + ".join(named(known, key).name for key in items)
                for items in chosen[side]
            }
            for side in self.own_cells
        }
        totals = {"rules": len(table), "baskets": found.baskets, "items": found.items}
        notes = [*general_notes(context, self.base), *self._notes(found.baskets, len(table))]
        if len(rows) < len(table):
            notes.append(cut_note(len(rows), len(table)))
        return Table(self._columns(context), rows, totals, self._total_columns(), notes, labels, {}, len(table))

    def records(self, context: Context, measure: str, cell: Cell) -> Records:
        """The orders (or customers) that hold everything on both sides; without a rule, all baskets."""
        question = self._question(context)
        key = self._basket(context)
        kind = "customer" if key == "customer_id" else "order"
        wanted = [self._ids(context, cell[side]) for side in self.own_cells if side in cell]
        if not wanted:
            return selected(question, kind)
        ids = sorted({each for side in wanted for each in side})
        question.conditions.append(exp.column("product_id", "f").isin(*(question.bind(each) for each in ids)))
        query = question.select(f"f.{key} AS id", "MAX(f.occurred_at) AS at").group_by(f"f.{key}")
        return Records(kind, question, query.having(parsed(f"COUNT(DISTINCT f.product_id) = {len(ids)}")))

    def draw(self, result: ReportResult, measure: str, link: Any) -> dict[str, Any] | None:
        """The rules with the greatest lift as bars."""
        rows = result.rows[:MOST_BARS]
        return {
            "type": "horizontal",
            "categories": [self.sentence(result, row) for row in rows],
            "series": [{"name": _("Lift"), "data": [row["lift"] for row in rows]}],
            "unit": "number",
            "links": {
                str(at): link("baskets", {"left": row["left"], "right": row["right"]}) for at, row in enumerate(rows)
            },
        }

    def sentence(self, result: ReportResult, row: dict[str, Any]) -> str:
        heads = {each.key: each for each in result.columns}
        return f"{result.label(heads['left'], row['left'])} → {result.label(heads['right'], row['right'])}"

    def _basket(self, context: Context) -> str:
        return "customer_id" if context.arguments.parameter("basket") == CUSTOMERS else "order_id"

    def _question(self, context: Context) -> Question:
        question = context.question(self.base, where=GOODS_SOLD)
        if self._basket(context) == "customer_id":
            question.narrow("f.customer_id IS NOT NULL")
        return question

    def _ids(self, context: Context, text: str) -> list[int]:
        known = by_code(products(context.reader))
        # A code may hold a comma itself: the whole text first, then its parts.
        codes = [text] if text in known else [part.strip() for part in text.split(",")]
        for code in codes:
            if code not in known:
                raise ReportError(_("There is no %(name)s “%(value)s”.") % {"name": _("product"), "value": code})
        return [known[code].id for code in codes]

    def _row(self, found: dict[str, Any], known: dict[int, Any]) -> dict[str, Any]:
        shares = ("support", "confidence", "lift", "leverage", "conviction")
        return {
            **{side: joined(named(known, key).code for key in found[side]) for side in self.own_cells},
            "baskets": int(found["baskets"]),
            **{name: _rounded(found[name]) for name in shares},
            "q_value": _rounded(found["q_value"]),
        }

    def _notes(self, baskets: int, rules: int) -> list[Note]:
        if not baskets:
            return [Note("no_data", _("Nothing was recorded for this choice."))]
        if not rules:
            return [
                Note("no_rules", _("No rule is that frequent and that sure: choose a lower support or confidence."))
            ]
        return []

    def _columns(self, context: Context) -> list[Column]:
        share = (Type.RATIO, Unit.RATIO)
        is_order = context.arguments.parameter("basket") == ORDERS
        count = _("Orders with both") if is_order else _("Customers with both")
        return [
            Column("left", _("Who buys")),
            Column("right", _("also buys")),
            Column("baskets", count, Type.NUMBER, Unit.COUNT, "baskets"),
            Column("support", _("Support"), *share, decimals=4, help=_("Baskets with both sides / all baskets")),
            Column(
                "confidence",
                _("Confidence"),
                *share,
                decimals=4,
                help=_("Baskets with both sides / baskets with the left"),
            ),
            Column(
                "lift",
                _("Lift"),
                Type.NUMBER,
                decimals=2,
                help=_("Confidence / share of all baskets with the right; above 1 they go together"),
            ),
            Column(
                "leverage",
                _("Leverage"),
                Type.NUMBER,
                decimals=4,
                help=_("Support less what it would be if both sides had nothing to do with each other"),
            ),
            Column(
                "conviction",
                _("Conviction"),
                Type.NUMBER,
                decimals=2,
                help=_("How often the left would come without the right by chance / how often it really does"),
            ),
            Column(
                "q_value",
                _("q-value"),
                Type.NUMBER,
                decimals=4,
                help=_(
                    "Share of false finds among all rules at least as clear as this one (Fisher, Benjamini-Hochberg)"
                ),
            ),
        ]

    def _total_columns(self) -> list[Column]:
        return [
            Column("rules", _("Rules"), Type.NUMBER, Unit.COUNT),
            Column("baskets", _("Baskets"), Type.NUMBER, Unit.COUNT, "baskets"),
            Column("items", _("Products in them"), Type.NUMBER, Unit.COUNT),
        ]


class Sequences(Builder):
    """Products that one buys within so many days after another.

    parameters: within_days, min_support, min_confidence
    """

    own_cells = ("first", "then")

    def __init__(self) -> None:
        self.base = BASES["order_lines"]

    def measure_keys(self) -> list[tuple[str, Text]]:
        return [("customers", _("Customers"))]

    def table(self, context: Context) -> Table:
        from analytics.analysis import sequences

        arguments = context.arguments
        limits = sequences.SequenceLimits(
            within_days=arguments.parameter("within_days"),
            min_support=arguments.parameter("min_support"),
            min_confidence=arguments.parameter("min_confidence"),
        )
        question = self._question(context)
        bought = lines(question, "f.customer_id", "f.occurred_on", "f.product_id AS item")
        found = sequences.sequences(bought, limits)
        known = products(context.reader)
        chosen = found.head(arguments.limit) if arguments.limit else found
        rows = [
            {
                **{side: named(known, row[side]).code for side in self.own_cells},
                "customers": int(row["customers"]),
                **{name: _rounded(row[name]) for name in ("support", "confidence", "lift")},
                "reversed": int(row["reversed"]),
                "median_days": _rounded(row["median_days"]),
                "q_value": _rounded(row["q_value"]),
            }
            for row in chosen.to_dict("records")
        ]
        labels = {
            side: {named(known, key).code: named(known, key).name for key in chosen[side]} for side in self.own_cells
        }
        totals = {"sequences": len(found), "customers": int(bought["customer_id"].nunique())}
        notes = [*general_notes(context, self.base)]
        if totals["customers"] and not rows:
            notes.append(Note("no_rules", _("No sequence is that frequent and that sure: choose lower limits.")))
        if len(rows) < len(found):
            notes.append(cut_note(len(rows), len(found)))
        return Table(self._columns(), rows, totals, self._total_columns(), notes, labels, {}, len(found))

    def records(self, context: Context, measure: str, cell: Cell) -> Records:
        """The customers who did it; without a sequence, all who bought."""
        question = self._question(context)
        if not set(self.own_cells) <= set(cell):
            return selected(question, "customer")
        known = by_code(products(context.reader))
        missing = next((cell[side] for side in self.own_cells if cell[side] not in known), None)
        if missing is not None:
            raise ReportError(_("There is no %(name)s “%(value)s”.") % {"name": _("product"), "value": missing})
        first, then = (question.bind(known[cell[side]].id) for side in self.own_cells)
        bought = question.select("f.customer_id", "f.occurred_on", "f.occurred_at", "f.product_id").subquery("a")
        again = question.select("f.customer_id", "f.occurred_on", "f.product_id").subquery("b")
        within = int(context.arguments.parameter("within_days"))
        query = (
            exp.select(parsed("a.customer_id AS id"), parsed("MAX(a.occurred_at) AS at"))
            .from_(bought)
            .join(again, on=parsed("b.customer_id = a.customer_id"))
            .where(exp.EQ(this=exp.column("product_id", "a"), expression=first))
            .where(exp.EQ(this=exp.column("product_id", "b"), expression=then))
            .where(parsed("b.occurred_on > a.occurred_on"), parsed(f"b.occurred_on <= a.occurred_on + {within}"))
            .group_by("a.customer_id")
        )
        return Records("customer", question, query)

    def draw(self, result: ReportResult, measure: str, link: Any) -> dict[str, Any] | None:
        rows = result.rows[:MOST_BARS]
        heads = {each.key: each for each in result.columns}
        return {
            "type": "horizontal",
            "categories": [
                " → ".join(str(result.label(heads[side], row[side])) for side in self.own_cells) for row in rows
            ],
            "series": [{"name": _("Confidence"), "data": [row["confidence"] for row in rows]}],
            "unit": "ratio",
            "links": {
                str(at): link("customers", {side: row[side] for side in self.own_cells}) for at, row in enumerate(rows)
            },
        }

    def _question(self, context: Context) -> Question:
        question = context.question(self.base, where=GOODS_SOLD)
        question.narrow("f.customer_id IS NOT NULL")
        return question

    def _columns(self) -> list[Column]:
        share = (Type.RATIO, Unit.RATIO)
        return [
            Column("first", _("First")),
            Column("then", _("then")),
            Column("customers", _("Customers"), Type.NUMBER, Unit.COUNT, "customers"),
            Column("support", _("Support"), *share, decimals=4, help=_("Customers / all who bought")),
            Column("confidence", _("Confidence"), *share, decimals=4, help=_("Customers / those who bought the first")),
            Column(
                "lift", _("Lift"), Type.NUMBER, decimals=2, help=_("Confidence / share of all who bought the second")
            ),
            Column(
                "reversed", _("The other way round"), Type.NUMBER, Unit.COUNT, help=_("Customers who did the opposite")
            ),
            Column(
                "median_days",
                _("Median days"),
                Type.NUMBER,
                Unit.DAYS,
                decimals=1,
                help=_("From the first to the second"),
            ),
            Column(
                "q_value",
                _("q-value"),
                Type.NUMBER,
                decimals=4,
                help=_("Whether the order is more than chance: share of false finds among sequences at least as clear"),
            ),
        ]

    def _total_columns(self) -> list[Column]:
        return [
            Column("sequences", _("Sequences"), Type.NUMBER, Unit.COUNT),
            Column("customers", _("Customers who bought"), Type.NUMBER, Unit.COUNT, "customers"),
        ]


def _rounded(value: Any) -> float | None:
    return None if value is None or value != value else round(float(value), DIGITS)
