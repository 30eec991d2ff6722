"""Reports on what customers bring, cost and are worth."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.builders.accounts import KINDS, READS, Accounts
from analytics.reports.registry import Chart, Report, register

PLACE = ("region", "country", "channel", "staff", "unit")
CUSTOMER = ("customer_type", "relation_class", "industry")
CLASSES = ("value_tier", "segment", "abc_class", "lifecycle_stage")
TIME = ("month", "quarter", "year")

register(
    Report(
        slug="profitability",
        subject="value",
        title=_("Profitability of customers"),
        question=_("What does each customer bring us, and what is left when everything is paid?"),
        builder=Accounts(
            (
                "customers",
                "revenue",
                "discounts",
                "net_amount",
                "cost_of_goods",
                "service_hours",
                "service_cost",
                "after_sales_cost",
                "marketing_cost",
                "profit",
                "margin",
            )
        ),
        by=("customer", *CLASSES, *PLACE, *CUSTOMER, *TIME),
        default_by=("customer",),
        filters=(*CLASSES, *PLACE, *CUSTOMER, *TIME),
        basis="",
        kinds=KINDS,
        reads=READS,
        chart=Chart("bar", x="value_tier", y=("profit",)),
        formula=_(
            "Profit = revenue − discounts − cost of goods − service hours × hourly rate − after-sales cost − marketing"
            " cost. Revenue counts at list price, less returns, so a discount is taken off once: revenue less discounts"
            " is the net amount of the other reports. Region, staff and department are those of the customer. Of the"
            " marketing costs each entry is shared equally by its customers, to the cent: one customer, those who were"
            " in the segment on its day, or all who had bought by then; of winning customers those who first bought in"
            " its month."
        ),
        icon="report-money",
    ),
)
