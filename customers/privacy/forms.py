"""Forms of consents and of erasing."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from crm.records.widgets import MomentInput
from customers.models import Channel, Customer
from customers.privacy.models import Consent, Erasure


def _capitals(choices: Any) -> list[tuple[str, str]]:
    return [(code, capfirst(label)) for code, label in choices]


class ConsentForm(forms.Form):
    """One statement: by which channel, for what, given or withdrawn, when and how it was said."""

    channel = forms.ModelChoiceField(label=_("channel"), queryset=Channel.objects.none(), empty_label=None)
    purpose = forms.ChoiceField(label=_("purpose"), choices=Consent.Purpose.choices)
    state = forms.ChoiceField(label=_("consent"), choices=lambda: _capitals(Consent.State.choices))
    at = forms.DateTimeField(label=_("date and time"), required=False, widget=MomentInput())
    source = forms.ChoiceField(label=_("how it was said"), choices=lambda: _capitals(Consent.Source.choices))
    note = forms.CharField(label=_("note"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Channel.objects.filter(for_consent=True, is_active=True)
        self.fields["channel"].queryset = rows  # type: ignore[attr-defined]
        self.fields["at"].initial = lambda: timezone.now().replace(second=0, microsecond=0)


class EraseForm(forms.Form):
    """Why, and the customer's number typed out, so that nobody is erased by a slip."""

    reason = forms.ChoiceField(label=_("reason"), choices=lambda: _capitals(Erasure.Reason.choices))
    reference = forms.CharField(
        label=_("file number"),
        required=False,
        max_length=60,
        help_text=_("Of your own; nothing that names the person."),
    )
    number = forms.CharField(label=_("customer number"), max_length=40)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        self.fields["number"].help_text = _("Type %(number)s to confirm.") % {"number": customer.number}
        self.fields["number"].widget.attrs["autocomplete"] = "off"

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip()
        if number.casefold() != self.customer.number.casefold():
            raise forms.ValidationError(_("This is not the number of this customer."))
        return number
