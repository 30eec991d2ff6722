"""The kind of this room: deals."""

from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.records import menu
from crm.records.attributes import Attribute, Type, provenance
from crm.records.kinds import Kind, Quick, TimelineEntry, kinds
from customers.attributes import of_customer_records
from interactions.deals import lookups  # noqa: F401  registers what relations point at
from interactions.deals.models import Deal

DEAL = kinds.register(
    Kind(
        key="deal",
        model=Deal,
        label=_("deal"),
        label_plural=_("Deals"),
        hand_over={"status": Deal.Status.OPEN},
        path="deals",
        icon="target-arrow",
        form="interactions.deals.forms.DealForm",
        table="interactions.deals.tables.DealTable",
        attributes=(
            Attribute("number", _("deal number"), source="number"),
            Attribute("title", _("subject"), source="title"),
            *of_customer_records(),
            Attribute("person", _("contact person"), Type.RELATION, source="person", related="contact_person"),
            Attribute("stage", _("stage"), Type.RELATION, source="stage", related="deal_stage"),
            Attribute(
                "status",
                _("status"),
                Type.CHOICE,
                source="status",
                choices=Deal.Status.choices,
                formula=_("Open, won or lost, as its stage says"),
                is_importable=False,
            ),
            Attribute("amount", _("amount"), Type.MONEY, source="amount"),
            Attribute("currency", _("currency"), source="currency"),
            Attribute(
                "base_amount",
                _("base amount"),
                Type.MONEY,
                source="base_amount",
                unit="currency",
                formula=_("Amount × the rate of the day the deal was opened"),
                is_importable=False,
            ),
            Attribute("probability", _("probability %"), Type.NUMBER, source="probability"),
            Attribute(
                "weighted_amount",
                _("weighted amount"),
                Type.MONEY,
                source="weighted_amount",
                unit="currency",
                formula=_("Amount in the base currency × probability"),
                is_importable=False,
            ),
            Attribute("expected_on", _("expected to close on"), Type.DATE, source="expected_on"),
            Attribute("closed_on", _("closed on"), Type.DATE, source="closed_on"),
            Attribute("valid_until", _("quote valid until"), Type.DATE, source="valid_until"),
            Attribute("source", _("source"), Type.RELATION, source="source", related="deal_source"),
            Attribute("origin", _("origin"), Type.CHOICE, source="origin", choices=Deal.Origin.choices),
            Attribute("size", _("size class"), Type.CHOICE, source="size", choices=Deal.Size.choices),
            Attribute("competitor", _("competitors"), source="competitor"),
            Attribute(
                "lost_reason", _("reason for losing"), Type.RELATION, source="lost_reason", related="lost_reason"
            ),
            Attribute(
                "outcome_note",
                _("how it ended"),
                Type.LONG_TEXT,
                source="outcome_note",
                is_sortable=False,
                is_column=False,
            ),
            Attribute("note", _("note"), Type.LONG_TEXT, source="note", is_sortable=False, is_column=False),
            Attribute("next_step", _("next step"), source="next_step"),
            Attribute("next_step_on", _("next step on"), Type.DATE, source="next_step_on"),
            Attribute("order", _("order"), Type.RELATION, source="order", related="order", is_importable=False),
            *provenance(),
        ),
        columns=(
            "title",
            "customer",
            "stage",
            "base_amount",
            "probability",
            "expected_on",
            "staff",
        ),
        filters=("expected_on", "status", "stage", "customer", "staff", "unit", "region", "source", "lost_reason"),
        quick=(
            Quick(_("Mine"), {"staff": "me"}),
            Quick(_("Open"), {"status": "open"}),
            Quick(_("Closing date has passed"), {"status": "open", "expected_on_to": "today-1"}),
            Quick(_("Of key accounts"), {"customer.relation_class": "key"}),
        ),
        summary=(
            (_("Deal"), ("number", "customer", "person", "stage", "status", "expected_on", "closed_on")),
            (_("Worth"), ("amount", "currency", "base_amount", "probability", "weighted_amount", "order")),
            (_("Next step"), ("next_step", "next_step_on")),
            (_("Where it came from"), ("source", "origin", "size", "competitor", "note")),
            (_("How it ended"), ("lost_reason", "outcome_note")),
            (_("Who and where"), ("occurred_at", "staff", "unit", "region", "channel")),
        ),
        search=("number", "title", "competitor"),
        link="title",
        select_related=(
            "customer",
            "person",
            "stage",
            "source",
            "lost_reason",
            "order",
            "staff",
            "unit",
            "region",
            "channel",
            "created_by",
        ),
        order_by=("-occurred_at", "-id"),
        timeline=TimelineEntry(
            icon="target-arrow", colour="purple", title="title", text="base_amount", code="status", group="deal"
        ),
        detail_template="interactions/deal_detail.html",
        form_template="interactions/order_form.html",
        list_template="interactions/deal_list.html",
        create_label=_("New deal"),
    )
)

menu.register_item(
    "pipeline",
    group="sales",
    label=_("Pipeline"),
    url_name="interactions:deal_pipeline",
    icon="filter-dollar",
    order=10,
    is_visible=lambda user: access.may_view_any("deal", user),
)
menu.register_item(
    "deal_settings",
    group="administration",
    label=_("Stages of deals"),
    url_name="interactions:deal_settings",
    icon="target-arrow",
    order=815,
    is_visible=lambda user: user.is_administrator,
)
