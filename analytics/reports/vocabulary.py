"""The closed vocabulary of reports: what may be counted, and by what it may be split.

Whatever a reader chooses is a key that is looked up here; SQL text comes from this file alone and values are bound. The
expressions keep to what DuckDB and Spark read alike. In them `f` is the fact table a report is built on, `c` the
customer and `g` the customer's figures; `:as_of` stands for the day of the report.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analytics.facts import contract

Text = str | Promise
Pairs = Iterable[tuple[str, Text]]


class Unit(StrEnum):
    NONE = ""
    COUNT = "count"
    CURRENCY = "currency"  # shown as the code of the base currency
    RATIO = "ratio"
    POINTS = "points"
    DAYS = "days"
    HOURS = "hours"


class Type(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    RATIO = "ratio"
    DATE = "date"
    BOOLEAN = "boolean"


class Basis(StrEnum):
    NET = "net"
    GROSS = "gross"


@dataclass(frozen=True)
class Base:
    """A fact table to count in, the kind of record its rows are shown as, and the time it is dated by."""

    key: str
    kind: str
    record: str  # column with the id of that record
    columns: frozenset[str]
    has_time: bool = True


def _base(table: contract.FactTable, record: str) -> Base:
    return Base(table.name, table.kind, record, frozenset(table.columns))


BASES = {
    base.key: base
    for base in (
        _base(contract.ORDERS, "order_id"),
        _base(contract.ORDER_LINES, "order_id"),
        _base(contract.CONTACTS, "contact_id"),
        _base(contract.COMPLAINTS, "case_id"),
        _base(contract.ENQUIRIES, "case_id"),
        _base(contract.AFTER_SALES, "after_sales_id"),
        Base("figures", "customer", "customer_id", frozenset({"customer_id"}), has_time=False),
    )
}


@dataclass(frozen=True)
class Dimension:
    """Something figures are split by.

    column    column of the fact table; `on_customer`, `on_figures` name it there where the fact table lacks it
    names     table with code and name of the ids in the column; empty when the column holds the code itself
    is_tree   the names are a tree: a filter takes everything below as well
    output    key of the column in the result, when it is not the key of the dimension
    labels    what codes are called, in the order they are shown in; without labels rows are sorted by `order`
    order     "code" (periods, names of things) or "size" (largest first)
    restrict  condition that splitting or filtering by it brings along, per fact table: no fees among products
    """

    key: str
    label: Text
    column: str = ""
    on_customer: str = ""
    on_figures: str = ""
    names: str = ""
    is_tree: bool = False
    output: str = ""
    type: Type = Type.TEXT
    labels: Callable[[], Pairs] | None = None
    order: str = "size"
    null_label: Text = _("not stated")
    restrict: tuple[tuple[str, str], ...] = ()

    @property
    def out(self) -> str:
        return self.output or self.key

    @property
    def id_column(self) -> str:
        """Key column of the table of names."""
        return next(iter(contract.DIMENSIONS[self.names])) if self.names in contract.DIMENSIONS else "customer_id"

    def place(self, base: Base) -> tuple[str, str] | None:
        """Alias and column it is read from when counting in `base`; None where it cannot be had."""
        if self.column and self.column in base.columns:
            return "f", self.column
        if self.on_figures:
            return ("f" if base.key == "figures" else "g"), self.on_figures
        if self.on_customer:
            return "c", self.on_customer
        return None

    def pairs(self) -> list[tuple[str, Text]]:
        return list(self.labels()) if self.labels else []


@dataclass(frozen=True)
class Measure:
    """A figure.

    sql          aggregate expression over `f`; a mapping gives one per amount basis
    records      condition of the rows that the figure counts: what the drill-through lists; likewise by basis
    drill        kind of record the drill-through lists when it is not that of the fact table
    is_additive  parts add up to the total; totals are counted anew all the same, which a test compares
    help         how it is made, for the reader
    """

    key: str
    label: Text
    base: str
    sql: str | dict[str, str]
    unit: Unit = Unit.COUNT
    type: Type = Type.NUMBER
    records: str | dict[str, str] = ""
    drill: str = ""
    is_additive: bool = False
    decimals: int = 0
    help: Text = ""

    def expression(self, basis: str) -> str:
        return self.sql if isinstance(self.sql, str) else self.sql[basis]

    def condition(self, basis: str) -> str:
        return self.records if isinstance(self.records, str) else self.records[basis]


@dataclass
class Vocabulary:
    dimensions: dict[str, Dimension] = field(default_factory=dict)
    measures: dict[tuple[str, str], Measure] = field(default_factory=dict)

    def add(self, *words: Dimension | Measure) -> None:
        for word in words:
            if isinstance(word, Dimension):
                if word.key in self.dimensions:
                    raise ValueError(f"Dimension {word.key} is declared twice.")
                self.dimensions[word.key] = word
            else:
                if (word.base, word.key) in self.measures:
                    raise ValueError(f"Measure {word.key} of {word.base} is declared twice.")
                self.measures[word.base, word.key] = word

    def dimension(self, key: str) -> Dimension:
        return self.dimensions[key]

    def measure(self, base: str, key: str) -> Measure:
        return self.measures[base, key]


vocabulary = Vocabulary()


def _weekdays() -> Pairs:
    from django.utils.dates import WEEKDAYS

    return [(str(number + 1), name) for number, name in WEEKDAYS.items()]


def _choices(path: str) -> Callable[[], Pairs]:
    """Codes and labels of a model's choices, read when they are asked for."""

    def read() -> Pairs:
        from django.utils.module_loading import import_string

        model, _dot, name = path.rpartition(".")
        return getattr(import_string(model), name).choices

    return read


