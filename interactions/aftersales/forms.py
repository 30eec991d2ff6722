"""The form of an after-sales record, and that of taking goods back."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Company, User
from crm.records.forms import Sections
from crm.records.models import Record
from crm.records.widgets import MomentInput
from customers.forms import CustomerRecordForm
from interactions.aftersales.models import AfterSales
from interactions.aftersales.services import save_after_sales, take_back
from interactions.orders.models import Order
from interactions.orders.services import returnable


class AfterSalesForm(CustomerRecordForm):
    sections: ClassVar[Sections] = (
        (_("After-sales"), ("title", "customer", "type", "status", "occurred_at", "done_on")),
        (_("What it is about"), ("order", "order_line", "product")),
        (_("Outcome"), ("cost", "result", "note")),
        (_("Who and where"), ("staff", "unit", "region", "channel")),
    )
    folded = (_("Who and where"),)
    wide = ("title",)

    class Meta:
        model = AfterSales
        fields = (
            "title",
            "customer",
            "type",
            "status",
            "occurred_at",
            "done_on",
            "order",
            "order_line",
            "product",
            "cost",
            "result",
            "note",
            "staff",
            "unit",
            "region",
            "channel",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("title", "cost", "type", "status"):
            if name in self.fields:
                self.fields[name].required = False
        if "title" in self.fields:
            self.fields["title"].help_text = _("Empty: type and product")
        if self.is_new and not self.initial.get("cost"):
            self.initial["cost"] = None

    def clean_cost(self) -> Decimal:
        return self.cleaned_data.get("cost") or Decimal(0)

    def clean_type(self) -> str:
        return self.cleaned_data.get("type") or AfterSales.Type.REPAIR

    def clean_status(self) -> str:
        return self.cleaned_data.get("status") or AfterSales.Status.OPEN

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        customer, order, line = cleaned.get("customer"), cleaned.get("order"), cleaned.get("order_line")
        if order and customer and order.customer_id != customer.pk:
            self.add_error("order", _("This order is of another customer."))
        if line and order and line.order_id != order.pk:
            self.add_error("order_line", _("This line is of another order."))
        done_on, occurred_at = cleaned.get("done_on"), cleaned.get("occurred_at")
        if done_on and occurred_at and done_on < occurred_at.date():
            self.add_error("done_on", _("It cannot be done before it was asked for."))
        if done_on and done_on > Company.objects.current().today():
            self.add_error("done_on", _("This date cannot lie in the future."))
        return cleaned

    def store(self) -> Record:
        return save_after_sales(self.instance, user=self.user, expected_version=self.conflicts_with)


class ReturnForm(forms.Form):
    """How many of each line come back, why, and what it cost us."""

    occurred_at = forms.DateTimeField(label=_("date and time"), required=False)
    note = forms.CharField(label=_("reason"), required=False, max_length=500)
    cost = forms.DecimalField(
        label=_("cost"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text=_("What it cost us: parts, freight, working time"),
    )

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        self.fields["occurred_at"].widget = MomentInput()
        left = returnable(order)
        self.sold = [line for line in order.lines.select_related("product") if left.get(line.pk, 0) > 0]
        for line in self.sold:
            self.fields[f"quantity_{line.pk}"] = forms.DecimalField(
                label=str(line.product or line.description),
                required=False,
                min_value=0,
                max_value=left[line.pk],
                decimal_places=3,
                help_text=_("of %(left)s") % {"left": f"{left[line.pk].normalize():f}"},
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [{"line": line, "field": self[f"quantity_{line.pk}"]} for line in self.sold]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.get(f"quantity_{line.pk}") for line in self.sold):
            raise forms.ValidationError(_("Enter how many come back."))
        return cleaned

    def store(self, *, user: User) -> Order:
        quantities = {line.pk: self.cleaned_data.get(f"quantity_{line.pk}") or Decimal(0) for line in self.sold}
        return take_back(
            self.order,
            quantities=quantities,
            user=user,
            occurred_at=self.cleaned_data["occurred_at"],
            note=self.cleaned_data["note"],
            cost=self.cleaned_data["cost"] or Decimal(0),
        )
