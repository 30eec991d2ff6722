"""Dates of a deal's project."""

from django import forms

from crm.records.widgets import DateInput
from interactions.deals.models import DealMilestone


class MilestoneForm(forms.ModelForm):
    class Meta:
        model = DealMilestone
        fields = ["name", "due_on", "is_fixed"]
        widgets = {"due_on": DateInput()}