def _countries() -> Pairs:
    from django_countries import countries

    return list(countries)


def codes(*pairs: tuple[str, Text]) -> Callable[[], Pairs]:
    return lambda: pairs


RFM_SEGMENTS = codes(
    ("champions", _("Champions")),
    ("loyal", _("Loyal customers")),
    ("potential_loyalist", _("Potential loyalists")),
    ("new_customers", _("New customers")),
    ("promising", _("Promising")),
    ("need_attention", _("Need attention")),
    ("about_to_sleep", _("About to sleep")),
    ("cannot_lose", _("Cannot lose")),
    ("at_risk", _("At risk")),
    ("hibernating", _("Hibernating")),
    ("lost", _("Lost")),
)
VALUE_TIERS = codes(("high", _("High")), ("mid", _("Middle")), ("low", _("Low")), ("none", _("None")))
LIFECYCLE_STAGES = codes(
    ("acquisition", _("Acquisition")),
    ("maintenance", _("Maintenance")),
    ("development", _("Development")),
    ("churn_warning", _("Churn warning")),
    ("lost", _("Lost")),
)
CHURN_RISKS = codes(
    ("low", _("low")),
    ("medium", _("medium")),
    ("high", _("high")),
    ("lost", _("lost")),
    ("unknown", _("cannot be told")),
)
LOYALTY_BANDS = codes(
    ("very_loyal", _("Very loyal")),
    ("loyal", _("Loyal")),
    ("wavering", _("Wavering")),
    ("at_risk", _("At risk")),
)

NO_FEES = (("order_lines", "f.is_product"),)

