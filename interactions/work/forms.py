"""Forms of tasks."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.records.forms import Sections
from customers.forms import CustomerRecordForm
from interactions.work.models import Task


class TaskForm(CustomerRecordForm):
    sections: ClassVar[Sections] = (
        (_("Task"), ("title", "customer", "due_at", "priority", "status", "description")),
        (_("Who and where"), ("staff", "unit", "region", "channel")),
        (_("Result"), ("outcome",)),
    )
    folded = (_("Who and where"), _("Result"))
    wide = ("title",)

    class Meta:
        model = Task
        fields = [
            "title",
            "customer",
            "due_at",
            "priority",
            "status",
            "description",
            "staff",
            "unit",
            "region",
            "channel",
            "outcome",
        ]


class FinishTaskForm(forms.Form):
    """What came of a task."""

    outcome = forms.CharField(
        label=_("result"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    cancelled = forms.BooleanField(label=_("not needed any more"), required=False)
