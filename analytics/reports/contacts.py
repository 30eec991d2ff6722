"""Reports on calls, visits, mails and messages."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.builders import CrossTable
from analytics.reports.registry import Chart, Report, register

TIME = ("day", "week", "month", "quarter", "year", "weekday")
PLACE = ("region", "country", "channel", "staff", "unit")
WHAT = ("direction", "concern", "product", "category")
CUSTOMER = ("customer", "customer_type", "relation_class", "segment", "abc_class", "value_tier", "lifecycle_stage")

register(
    Report(
        slug="contacts",
        subject="contacts",
        title=_("Contacts"),
        question=_("How often do we talk to our customers, in which way, and do they answer?"),
        builder=CrossTable(
            "contacts",
            ("contacts", "customers", "contacts_per_customer", "outbound", "inbound", "answered", "answered_share"),
            share_of="contacts",
        ),
        by=(*PLACE[2:], *PLACE[:2], *WHAT, *TIME, *CUSTOMER),
        default_by=("channel",),
        filters=(*PLACE, *WHAT, *CUSTOMER[1:], "month"),
        basis="",
        known_only=False,
        chart=Chart("bar", x="channel", y=("contacts",)),
        formula=_("Answered share = contacts that were answered / all contacts. Both directions are counted."),
        icon="phone",
    ),
    Report(
        slug="concerns",
        subject="contacts",
        title=_("Concerns"),
        question=_("What do customers ask about: price, quality, offers or something else?"),
        builder=CrossTable(
            "contacts",
            (
                "contacts",
                "customers",
                "price_share",
                "quality_share",
                "offers_share",
                "delivery_share",
                "service_share",
                "other_share",
            ),
            where=("f.concern <> ''",),
            share_of="contacts",
        ),
        by=("concern", "value_tier", *(each for each in CUSTOMER if each != "value_tier"), *PLACE, *WHAT[2:], *TIME),
        default_by=("value_tier",),
        filters=(*PLACE, *WHAT, *CUSTOMER[1:], "month"),
        basis="",
        known_only=False,
        chart=Chart("bar", x="value_tier", y=("price_share", "quality_share", "offers_share")),
        formula=_("Share of a concern = contacts with it / contacts with any concern, in each row for itself."),
        icon="message-question",
    ),
)
