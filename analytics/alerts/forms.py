from django import forms
from django.utils.translation import gettext_lazy as _

from analytics.alerts.services import RESULTS


class HandleForm(forms.Form):
    """The result of an alert; why is told in the handler's own words."""

    result = forms.ChoiceField(
        label=_("result"), choices=[(code.value, code.label) for code in RESULTS], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("what happened"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was done, what the customer said, why the alert does not count."),
    )
