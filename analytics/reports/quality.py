"""The report on data quality."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.builders import FieldQuality
from analytics.reports.registry import Chart, Report, register

WHERE = ("region", "country", "channel", "staff", "unit", "customer_type", "relation_class", "industry")
ORIGIN = ("source", "import_batch")

register(
    Report(
        slug="data-quality",
        subject="customers",
        title=_("Data quality"),
        question=_("How complete, right and fresh are our customer files, and which analyses suffer from it?"),
        builder=FieldQuality(),
        by=("field", "problem", *ORIGIN, *WHERE),
        default_by=("field",),
        filters=("field", "problem", *ORIGIN, *WHERE),
        basis="",
        has_period=False,
        known_only=False,
        chart=Chart("bar", x="field", y=("completeness",)),
        formula=_(
            "Completeness = filled / customers of a type that has the field. Invalid is only what can be told for sure:"
            " telephone numbers that cannot be dialled, addresses without a number or a known city, wrong check digits,"
            " days that cannot be. Not unique: another customer that you see has the same value. Fields that you do not"
            " see in full are not listed."
        ),
        icon="clipboard-check",
    ),
)
