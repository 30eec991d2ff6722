"""The kind of this room: after-sales records."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from crm.records.attributes import Attribute, Type, provenance
from crm.records.kinds import Kind, Quick, TimelineEntry, kinds
from customers.attributes import of_customer_records
from interactions.aftersales.models import AfterSales
from interactions.orders.kinds import ORDER

AFTER_SALES = kinds.register(
    Kind(
        key="after_sales",
        model=AfterSales,
        label=_("after-sales record"),
        label_plural=_("After-sales"),
        path="after-sales",
        icon="tool",
        form="interactions.aftersales.forms.AfterSalesForm",
        attributes=(
            Attribute("number", _("number"), source="number"),
            Attribute("title", _("subject"), source="title"),
            *of_customer_records(),
            Attribute("type", _("type"), Type.CHOICE, source="type", facts="type", choices=AfterSales.Type.choices),
            Attribute(
                "status",
                _("status"),
                Type.CHOICE,
                source="status",
                facts="status",
                choices=AfterSales.Status.choices,
            ),
            Attribute("order", _("order"), Type.RELATION, source="order", facts="order_id", related="order"),
            Attribute("order_line", _("order line"), Type.RELATION, source="order_line", related="order_line"),
            Attribute("product", _("product"), Type.RELATION, source="product", facts="product_id", related="product"),
            Attribute("cost", _("cost"), Type.MONEY, source="cost", facts="cost", unit="currency"),
            Attribute("done_on", _("done on"), Type.DATE, source="done_on", facts="done_on"),
            Attribute("result", _("result"), Type.LONG_TEXT, source="result", is_sortable=False, is_column=False),
            Attribute("note", _("note"), Type.LONG_TEXT, source="note", is_sortable=False, is_column=False),
            Attribute(
                "return_order",
                _("return"),
                Type.RELATION,
                source="return_order",
                related="order",
                is_importable=False,
            ),
            *provenance(),
        ),
        columns=("title", "customer", "type", "status", "product", "order", "cost", "occurred_at"),
        filters=("occurred_at", "type", "status", "customer", "product", "staff", "unit", "region"),
        quick=(
            Quick(_("Mine"), {"staff": "me"}),
            Quick(_("Open"), {"status": "open"}),
            Quick(_("Last 7 days"), {"occurred_at_from": "today-6"}),
        ),
        summary=(
            (_("After-sales"), ("number", "type", "status", "customer", "occurred_at", "done_on")),
            (_("What it is about"), ("order", "order_line", "product", "return_order")),
            (_("Outcome"), ("cost", "result", "note")),
            (_("Who and where"), ("staff", "unit", "region", "channel")),
        ),
        search=("number", "title"),
        link="title",
        select_related=(
            "customer",
            "order",
            "order_line__product",
            "product",
            "return_order",
            "staff",
            "unit",
            "region",
            "channel",
            "created_by",
        ),
        order_by=("-occurred_at", "-id"),
        timeline=TimelineEntry(
            icon="tool", colour="orange", title="title", text="cost", code="type", group="after_sales"
        ),
        create_label=_("New after-sales record"),
    )
)

# A return shows under after-sales once: by its record here where it has one, by itself where it was imported.
assert ORDER.timeline is not None
ORDER.timeline = replace(
    ORDER.timeline, also=(("after_sales", (("type", "return"), ("after_sales_return__isnull", True))),)
)
