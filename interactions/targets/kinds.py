"""The kind of this room: sales targets."""

from django.utils.translation import gettext_lazy as _

from crm.records.attributes import Attribute, Type, provenance
from crm.records.kinds import Kind, Merge, Quick, kinds
from interactions.targets.models import SalesTarget

TARGET = kinds.register(
    Kind(
        key="target",
        model=SalesTarget,
        label=_("sales target"),
        label_plural=_("Sales targets"),
        path="targets",
        icon="target",
        form="interactions.targets.forms.SalesTargetForm",
        attributes=(
            Attribute("number", _("number"), source="number"),
            Attribute("name", _("name"), source="name"),
            Attribute("staff", _("staff"), Type.RELATION, source="staff", related="user"),
            Attribute("unit", _("department"), Type.RELATION, source="unit", related="unit"),
            Attribute("category", _("product type"), Type.RELATION, source="category", related="category"),
            Attribute("starts_on", _("from"), Type.DATE, source="starts_on"),
            Attribute("ends_on", _("to"), Type.DATE, source="ends_on"),
            Attribute("amount", _("target amount"), Type.MONEY, source="amount", unit="currency"),
            *provenance(),
        ),
        columns=("name", "staff", "unit", "category", "starts_on", "ends_on", "amount"),
        filters=("staff", "unit", "category", "starts_on", "ends_on"),
        quick=(
            Quick(_("Mine"), {"staff": "me"}),
            Quick(_("Running"), {"starts_on_to": "today", "ends_on_from": "today"}),
        ),
        summary=(
            (_("Target"), ("number", "name", "amount", "starts_on", "ends_on")),
            (_("For whom"), ("staff", "unit", "category")),
        ),
        search=("number", "name"),
        link="name",
        select_related=("staff", "unit", "category", "created_by"),
        order_by=("-starts_on", "-id"),
        merge=Merge(rule="none", lookup=""),
        create_label=_("New sales target"),
    )
)
