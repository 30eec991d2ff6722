"""Stock as staff enter it."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Company
from crm.records.forms import RecordForm, Sections
from interactions.orders.stock_models import StockMovement

LARGEST_STOCK = Decimal(10) ** 9


class StockMovementForm(RecordForm):
    sections: ClassVar[Sections] = ((_("Stock movement"), ("product", "occurred_on", "quantity", "reason", "note")),)
    wide = ("note",)

    class Meta:
        model = StockMovement
        fields = ("product", "occurred_on", "quantity", "reason", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_new:
            self.initial.setdefault("occurred_on", Company.objects.current().today())

    def clean_quantity(self) -> Decimal:
        quantity = self.cleaned_data["quantity"]
        if quantity == 0 or abs(quantity) > LARGEST_STOCK:
            raise forms.ValidationError(_("Enter a quantity other than zero, of at most a thousand million."))
        return quantity

    def clean_occurred_on(self) -> Any:
        day = self.cleaned_data["occurred_on"]
        if day > Company.objects.current().today():
            raise forms.ValidationError(_("This date cannot lie in the future."))
        return day


class CountForm(forms.Form):
    """What a count on the shelf found."""

    counted = forms.DecimalField(
        label=_("counted"), min_value=0, max_value=LARGEST_STOCK, max_digits=14, decimal_places=3
    )
    note = forms.CharField(label=_("note"), required=False, max_length=200)
