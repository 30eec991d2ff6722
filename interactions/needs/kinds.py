"""The kinds of this room: needs and pain points, and requests."""

from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.records import menu
from crm.records.attributes import Attribute, Type, provenance
from crm.records.kinds import Kind, Quick, TimelineEntry, kinds
from customers.attributes import of_customer_records
from interactions.needs import lookups  # noqa: F401  registers what relations point at
from interactions.needs.models import CustomerNeed, SpecialRequest, Statement, is_waiting

NEED = kinds.register(
    Kind(
        key="need",
        model=CustomerNeed,
        label=_("need"),
        label_plural=_("Needs"),
        path="needs",
        icon="heart-question",
        form="interactions.needs.forms.NeedForm",
        attributes=(
            Attribute("number", _("number"), source="number"),
            Attribute("title", _("need or pain point"), source="title"),
            *of_customer_records(),
            Attribute("type", _("kind of need"), Type.CHOICE, source="type", choices=CustomerNeed.Type.choices),
            Attribute("need_type", _("type of need"), Type.RELATION, source="need_type", related="need_type"),
            Attribute("statement", _("stated or implied"), Type.CHOICE, source="statement", choices=Statement.choices),
            Attribute(
                "importance",
                _("importance"),
                Type.NUMBER,
                source="importance",
                formula=_("1 to 5, 5 is most important"),
            ),
            Attribute("status", _("status"), Type.CHOICE, source="status", choices=CustomerNeed.Status.choices),
            Attribute("product", _("product"), Type.RELATION, source="product", related="product"),
            Attribute("contact", _("told in the contact"), Type.RELATION, source="contact", related="contact"),
            Attribute("note", _("note"), Type.LONG_TEXT, source="note", is_sortable=False, is_column=False),
            *provenance(),
        ),
        columns=("title", "customer", "type", "statement", "importance", "status", "occurred_at", "staff"),
        filters=("type", "need_type", "statement", "status", "importance", "customer", "product", "staff", "unit"),
        quick=(
            Quick(_("Mine"), {"staff": "me"}),
            Quick(_("Open"), {"status": "open"}),
            Quick(_("Important"), {"importance_min": "4"}),
        ),
        summary=(
            (
                _("Need or pain point"),
                ("number", "customer", "type", "need_type", "statement", "importance", "status", "note"),
            ),
            (_("Where it came from"), ("contact", "product", "occurred_at", "channel")),
            (_("Who and where"), ("staff", "unit", "region")),
        ),
        search=("number", "title"),
        link="title",
        select_related=(
            "customer",
            "need_type",
            "product",
            "contact",
            "staff",
            "unit",
            "region",
            "channel",
            "created_by",
        ),
        order_by=("-occurred_at", "-id"),
        timeline=TimelineEntry(
            icon="heart-question", colour="pink", title="title", text="note", code="type", group="contact"
        ),
        create_label=_("Record a need"),
    )
)

REQUEST = kinds.register(
    Kind(
        key="request",
        model=SpecialRequest,
        label=_("request"),
        label_plural=_("Requests"),
        path="requests",
        icon="hand-stop",
        form="interactions.needs.forms.SpecialRequestForm",
        attributes=(
            Attribute("number", _("number"), source="number"),
            Attribute("title", _("request"), source="title"),
            *of_customer_records(),
            Attribute("statement", _("stated or implied"), Type.CHOICE, source="statement", choices=Statement.choices),
            Attribute("text", _("details"), Type.LONG_TEXT, source="text", is_sortable=False, is_column=False),
            Attribute("status", _("decision"), Type.CHOICE, source="status", choices=SpecialRequest.Status.choices),
            Attribute("reason", _("reason"), Type.LONG_TEXT, source="reason", is_sortable=False, is_column=False),
            Attribute("replied_on", _("answered on"), Type.DATE, source="replied_on"),
            Attribute("contact", _("told in the contact"), Type.RELATION, source="contact", related="contact"),
            Attribute(
                "is_waiting",
                _("waits too long"),
                Type.BOOLEAN,
                source="derived_is_waiting",
                derived=is_waiting,
                formula=_("Open for more than three days"),
                is_importable=False,
            ),
            *provenance(),
        ),
        columns=("title", "customer", "status", "occurred_at", "replied_on", "is_waiting", "staff"),
        filters=("status", "is_waiting", "customer", "occurred_at", "staff", "unit"),
        quick=(
            Quick(_("Mine"), {"staff": "me"}),
            Quick(_("Waiting for an answer"), {"is_waiting": "true"}),
        ),
        summary=(
            (_("Request"), ("number", "customer", "statement", "text")),
            (_("Decision"), ("status", "replied_on", "reason", "is_waiting")),
            (_("Where it came from"), ("contact", "occurred_at", "channel")),
            (_("Who and where"), ("staff", "unit", "region")),
        ),
        search=("number", "title"),
        link="title",
        select_related=("customer", "contact", "staff", "unit", "region", "channel", "created_by"),
        order_by=("-occurred_at", "-id"),
        timeline=TimelineEntry(
            icon="hand-stop", colour="yellow", title="title", text="reason", code="status", group="contact"
        ),
        hand_over={"status": SpecialRequest.Status.OPEN},
        create_label=_("Record a request"),
    )
)

menu.register_item(
    "needs_analysis",
    group="customers",
    label=_("Needs analysis"),
    url_name="interactions:needs_analysis",
    icon="list-numbers",
    order=61,
    is_visible=lambda user: access.may_view_any("need", user),
)
menu.register_badge("request", lambda user: SpecialRequest.objects.visible_to(user).waiting())