vocabulary.add(
    Dimension("day", _("Day"), "occurred_on", type=Type.DATE, order="code"),
    Dimension("week", _("Week"), "week", order="code"),
    Dimension("month", _("Month"), "month", order="code"),
    Dimension("quarter", _("Quarter"), "quarter", order="code"),
    Dimension("year", _("Year"), "year", order="code"),
    Dimension("weekday", _("Weekday"), "weekday", type=Type.NUMBER, labels=_weekdays),
    Dimension("region", _("Region"), "region_id", on_customer="region_id", names="regions", is_tree=True),
    Dimension("country", _("Country"), "country", on_customer="country", labels=None),
    Dimension("category", _("Product type"), "category_id", names="categories", is_tree=True, restrict=NO_FEES),
    Dimension("product", _("Product"), "product_id", names="products", restrict=NO_FEES),
    Dimension(
        "novelty",
        _("New product"),
        "novelty",
        labels=codes(("new", _("New: up to 180 days after the launch")), ("established", _("Established"))),
        restrict=NO_FEES,
    ),
    Dimension("channel", _("Channel"), "channel_id", on_customer="channel_id", names="channels"),
    Dimension("staff", _("Staff"), "staff_id", on_customer="owner_id", names="staff"),
    Dimension("unit", _("Department"), "unit_id", on_customer="unit_id", names="units", is_tree=True),
    Dimension("receiving_unit", _("Receiving department"), "receiving_unit_id", names="units", is_tree=True),
    Dimension("industry", _("Industry"), on_customer="industry_id", names="industries"),
    Dimension("customer", _("Customer"), "customer_id", names="customers", output="customer_number"),
    Dimension(
        "customer_type", _("Customer type"), on_customer="type", labels=_choices("customers.models.Customer.Type")
    ),
    Dimension(
        "relation_class",
        _("Relationship class"),
        on_customer="relation_class",
        labels=_choices("customers.models.Customer.RelationClass"),
    ),
    Dimension("order_type", _("Type of order"), "type", labels=_choices("interactions.models.Order.Type")),
    Dimension("carrier", _("Carrier"), "carrier"),
    Dimension(
        "after_sales_type", _("Type of after-sales"), "type", labels=_choices("interactions.models.AfterSales.Type")
    ),
    Dimension("opinion_type", _("Opinion type"), "opinion_type_id", names="opinion_types"),
    Dimension("failure_cause", _("Cause of failure"), "failure_cause_id", names="failure_causes"),
    Dimension("severity", _("Severity"), "severity", labels=_choices("interactions.models.Complaint.Severity")),
    Dimension("status", _("Status"), "status", labels=_choices("interactions.models.Complaint.Status")),
    Dimension("outcome", _("Outcome"), "outcome", labels=_choices("interactions.models.Complaint.Outcome")),
    Dimension("topic", _("Topic"), "topic", labels=_choices("interactions.models.Enquiry.Topic")),
    Dimension("direction", _("Direction"), "direction", labels=_choices("interactions.models.Interaction.Direction")),
    Dimension("concern", _("Concern"), "concern", labels=_choices("interactions.models.Interaction.Concern")),
    Dimension("segment", _("RFM segment"), on_figures="rfm_segment", labels=RFM_SEGMENTS),
    Dimension("r_score", _("Recency score"), on_figures="r_score", type=Type.NUMBER, order="code"),
    Dimension("f_score", _("Frequency score"), on_figures="f_score", type=Type.NUMBER, order="code"),
    Dimension("m_score", _("Monetary score"), on_figures="m_score", type=Type.NUMBER, order="code"),
    Dimension("abc_class", _("ABC class"), on_figures="abc_class", labels=codes(("A", "A"), ("B", "B"), ("C", "C"))),
    Dimension("value_tier", _("Value tier"), on_figures="value_tier", labels=VALUE_TIERS),
    Dimension("lifecycle_stage", _("Lifecycle stage"), on_figures="lifecycle_stage", labels=LIFECYCLE_STAGES),
    Dimension("churn_risk", _("Churn risk"), on_figures="churn_risk", labels=CHURN_RISKS),
    Dimension(
        "loyalty_band",
        _("Loyalty band"),
        on_figures="loyalty_band",
        labels=LOYALTY_BANDS,
        null_label=_("too little data"),
    ),
)

DELIVERED = "(f.delivered_on IS NOT NULL AND f.delivered_on <= :as_of)"
ON_TIME = f"({DELIVERED} AND f.days_late <= 0)"
LATE = f"({DELIVERED} AND f.days_late > 0)"
OVERDUE = f"(NOT {DELIVERED} AND f.promised_on < :as_of)"
PAID = "(f.paid_on IS NOT NULL AND f.paid_on <= :as_of)"
PAYABLE = f"(NOT {PAID} AND f.due_on < :as_of)"
NOT_DONE = "(f.done_on IS NULL OR f.done_on > :as_of)"

