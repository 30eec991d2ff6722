"""What analysis knows of a customer, declared once for lists, filters, segment rules, export and help texts.

The key of an attribute is its column in `CustomerFigures`; money there is in cents. Everything is as of the published
recompute.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from analytics.reports.vocabulary import (
    CHURN_RISKS,
    LIFECYCLE_STAGES,
    LOYALTY_BANDS,
    RFM_SEGMENTS,
    VALUE_CLASSES,
    VALUE_TIERS,
)
from crm.accounts.models import Sensitivity
from crm.records.attributes import Attribute, Type
from interactions.contacts.models import Interaction

ABC_CLASSES = (("A", "A"), ("B", "B"), ("C", "C"))


# In the filters of the customer list; the others are asked for in the rules of segments.
LIST_FILTERS = {
    "orders_12_months",
    "amount_12_months",
    "last_on",
    "recency_days",
    "rfm_segment",
    "abc_class",
    "value_tier",
    "value_class",
    "profit_12_months",
    "lifecycle_stage",
    "churn_risk",
    "loyalty_band",
    "contacts_per_month",
    "main_concern",
}


def _figure(key: str, label: Any, type: Type = Type.NUMBER, unit: str = "", **more: Any) -> Attribute:
    return Attribute(
        key,
        label,
        type,
        source=f"figure_{key}",
        figure=key,
        unit=unit,
        is_importable=False,
        is_filterable=key in LIST_FILTERS,
        **{"sensitivity": Sensitivity.PUBLIC, **more},
    )


def _count(key: str, label: Any, formula: Any) -> Attribute:
    return _figure(key, label, unit="count", formula=formula)


def _money(key: str, label: Any, formula: Any, **more: Any) -> Attribute:
    return _figure(key, label, Type.MONEY, "currency", formula=formula, **more)


def _points(key: str, label: Any, formula: Any) -> Attribute:
    return _figure(key, label, unit="points", formula=formula)


FIGURES = (
    # purchases
    _count("orders", _("orders"), _("Purchases up to the day of the analysis; returns are not orders")),
    _figure("first_on", _("first order on"), Type.DATE, formula=_("Day of the first purchase")),
    _figure("last_on", _("last order on"), Type.DATE, formula=_("Day of the last purchase")),
    _figure("recency_days", _("days since last order"), unit="days", formula=_("Day of the analysis − last order on")),
    _count("frequency", _("purchase frequency"), _("Number of purchases, the first included")),
    _money("gross_amount", _("gross amount"), _("Lines sold and fees charged")),
    _money("monetary_value", _("monetary value"), _("Net amount of all orders: gross less returns and corrections")),
    _money("average_order_value", _("average order value"), _("Monetary value / orders")),
    _count("orders_12_months", _("orders in 12 months"), _("Purchases of the last 365 days")),
    _money("amount_12_months", _("amount in 12 months"), _("Net amount of the last 365 days")),
    _money("amount_last_180_days", _("amount in the last 180 days"), _("Net amount of the last 180 days")),
    _money(
        "amount_previous_180_days", _("amount in the 180 days before"), _("Net amount of the 180 days before those")
    ),
    # scores and classes
    _points("r_score", _("recency score"), _("1 to 5, 5 bought most recently; equal customers have equal scores")),
    _points("f_score", _("frequency score"), _("1 to 5, 5 buys most often; equal customers have equal scores")),
    _points("m_score", _("monetary score"), _("1 to 5, 5 spends most; equal customers have equal scores")),
    _figure(
        "rfm_segment",
        _("RFM segment"),
        Type.CHOICE,
        choices=RFM_SEGMENTS,
        formula=_("From the three scores; ordered rules, the first that matches counts"),
    ),
    _figure(
        "abc_class",
        _("ABC class"),
        Type.CHOICE,
        choices=ABC_CLASSES,
        formula=_("A brings most of the amount, C the least; see the report ABC classification"),
    ),
    _figure(
        "value_tier",
        _("value tier"),
        Type.CHOICE,
        choices=VALUE_TIERS,
        formula=_("Points for orders and amount in 12 months and satisfaction / attainable points"),
    ),
    _figure(
        "lifecycle_stage",
        _("lifecycle stage"),
        Type.CHOICE,
        choices=LIFECYCLE_STAGES,
        formula=_("Lost, churn warning, development, maintenance or acquisition; the first that is true"),
    ),
    # rhythm and churn
    _figure("cycle_days", _("purchase cycle"), unit="days", formula=_("Median days between purchases")),
    _figure(
        "cycle_is_assumed",
        _("purchase cycle is assumed"),
        Type.BOOLEAN,
        formula=_("Fewer than 3 orders: the median of all customers stands in"),
    ),
    _figure("next_order_on", _("next order expected on"), Type.DATE, formula=_("Last order on + purchase cycle")),
    _figure("silence_ratio", _("silence / cycle"), formula=_("Days since last order / purchase cycle")),
    _figure(
        "churn_risk",
        _("churn risk"),
        Type.CHOICE,
        choices=CHURN_RISKS,
        formula=_(
            "Silence / cycle from 1.5 medium, from 2 high; one band up with an unsolved complaint or a named competitor"
        ),
    ),
    # forecast
    _figure(
        "probability_alive",
        _("probability of still being a customer"),
        Type.RATIO,
        "ratio",
        formula=_("By the model of the customer base: how likely the customer has not left for good"),
    ),
    _figure(
        "probability_of_order",
        _("probability of an order in 90 days"),
        Type.RATIO,
        "ratio",
        formula=_("By the model of the customer base: at least one order within 90 days after the analysis"),
    ),
    _figure(
        "expected_orders",
        _("expected orders in 12 months"),
        unit="count",
        formula=_("By the model of the customer base: days with a purchase within the next 12 months"),
    ),
    _money(
        "expected_order_value",
        _("expected order value"),
        _("By the Gamma-Gamma model: between the customer's own mean and that of all, the closer the more was bought"),
    ),
    _money(
        "predicted_value",
        _("predicted customer lifetime value"),
        _("Margin × expected order value × expected orders of the next 12 months, discounted by the year"),
    ),
    # value; what is made of costs is as private as they are
    _money(
        "historic_value",
        _("historic customer lifetime value"),
        _("Profit up to the day of the analysis: revenue less discounts, goods, service, after-sales and marketing"),
        sensitivity=Sensitivity.FINANCE,
    ),
    _money(
        "profit_12_months",
        _("profit in 12 months"),
        _("Profit of the last 365 days"),
        sensitivity=Sensitivity.FINANCE,
    ),
    _money(
        "potential_value",
        _("potential value"),
        _(
            "Expected purchases of the next 12 months: expected orders × expected order value by the model of the"
            " customer base; without one 12 × orders per month × average order × likelihood to continue"
        ),
    ),
    _figure(
        "value_class",
        _("value class"),
        Type.CHOICE,
        choices=VALUE_CLASSES,
        formula=_("By lifetime value, historic and predicted: the first 10 % of customers, the next 30 %, the rest"),
        sensitivity=Sensitivity.FINANCE,
    ),
    _figure(
        "economic_contribution",
        _("economic contribution"),
        unit="points",
        formula=_("Mean of purchasing power, loyalty and the place by lifetime value, each 0 to 100"),
        sensitivity=Sensitivity.FINANCE,
    ),
    # contacts and cases
    _count("contacts_90_days", _("contacts in 90 days"), _("Contacts in both directions in the last 90 days")),
    _count("contacts_180_days", _("contacts in 180 days"), _("Contacts in both directions in the last 180 days")),
    _figure(
        "contacts_per_month",
        _("contacts per month"),
        formula=_("Contacts in both directions in the last 90 days / 3"),
    ),
    _figure(
        "main_concern",
        _("main concern"),
        Type.CHOICE,
        choices=Interaction.Concern.choices,
        formula=_("The concern named most often in the contacts of the last 365 days; of equals the one named last"),
    ),
    _figure(
        "main_concern_share",
        _("share of the main concern"),
        Type.RATIO,
        "ratio",
        formula=_("Contacts with the main concern / contacts with any concern, last 365 days"),
    ),
    _figure("last_contact_on", _("last contact on"), Type.DATE, formula=_("Day of the last contact")),
    _count("open_complaints", _("open complaints"), _("Complaints not yet solved")),
    _count("complaints_90_days", _("complaints in 90 days"), _("Complaints of the last 90 days")),
    # loyalty
    _points("loyalty", _("loyalty"), _("Weighted mean of the components that have data, 0 to 100")),
    _figure(
        "loyalty_band",
        _("loyalty band"),
        Type.CHOICE,
        choices=LOYALTY_BANDS,
        formula=_("Loyalty from 80 very loyal, from 60 loyal, from 40 wavering, below at risk"),
    ),
    _figure(
        "loyalty_coverage",
        _("loyalty coverage"),
        Type.RATIO,
        "ratio",
        formula=_("Share of the weight whose components have data"),
    ),
    _points("trust", _("trust"), _("Trust answers; without answers the share of invoices paid on time, 0 to 100")),
    _points(
        "contact_frequency",
        _("contact frequency"),
        _("Contacts in 180 days / the contacts that the relationship class wants, 0 to 100"),
    ),
    _points("service_effect", _("service effect"), _("Cases solved in time / cases closed or due, 0 to 100")),
    _points("satisfaction", _("satisfaction"), _("Mean of all satisfaction answers, 0 to 100")),
    _points(
        "continue_likelihood",
        _("likelihood to continue"),
        _("100 up to one purchase cycle of silence, falling to 0 at three, unless a model knows better"),
    ),
)


def register() -> None:
    """Declare them on the customer kind; called once, when the app is ready."""
    from analytics.models import CustomerFigures
    from crm.records import rules
    from crm.records.kinds import Quick, kinds

    kinds.extend("customer", *FIGURES)
    rules.register_figures(CustomerFigures, current=_published)
    customer = kinds["customer"]
    customer.filterset = "analytics.segments.filters.CustomerFilterSet"
    customer.filters = (*customer.filters, "value_tier", "churn_risk")
    customer.quick = (
        *customer.quick,
        Quick(_("No contact in 30 days"), {"last_contact_on_not_since": "today-30"}),
        Quick(_("At risk of leaving"), {"churn_risk": ("medium", "high")}),
    )


def _published() -> int | None:
    from analytics.models import Publication

    return Publication.objects.values_list("run_id", flat=True).first()
