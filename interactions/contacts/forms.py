"""Forms of the contact log."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.records.forms import Sections
from crm.records.models import Record
from customers.forms import CustomerRecordForm
from interactions.contacts.models import Interaction
from interactions.contacts.services import save_contact


class InteractionForm(CustomerRecordForm):
    sections: ClassVar[Sections] = (
        (_("Contact"), ("customer", "person", "occurred_at", "channel", "direction", "is_answered")),
        (_("What was said"), ("subject", "product", "content", "result", "concern", "competitor")),
        (_("What follows"), ("next_step", "next_step_on")),
        (_("Who and where"), ("staff", "unit", "region")),
    )
    folded = (_("Who and where"),)
    wide = ("subject",)

    class Meta:
        model = Interaction
        fields = [
            "customer",
            "person",
            "occurred_at",
            "channel",
            "direction",
            "is_answered",
            "subject",
            "product",
            "content",
            "result",
            "concern",
            "competitor",
            "next_step",
            "next_step_on",
            "staff",
            "unit",
            "region",
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        person, customer = cleaned.get("person"), cleaned.get("customer")
        if person and customer and person.customer_id != customer.pk:
            self.add_error("person", _("This person belongs to another customer."))
        day, occurred_at = cleaned.get("next_step_on"), cleaned.get("occurred_at")
        if day and occurred_at and day < occurred_at.date():
            self.add_error("next_step_on", _("The next step cannot come before the contact."))
        return cleaned

    def store(self) -> Record:
        contact, _task = save_contact(self.instance, user=self.user, expected_version=self.conflicts_with)
        return contact


class ComposerForm(InteractionForm):
    """The short form on the customer page: what is needed to log a contact in one go."""

    sections: ClassVar[Sections] = (
        (_("Log a contact"), ("channel", "subject", "result", "next_step", "next_step_on")),
    )

    class Meta(InteractionForm.Meta):
        fields = ["customer", "channel", "direction", "subject", "content", "result", "next_step", "next_step_on"]
        widgets: ClassVar = {"customer": forms.HiddenInput}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("next_step") and not cleaned.get("next_step_on"):
            self.add_error("next_step_on", _("Say by when, so that a task can be made of it."))
        return cleaned
