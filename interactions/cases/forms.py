"""Forms of complaints and enquiries."""

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.records.forms import Sections
from crm.records.models import Record
from customers.forms import CustomerRecordForm
from interactions.cases.models import Case, Complaint, Enquiry
from interactions.cases.services import save_case

WHEN = ("occurred_at", "received_at", "due_at", "first_reply_at", "resolved_at")
WHO_AND_WHERE = (_("Who and where"), ("staff", "unit", "receiving_unit", "region", "channel"))
FIELDS = [
    "customer",
    "title",
    "description",
    "status",
    "product",
    "order",
    "order_line",
    "occurred_at",
    "received_at",
    "due_at",
    "first_reply_at",
    "resolved_at",
    "outcome",
    "solution",
    "minutes_spent",
    "reopen_reason",
    "receiving_unit",
    "staff",
    "unit",
    "region",
    "channel",
]


class _CaseForm(CustomerRecordForm):
    folded = (_("When"), _("Who and where"), _("How it ended"))
    wide = ("title",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_new:
            self.fields["received_at"].required = False
            self.fields.pop("reopen_reason", None)
            if self.user is not None:
                self.initial.setdefault("receiving_unit", self.user.unit_id)

    def clean_received_at(self) -> Any:
        return self.cleaned_data.get("received_at") or timezone.now()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_closed, outcome = cleaned.get("status") == Case.Status.CLOSED, cleaned.get("outcome")
        if is_closed and not outcome:
            self.add_error("outcome", _("Say how it ended before closing it."))
        if outcome and not is_closed:
            self.add_error("status", _("An outcome closes the case: choose “Closed”, or leave the outcome empty."))
        resolved_at, occurred_at = cleaned.get("resolved_at"), cleaned.get("occurred_at")
        if resolved_at and occurred_at and resolved_at < occurred_at:
            self.add_error("resolved_at", _("It cannot be resolved before it happened."))
        if self._is_taken_up_again(cleaned) and "reopen_reason" not in self.changed_data:
            self.add_error("reopen_reason", _("Say why the case is taken up again."))
        line, order = cleaned.get("order_line"), cleaned.get("order")
        if line and order and line.order_id != order.pk:
            self.add_error("order_line", _("This line belongs to another order."))
        elif line:
            order = cleaned["order"] = line.order
            cleaned["product"] = cleaned.get("product") or line.product
        customer = cleaned.get("customer")
        if order and customer and order.customer_id not in (None, customer.pk):
            self.add_error("order", _("This order belongs to another customer."))
        return cleaned

    def _is_taken_up_again(self, cleaned: dict[str, Any]) -> bool:
        if self.is_new or "reopen_reason" not in self.fields:
            return False
        was_closed = self.initial.get("status") == Case.Status.CLOSED
        return was_closed and bool(cleaned.get("status")) and cleaned["status"] != Case.Status.CLOSED

    def store(self) -> Record:
        return save_case(self.instance, user=self.user, expected_version=self.conflicts_with)


class ComplaintForm(_CaseForm):
    sections: ClassVar[Sections] = (
        (
            _("Complaint"),
            ("title", "customer", "opinion_type", "severity", "product", "order", "order_line", "description"),
        ),
        (_("When"), WHEN),
        WHO_AND_WHERE,
        (
            _("How it ended"),
            ("status", "outcome", "failure_cause", "solution", "minutes_spent", "competitor", "reopen_reason"),
        ),
    )

    class Meta:
        model = Complaint
        fields = [*FIELDS, "opinion_type", "severity", "failure_cause", "competitor"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        unsolved = {Case.Outcome.NOT_SOLVED, Case.Outcome.PARTLY}
        if cleaned.get("outcome") in unsolved and not cleaned.get("failure_cause"):
            self.add_error("failure_cause", _("Say why it could not be solved."))
        return cleaned


class EnquiryForm(_CaseForm):
    sections: ClassVar[Sections] = (
        (_("Enquiry"), ("title", "customer", "topic", "product", "order", "order_line", "description", "answer")),
        (_("When"), WHEN),
        WHO_AND_WHERE,
        (_("How it ended"), ("status", "outcome", "solution", "minutes_spent", "reopen_reason")),
    )

    class Meta:
        model = Enquiry
        fields = [*FIELDS, "topic", "answer"]
