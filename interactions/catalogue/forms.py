"""Forms of products and their types."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.records.forms import RecordForm, Sections
from interactions.catalogue.models import Category, Product


class _NumberedForm(RecordForm):
    """The number is the company's own code; left empty, one is given."""

    def clean_number(self) -> str:
        number = self.cleaned_data.get("number", "").strip()
        if number and self._meta.model.objects.exclude(pk=self.instance.pk).filter(number__iexact=number).exists():
            raise forms.ValidationError(_("This code is taken."))
        return number or self.instance.number


class ProductForm(_NumberedForm):
    sections: ClassVar[Sections] = (
        (_("Product"), ("number", "category", "name", "name_zh_hans", "name_zh_hant")),
        (_("Price and cost"), ("price", "unit_cost", "launched_on", "is_active", "is_fee")),
        (_("For sales"), ("selling_points",)),
    )

    class Meta:
        model = Product
        fields = [
            "number",
            "category",
            "name",
            "name_zh_hans",
            "name_zh_hant",
            "price",
            "unit_cost",
            "launched_on",
            "is_active",
            "is_fee",
            "selling_points",
        ]


class CategoryForm(_NumberedForm):
    sections: ClassVar[Sections] = ((_("Product type"), ("number", "parent", "name", "name_zh_hans", "name_zh_hant")),)

    class Meta:
        model = Category
        fields = ["number", "parent", "name", "name_zh_hans", "name_zh_hant"]

    def clean_parent(self) -> Any:
        parent = self.cleaned_data.get("parent")
        if parent and self.instance.pk and parent.path.startswith(self.instance.path):
            raise forms.ValidationError(_("Nothing can be part of itself. Choose another parent."))
        return parent
