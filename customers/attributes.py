"""What is known alike of every record that a customer is on."""

from django.utils.translation import gettext_lazy as _

from crm.records.attributes import Attribute, Type


def of_customer_records() -> tuple[Attribute, ...]:
    """Customer, moment, staff, unit, region, channel: the same names on orders, contacts, cases and tasks."""
    return (
        Attribute("customer", _("customer"), Type.RELATION, source="customer", facts="customer_id", related="customer"),
        Attribute("occurred_at", _("date and time"), Type.MOMENT, source="occurred_at", facts="occurred_at"),
        Attribute("staff", _("staff"), Type.RELATION, source="staff", facts="staff_id", related="user"),
        Attribute("unit", _("department"), Type.RELATION, source="unit", facts="unit_id", related="unit"),
        Attribute("region", _("region"), Type.RELATION, source="region", facts="region_id", related="region"),
        Attribute("channel", _("channel"), Type.RELATION, source="channel", facts="channel_id", related="channel"),
    )
