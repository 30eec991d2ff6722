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
        (
            _("Contact"),
            (
                "customer",
                "person",
                "occurred_at",
                "channel",
                "subject",
                "product",
                "result",
                "next_step",
                "next_step_on",
            ),
        ),
        (
            _("What was said"),
            (
                "minutes_spent",
                "direction",
                "is_answered",
                "content",
                "concern",
                "guide",
                "objection",
                "answer",
                "objection_result",
                "competitor",
                "observations",
            ),
        ),
        (_("Who and where"), ("staff", "unit", "region")),
    )
    folded = (_("What was said"), _("Who and where"))
    follows = (*CustomerRecordForm.follows, "direction", "is_answered")
    wide = ("subject", "observations")

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
            "minutes_spent",
            "concern",
            "guide",
            "objection",
            "answer",
            "objection_result",
            "observations",
            "competitor",
            "next_step",
            "next_step_on",
            "staff",
            "unit",
            "region",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("observations")
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.widget = forms.CheckboxSelectMultiple()
            field.widget.choices = field.choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._check_objection(cleaned)
        person, customer = cleaned.get("person"), cleaned.get("customer")
        if person and customer and person.customer_id != customer.pk:
            self.add_error("person", _("This person belongs to another customer."))
        day, occurred_at = cleaned.get("next_step_on"), cleaned.get("occurred_at")
        if day and occurred_at and day < occurred_at.date():
            self.add_error("next_step_on", _("The next step cannot come before the contact."))
        return cleaned

    def _check_objection(self, cleaned: dict[str, Any]) -> None:
        """An answer brings its objection along; a result is that of an objection."""
        answer, objection = cleaned.get("answer"), cleaned.get("objection")
        if answer and not objection and "objection" in self.fields:
            cleaned["objection"] = objection = answer.objection
        if answer and objection and answer.objection_id != objection.pk:
            self.add_error("answer", _("This answer belongs to another objection."))
        if cleaned.get("objection_result") and not objection:
            self.add_error("objection", _("Say which objection it was."))

    def store(self) -> Record:
        contact, _task = save_contact(
            self.instance, user=self.user, expected_version=self.conflicts_with, related=self._save_m2m
        )
        return contact


class ComposerForm(InteractionForm):
    """The short form on the customer page: what is needed to log a contact in one go."""

    sections: ClassVar[Sections] = (
        (_("Log a contact"), ("channel", "subject", "result", "next_step", "next_step_on")),
    )

    class Meta(InteractionForm.Meta):
        fields = [
            "customer",
            "channel",
            "direction",
            "subject",
            "content",
            "result",
            "next_step",
            "next_step_on",
            "concern",
            "guide",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "guide" in self.fields:
            self.fields["guide"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("next_step") and not cleaned.get("next_step_on"):
            self.add_error("next_step_on", _("Say by when, so that a task can be made of it."))
        return cleaned
