"""Kinds of this room: complaints and enquiries."""

from django.utils.translation import gettext_lazy as _

from crm.records.attributes import Attribute, Type, provenance
from crm.records.kinds import Kind, TimelineEntry, kinds
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
        Attribute("first_reply_at", _("first reply"), Type.MOMENT, source="first_reply_at"),
        Attribute("resolved_at", _("time of resolution"), Type.MOMENT, source="resolved_at", facts="resolved_at"),
        Attribute(
            "outcome", _("outcome"), Type.CHOICE, source="outcome", facts="outcome", choices=Case.Outcome.choices
        ),
        Attribute(
            "description", _("description"), Type.LONG_TEXT, source="description", is_sortable=False, is_column=False
        ),
        Attribute("solution", _("solution"), Type.LONG_TEXT, source="solution", is_sortable=False, is_column=False),
    )


WHO_AND_WHERE = (_("Who and where"), ("staff", "unit", "receiving_unit", "region", "channel"))
RELATED = ("customer", "staff", "unit", "region", "channel", "product", "order", "receiving_unit", "created_by")

COMPLAINT = kinds.register(
    Kind(
        key="complaint",
        model=Complaint,
        label=_("complaint"),
        label_plural=_("Complaints"),
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
        summary=(
            (_("Complaint"), ("number", "customer", "opinion_type", "severity", "status", "product", "order")),
            (_("When"), ("occurred_at", "received_at", "due_at", "first_reply_at", "resolved_at")),
            (_("What happened"), ("description", "competitor")),
            (_("How it ended"), ("outcome", "solution", "failure_cause")),
            WHO_AND_WHERE,
        ),
        search=("number", "title"),
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
        summary=(
            (_("Enquiry"), ("number", "customer", "topic", "status", "product", "order")),
            (_("When"), ("occurred_at", "received_at", "due_at", "first_reply_at", "resolved_at")),
            (_("What was asked"), ("description", "answer")),
            (_("How it ended"), ("outcome", "solution")),
            WHO_AND_WHERE,
        ),
        search=("number", "title"),
        link="title",
        select_related=RELATED,
        order_by=("-occurred_at", "-id"),
        timeline=TimelineEntry(
            icon="help-circle", colour="cyan", title="title", text="description", code="status", group="enquiry"
        ),
        create_label=_("New enquiry"),
    )
)
