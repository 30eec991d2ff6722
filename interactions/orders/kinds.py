"""The kinds of this room: orders, returns and corrections; stock movements."""

from django.utils.translation import gettext_lazy as _

from crm.records.attributes import Attribute, Type, countries, provenance
from crm.records.kinds import Kind, Merge, Quick, TimelineEntry, kinds
from customers.attributes import of_customer_records
from interactions.catalogue.kinds import PRODUCT
from interactions.orders.models import Order
from interactions.orders.stock_models import StockMovement, on_hand

ORDER = kinds.register(
    Kind(
        key="order",
        model=Order,
        label=_("order"),
        label_plural=_("Orders"),
        hand_over={"status": Order.Status.DRAFT},
        path="orders",
        icon="shopping-cart",
        form="interactions.orders.forms.OrderForm",
        attributes=(
            Attribute("number", _("order number"), source="number", facts="number"),
            *of_customer_records(),
            Attribute("type", _("type"), Type.CHOICE, source="type", facts="type", choices=Order.Type.choices),
            Attribute("status", _("status"), Type.CHOICE, source="status", choices=Order.Status.choices),
            Attribute(
                "return_of", _("return of"), Type.RELATION, source="return_of", related="order", is_importable=False
            ),
            Attribute("country", _("country"), Type.CHOICE, source="country", facts="country", choices=countries),
            Attribute("currency", _("currency"), source="currency"),
            Attribute(
                "confirmed_at",
                _("confirmed at"),
                Type.MOMENT,
                source="confirmed_at",
                formula=_("When a draft became an order"),
                is_importable=False,
            ),
            Attribute("promised_on", _("promised for"), Type.DATE, source="promised_on", facts="promised_on"),
            Attribute("delivered_on", _("delivered on"), Type.DATE, source="delivered_on", facts="delivered_on"),
            Attribute("carrier", _("carrier"), source="carrier", facts="carrier"),
            Attribute("tracking_number", _("tracking number"), source="tracking_number"),
            Attribute("invoiced_on", _("invoiced on"), Type.DATE, source="invoiced_on", facts="invoiced_on"),
            Attribute("due_on", _("payment due"), Type.DATE, source="due_on", facts="due_on"),
            Attribute("paid_on", _("paid on"), Type.DATE, source="paid_on", facts="paid_on"),
            Attribute("note", _("note"), Type.LONG_TEXT, source="note", is_sortable=False, is_column=False),
            Attribute(
                "gross_amount",
                _("gross amount"),
                Type.MONEY,
                source="gross_amount",
                facts="gross_amount",
                unit="currency",
                formula=_("Lines sold and fees charged"),
                is_importable=False,
            ),
            Attribute(
                "net_amount",
                _("net amount"),
                Type.MONEY,
                source="net_amount",
                facts="net_amount",
                unit="currency",
                formula=_("All lines, with what was taken back or given free"),
                is_importable=False,
            ),
            *provenance(),
        ),
        columns=("number", "occurred_at", "customer", "type", "status", "channel", "staff", "net_amount"),
        filters=("occurred_at", "customer", "type", "status", "region", "unit", "staff", "channel"),
        quick=(
            Quick(_("Mine"), {"staff": "me"}),
            Quick(_("Drafts"), {"status": "draft"}),
            Quick(_("Last 7 days"), {"occurred_at_from": "today-6"}),
            Quick(_("Of key accounts"), {"customer.relation_class": "key"}),
            Quick(_("Returns"), {"type": "return"}),
        ),
        summary=(
            (_("Order"), ("number", "customer", "occurred_at", "type", "status", "return_of", "channel")),
            (_("Who and where"), ("staff", "unit", "region", "country")),
            (
                _("Delivery and payment"),
                (
                    "promised_on",
                    "delivered_on",
                    "carrier",
                    "tracking_number",
                    "invoiced_on",
                    "due_on",
                    "paid_on",
                    "currency",
                    "note",
                ),
            ),
            (_("Amounts"), ("gross_amount", "net_amount", "confirmed_at")),
        ),
        search=("number", "tracking_number"),
        select_related=("customer", "staff", "unit", "region", "channel", "return_of", "created_by"),
        order_by=("-occurred_at", "-id"),
        timeline=TimelineEntry(
            icon="shopping-cart",
            colour="green",
            title="number",
            text="net_amount",
            code="type",
            group="order",
            also=(("after_sales", (("type", "return"),)),),
        ),
        detail_template="interactions/order_detail.html",
        form_template="interactions/order_form.html",
        create_label=_("New order"),
    )
)

kinds.extend(
    PRODUCT.key,
    Attribute(
        "stock_on_hand",
        _("stock on hand"),
        Type.NUMBER,
        source="stock_on_hand",
        derived=on_hand,
        formula=_("Sum of all stock movements; empty where no stock is kept"),
        is_importable=False,
    ),
)

STOCK_MOVEMENT = kinds.register(
    Kind(
        key="stock_movement",
        model=StockMovement,
        label=_("stock movement"),
        label_plural=_("Stock"),
        path="stock",
        icon="building-warehouse",
        form="interactions.orders.stock_forms.StockMovementForm",
        attributes=(
            Attribute("number", _("number"), source="number"),
            Attribute("occurred_on", _("day"), Type.DATE, source="occurred_on"),
            Attribute("product", _("product"), Type.RELATION, source="product", related="product"),
            Attribute("quantity", _("quantity"), Type.NUMBER, source="quantity"),
            Attribute("reason", _("reason"), Type.CHOICE, source="reason", choices=StockMovement.Reason.choices),
            Attribute("order", _("order"), Type.RELATION, source="order", related="order", is_importable=False),
            Attribute("note", _("note"), source="note"),
            *provenance(),
        ),
        columns=("number", "occurred_on", "product", "quantity", "reason", "order", "note"),
        filters=("occurred_on", "product", "reason"),
        quick=(Quick(_("New in 30 days"), {"created_at_from": "today-30"}),),
        summary=((_("Stock movement"), ("number", "occurred_on", "product", "quantity", "reason", "order", "note")),),
        search=("number", "note"),
        select_related=("product", "order", "created_by"),
        order_by=("-occurred_on", "-id"),
        merge=Merge(rule="none", lookup=""),
        create_label=_("New stock movement"),
    )
)
