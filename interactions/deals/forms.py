"""The deal form with its lines, and what is asked when a deal is won or lost."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.accounts.models import Company, User
from crm.records.forms import Sections
from crm.records.models import Record
from crm.records.widgets import DateInput
from interactions.deals.models import Deal, DealLine, LostReason, Status, stages
from interactions.deals.services import first_stage, save_deal
from interactions.orders.forms import LINE_NAMES, LineForm, LineFormSet, WithLines, lines_of


class DealLineForm(LineForm):
    class Meta:
        model = DealLine
        fields = LINE_NAMES


class DealForm(WithLines):
    # A deal need not have lines: early on there is only an amount.
    line_formset = lines_of(Deal, DealLine, form=DealLineForm, formset=LineFormSet)
    sections: ClassVar[Sections] = (
        (
            _("Deal"),
            (
                "title",
                "customer",
                "person",
                "stage",
                "amount",
                "probability",
                "expected_on",
                "next_step",
                "next_step_on",
            ),
        ),
        (_("Where it came from"), ("source", "origin", "size", "competitor", "note")),
        (_("Quote"), ("valid_until", "currency")),
        (_("Who and where"), ("occurred_at", "staff", "unit", "region", "channel")),
        (_("How it ended"), ("closed_on", "lost_reason", "outcome_note")),
    )
    folded = (_("Where it came from"), _("Quote"), _("Who and where"), _("How it ended"))
    follows = (*WithLines.follows, "occurred_at")
    wide = ("title",)

    class Meta:
        model = Deal
        fields = [
            "title",
            "customer",
            "person",
            "stage",
            "amount",
            "probability",
            "expected_on",
            "next_step",
            "next_step_on",
            "source",
            "origin",
            "size",
            "competitor",
            "note",
            "valid_until",
            "currency",
            "occurred_at",
            "staff",
            "unit",
            "region",
            "channel",
            "closed_on",
            "lost_reason",
            "outcome_note",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("amount", "stage"):
            if name in self.fields:
                self.fields[name].required = False
        if self.is_new:
            self.initial["amount"] = self.initial.get("amount") or None
            self.initial.setdefault("stage", next((each.pk for each in stages() if each.outcome == Status.OPEN), None))

    @property
    def lines_total(self) -> Decimal:
        return self.instance.amount if self.instance.pk else Decimal(0)

    def clean_amount(self) -> Decimal:
        return self.cleaned_data.get("amount") or Decimal(0)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("stage") and "stage" in self.fields and not self.has_error("stage"):
            try:
                cleaned["stage"] = first_stage()
            except forms.ValidationError as error:
                self.add_error("stage", error)
        self._check_end(cleaned)
        person, customer = cleaned.get("person"), cleaned.get("customer")
        if person and customer and person.customer_id != customer.pk:
            self.add_error("person", _("This person belongs to another customer."))
        if cleaned.get("next_step") and not cleaned.get("next_step_on") and "next_step_on" in self.fields:
            self.add_error("next_step_on", _("Say by when the next step is done."))
        return cleaned

    def _check_end(self, cleaned: dict[str, Any]) -> None:
        stage, reason = cleaned.get("stage"), cleaned.get("lost_reason")
        if stage is None:
            return
        if stage.is_lost and not reason and "lost_reason" not in self.locked:
            self.add_error("lost_reason", _("Say why the deal was lost."))
        if not stage.is_lost and reason and "lost_reason" in self.changed_data:
            self.add_error("stage", _("Only a lost deal has a reason: choose a lost stage, or leave the reason empty."))
        if stage.outcome == Deal.Status.OPEN and cleaned.get("closed_on") and "closed_on" in self.changed_data:
            self.add_error("stage", _("A closing day closes the deal: choose a won or lost stage, or leave it empty."))
        closed_on, occurred_at = cleaned.get("closed_on"), cleaned.get("occurred_at")
        if closed_on and occurred_at and closed_on < occurred_at.date():
            self.add_error("closed_on", _("A deal cannot close before it was opened."))
        if closed_on and closed_on > Company.objects.current().today():
            self.add_error("closed_on", _("This date cannot lie in the future."))

    def store(self) -> Record:
        return save_deal(
            self.instance,
            lines=self.lines.kept,
            removed=self.lines.removed,
            user=self.user,
            expected_version=self.conflicts_with,
        )


class _EndForm(forms.Form):
    """What the board and the page of a deal ask on the way to an end."""

    wide: ClassVar[tuple[str, ...]] = ("outcome_note",)

    closed_on = forms.DateField(label=_("closed on"), widget=DateInput())
    outcome_note = forms.CharField(
        label=_("how it ended"), required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, record: Deal, user: User) -> None:
        super().__init__(data)
        self.record, self.user = record, user
        self.initial |= {"closed_on": Company.objects.current().today(), "outcome_note": record.outcome_note}

    def clean_closed_on(self) -> Any:
        day = self.cleaned_data["closed_on"]
        if day > Company.objects.current().today():
            raise forms.ValidationError(_("This date cannot lie in the future."))
        if day < self.record.occurred_on:
            raise forms.ValidationError(_("A deal cannot close before it was opened."))
        return day


class WonForm(_EndForm):
    with_order = forms.BooleanField(label=_("Make the order of it"), required=False)

    def __init__(self, data: Any = None, *, record: Deal, user: User) -> None:
        super().__init__(data, record=record, user=user)
        has_order = record.order_id is not None
        if has_order or not access.may_create("order", user):
            del self.fields["with_order"]
        else:
            self.initial["with_order"] = True


class LostForm(_EndForm):
    lost_reason = forms.ModelChoiceField(LostReason.objects.none(), label=_("reason for losing"))
    competitor = forms.CharField(label=_("competitors"), required=False, max_length=200)

    field_order = ("lost_reason", "competitor", "closed_on", "outcome_note")

    def __init__(self, data: Any = None, *, record: Deal, user: User) -> None:
        super().__init__(data, record=record, user=user)
        self.fields["lost_reason"].queryset = LostReason.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.initial["competitor"] = record.competitor
