"""The form of a cost entry: what was spent, on what, for whom."""

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.costs.models import CostEntry
from crm.records.forms import RecordForm, Sections


class CostEntryForm(RecordForm):
    sections: ClassVar[Sections] = (
        (_("Cost"), ("title", "amount", "purpose", "occurred_at")),
        (_("For whom"), ("target", "customer", "segment")),
        (_("Who and where"), ("staff", "unit", "note")),
    )
    folded = (_("Who and where"),)
    follows = ("staff", "unit")
    wide = ("title", "note")

    class Meta:
        model = CostEntry
        fields = (
            "title",
            "amount",
            "purpose",
            "occurred_at",
            "target",
            "customer",
            "segment",
            "staff",
            "unit",
            "note",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("purpose", "target", "occurred_at"):
            if name in self.fields:
                self.fields[name].required = False
        if "target" in self.fields:
            self.fields["target"].help_text = _("Shared equally by its customers, to the cent.")
        if self.is_new:
            self.initial.setdefault("occurred_at", timezone.now().replace(second=0, microsecond=0))
            if self.user is not None:
                self.initial.setdefault("staff", self.user.pk)
                self.initial.setdefault("unit", self.user.unit_id)

    def clean_occurred_at(self) -> Any:
        return self.cleaned_data.get("occurred_at") or timezone.now()

    def clean_purpose(self) -> str:
        return self.cleaned_data.get("purpose") or CostEntry.Purpose.CAMPAIGN

    def clean_target(self) -> str:
        """What was chosen; where nothing was, whoever is named."""
        chosen = self.cleaned_data.get("target")
        if chosen and "target" in self.changed_data:
            return chosen
        named = [name for name in ("customer", "segment") if self.data.get(self.add_prefix(name))]
        return named[0] if named else chosen or CostEntry.Target.ALL

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        target = cleaned.get("target")
        named = {name: cleaned.get(name) for name in ("customer", "segment")}
        wrong = {
            "customer": _("Choose the customer."),
            "segment": _("Choose the segment."),
        }
        if target in wrong and not named[target] and target not in self.errors:
            self.add_error(target, wrong[target])
        for name, value in named.items():
            if value and name != target:
                self.add_error(name, _("This entry is not for one of these: empty the field or change for whom it is."))
        return cleaned
