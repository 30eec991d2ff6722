"""The kind of this room: logged contacts."""

from django.utils.translation import gettext_lazy as _

from crm.records.attributes import Attribute, Type, provenance
from crm.records.kinds import Kind, TimelineEntry, kinds
from customers.attributes import of_customer_records
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
            Attribute(
                "concern",
                _("concern"),
                Type.CHOICE,
                source="concern",
                facts="concern",
                choices=Interaction.Concern.choices,
            ),
            Attribute("competitor", _("competitor named"), source="competitor", facts="competitor"),
            Attribute("next_step", _("next step"), source="next_step"),
            Attribute("next_step_on", _("next step on"), Type.DATE, source="next_step_on"),
            *provenance(),
        ),
        columns=("number", "occurred_at", "customer", "subject", "channel", "direction", "result", "staff"),
        filters=("occurred_at", "customer", "channel", "direction", "region", "unit", "staff", "product"),
        summary=(
            (_("Contact"), ("number", "customer", "person", "occurred_at", "channel", "direction", "is_answered")),
            (_("What was said"), ("subject", "product", "content", "result", "concern", "competitor")),
            (_("What follows"), ("next_step", "next_step_on")),
            (_("Who and where"), ("staff", "unit", "region")),
        ),
        search=("number", "subject"),
        link="subject",
        select_related=("customer", "person", "staff", "unit", "region", "channel", "product", "created_by"),
        order_by=("-occurred_at", "-id"),
        timeline=TimelineEntry(
            icon="phone", colour="blue", title="subject", text="result", code="direction", group="contact"
        ),
        create_label=_("Log a contact"),
    )
)