MONEY = {"unit": Unit.CURRENCY, "type": Type.MONEY, "decimals": 2}
RATE = {"unit": Unit.RATIO, "type": Type.RATIO, "decimals": 4}

vocabulary.add(
    # orders: one row per order or return
    Measure(
        "customers",
        _("Customers"),
        "orders",
        "COUNT(DISTINCT CASE WHEN f.is_purchase THEN f.customer_id END)",
        records="f.is_purchase AND f.customer_id IS NOT NULL",
        drill="customer",
        help=_("Known customers with at least one purchase"),
    ),
    Measure(
        "orders",
        _("Orders"),
        "orders",
        "COUNT(CASE WHEN f.is_purchase THEN 1 END)",
        records="f.is_purchase",
        is_additive=True,
        help=_("Orders with at least one line sold or charged; returns are not orders"),
    ),
    Measure(
        "gross_amount",
        _("Gross amount"),
        "orders",
        "SUM(f.gross_amount)",
        **MONEY,
        records="f.gross_amount <> 0",
        is_additive=True,
        help=_("Lines sold and fees charged"),
    ),
    Measure(
        "returned_amount",
        _("Returned amount"),
        "orders",
        "SUM(f.gross_amount - f.net_amount)",
        **MONEY,
        records="f.gross_amount <> f.net_amount",
        is_additive=True,
        help=_("Gross less net: goods taken back, fees paid back, corrections of accounts"),
    ),
    Measure(
        "net_amount",
        _("Net amount"),
        "orders",
        "SUM(f.net_amount)",
        **MONEY,
        records="f.net_amount <> 0",
        is_additive=True,
        help=_("All lines, with what was taken back or corrected"),
    ),
    Measure(
        "average_order_value",
        _("Average order"),
        "orders",
        {
            "net": "SUM(f.net_amount) / NULLIF(COUNT(CASE WHEN f.is_purchase THEN 1 END), 0)",
            "gross": "SUM(f.gross_amount) / NULLIF(COUNT(CASE WHEN f.is_purchase THEN 1 END), 0)",
        },
        **MONEY,
        records="f.is_purchase",
        help=_("Amount / orders, on the chosen amount basis"),
    ),
    # orders: delivery
    Measure(
        "deliveries",
        _("Deliveries"),
        "orders",
        f"COUNT(CASE WHEN {DELIVERED} THEN 1 END)",
        records=DELIVERED,
        is_additive=True,
        help=_("Orders with a promised day that were delivered"),
    ),
    Measure(
        "on_time",
        _("On time"),
        "orders",
        f"COUNT(CASE WHEN {ON_TIME} THEN 1 END)",
        records=ON_TIME,
        is_additive=True,
        help=_("Delivered on the promised day or before"),
    ),
    Measure(
        "late",
        _("Late"),
        "orders",
        f"COUNT(CASE WHEN {LATE} THEN 1 END)",
        records=LATE,
        is_additive=True,
        help=_("Delivered after the promised day"),
    ),
    Measure(
        "on_time_share",
        _("On-time rate"),
        "orders",
        f"COUNT(CASE WHEN {ON_TIME} THEN 1 END) / NULLIF(COUNT(CASE WHEN {DELIVERED} THEN 1 END) * 1.0, 0)",
        **RATE,
        records=DELIVERED,
        help=_("Deliveries on time / deliveries"),
    ),
    Measure(
        "mean_days_late",
        _("Mean days late"),
        "orders",
        f"AVG(CASE WHEN {LATE} THEN f.days_late END)",
        unit=Unit.DAYS,
        decimals=1,
        records=LATE,
        help=_("Of the late ones"),
    ),
    Measure(
        "overdue",
        _("Overdue"),
        "orders",
        f"COUNT(CASE WHEN {OVERDUE} THEN 1 END)",
        records=OVERDUE,
        is_additive=True,
        help=_("Promised for a day before that of the report and not delivered yet"),
    ),
    # orders: payment
    Measure(
        "paid",
        _("Paid"),
        "orders",
        f"COUNT(CASE WHEN {PAID} THEN 1 END)",
        records=PAID,
        is_additive=True,
        help=_("Orders with a payment date"),
    ),
    Measure(
        "median_settlement_days",
        _("Median settlement days"),
        "orders",
        f"MEDIAN(CASE WHEN {PAID} THEN f.settlement_days END)",
        unit=Unit.DAYS,
        decimals=1,
        records=PAID,
        help=_("From the invoice, where there is none from the order, to the payment; half of the paid took longer"),
    ),
    Measure(
        "mean_settlement_days",
        _("Mean settlement days"),
        "orders",
        f"AVG(CASE WHEN {PAID} THEN f.settlement_days END)",
        unit=Unit.DAYS,
        decimals=1,
        records=PAID,
    ),
    Measure(
        "paid_in_time_share",
        _("Paid in time"),
        "orders",
        f"COUNT(CASE WHEN {PAID} AND f.paid_on <= f.due_on THEN 1 END)"
        f" / NULLIF(COUNT(CASE WHEN {PAID} AND f.due_on IS NOT NULL THEN 1 END) * 1.0, 0)",
        **RATE,
        records=f"{PAID} AND f.due_on IS NOT NULL",
        help=_("Paid by the due day / paid with a due day"),
    ),
    Measure(
        "payment_overdue",
        _("Payment overdue"),
        "orders",
        f"COUNT(CASE WHEN {PAYABLE} THEN 1 END)",
        records=PAYABLE,
        is_additive=True,
        help=_("Due before the day of the report and not paid"),
    ),
    Measure(
        "overdue_amount",
        _("Overdue amount"),
        "orders",
        f"SUM(CASE WHEN {PAYABLE} THEN f.net_amount ELSE 0 END)",
        **MONEY,
        records=PAYABLE,
        is_additive=True,
    ),
    # orders: from draft to order
    Measure(
        "drafts_confirmed",
        _("Drafts confirmed"),
        "orders",
        "COUNT(f.hours_to_confirm)",
        records="f.hours_to_confirm IS NOT NULL",
        is_additive=True,
        help=_("Orders that began as a draft"),
    ),
    Measure(
        "median_hours_to_confirm",
        _("Median hours to confirm"),
        "orders",
        "MEDIAN(f.hours_to_confirm)",
        unit=Unit.HOURS,
        decimals=1,
        records="f.hours_to_confirm IS NOT NULL",
        help=_("From the draft to its confirmation; half took longer"),
    ),
    # order lines
    Measure(
        "quantity",
        _("Quantity"),
        "order_lines",
        {
            "net": "SUM(CASE WHEN f.is_product AND f.kind <> 'adjustment' THEN f.quantity ELSE 0 END)",
            "gross": "SUM(CASE WHEN f.is_product AND f.is_gross THEN f.quantity ELSE 0 END)",
        },
        records={
            "net": "f.is_product AND f.kind <> 'adjustment' AND f.quantity <> 0",
            "gross": "f.is_product AND f.is_gross",
        },
        is_additive=True,
        decimals=3,
        help=_("Pieces of products sold; on the net basis less those taken back. Fees have no quantity."),
    ),
    Measure(
        "amount",
        _("Amount"),
        "order_lines",
        {"net": "SUM(f.amount)", "gross": "SUM(CASE WHEN f.is_gross THEN f.amount ELSE 0 END)"},
        **MONEY,
        records={"net": "f.amount <> 0", "gross": "f.is_gross"},
        is_additive=True,
        help=_("Net: all lines. Gross: lines sold and fees charged only."),
    ),
    Measure(
        "orders",
        _("Orders"),
        "order_lines",
        "COUNT(DISTINCT CASE WHEN f.is_gross THEN f.order_id END)",
        records="f.is_gross",
        help=_("Orders with such a line; an order with several counts once"),
    ),
    Measure(
        "customers",
        _("Customers"),
        "order_lines",
        "COUNT(DISTINCT CASE WHEN f.is_gross THEN f.customer_id END)",
        records="f.is_gross AND f.customer_id IS NOT NULL",
        drill="customer",
        help=_("Known customers who bought; a customer in several rows counts once in the total"),
    ),
    # order lines: what they cost us, and what discounts take away; lines of unknown cost are in no margin.
    # They are nothing rather than zero where nobody may see costs.
    Measure(
        "cost",
        _("Cost of goods"),
        "order_lines",
        {"net": "SUM(f.cost)", "gross": "SUM(CASE WHEN f.is_gross THEN f.cost END)"},
        **MONEY,
        records={"net": "f.cost <> 0", "gross": "f.is_gross AND f.cost <> 0"},
        help=_("Quantity × unit cost at the time of the sale"),
    ),
    Measure(
        "margin",
        _("Margin"),
        "order_lines",
        {
            "net": "SUM(CASE WHEN f.cost IS NOT NULL THEN f.amount - f.cost END)",
            "gross": "SUM(CASE WHEN f.is_gross AND f.cost IS NOT NULL THEN f.amount - f.cost END)",
        },
        **MONEY,
        records={"net": "f.cost IS NOT NULL", "gross": "f.is_gross AND f.cost IS NOT NULL"},
        help=_("Amount less cost of goods, of lines whose cost is known"),
    ),
    Measure(
        "margin_rate",
        _("Margin rate"),
        "order_lines",
        {
            "net": "SUM(CASE WHEN f.cost IS NOT NULL THEN f.amount - f.cost END)"
            " / NULLIF(SUM(CASE WHEN f.cost IS NOT NULL THEN f.amount END) * 1.0, 0)",
            "gross": "SUM(CASE WHEN f.is_gross AND f.cost IS NOT NULL THEN f.amount - f.cost END)"
            " / NULLIF(SUM(CASE WHEN f.is_gross AND f.cost IS NOT NULL THEN f.amount END) * 1.0, 0)",
        },
        **RATE,
        records={"net": "f.cost IS NOT NULL", "gross": "f.is_gross AND f.cost IS NOT NULL"},
        help=_("Margin / amount"),
    ),
    Measure(
        "list_amount",
        _("Amount at list price"),
        "order_lines",
        "SUM(f.list_amount)",
        **MONEY,
        records="f.list_amount <> 0",
        is_additive=True,
        help=_("Quantity × list price: what it would have come to without a discount"),
    ),
    Measure(
        "discount_amount",
        _("Discounts given"),
        "order_lines",
        "SUM(f.list_amount - f.amount)",
        **MONEY,
        records="f.list_amount <> f.amount",
        is_additive=True,
        help=_("Amount at list price less what was charged"),
    ),
    Measure(
        "discount_rate",
        _("Discount rate"),
        "order_lines",
        "SUM(f.list_amount - f.amount) / NULLIF(SUM(f.list_amount) * 1.0, 0)",
        **RATE,
        records="f.list_amount <> f.amount",
        help=_("Discounts given / amount at list price"),
    ),
    Measure(
        "margin_before",
        _("Margin before discounts"),
        "order_lines",
        "SUM(CASE WHEN f.cost IS NOT NULL THEN f.list_amount - f.cost END)",
        **MONEY,
        records="f.cost IS NOT NULL",
        help=_("Amount at list price less cost of goods, of lines whose cost is known"),
    ),
    Measure(
        "margin_after",
        _("Margin after discounts"),
        "order_lines",
        "SUM(CASE WHEN f.cost IS NOT NULL THEN f.amount - f.cost END)",
        **MONEY,
        records="f.cost IS NOT NULL",
        help=_("What was charged less cost of goods, of lines whose cost is known"),
    ),
    Measure(
        "margin_effect",
        _("Effect on the margin"),
        "order_lines",
        "SUM(CASE WHEN f.cost IS NOT NULL THEN f.amount - f.list_amount END)",
        **MONEY,
        records="f.cost IS NOT NULL AND f.amount <> f.list_amount",
        help=_("Margin after discounts less margin before"),
    ),
    # after-sales
    Measure("after_sales", _("After-sales records"), "after_sales", "COUNT(*)", is_additive=True),
    Measure(
        "customers",
        _("Customers"),
        "after_sales",
        "COUNT(DISTINCT f.customer_id)",
        records="f.customer_id IS NOT NULL",
        drill="customer",
    ),
    Measure(
        "open",
        _("Open"),
        "after_sales",
        f"COUNT(CASE WHEN {NOT_DONE} THEN 1 END)",
        records=NOT_DONE,
        is_additive=True,
        help=_("Not done on the day of the report"),
    ),
    Measure(
        "after_sales_cost",
        _("Cost"),
        "after_sales",
        "SUM(f.cost)",
        **MONEY,
        records="f.cost <> 0",
        is_additive=True,
        help=_("What the work cost us; what customers got back is in the net amount of orders"),
    ),
    Measure(
        "mean_cost",
        _("Mean cost"),
        "after_sales",
        "AVG(f.cost)",
        **MONEY,
        records="f.cost IS NOT NULL",
        help=_("Cost / records, those without a cost included"),
    ),
    # contacts
    Measure("contacts", _("Contacts"), "contacts", "COUNT(*)", is_additive=True),
    Measure(
        "customers",
        _("Customers"),
        "contacts",
        "COUNT(DISTINCT f.customer_id)",
        records="f.customer_id IS NOT NULL",
        drill="customer",
    ),
    Measure(
        "outbound",
        _("Outbound"),
        "contacts",
        "COUNT(CASE WHEN f.direction = 'outbound' THEN 1 END)",
        records="f.direction = 'outbound'",
        is_additive=True,
    ),
    Measure(
        "inbound",
        _("Inbound"),
        "contacts",
        "COUNT(CASE WHEN f.direction = 'inbound' THEN 1 END)",
        records="f.direction = 'inbound'",
        is_additive=True,
    ),
    Measure(
        "answered",
        _("Answered"),
        "contacts",
        "COUNT(CASE WHEN f.is_answered THEN 1 END)",
        records="f.is_answered",
        is_additive=True,
    ),
    Measure(
        "answered_share",
        _("Answered share"),
        "contacts",
        "COUNT(CASE WHEN f.is_answered THEN 1 END) / NULLIF(COUNT(f.is_answered) * 1.0, 0)",
        **RATE,
        records="f.is_answered",
        help=_("Contacts that were answered / contacts"),
    ),
    *(
        Measure(
            f"{code}_share",
            label,
            "contacts",
            f"COUNT(CASE WHEN f.concern = '{code}' THEN 1 END)"
            " / NULLIF(COUNT(CASE WHEN f.concern <> '' THEN 1 END) * 1.0, 0)",
            **RATE,
            records=f"f.concern = '{code}'",
            help=_("Contacts with this concern / contacts with any concern"),
        )
        for code, label in (
            ("price", _("Price")),
            ("quality", _("Quality")),
            ("offers", _("Offers")),
            ("delivery", _("Delivery")),
            ("service", _("Service")),
            ("other", _("Other")),
        )
    ),
    Measure(
        "contacts_per_customer",
        _("Contacts per customer"),
        "contacts",
        "COUNT(*) / NULLIF(COUNT(DISTINCT f.customer_id) * 1.0, 0)",
        decimals=2,
    ),
)

