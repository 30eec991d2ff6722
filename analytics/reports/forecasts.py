"""Reports on what is to come: value of customers, and the models that say so."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.builders import CustomerClasses, Detail, FittedModels
from analytics.reports.registry import Chart, Report, register
from analytics.reports.vocabulary import Type, Unit

WHERE = ("region", "country", "channel", "staff", "unit", "customer_type", "relation_class", "industry")
CLASSES = ("segment", "abc_class", "value_tier", "lifecycle_stage", "churn_risk")
MONEY = {"type": Type.MONEY, "unit": Unit.CURRENCY, "decimals": 2}
RATE = {"type": Type.RATIO, "unit": Unit.RATIO, "decimals": 4}

register(
    Report(
        slug="customer-value",
        subject="customers",
        title=_("Customer value"),
        question=_("What was each customer worth to us, and what will the next twelve months bring?"),
        builder=CustomerClasses(
            (
                "customers",
                "revenue",
                "predicted_value",
                "expected_orders",
                "mean_probability_alive",
                "mean_probability_of_order",
            ),
            (
                Detail("historic_value", _("Profit so far"), "historic_value", **MONEY),
                Detail("predicted_value", _("Predicted value"), "predicted_value", **MONEY),
                Detail("expected_orders", _("Expected orders"), "expected_orders", unit=Unit.COUNT, decimals=2),
                Detail("probability_alive", _("Still a customer"), "probability_alive", **RATE),
                Detail("probability_of_order", _("Orders within 90 days"), "probability_of_order", **RATE),
                Detail("abc_class", _("ABC class"), "abc_class", type=Type.TEXT),
                Detail("value_tier", _("Value tier"), "value_tier", type=Type.TEXT),
                Detail("rfm_segment", _("RFM segment"), "rfm_segment", type=Type.TEXT),
                Detail("lifecycle_stage", _("Lifecycle stage"), "lifecycle_stage", type=Type.TEXT),
            ),
            where=("f.orders > 0",),
            order_by="predicted_value",
        ),
        by=("value_tier", "customer", *WHERE, *CLASSES[:2], *CLASSES[3:]),
        default_by=("value_tier",),
        filters=(*WHERE, *CLASSES),
        has_period=False,
        chart=Chart("bar", x="value_tier", y=("predicted_value",)),
        formula=_(
            "Profit so far: what the customer's account has left up to the day, see the report on profitability."
            " Predicted value: margin × expected order value (Gamma-Gamma) × expected orders of the next twelve months"
            " (the model of the customer base in use), each month discounted to the day of the analysis. Where the data"
            " identify no model nothing is predicted; see the report on the models."
        ),
        icon="coins",
    ),
    Report(
        slug="value-models",
        subject="customers",
        title=_("Models of the customer base"),
        question=_("What do forecasts rest on, and do the data allow them?"),
        builder=FittedModels(),
        has_period=False,
        basis="",
        formula=_(
            "Maximum likelihood on the purchase days of every customer: BG/NBD (Fader, Hardie and Lee 2005), MBG/NBD"
            " (Batislam, Denizel and Filiztekin 2007), Pareto/NBD (Schmittlein, Morrison and Colombo 1987), Gamma-Gamma"
            " on the means of repeat buyers. Orders of one day are one purchase. Forecasts use the first of Pareto/NBD,"
            " MBG/NBD and BG/NBD that the data identify."
        ),
        icon="math-function",
    ),
)
