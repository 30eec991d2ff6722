"""The order form with its lines, and the form of a return."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Lower
from django.forms.models import BaseInlineFormSet, inlineformset_factory
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Company, User
from crm.records.forms import Sections
from crm.records.models import Record
from crm.records.widgets import MomentInput
from customers.forms import CustomerRecordForm
from interactions.catalogue.models import Product
from interactions.orders.models import Order, OrderLine
from interactions.orders.services import rate_of, record_return, returnable, save_order

LARGEST_QUANTITY = Decimal(10) ** 9
EMPTY_LINES = 3
LINE_NAMES = ("product", "description", "quantity", "unit_price", "discount")


class ProductField(forms.CharField):
    """A product by its code or its exact name, so that lines can be typed without looking anything up."""

    known: ClassVar[dict[str, list[Product]]] = {}

    def clean(self, value: Any) -> Product | None:
        text = super().clean(value).strip()
        if not text:
            return None
        found = self.known.get(text.casefold(), [])
        if not found:
            raise forms.ValidationError(_("There is no product “%(text)s”.") % {"text": text[:60]})
        by_code = [each for each in found if each.number.casefold() == text.casefold()]
        if len(by_code or found) > 1:
            raise forms.ValidationError(_("Several products have this name. Enter the code."))
        return (by_code or found)[0]


class OrderLineForm(forms.ModelForm):
    product = ProductField(label=_("product"), required=False, max_length=120)

    class Meta:
        model = OrderLine
        fields = (
            "product",
            "description",
            "quantity",
            "unit_price",
            "discount",
        )  # Django adds to a list, for all heirs

    def __init__(self, *args: Any, known: dict[str, list[Product]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product = self.fields["product"]
        product.known = known  # type: ignore[attr-defined]
        product.widget.attrs |= {"data-product": "", "autocomplete": "off", "list": "products"}
        self.fields["unit_price"].required = False
        self.fields["discount"].required = False
        for name in ("quantity", "unit_price", "discount"):
            self.fields[name].widget.attrs |= {"step": "any", "inputmode": "decimal"}
        if self.instance.pk and self.instance.product:
            self.initial["product"] = self.instance.product.number
        if not self.instance.pk:
            self.initial["unit_price"] = None
            self.initial["discount"] = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        product = cleaned.get("product")
        if not product and not cleaned.get("description") and not self.has_error("product"):
            self.add_error("product", _("Enter a product or a description."))
        if cleaned.get("unit_price") is None and not self.has_error("unit_price"):
            cleaned["unit_price"] = product.price if product else Decimal(0)
        cleaned["discount"] = cleaned.get("discount") or Decimal(0)
        quantity = cleaned.get("quantity")
        if quantity is not None and (quantity == 0 or abs(quantity) > LARGEST_QUANTITY):
            self.add_error("quantity", _("Enter a quantity other than zero, of at most a thousand million."))
        if product and not self.instance.unit_cost:
            self.instance.unit_cost = product.unit_cost
        return cleaned


class OrderLineFormSet(BaseInlineFormSet):
    """Lines of an order; products of all lines are looked up in one go."""

    user: User | None = None

    def __init__(self, *args: Any, user: User | None, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def get_queryset(self) -> Any:
        """Kept: it is asked for once for each line."""
        if not hasattr(self, "_lines"):
            self._lines = super().get_queryset().select_related("product")
        return self._lines

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        if not hasattr(self, "_known"):
            self._known = self._products()
        return {**super().get_form_kwargs(index), "known": self._known}

    def _products(self) -> dict[str, list[Product]]:
        """The products that the entered texts name, by lower-cased code and name."""
        if not self.is_bound:
            return {}
        count = min(self.total_form_count(), self.absolute_max)
        given = {str(self.data.get(f"{self.add_prefix(at)}-product") or "").strip() for at in range(count)}
        texts = {each.casefold() for each in given if each and "\0" not in each}
        if not texts:
            return {}
        rows = Product.objects.visible_to(self.user).annotate(code=Lower("number"), lower_name=Lower("name"))
        named = Q(code__in=texts) | Q(lower_name__in=texts) | Q(name_zh_hans__in=given) | Q(name_zh_hant__in=given)
        found: dict[str, list[Product]] = {}
        for product in rows.filter(named):
            keys = {product.number, product.name, product.name_zh_hans, product.name_zh_hant}
            for key in {each.casefold() for each in keys if each}:
                found.setdefault(key, []).append(product)
        return found

    @property
    def kept(self) -> list[OrderLine]:
        return [form.instance for form in self.forms if not self._is_dropped(form)]

    @property
    def removed(self) -> list[OrderLine]:
        return [form.instance for form in self.forms if form.instance.pk and self._is_deleted(form)]

    def clean(self) -> None:
        if not any(self.errors) and not self.kept:
            raise forms.ValidationError(_("An order has at least one line."))

    def _is_deleted(self, form: forms.ModelForm) -> bool:
        return bool(form.cleaned_data.get("DELETE")) if hasattr(form, "cleaned_data") else False

    def _is_dropped(self, form: forms.ModelForm) -> bool:
        return self._is_deleted(form) or (not form.instance.pk and not form.has_changed())


LineFormSet = inlineformset_factory(
    Order,
    OrderLine,
    form=OrderLineForm,
    formset=OrderLineFormSet,
    extra=EMPTY_LINES,
    can_delete=True,
    max_num=1_000,
    absolute_max=1_000,
)


class WithLines(CustomerRecordForm):
    """A record with lines: `form.lines` is the formset, valid and saved together with the record.

    line_formset   the formset of its lines
    """

    part_names = ("lines",)
    line_formset: ClassVar[Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        data = self.data if self.is_bound else None
        self.lines = self.line_formset(data, instance=self.instance, prefix="lines", user=self.user)

    @property
    def base_currency(self) -> str:
        return Company.objects.current().currency

    @property
    def lines_total(self) -> Decimal:
        """What the record came to when it was last saved."""
        raise NotImplementedError

    def clean_currency(self) -> str:
        currency = self.cleaned_data.get("currency", "").strip().upper()
        if currency and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            raise forms.ValidationError(_("Enter a currency code of three letters, such as CNY."))
        return "" if currency == self.base_currency else currency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        currency, occurred_at = cleaned.get("currency"), cleaned.get("occurred_at")
        if currency and occurred_at:
            try:
                rate_of(currency, occurred_at.date())
            except ValidationError as error:
                self.add_error("currency", error)
        return cleaned

    def is_valid(self) -> bool:
        lines_are_valid = self.lines.is_valid()
        return super().is_valid() and lines_are_valid

    def all_errors(self) -> dict[str, list[str]]:
        found = super().all_errors()
        for at, errors in enumerate(self.lines.errors, 1):
            for name, each in errors.items():
                found.setdefault("lines", []).append(f"{at}. {name}: {' '.join(map(str, each))}")
        of_all = [str(each) for each in self.lines.non_form_errors()]
        return found | ({"lines": found.get("lines", []) + of_all} if of_all else {})

    @classmethod
    def parts_as_json(cls, record: Any) -> dict[str, Any]:
        lines = record.lines.select_related("product")
        return {"lines": [{"id": line.pk, **_line_data(line), **cls.line_extras(line)} for line in lines]}

    @classmethod
    def line_extras(cls, line: Any) -> dict[str, Any]:
        """What the API tells of a line besides what is entered."""
        return {"amount": line.amount}

    @classmethod
    def data_from_json(cls, given: dict[str, Any], form: Any) -> dict[str, Any]:
        """`lines` of an API call replace all lines; without it they stay."""
        data = super().data_from_json(given, form)
        present = list(form.instance.lines.select_related("product")) if form.instance.pk else []
        wanted = _listed(given.get("lines"))
        rows: list[dict[str, Any]] = []
        for line in present:
            row = {"id": line.pk} | _line_data(line)
            rows.append(row if wanted is None else row | {"DELETE": "on"})
        rows += [{name: line.get(name) for name in LINE_NAMES} for line in wanted or ()]
        data |= {
            "lines-TOTAL_FORMS": str(len(rows)),
            "lines-INITIAL_FORMS": str(len(present)),
            "lines-MIN_NUM_FORMS": "0",
            "lines-MAX_NUM_FORMS": "1000",
        }
        for at, row in enumerate(rows):
            data |= {f"lines-{at}-{name}": "" if value is None else str(value) for name, value in row.items()}
        return data


class OrderForm(WithLines):
    """An order with its lines."""

    line_formset = LineFormSet
    sections: ClassVar[Sections] = (
        (_("Order"), ("customer", "occurred_at", "status", "channel")),
        (_("Who and where"), ("staff", "unit", "region", "country")),
        (
            _("Delivery and payment"),
            ("promised_on", "delivered_on", "invoiced_on", "due_on", "paid_on", "currency", "note"),
        ),
    )

    folded = (_("Who and where"), _("Delivery and payment"))

    class Meta:
        model = Order
        fields = [
            "customer",
            "occurred_at",
            "status",
            "channel",
            "staff",
            "unit",
            "region",
            "country",
            "promised_on",
            "delivered_on",
            "invoiced_on",
            "due_on",
            "paid_on",
            "currency",
            "note",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_new:
            self.fields["customer"].required = True

    @property
    def lines_total(self) -> Decimal:
        return self.instance.net_amount

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        invoiced_on, due_on = cleaned.get("invoiced_on"), cleaned.get("due_on")
        if invoiced_on and due_on and due_on < invoiced_on:
            self.add_error("due_on", _("Payment cannot be due before the invoice."))
        return cleaned

    def store(self) -> Record:
        return save_order(
            self.instance,
            lines=self.lines.kept,
            removed=self.lines.removed,
            user=self.user,
            expected_version=self.conflicts_with,
        )

    @classmethod
    def line_extras(cls, line: Any) -> dict[str, Any]:
        return {"kind": line.kind, **super().line_extras(line)}


class ReturnForm(forms.Form):
    """How many of each line come back."""

    occurred_at = forms.DateTimeField(label=_("date and time"), required=False)
    note = forms.CharField(label=_("reason"), required=False, max_length=500)

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
                help_text=_("of %(left)s") % {"left": left[line.pk].normalize()},
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
        return record_return(
            self.order,
            quantities=quantities,
            user=user,
            occurred_at=self.cleaned_data["occurred_at"],
            note=self.cleaned_data["note"],
        )


def _listed(lines: Any) -> list[dict[str, Any]] | None:
    """The lines of an API call, less what no line has; anything but a list of objects is no line at all."""
    if lines is None:
        return None
    return [each if isinstance(each, dict) else {} for each in lines] if isinstance(lines, list) else [{}]


def _line_data(line: Any) -> dict[str, Any]:
    return {
        "product": line.product.number if line.product else "",
        "description": line.description,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "discount": line.discount,
    }


__all__ = ["LineFormSet", "OrderForm", "OrderLineForm", "OrderLineFormSet", "ReturnForm", "WithLines"]
