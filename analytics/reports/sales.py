"""Reports on sales: how much, of what, where and when, and how few bring most of it."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.builders import Concentration, CrossTable
from analytics.reports.registry import Chart, Report, register

TIME = ("day", "week", "month", "quarter", "year", "weekday")
PLACE = ("region", "country", "channel", "staff", "unit")
CLASSES = ("segment", "abc_class", "value_tier", "lifecycle_stage")
CUSTOMER = ("customer_type", "relation_class", "industry")

register(
    Report(
        slug="orders-summary",
        subject="sales",
        title=_("Orders at a glance"),
        question=_("How much did we sell, to how many customers, and what came back?"),
        builder=CrossTable(
            "orders",
            ("customers", "orders", "gross_amount", "returned_amount", "net_amount", "average_order_value"),
        ),
        by=(*TIME, *PLACE, *CLASSES, *CUSTOMER, "customer"),
        default_by=("month",),
        filters=(*PLACE, *CLASSES, *CUSTOMER, "month", "quarter", "year"),
        chart=Chart("bar", x="month", y=("net_amount",)),
        formula=_(
            "Gross amount: lines sold and fees charged. Net amount: all lines, with goods taken back, fees paid"
            " back and corrections. Returned amount = gross - net. Returns count in the month in which they came back."
        ),
        icon="shopping-cart",
    ),
    Report(
        slug="product-distribution",
        subject="sales",
        title=_("Product distribution"),
        question=_("How many of which products do customers buy, in which region and when?"),
        builder=CrossTable("order_lines", ("quantity", "amount", "orders", "customers")),
        by=("region", "country", "category", "product", "channel", *TIME, "staff", "unit", *CLASSES, *CUSTOMER),
        default_by=("region", "month"),
        filters=("region", "country", "category", "product", "channel", "staff", "unit", *CLASSES, *CUSTOMER),
        chart=Chart("stacked", x="month", y=("quantity",), series="region"),
        formula=_(
            "Quantity and amount are sums of order lines, net of returns unless gross is chosen. Orders and customers"
            " count everyone once, so their totals are less than the sum of the rows."
        ),
        icon="package",
    ),
    Report(
        slug="pareto",
        subject="sales",
        title=_("Concentration of revenue"),
        question=_("How few customers bring most of the revenue?"),
        builder=Concentration(),
        by=("customer",),
        filters=(*PLACE, *CLASSES, *CUSTOMER),
        chart=Chart("curve", x="customer_share", y=("cumulative_share",)),
        formula=_(
            "Customers are put in order of what they spent. Counted is the smallest number of them whose amounts make"
            " at least 80 % of all; the best fifth is rounded down. Net: all customers with an order or return; gross:"
            " all who bought."
        ),
        icon="chart-line",
    ),
)