CLOSED = "(f.status = 'closed' AND (f.resolved_at IS NULL OR CAST(f.resolved_at AS DATE) <= :as_of))"
SOLVED = f"({CLOSED} AND f.outcome = 'solved')"
DUE = f"({CLOSED} OR (f.due_at IS NOT NULL AND CAST(f.due_at AS DATE) <= :as_of))"
IN_TIME = f"({CLOSED} AND f.is_solved_in_time)"


def _of_cases(base: str, key: str, label: Text) -> Iterable[Measure]:
    """Complaints and enquiries are counted alike."""
    yield Measure(key, label, base, "COUNT(*)", is_additive=True)
    for name, name_label, condition, help_text in (
        ("open", _("Open"), f"NOT {CLOSED}", _("Not closed on the day of the report")),
        ("closed", _("Closed"), CLOSED, ""),
        ("solved", _("Solved"), SOLVED, _("Closed with the outcome solved")),
        ("partly_solved", _("Partly solved"), f"({CLOSED} AND f.outcome = 'partly')", ""),
        ("not_solved", _("Not solved"), f"({CLOSED} AND f.outcome = 'not_solved')", ""),
    ):
        yield Measure(
            name,
            name_label,
            base,
            f"COUNT(CASE WHEN {condition} THEN 1 END)",
            records=condition,
            is_additive=True,
            help=help_text,
        )
    yield Measure(
        "solved_share",
        _("Solved share"),
        base,
        f"COUNT(CASE WHEN {SOLVED} THEN 1 END) / NULLIF(COUNT(CASE WHEN {CLOSED} THEN 1 END) * 1.0, 0)",
        **RATE,
        records=SOLVED,
        help=_("Solved / closed"),
    )
    yield Measure(
        "in_time_share",
        _("Solved in time"),
        base,
        f"COUNT(CASE WHEN {IN_TIME} THEN 1 END) / NULLIF(COUNT(CASE WHEN {DUE} THEN 1 END) * 1.0, 0)",
        **RATE,
        records=IN_TIME,
        help=_("Solved within the target / closed or due"),
    )
    yield Measure(
        "median_hours_to_resolve",
        _("Median hours to resolve"),
        base,
        f"MEDIAN(CASE WHEN {CLOSED} THEN f.hours_to_resolve END)",
        unit=Unit.HOURS,
        decimals=1,
        records=f"{CLOSED} AND f.hours_to_resolve IS NOT NULL",
        help=_("From receipt to resolution, of closed cases only: while cases are open the true time is longer"),
    )


