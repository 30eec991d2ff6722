"""The form of a price rule."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from crm.records.forms import RecordForm, Sections
from interactions.pricing.models import PriceRule


class PriceRuleForm(RecordForm):
    sections: ClassVar[Sections] = (
        (_("Price rule"), ("name", "is_active", "valid_from", "valid_until")),
        (_("For whom"), ("value_tier", "relation_class", "tag")),
        (_("For what"), ("product", "category")),
        (_("At what price"), ("discount", "price", "note")),
    )

    class Meta:
        model = PriceRule
        fields = (
            "name",
            "value_tier",
            "relation_class",
            "tag",
            "product",
            "category",
            "discount",
            "price",
            "valid_from",
            "valid_until",
            "is_active",
            "note",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        discount, price = cleaned.get("discount"), cleaned.get("price")
        if not self.has_error("discount") and not self.has_error("price") and (discount is None) == (price is None):
            self.add_error("discount", _("Enter a discount or a fixed price, one of the two."))
        if cleaned.get("product") and cleaned.get("category"):
            self.add_error("category", _("Choose a product or a product type, not both."))
        if price is not None and not cleaned.get("product") and not self.has_error("product"):
            self.add_error("product", _("A fixed price needs a product."))
        start, end = cleaned.get("valid_from"), cleaned.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", _("This lies before the first day."))
        return cleaned
