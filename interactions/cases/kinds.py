"""Kinds of this room: complaints and enquiries."""

from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.records import menu
from crm.records.attributes import Attribute, Text, Type, provenance
from crm.records.kinds import Kind, Quick, TimelineEntry, kinds
from customers.attributes import of_customer_records
from interactions.cases import lookups  # noqa: F401  registers what relations point at
from interactions.cases.models import Case, Complaint, Enquiry


def _of_cases() -> tuple[Attribute, ...]:
    return (
        Attribute("number", _("case number"), source="number"),
        Attribute("title", _("subject"), source="title"),
        *of_customer_records(),
        Attribute("status", _("status"), Type.CHOICE, source="status", facts="status", choices=Case.Status.choices),
        Attribute("product", _("product"), Type.RELATION, source="product", facts="product_id", related="product"),
        Attribute("order", _("order"), Type.RELATION, source="order", related="order"),
        Attribute(
            "receiving_unit",
            _("receiving department"),
            Type.RELATION,
            source="receiving_unit",
            facts="receiving_unit_id",
            related="unit",
        ),
        Attribute("received_at", _("received"), Type.MOMENT, source="received_at", facts="received_at"),
        Attribute("due_at", _("to be solved by"), Type.MOMENT, source="due_at", facts="due_at"),
        Attribute("order_line", _("order line"), Type.RELATION, source="order_line", related="order_line"),
        Attribute("reply_due_at", _("to be answered by"), Type.MOMENT, source="reply_due_at", is_importable=False),
        Attribute("first_reply_at", _("first reply"), Type.MOMENT, source="first_reply_at"),
        Attribute("resolved_at", _("time of resolution"), Type.MOMENT, source="resolved_at", facts="resolved_at"),
        Attribute(
            "outcome", _("outcome"), Type.CHOICE, source="outcome", facts="outcome", choices=Case.Outcome.choices
        ),
        Attribute(
            "description", _("description"), Type.LONG_TEXT, source="description", is_sortable=False, is_column=False
        ),
        Attribute("minutes_spent", _("minutes spent"), Type.NUMBER, source="minutes_spent", facts="minutes_spent"),
        Attribute("solution", _("solution"), Type.LONG_TEXT, source="solution", is_sortable=False, is_column=False),
        Attribute("reopen_count", _("times taken up again"), Type.NUMBER, source="reopen_count", is_importable=False),
        Attribute("reopened_at", _("taken up again"), Type.MOMENT, source="reopened_at", is_importable=False),
        Attribute("reopen_reason", _("reason for taking it up again"), source="reopen_reason", is_importable=False),
        Attribute("paused_at", _("clock stopped"), Type.MOMENT, source="paused_at", is_importable=False),
        Attribute("escalated_at", _("escalated at"), Type.MOMENT, source="escalated_at", is_importable=False),
        Attribute("former_numbers", _("numbers of merged cases"), source="former_numbers", is_importable=False),
        *(_inner(name, label, type_) for name, label, type_ in INNER),
    )


INNER = (
    ("due_is_fixed", _("deadline set by hand"), Type.BOOLEAN),
    ("reply_seconds_left", _("seconds left for the reply"), Type.NUMBER),
    ("seconds_left", _("seconds left for the solution"), Type.NUMBER),
    ("paused_seconds", _("seconds the clock stood"), Type.NUMBER),
    ("merged_into", _("merged into"), Type.TEXT),
    ("split_from", _("split from"), Type.TEXT),
)


def _inner(name: str, label: Text, type_: Type) -> Attribute:
    """What the clock and the merging of cases keep for themselves: history shows it, lists do not."""
    return Attribute(
        name, label, type_, source=name, is_column=False, is_filterable=False, is_sortable=False, is_importable=False
    )


WHO_AND_WHERE = (_("Who and where"), ("staff", "unit", "receiving_unit", "region", "channel"))
RELATED = (
    "customer",
    "staff",
    "unit",
    "region",
    "channel",
    "product",
    "order",
    "order_line__product",
    "receiving_unit",
    "created_by",
)