vocabulary.add(
    *_of_cases("complaints", "complaints", _("Complaints")), *_of_cases("enquiries", "enquiries", _("Enquiries"))
)

vocabulary.add(
    # figures: one row per customer
    Measure("customers", _("Customers"), "figures", "COUNT(*)", is_additive=True),
    Measure(
        "orders",
        _("Orders"),
        "figures",
        "SUM(f.orders)",
        drill="order",
        records="o.is_purchase",
        is_additive=True,
    ),
    Measure(
        "revenue",
        _("Revenue"),
        "figures",
        {"net": "SUM(f.monetary_value)", "gross": "SUM(f.gross_amount)"},
        **MONEY,
        drill="order",
        records={"net": "o.net_amount <> 0", "gross": "o.gross_amount <> 0"},
        is_additive=True,
        help=_("What these customers spent up to the day of the report, on the chosen amount basis"),
    ),
    Measure(
        "amount_12_months",
        _("Amount of 12 months"),
        "figures",
        "SUM(f.amount_12_months)",
        **MONEY,
        is_additive=True,
        help=_("What these customers spent in the last 365 days, less returns"),
    ),
    Measure(
        "mean_loyalty",
        _("Mean loyalty"),
        "figures",
        "AVG(f.loyalty)",
        unit=Unit.POINTS,
        decimals=1,
        records="f.loyalty IS NOT NULL",
        help=_("Mean loyalty index of the customers who have one"),
    ),
    Measure(
        "with_loyalty",
        _("With an index"),
        "figures",
        "COUNT(f.loyalty)",
        records="f.loyalty IS NOT NULL",
        is_additive=True,
    ),
    Measure(
        "mean_coverage",
        _("Data coverage"),
        "figures",
        "AVG(f.loyalty_coverage)",
        **RATE,
        help=_("Mean share of the weights for which there are data"),
    ),
    *(
        Measure(
            f"mean_{name}",
            label,
            "figures",
            f"AVG(f.{name})",
            unit=Unit.POINTS,
            decimals=1,
            records=f"f.{name} IS NOT NULL",
        )
        for name, label in (
            ("trust", _("Trust")),
            ("contact_frequency", _("Contact frequency")),
            ("service_effect", _("Service effect")),
            ("satisfaction", _("Satisfaction")),
            ("continue_likelihood", _("Likelihood to continue")),
        )
    ),
)


def country_name(code: str) -> str:
    return dict(_countries()).get(code, code)


def label_of(dimension: Dimension, code: Any) -> str:
    """What a code without a table of names is called in the reader's language."""
    if dimension.key == "country":
        return str(country_name(code))
    return str(dict(dimension.pairs()).get(str(code), code))
