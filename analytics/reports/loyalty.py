"""Reports on loyalty."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.builders import CustomerClasses, Detail
from analytics.reports.registry import Chart, Report, register
from analytics.reports.vocabulary import Type, Unit

WHERE = ("region", "country", "channel", "staff", "unit", "customer_type", "relation_class", "industry")
CLASSES = ("segment", "abc_class", "value_tier", "lifecycle_stage")
COMPONENTS = (
    ("trust", _("Trust")),
    ("contact_frequency", _("Contact frequency")),
    ("service_effect", _("Service effect")),
    ("satisfaction", _("Satisfaction")),
    ("continue_likelihood", _("Likelihood to continue")),
)

register(
    Report(
        slug="loyalty",
        subject="loyalty",
        title=_("Loyalty"),
        question=_("How loyal are our customers, and what is their loyalty made of?"),
        builder=CustomerClasses(
            (
                "customers",
                "with_loyalty",
                "mean_loyalty",
                "mean_coverage",
                *(f"mean_{name}" for name, _label in COMPONENTS),
            ),
            (
                Detail("loyalty", _("Loyalty"), "loyalty", unit=Unit.POINTS, decimals=1),
                Detail("loyalty_band", _("Loyalty band"), "loyalty_band", type=Type.TEXT),
                Detail("coverage", _("Data coverage"), "loyalty_coverage", type=Type.RATIO, unit=Unit.RATIO),
                *(Detail(name, label, name, unit=Unit.POINTS, decimals=1) for name, label in COMPONENTS),
            ),
            where=("f.orders > 0",),
        ),
        by=("loyalty_band", "customer", *WHERE, *CLASSES),
        default_by=("loyalty_band",),
        filters=("loyalty_band", *WHERE, *CLASSES),
        basis="",
        has_period=False,
        chart=Chart("bar", x="loyalty_band", y=("customers",)),
        formula=_(
            "Weighted mean of five components from 0 to 100: trust, contact frequency, service effect, satisfaction and"
            " likelihood to continue. A component without data is left out and its weight spread over the others; with"
            " fewer than two there is no index. From 80 very loyal, from 60 loyal, from 40 wavering, below at risk."
        ),
        icon="heart",
    ),
)
