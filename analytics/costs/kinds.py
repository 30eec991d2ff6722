"""The kind of this room: cost entries."""

from django.utils.translation import gettext_lazy as _

from analytics.costs.models import CostEntry
from crm.records.attributes import Attribute, Type, provenance
from crm.records.kinds import Kind, Merge, Quick, kinds

COST_ENTRY = kinds.register(
    Kind(
        key="cost_entry",
        model=CostEntry,
        label=_("cost entry"),
        label_plural=_("Marketing costs"),
        path="costs",
        icon="receipt",
        form="analytics.costs.forms.CostEntryForm",
        attributes=(
            Attribute("number", _("number"), source="number"),
            Attribute("title", _("subject"), source="title"),
            Attribute("occurred_at", _("date and time"), Type.MOMENT, source="occurred_at", facts="occurred_at"),
            Attribute("amount", _("amount"), Type.MONEY, source="amount", facts="amount", unit="currency"),
            Attribute(
                "purpose",
                _("purpose"),
                Type.CHOICE,
                source="purpose",
                facts="purpose",
                choices=CostEntry.Purpose.choices,
            ),
            Attribute(
                "target", _("for whom"), Type.CHOICE, source="target", facts="target", choices=CostEntry.Target.choices
            ),
            Attribute(
                "customer",
                _("customer"),
                Type.RELATION,
                source="customer",
                facts="customer_id",
                related="customer",
            ),
            Attribute("segment", _("segment"), Type.RELATION, source="segment", facts="segment_id", related="segment"),
            Attribute("staff", _("staff"), Type.RELATION, source="staff", facts="staff_id", related="user"),
            Attribute("unit", _("department"), Type.RELATION, source="unit", facts="unit_id", related="unit"),
            Attribute("note", _("note"), Type.LONG_TEXT, source="note", is_sortable=False, is_column=False),
            *provenance(),
        ),
        columns=("title", "purpose", "target", "customer", "segment", "amount", "occurred_at"),
        filters=("occurred_at", "purpose", "target", "customer", "segment", "staff", "unit"),
        quick=(
            Quick(_("Mine"), {"staff": "me"}),
            Quick(_("Last 7 days"), {"occurred_at_from": "today-6"}),
        ),
        summary=(
            (_("Cost"), ("number", "title", "amount", "purpose", "occurred_at")),
            (_("For whom"), ("target", "customer", "segment")),
            (_("Who and where"), ("staff", "unit", "note")),
        ),
        search=("number", "title"),
        link="title",
        select_related=("customer", "segment", "staff", "unit", "created_by"),
        order_by=("-occurred_at", "-id"),
        merge=Merge(),
        create_label=_("New cost entry"),
    )
)
