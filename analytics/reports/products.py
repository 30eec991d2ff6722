"""Reports on what products go together and after one another."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.builders.rules import Rules, Sequences
from analytics.reports.parameters import Kind, Parameter
from analytics.reports.registry import Chart, Report, register
from analytics.reports.vocabulary import codes

GOODS = ("product", "category")
PLACE = ("region", "country", "channel", "staff", "unit")
CLASSES = ("segment", "abc_class", "value_tier", "lifecycle_stage")
CUSTOMER = ("customer_type", "relation_class", "industry")

SUPPORT = Parameter(
    "min_support",
    _("Support from"),
    Kind.RATIO,
    0.005,
    least=0,
    most=1,
    help=_("Share of all baskets that hold both sides; exactly reached is enough"),
)
CONFIDENCE = Parameter(
    "min_confidence",
    _("Confidence from"),
    Kind.RATIO,
    0.1,
    least=0,
    most=1,
    help=_("Share of the baskets with the left that hold the right too; exactly reached is enough"),
)

register(
    Report(
        slug="product-rules",
        subject="products",
        title=_("Bought together"),
        question=_("Who buys this also buys what, and how surely?"),
        builder=Rules(),
        filters=(*PLACE, "category", "novelty", *CLASSES, *CUSTOMER, "month", "quarter", "year"),
        parameters=(
            SUPPORT,
            CONFIDENCE,
            Parameter("max_items", _("Products in a rule"), Kind.WHOLE, 2, least=2, most=4),
            Parameter(
                "basket",
                _("A basket is"),
                Kind.CHOICE,
                "order",
                choices=codes(("order", _("an order")), ("customer", _("all a customer bought"))),
            ),
        ),
        basis="",
        known_only=False,
        chart=Chart("own", x="left", y=("lift",)),
        formula=_(
            "Baskets are orders (or customers) with at least one product sold; fees, postage and returns are in none."
            " Support = baskets with both sides / all baskets. Confidence = baskets with both sides / baskets with the"
            " left. Lift = confidence / share of baskets with the right. Limits that are exactly reached are enough."
        ),
        icon="basket",
    ),
    Report(
        slug="product-sequences",
        subject="products",
        title=_("Bought one after the other"),
        question=_("What do customers buy next, and how soon?"),
        builder=Sequences(),
        filters=(*PLACE, "category", "novelty", *CLASSES, *CUSTOMER),
        parameters=(
            Parameter("within_days", _("Within days"), Kind.WHOLE, 60, least=1, most=3650),
            Parameter("min_support", _("Support from"), Kind.RATIO, 0.01, least=0, most=1),
            CONFIDENCE,
        ),
        basis="",
        chart=Chart("own", x="first", y=("confidence",)),
        formula=_(
            "A customer counts once for a sequence when the second was bought within the days after the first, at least"
            " one day later. Support = customers / all who bought. Confidence = customers / those who bought the first."
            " Lift = confidence / share of all who bought the second."
        ),
        icon="route",
    ),
)
