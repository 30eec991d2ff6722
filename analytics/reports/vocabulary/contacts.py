"""What may be counted of contacts."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.vocabulary.terms import RATE, Measure, vocabulary

vocabulary.add(
    # contacts
    Measure("contacts", _("Contacts"), "contacts", "COUNT(*)", is_additive=True),
    Measure(
        "customers",
        _("Customers"),
        "contacts",
        "COUNT(DISTINCT f.customer_id)",
        records="f.customer_id IS NOT NULL",
        drill="customer",
    ),
    Measure(
        "outbound",
        _("Outbound"),
        "contacts",
        "COUNT(CASE WHEN f.direction = 'outbound' THEN 1 END)",
        records="f.direction = 'outbound'",
        is_additive=True,
    ),
    Measure(
        "inbound",
        _("Inbound"),
        "contacts",
        "COUNT(CASE WHEN f.direction = 'inbound' THEN 1 END)",
        records="f.direction = 'inbound'",
        is_additive=True,
    ),
    Measure(
        "answered",
        _("Answered"),
        "contacts",
        "COUNT(CASE WHEN f.is_answered THEN 1 END)",
        records="f.is_answered",
        is_additive=True,
    ),
    Measure(
        "answered_share",
        _("Answered share"),
        "contacts",
        "COUNT(CASE WHEN f.is_answered THEN 1 END) / NULLIF(COUNT(f.is_answered) * 1.0, 0)",
        **RATE,
        records="f.is_answered",
        help=_("Contacts that were answered / contacts"),
    ),
    *(
        Measure(
            f"{code}_share",
            label,
            "contacts",
            f"COUNT(CASE WHEN f.concern = '{code}' THEN 1 END)"
            " / NULLIF(COUNT(CASE WHEN f.concern <> '' THEN 1 END) * 1.0, 0)",
            **RATE,
            records=f"f.concern = '{code}'",
            help=_("Contacts with this concern / contacts with any concern"),
        )
        for code, label in (
            ("price", _("Price")),
            ("quality", _("Quality")),
            ("offers", _("Offers")),
            ("delivery", _("Delivery")),
            ("service", _("Service")),
            ("other", _("Other")),
        )
    ),
    Measure(
        "contacts_per_customer",
        _("Contacts per customer"),
        "contacts",
        "COUNT(*) / NULLIF(COUNT(DISTINCT f.customer_id) * 1.0, 0)",
        decimals=2,
    ),
)
