"""Reports on the classes that analysis puts customers in."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.builders import CustomerClasses, Detail
from analytics.reports.registry import Chart, Report, register
from analytics.reports.vocabulary import Type, Unit

WHERE = ("region", "country", "channel", "staff", "unit", "customer_type", "relation_class", "industry")
BOUGHT = "f.orders > 0"
MONEY = {"type": Type.MONEY, "unit": Unit.CURRENCY, "decimals": 2}

RECENCY = Detail("recency_days", _("Recency"), "recency_days", unit=Unit.DAYS)
FREQUENCY = Detail("frequency", _("Frequency"), "frequency", unit=Unit.COUNT)
MONETARY = Detail("monetary_value", _("Monetary value"), "monetary_value", **MONEY)
SCORES = (
    Detail("r_score", _("R"), "r_score", unit=Unit.POINTS),
    Detail("f_score", _("F"), "f_score", unit=Unit.POINTS),
    Detail("m_score", _("M"), "m_score", unit=Unit.POINTS),
)
SEGMENT = Detail("segment", _("RFM segment"), "rfm_segment", type=Type.TEXT)

register(
    Report(
        slug="customer-profile",
        subject="customers",
        title=_("Customer profile"),
        question=_("Of what age, sex, industry and region are our customers, and what do they bring?"),
        builder=CustomerClasses(
            ("customers", "orders", "revenue", "amount_12_months"),
            (FREQUENCY, MONETARY, RECENCY, SEGMENT),
            order_by="monetary_value",
        ),
        by=("age_group", "sex", "income_band", "customer", *WHERE, "segment", "value_tier", "lifecycle_stage"),
        default_by=("age_group",),
        filters=("age_group", "sex", "income_band", *WHERE, "segment", "value_tier", "lifecycle_stage"),
        has_period=False,
        chart=Chart("bar", x="age_group", y=("customers",)),
        formula=_(
            "All customers, those without an order too. The age is the one reached in the year of the report. What is"
            " not recorded is counted as “not stated”, and a note says of how many customers."
        ),
        icon="id",
    ),
    Report(
        slug="rfm",
        subject="customers",
        title=_("RFM segments"),
        question=_("Who are our best customers, who is new, and who is slipping away?"),
        builder=CustomerClasses(
            ("customers", "orders", "revenue"),
            (RECENCY, FREQUENCY, MONETARY, *SCORES, SEGMENT),
            where=(BOUGHT,),
            order_by="monetary_value",
        ),
        by=("segment", "customer", "r_score", "f_score", "m_score", *WHERE, "abc_class", "value_tier"),
        default_by=("segment",),
        filters=("segment", "r_score", "f_score", "m_score", *WHERE, "abc_class", "value_tier", "lifecycle_stage"),
        has_period=False,
        chart=Chart("bar", x="segment", y=("customers",)),
        formula=_(
            "Recency: days since the last purchase. Frequency: number of purchases. Monetary value: total spent. Each"
            " is scored 1 to 5 by the 20, 40, 60 and 80 % limits of all customers who ever bought; equal values get"
            " equal scores. The first rule that fits the three scores names the segment."
        ),
        icon="users-group",
    ),
    Report(
        slug="abc",
        subject="customers",
        title=_("ABC classes"),
        question=_("Which customers deserve most of our attention?"),
        builder=CustomerClasses(
            ("customers", "orders", "revenue"),
            (Detail("abc_class", _("ABC class"), "abc_class", type=Type.TEXT), FREQUENCY, MONETARY, RECENCY),
            where=(BOUGHT,),
            order_by="monetary_value",
        ),
        by=("abc_class", "customer", *WHERE, "segment", "value_tier"),
        default_by=("abc_class",),
        filters=("abc_class", *WHERE, "segment", "value_tier", "lifecycle_stage"),
        has_period=False,
        chart=Chart("bar", x="abc_class", y=("revenue",)),
        formula=_(
            "Score = half the share of the amount + half the share of the orders. Customers in order of their score: up"
            " to 70 % of all scores together A, up to 90 % B, the others C; equal scores are in one class."
        ),
        icon="abc",
    ),
    Report(
        slug="value-tiers",
        subject="customers",
        title=_("Value tiers"),
        question=_("How many customers are of high, middle, low and no value to us?"),
        builder=CustomerClasses(
            ("customers", "orders", "revenue", "amount_12_months"),
            (
                Detail("value_tier", _("Value tier"), "value_tier", type=Type.TEXT),
                Detail("orders_12_months", _("Orders in 12 months"), "orders_12_months", unit=Unit.COUNT),
                Detail("amount_12_months", _("Amount in 12 months"), "amount_12_months", **MONEY),
                MONETARY,
                RECENCY,
            ),
            order_by="amount_12_months",
        ),
        by=("value_tier", "customer", *WHERE, "segment", "abc_class", "lifecycle_stage"),
        default_by=("value_tier",),
        filters=("value_tier", *WHERE, "segment", "abc_class", "lifecycle_stage"),
        has_period=False,
        chart=Chart("bar", x="value_tier", y=("customers",)),
        formula=_(
            "Points for the orders of 12 months (4 or more: 1, 12 or more: 2), their amount (40 % and 80 % limit of the"
            " active customers) and satisfaction where known. From 75 % of the points that can be had high, from 50 %"
            " middle, above none low; without an order in 12 months none."
        ),
        icon="stairs-up",
    ),
)
