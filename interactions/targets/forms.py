"""Form of sales targets."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from crm.records.forms import RecordForm, Sections
from interactions.targets.models import SalesTarget


class SalesTargetForm(RecordForm):
    sections: ClassVar[Sections] = (
        (_("Target"), ("name", "amount", "starts_on", "ends_on")),
        (_("For whom"), ("staff", "unit", "category")),
    )

    class Meta:
        model = SalesTarget
        fields = ["name", "amount", "starts_on", "ends_on", "staff", "unit", "category"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("The end cannot come before the beginning."))
        if not cleaned.get("staff") and not cleaned.get("unit"):
            self.add_error("staff", _("Choose a staff member or a department."))
        return cleaned