COMPLAINT = kinds.register(
    Kind(
        key="complaint",
        model=Complaint,
        label=_("complaint"),
        label_plural=_("Complaints"),
        hand_over={"status__in": Complaint.OPEN},
        path="complaints",
        icon="alert-triangle",
        form="interactions.cases.forms.ComplaintForm",
        attributes=(
            *_of_cases(),
            Attribute(
                "opinion_type",
                _("opinion type"),
                Type.RELATION,
                source="opinion_type",
                facts="opinion_type_id",
                related="opinion_type",
            ),
            Attribute(
                "severity",
                _("severity"),
                Type.CHOICE,
                source="severity",
                facts="severity",
                choices=Complaint.Severity.choices,
            ),
            Attribute(
                "failure_cause",
                _("cause of failure"),
                Type.RELATION,
                source="failure_cause",
                facts="failure_cause_id",
                related="failure_cause",
            ),
            Attribute("competitor", _("competitor named"), source="competitor", facts="competitor"),
            *provenance(),
        ),
        columns=("number", "occurred_at", "title", "customer", "opinion_type", "severity", "status", "due_at", "staff"),
        filters=("occurred_at", "status", "opinion_type", "severity", "customer", "product", "unit", "region", "staff"),
        quick=(
            Quick(_("Mine"), {"staff": "me"}),
            Quick(_("Open"), {"status": ("open", "in_work", "waiting")}),
            Quick(_("Overdue"), {"status": ("open", "in_work", "waiting"), "due_at_to": "now"}),
            Quick(_("Nobody has it"), {"staff_empty": "true", "status": ("open", "in_work", "waiting")}),
        ),
        summary=(
            (_("Complaint"), ("number", "customer", "opinion_type", "severity", "status", "product", "order")),
            (_("When"), ("occurred_at", "received_at", "reply_due_at", "first_reply_at", "due_at", "resolved_at")),
            (_("What happened"), ("description", "competitor")),
            (
                _("How it ended"),
                ("outcome", "solution", "minutes_spent", "failure_cause", "reopened_at", "reopen_reason"),
            ),
            WHO_AND_WHERE,
        ),
        search=("number", "title", "former_numbers"),
        detail_template="interactions/case_detail.html",
        link="title",
        select_related=(*RELATED, "opinion_type", "failure_cause"),
        order_by=("-occurred_at", "-id"),
        timeline=TimelineEntry(
            icon="alert-triangle",
            colour="red",
            title="title",
            text="description",
            code="status",
            group="after_sales",
        ),
        create_label=_("New complaint"),
    )
)

ENQUIRY = kinds.register(
    Kind(
        key="enquiry",
        model=Enquiry,
        label=_("enquiry"),
        label_plural=_("Enquiries"),
        hand_over={"status__in": Enquiry.OPEN},
        path="enquiries",
        icon="help-circle",
        form="interactions.cases.forms.EnquiryForm",
        attributes=(
            *_of_cases(),
            Attribute("topic", _("topic"), Type.CHOICE, source="topic", facts="topic", choices=Enquiry.Topic.choices),
            Attribute("answer", _("answer"), Type.LONG_TEXT, source="answer", is_sortable=False, is_column=False),
            *provenance(),
        ),
        columns=("number", "occurred_at", "title", "customer", "topic", "status", "due_at", "staff"),
        filters=("occurred_at", "status", "topic", "customer", "product", "unit", "region", "staff"),
        quick=(
            Quick(_("Mine"), {"staff": "me"}),
            Quick(_("Open"), {"status": ("open", "in_work", "waiting")}),
            Quick(_("Overdue"), {"status": ("open", "in_work", "waiting"), "due_at_to": "now"}),
            Quick(_("Nobody has it"), {"staff_empty": "true", "status": ("open", "in_work", "waiting")}),
        ),
        summary=(
            (_("Enquiry"), ("number", "customer", "topic", "status", "product", "order")),
            (_("When"), ("occurred_at", "received_at", "reply_due_at", "first_reply_at", "due_at", "resolved_at")),
            (_("What was asked"), ("description", "answer")),
            (_("How it ended"), ("outcome", "solution", "minutes_spent", "reopened_at", "reopen_reason")),
            WHO_AND_WHERE,
        ),
        search=("number", "title", "former_numbers"),
        detail_template="interactions/case_detail.html",
        link="title",
        select_related=RELATED,
        order_by=("-occurred_at", "-id"),
        timeline=TimelineEntry(
            icon="help-circle", colour="cyan", title="title", text="description", code="status", group="enquiry"
        ),
        create_label=_("New enquiry"),
    )
)

menu.register_item(
    "service_queue",
    group="service",
    label=_("Service queue"),
    url_name="interactions:case_queue",
    icon="headset",
    order=10,
    is_visible=lambda user: access.may_view_any("complaint", user) or access.may_view_any("enquiry", user),
)
menu.register_item(
    "service_settings",
    group="administration",
    label=_("Service desk"),
    url_name="interactions:service_settings",
    icon="headset",
    order=810,
    is_visible=lambda user: user.is_administrator,
)
