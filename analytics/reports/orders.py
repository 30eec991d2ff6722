"""Reports on how orders are won and kept: rankings, channels, prices, delivery, payment, after-sales."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.builders import CrossTable
from analytics.reports.registry import Chart, Report, register

TIME = ("day", "week", "month", "quarter", "year", "weekday")
PLACE = ("region", "country", "channel", "staff", "unit")
CLASSES = ("value_tier", "segment", "abc_class", "lifecycle_stage")
CUSTOMER = ("customer_type", "relation_class", "industry")
GOODS = ("product", "category")
NOVELTY = ("novelty",)
SALES = ("f.type = 'sale'",)

register(
    Report(
        slug="product-ranking",
        subject="sales",
        known_only=False,
        title=_("Product ranking"),
        question=_("Which products sell best, which hardly at all, and who buys them?"),
        builder=CrossTable("order_lines", ("quantity", "amount", "customers", "orders"), share_of="quantity"),
        by=(*GOODS, *NOVELTY, *PLACE, *TIME, *CLASSES, *CUSTOMER),
        default_by=("product",),
        filters=(*GOODS, *NOVELTY, *PLACE, *CLASSES, *CUSTOMER, "month", "quarter", "year"),
        chart=Chart("bar", x="product", y=("quantity",)),
        formula=_("Share: quantity of the product / quantity of all, net of returns unless gross is chosen."),
        icon="list-numbers",
    ),
    Report(
        slug="channels",
        subject="sales",
        known_only=False,
        title=_("Sales channels"),
        question=_("Which channel sells what, to whom and at what margin?"),
        builder=CrossTable(
            "order_lines",
            ("orders", "customers", "quantity", "amount", "cost", "margin", "margin_rate"),
            share_of="amount",
        ),
        by=("channel", *GOODS, *NOVELTY, "region", "country", "staff", "unit", *TIME, *CLASSES, *CUSTOMER),
        default_by=("channel",),
        filters=("channel", *GOODS, "region", "country", "staff", "unit", *CLASSES, *CUSTOMER),
        chart=Chart("bar", x="channel", y=("amount",)),
        formula=_(
            "Share: amount of the channel / amount of all. Margin: amount less cost of goods, where it is known."
        ),
        icon="building-store",
    ),
    Report(
        slug="price-effect",
        subject="sales",
        basis="",
        title=_("Prices and margin"),
        question=_("What do discounts cost us, and what margin is left, for each value tier?"),
        builder=CrossTable(
            "order_lines",
            (
                "customers",
                "list_amount",
                "amount",
                "discount_amount",
                "discount_rate",
                "margin_before",
                "margin_after",
                "margin_effect",
            ),
            where=("f.is_gross", "f.is_product"),
        ),
        by=("value_tier", *GOODS, *NOVELTY, "customer", *PLACE, *TIME, "segment", "abc_class", *CUSTOMER),
        default_by=("value_tier",),
        filters=("value_tier", *GOODS, *PLACE, "segment", "abc_class", *CUSTOMER, "month", "quarter", "year"),
        chart=Chart("bar", x="value_tier", y=("margin_before", "margin_after")),
        formula=_(
            "Counted are products sold, without fees and returns. Effect on the margin = margin after discounts less"
            " margin before. The tier is that of the customer on the day of the report."
        ),
        icon="rosette-discount",
    ),
    Report(
        slug="deliveries",
        subject="sales",
        basis="",
        title=_("Deliveries on time"),
        question=_("How many deliveries come when they were promised, and which ones are late?"),
        builder=CrossTable(
            "orders",
            ("customers", "deliveries", "on_time", "late", "on_time_share", "mean_days_late", "overdue"),
            where=(*SALES, "f.promised_on IS NOT NULL"),
        ),
        by=("month", "carrier", *PLACE, "week", "quarter", "year", "weekday", "customer", *CLASSES, *CUSTOMER),
        default_by=("month",),
        filters=("carrier", *PLACE, *CLASSES, *CUSTOMER, "month", "quarter", "year"),
        chart=Chart("bar", x="month", y=("on_time", "late")),
        formula=_(
            "Counted are orders with a promised day. On-time rate = delivered on that day or before / delivered. The"
            " month is that of the order. Overdue ones are not delivered yet and are in no rate."
        ),
        icon="truck-delivery",
    ),
    Report(
        slug="settlement",
        subject="sales",
        basis="",
        title=_("Settlement"),
        question=_("How long do customers take to pay, and who is overdue?"),
        builder=CrossTable(
            "orders",
            (
                "customers",
                "orders",
                "paid",
                "median_settlement_days",
                "mean_settlement_days",
                "paid_in_time_share",
                "payment_overdue",
                "overdue_amount",
            ),
            where=SALES,
        ),
        by=("month", "customer", *PLACE, "quarter", "year", *CLASSES, *CUSTOMER),
        default_by=("month",),
        filters=(*PLACE, *CLASSES, *CUSTOMER, "month", "quarter", "year"),
        chart=Chart("bar", x="month", y=("median_settlement_days",)),
        formula=_(
            "Settlement days: from the invoice, where there is none from the order, to the payment. Overdue: due before"
            " the day of the report and not paid."
        ),
        icon="cash",
    ),
    Report(
        slug="order-handling",
        subject="sales",
        basis="",
        title=_("From draft to order"),
        question=_("How long does a draft wait until it is confirmed?"),
        builder=CrossTable(
            "orders", ("customers", "orders", "drafts_confirmed", "median_hours_to_confirm"), where=SALES
        ),
        by=("month", *PLACE, "week", "quarter", "year", "weekday", *CUSTOMER),
        default_by=("month",),
        filters=(*PLACE, *CUSTOMER, "month", "quarter", "year"),
        chart=Chart("bar", x="month", y=("median_hours_to_confirm",)),
        formula=_("Median of the hours from the first save of a draft to its confirmation; other orders have none."),
        icon="file-pencil",
    ),
    Report(
        slug="after-sales",
        subject="service",
        title=_("After-sales"),
        question=_("What is returned, repaired and visited, and what does it cost us?"),
        builder=CrossTable(
            "after_sales",
            ("after_sales", "customers", "open", "after_sales_cost", "mean_cost"),
            share_of="after_sales",
        ),
        by=("after_sales_type", *GOODS, "region", "channel", "staff", "unit", *TIME, "customer", *CLASSES, *CUSTOMER),
        default_by=("after_sales_type",),
        filters=("after_sales_type", *GOODS, "region", "channel", "staff", "unit", *CLASSES, *CUSTOMER, "month"),
        chart=Chart("bar", x="after_sales_type", y=("after_sales",)),
        basis="",
        formula=_(
            "Counted by the day it was asked for. Cost: parts, freight and working time, as entered with each record."
        ),
        icon="tool",
    ),
)
