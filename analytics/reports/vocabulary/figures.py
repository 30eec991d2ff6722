"""What may be counted of customers and their figures: one row per customer."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.vocabulary.terms import MONEY, RATE, Measure, Unit, vocabulary

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
    # forecast
    Measure(
        "predicted_value",
        _("Predicted value"),
        "figures",
        "SUM(f.predicted_value)",
        **MONEY,
        records="f.predicted_value IS NOT NULL",
        is_additive=True,
        help=_("Profit of the next twelve months, discounted; customers without a forecast count nothing"),
    ),
    Measure(
        "expected_orders",
        _("Expected orders"),
        "figures",
        "SUM(f.expected_orders)",
        records="f.expected_orders IS NOT NULL",
        is_additive=True,
        decimals=1,
        help=_("Of the next twelve months"),
    ),
    *(
        Measure(
            f"mean_{name}",
            label,
            "figures",
            f"AVG(f.{name})",
            **RATE,
            records=f"f.{name} IS NOT NULL",
        )
        for name, label in (
            ("probability_alive", _("Still customers")),
            ("probability_of_order", _("Order within 90 days")),
        )
    ),
)
