"""The order form with its lines."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.models import BaseInlineFormSet, inlineformset_factory
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Company, User
from crm.records.forms import Sections
from crm.records.models import Record
from customers.forms import CustomerRecordForm
from customers.models import Customer
from interactions.catalogue.models import Product
from interactions.orders import offers
from interactions.orders.models import Order, OrderLine
from interactions.orders.services import rate_of, save_order
from interactions.pricing.services import Quote, in_currency, quotes

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


class LineForm(forms.ModelForm):
    """What the lines of orders and of quotes share. Rooms name their model and the fields themselves, in a tuple:
    Django adds to a list, for all heirs.

    known    products that the entered texts name, by lower-cased code and name
    offered  what the customer is offered them for, by id
    """

    product = ProductField(label=_("product"), required=False, max_length=120)

    def __init__(
        self, *args: Any, known: dict[str, list[Product]], offered: dict[int, Quote], rate: Decimal, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered, self.rate = offered, rate
        product = self.fields["product"]
        product.known = known  # type: ignore[attr-defined]
        product.widget.attrs |= {"data-product": "", "autocomplete": "off", "spellcheck": "false"}
        for name in ("unit_price", "discount"):
            self.fields[name].required = False
        for name in ("quantity", "unit_price", "discount"):
            self.fields[name].widget.attrs |= {"step": "any", "inputmode": "decimal", "autocomplete": "off"}
        if self.instance.pk:
            if self.instance.product:
                self.initial["product"] = self.instance.product.number
            for name in ("quantity", "unit_price", "discount"):
                self.initial[name] = f"{self.initial[name].normalize():f}"
        else:
            self.initial |= {"unit_price": None, "discount": None}

    @property
    def reason(self) -> str:
        """Why the line has its price, where a price rule says so."""
        return self.instance.price_rule.reason if self.instance.price_rule else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        product = cleaned.get("product")
        if not product and not cleaned.get("description") and not self.has_error("product"):
            self.add_error("product", _("Enter a product or a description."))
        quantity = cleaned.get("quantity")
        if quantity is not None and (quantity == 0 or abs(quantity) > LARGEST_QUANTITY):
            self.add_error("quantity", _("Enter a quantity other than zero, of at most a thousand million."))
        self._price(cleaned, self.offered.get(product.pk) if product else None)
        return cleaned

    def _price(self, cleaned: dict[str, Any], offer: Quote | None) -> None:
        """What was left empty is as offered; a line remembers the rule whose price it has."""
        if cleaned.get("unit_price") is None and not self.has_error("unit_price"):
            cleaned["unit_price"] = offer.unit_price if offer else Decimal(0)
            if cleaned.get("discount") is None and offer:
                cleaned["discount"] = offer.discount
        cleaned["discount"] = cleaned.get("discount") or Decimal(0)
        line = self.instance
        is_other = bool(line.pk) and "product" in self.changed_data
        if is_other:
            cost = cleaned["product"].unit_cost if cleaned.get("product") else None
            line.list_price = offer.list_price if offer else None
            line.unit_cost = None if cost is None else in_currency(cost, self.rate)
        if not line.pk or {"product", "unit_price", "discount"} & set(self.changed_data):
            asked = (cleaned.get("unit_price"), cleaned["discount"])
            is_as_offered = offer is not None and asked == (offer.unit_price, offer.discount)
            line.price_rule = offer.rule if offer and is_as_offered else None


class OrderLineForm(LineForm):
    class Meta:
        model = OrderLine
        fields = LINE_NAMES


class LineFormSet(BaseInlineFormSet):
    """Lines of an order or a quote; products of all lines are looked up and priced in one go.

    customer, currency, day   for whom, in what and when: texts of the form, or values of the record
    """

    def __init__(
        self, *args: Any, user: User | None, customer: Any = "", currency: str = "", day: Any = None, **kwargs: Any
    ) -> None:
        self.user, self.currency = user, currency
        self.day = offers.day_of(day)
        self.rate = offers.rate_on(currency, self.day)
        self._asked_for = customer
        # Given once: Django asks `get_queryset` again for every line.
        kwargs.setdefault("queryset", self.model._default_manager.select_related("product", "price_rule__tag"))
        super().__init__(*args, **kwargs)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        if not hasattr(self, "_known"):
            self._known = self._products()
            self._offered = self._offers()
        own = {"known": self._known, "offered": self._offered, "rate": self.rate}
        return {**super().get_form_kwargs(index), **own}

    def _products(self) -> dict[str, list[Product]]:
        """The products that the entered texts name, by lower-cased code and name."""
        if not self.is_bound:
            return {}
        count = min(self.total_form_count(), self.absolute_max)
        given = {str(self.data.get(f"{self.add_prefix(at)}-product") or "") for at in range(count)}
        found: dict[str, list[Product]] = {}
        for product in offers.named(given, self.user):
            keys = {product.number, product.name, product.name_zh_hans, product.name_zh_hant}
            for key in {each.casefold() for each in keys if each}:
                found.setdefault(key, []).append(product)
        return found

    def _offers(self) -> dict[int, Quote]:
        products = {each.pk: each for found in self._known.values() for each in found}
        if not products:
            return {}
        customer = self._asked_for
        if not isinstance(customer, Customer):
            customer = offers.customer_of(str(customer or ""), self.user)
        return quotes(products.values(), customer=customer, day=self.day, rate=self.rate)

    @property
    def kept(self) -> list[Any]:
        return [form.instance for form in self.forms if not self._is_dropped(form)]

    @property
    def removed(self) -> list[Any]:
        return [form.instance for form in self.forms if form.instance.pk and self._is_deleted(form)]

    def _is_deleted(self, form: forms.ModelForm) -> bool:
        return bool(form.cleaned_data.get("DELETE")) if hasattr(form, "cleaned_data") else False

    def _is_dropped(self, form: forms.ModelForm) -> bool:
        return self._is_deleted(form) or (not form.instance.pk and not form.has_changed())


class OrderLineFormSet(LineFormSet):
    def clean(self) -> None:
        if not any(self.errors) and not self.kept:
            raise forms.ValidationError(_("An order has at least one line."))


def lines_of(parent: type[Model], line: type[Model], *, form: type[LineForm], formset: type[LineFormSet]) -> Any:
    """The formset class of a record's lines."""
    return inlineformset_factory(
        parent,
        line,
        form=form,
        formset=formset,
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
        self.lines = self.line_formset(data, instance=self.instance, prefix="lines", user=self.user, **self._terms())

    def _terms(self) -> dict[str, Any]:
        """For whom, in what currency and when the lines are priced, from what was entered or is known."""
        found = {}
        for name, key in (("customer", "customer"), ("currency", "currency"), ("occurred_at", "day")):
            entered = self.data.get(self.add_prefix(name)) if self.is_bound and name in self.fields else None
            is_open = name in self.fields and name not in self.locked
            found[key] = entered if is_open and entered is not None else getattr(self.instance, name, None)
        return found | {"currency": str(found["currency"] or "")}

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

    line_formset = lines_of(Order, OrderLine, form=OrderLineForm, formset=OrderLineFormSet)
    sections: ClassVar[Sections] = (
        (_("Order"), ("customer", "occurred_at", "status", "channel")),
        (_("Who and where"), ("staff", "unit", "region", "country")),
        (
            _("Delivery and payment"),
            (
                "promised_on",
                "delivered_on",
                "carrier",
                "tracking_number",
                "invoiced_on",
                "due_on",
                "paid_on",
                "currency",
                "note",
            ),
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
            "carrier",
            "tracking_number",
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
    def may_be_a_draft(self) -> bool:
        """Whether what is entered can be put aside as a draft: an order that counts already cannot."""
        return "status" in self.fields and "status" not in self.locked and (self.is_new or self.instance.is_draft)

    @property
    def lines_total(self) -> Decimal:
        return self.instance.net_amount

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "as_draft" in self.data and self.may_be_a_draft:
            cleaned["status"] = Order.Status.DRAFT
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
