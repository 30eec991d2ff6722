"""The kind of this room: price rules."""

from django.utils.translation import gettext_lazy as _

from crm.records.attributes import Attribute, Type, provenance
from crm.records.kinds import Kind, Merge, Quick, kinds
from customers.models import Customer
from interactions.pricing.models import PriceRule

PRICE_RULE = kinds.register(
    Kind(
        key="price_rule",
        model=PriceRule,
        label=_("price rule"),
        label_plural=_("Price rules"),
        path="price-rules",
        icon="discount",
        form="interactions.pricing.forms.PriceRuleForm",
        attributes=(
            Attribute("number", _("number"), source="number"),
            Attribute("name", _("name"), source="name"),
            Attribute("value_tier", _("value tier"), Type.CHOICE, source="value_tier", choices=PriceRule.Tier.choices),
            Attribute(
                "relation_class",
                _("relationship class"),
                Type.CHOICE,
                source="relation_class",
                choices=Customer.RelationClass.choices,
            ),
            Attribute("tag", _("tag"), Type.RELATION, source="tag", related="tag"),
            Attribute("product", _("product"), Type.RELATION, source="product", related="product"),
            Attribute("category", _("product type"), Type.RELATION, source="category", related="category"),
            Attribute("discount", _("discount %"), Type.NUMBER, source="discount"),
            Attribute("price", _("fixed price"), Type.MONEY, source="price", unit="currency"),
            Attribute("valid_from", _("valid from"), Type.DATE, source="valid_from"),
            Attribute("valid_until", _("valid until"), Type.DATE, source="valid_until"),
            Attribute("is_active", _("in use"), Type.BOOLEAN, source="is_active"),
            Attribute("note", _("note"), Type.LONG_TEXT, source="note", is_sortable=False, is_column=False),
            *provenance(),
        ),
        columns=(
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
        ),
        filters=("value_tier", "relation_class", "product", "category", "is_active"),
        quick=(
            Quick(_("In use"), {"is_active": "true"}),
            Quick(_("Ends in 30 days"), {"valid_until_from": "today", "valid_until_to": "today+30"}),
        ),
        summary=(
            (_("Price rule"), ("name", "is_active", "valid_from", "valid_until")),
            (_("For whom"), ("value_tier", "relation_class", "tag")),
            (_("For what"), ("product", "category")),
            (_("At what price"), ("discount", "price", "note")),
        ),
        search=("number", "name"),
        link="name",
        select_related=("tag", "product", "category", "created_by"),
        order_by=("name", "id"),
        merge=Merge(rule="none", lookup=""),
        create_label=_("New price rule"),
    )
)
