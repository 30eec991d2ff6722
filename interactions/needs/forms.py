"""Forms of needs and requests."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Company
from crm.records.forms import Sections
from customers.forms import CustomerRecordForm
from interactions.needs.models import CustomerNeed, SpecialRequest


class _AboutAContact(CustomerRecordForm):
    """A record that may say in which contact it was told: one of the same customer."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        contact, customer = cleaned.get("contact"), cleaned.get("customer")
        if contact and customer and contact.customer_id != customer.pk:
            self.add_error("contact", _("This contact was with another customer."))
        return cleaned


class NeedForm(_AboutAContact):
    sections: ClassVar[Sections] = (
        (
            _("Need or pain point"),
            ("title", "customer", "type", "need_type", "statement", "importance", "status", "note"),
        ),
        (_("Where it came from"), ("contact", "product", "occurred_at", "channel")),
        (_("Who and where"), ("staff", "unit", "region")),
    )
    folded = (_("Where it came from"), _("Who and where"))
    follows = (*CustomerRecordForm.follows, "occurred_at")
    wide = ("title",)

    class Meta:
        model = CustomerNeed
        fields = [
            "title",
            "customer",
            "type",
            "need_type",
            "statement",
            "importance",
            "status",
            "note",
            "contact",
            "product",
            "occurred_at",
            "channel",
            "staff",
            "unit",
            "region",
        ]


class SpecialRequestForm(_AboutAContact):
    sections: ClassVar[Sections] = (
        (_("Request"), ("title", "customer", "statement", "text")),
        (_("Decision"), ("status", "replied_on", "reason")),
        (_("Where it came from"), ("contact", "occurred_at", "channel")),
        (_("Who and where"), ("staff", "unit", "region")),
    )
    folded = (_("Where it came from"), _("Who and where"))
    follows = (*CustomerRecordForm.follows, "occurred_at")
    wide = ("title",)

    class Meta:
        model = SpecialRequest
        fields = [
            "title",
            "customer",
            "statement",
            "text",
            "status",
            "replied_on",
            "reason",
            "contact",
            "occurred_at",
            "channel",
            "staff",
            "unit",
            "region",
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        status, replied_on = cleaned.get("status"), cleaned.get("replied_on")
        today = Company.objects.current().today()
        if status and status != SpecialRequest.Status.OPEN:
            if not (cleaned.get("reason") or "").strip() and "reason" in self.fields:
                self.add_error("reason", _("Write the reason before you close the request."))
            if not replied_on and not self.has_error("replied_on"):
                cleaned["replied_on"] = today
        if replied_on and replied_on > today:
            self.add_error("replied_on", _("This date cannot lie in the future."))
        return cleaned
