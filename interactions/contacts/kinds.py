"""The kind of this room: logged contacts."""

from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.records import menu
from crm.records.attributes import Attribute, Type, provenance
from crm.records.kinds import Kind, Quick, TimelineEntry, kinds
from customers.attributes import of_customer_records
from interactions.contacts import lookups  # noqa: F401  registers what relations point at
from interactions.contacts.models import Interaction

CONTACT = kinds.register(
    Kind(
        key="contact",
        model=Interaction,
        label=_("contact"),
        label_plural=_("Contacts"),
        path="contacts",
        icon="phone",
        form="interactions.contacts.forms.InteractionForm",
        attributes=(
            Attribute("number", _("number"), source="number"),
            *of_customer_records(),
            Attribute("subject", _("subject"), source="subject"),
            Attribute("person", _("contact person"), Type.RELATION, source="person", related="contact_person"),
            Attribute(
                "direction",
                _("direction"),
                Type.CHOICE,
                source="direction",
                facts="direction",
                choices=Interaction.Direction.choices,
            ),
            Attribute("is_answered", _("was answered"), Type.BOOLEAN, source="is_answered", facts="is_answered"),
            Attribute("product", _("product"), Type.RELATION, source="product", facts="product_id", related="product"),
            Attribute("content", _("content"), Type.LONG_TEXT, source="content", is_sortable=False, is_column=False),
            Attribute("result", _("result"), source="result"),
            Attribute("minutes_spent", _("minutes spent"), Type.NUMBER, source="minutes_spent", facts="minutes_spent"),
            Attribute(
                "concern",
                _("concern"),
                Type.CHOICE,
                source="concern",
                facts="concern",
                choices=Interaction.Concern.choices,
            ),
            Attribute("guide", _("talk guide used"), Type.RELATION, source="guide", related="talk_guide"),
            Attribute("objection", _("objection"), Type.RELATION, source="objection", related="objection"),
            Attribute("answer", _("answer used"), Type.RELATION, source="answer", related="objection_answer"),
            Attribute(
                "objection_result",
                _("the objection was"),
                Type.CHOICE,
                source="objection_result",
                choices=Interaction.ObjectionResult.choices,
            ),
            Attribute(
                "observations",
                _("observations"),
                Type.RELATION,
                source="observations",
                related="observation",
                is_multiple=True,
                is_sortable=False,
            ),
            Attribute("competitor", _("competitor named"), source="competitor", facts="competitor"),
            Attribute("next_step", _("next step"), source="next_step"),
            Attribute("next_step_on", _("next step on"), Type.DATE, source="next_step_on"),
            *provenance(),
        ),
        columns=("number", "occurred_at", "customer", "subject", "channel", "direction", "result", "staff"),
        filters=("occurred_at", "customer", "channel", "direction", "region", "unit", "staff", "product"),
        quick=(
            Quick(_("Mine"), {"staff": "me"}),
            Quick(_("Last 7 days"), {"occurred_at_from": "today-6"}),
            Quick(_("With key accounts"), {"customer.relation_class": "key"}),
            Quick(_("Not answered"), {"is_answered": "false"}),
        ),
        summary=(
            (_("Contact"), ("number", "customer", "person", "occurred_at", "channel", "direction", "is_answered")),
            (
                _("What was said"),
                (
                    "subject",
                    "product",
                    "content",
                    "result",
                    "concern",
                    "guide",
                    "objection",
                    "answer",
                    "objection_result",
                    "competitor",
                    "minutes_spent",
                ),
            ),
            (_("What follows"), ("next_step", "next_step_on")),
            (_("Who and where"), ("staff", "unit", "region")),
        ),
        search=("number", "subject"),
        link="subject",
        select_related=(
            "customer",
            "person",
            "staff",
            "unit",
            "region",
            "channel",
            "product",
            "guide",
            "objection",
            "answer",
            "created_by",
        ),
        prefetch_related=("observations",),
        order_by=("-occurred_at", "-id"),
        timeline=TimelineEntry(
            icon="phone", colour="blue", title="subject", text="result", code="direction", group="contact"
        ),
        form_template="interactions/contact_form.html",
        create_label=_("Log a contact"),
    )
)

menu.register_item(
    "contact_plan",
    group="customers",
    label=_("Contact plan"),
    url_name="interactions:contact_plan",
    icon="calendar-check",
    order=59,
    is_visible=lambda user: access.may_view_any("contact", user) and access.may_view_any("customer", user),
)
menu.register_item(
    "talk_library",
    group="customers",
    label=_("Talk guides"),
    url_name="interactions:talk_library",
    icon="message-question",
    order=60,
    is_visible=lambda user: access.may_view_any("contact", user),
)
menu.register_item(
    "talk_settings",
    group="administration",
    label=_("Lists of contacts"),
    url_name="interactions:talk_settings",
    icon="message-cog",
    order=814,
    is_visible=lambda user: user.is_administrator,
)
