"""Kinds of this room: products and their types."""

from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Sensitivity
from crm.records.attributes import Attribute, Type, provenance
from crm.records.kinds import Kind, Merge, Quick, kinds
from interactions.catalogue.models import Category, Product

NOT_ABOUT_A_CUSTOMER = Merge(rule="none", lookup="")

PRODUCT = kinds.register(
    Kind(
        key="product",
        model=Product,
        label=_("product"),
        label_plural=_("Products"),
        path="products",
        icon="package",
        form="interactions.catalogue.forms.ProductForm",
        attributes=(
            Attribute("number", _("product code"), source="number"),
            Attribute("name", _("name"), source="name"),
            Attribute("name_zh_hans", _("name in Simplified Chinese"), source="name_zh_hans"),
            Attribute("name_zh_hant", _("name in Traditional Chinese"), source="name_zh_hant"),
            Attribute("category", _("product type"), Type.RELATION, source="category", related="category"),
            Attribute("price", _("price"), Type.MONEY, source="price", unit="currency"),
            Attribute(
                "unit_cost",
                _("unit cost"),
                Type.MONEY,
                source="unit_cost",
                unit="currency",
                sensitivity=Sensitivity.FINANCE,
            ),
            Attribute("launched_on", _("launched on"), Type.DATE, source="launched_on"),
            Attribute("is_fee", _("is a fee"), Type.BOOLEAN, source="is_fee"),
            Attribute("is_active", _("is sold"), Type.BOOLEAN, source="is_active"),
            Attribute(
                "selling_points",
                _("selling points"),
                Type.LONG_TEXT,
                source="selling_points",
                is_sortable=False,
                is_column=False,
            ),
            *provenance(),
        ),
        columns=("number", "name", "category", "price", "unit_cost", "launched_on", "is_active"),
        filters=("category", "is_active", "is_fee", "price"),
        quick=(
            Quick(_("On sale"), {"is_active": "true"}),
            Quick(_("Launched in 180 days"), {"launched_on_from": "today-180"}),
        ),
        summary=(
            (_("Product"), ("number", "name", "name_zh_hans", "name_zh_hant", "category", "is_active", "is_fee")),
            (_("Price and cost"), ("price", "unit_cost", "launched_on")),
            (_("For sales"), ("selling_points",)),
        ),
        search=("number", "name", "name_zh_hans", "name_zh_hant"),
        link="name",
        select_related=("category", "created_by"),
        order_by=("name", "id"),
        merge=NOT_ABOUT_A_CUSTOMER,
        detail_template="interactions/product_detail.html",
        create_label=_("New product"),
    )
)

CATEGORY = kinds.register(
    Kind(
        key="category",
        model=Category,
        label=_("product type"),
        label_plural=_("Product types"),
        path="categories",
        icon="category",
        form="interactions.catalogue.forms.CategoryForm",
        attributes=(
            Attribute("number", _("code"), source="number"),
            Attribute("name", _("name"), source="name"),
            Attribute("name_zh_hans", _("name in Simplified Chinese"), source="name_zh_hans"),
            Attribute("name_zh_hant", _("name in Traditional Chinese"), source="name_zh_hant"),
            Attribute("parent", _("part of"), Type.RELATION, source="parent", related="category"),
            *provenance(),
        ),
        columns=("number", "name", "parent", "modified_at"),
        filters=("parent",),
        quick=(Quick(_("Top level"), {"parent_empty": "true"}),),
        summary=((_("Product type"), ("number", "name", "name_zh_hans", "name_zh_hant", "parent")),),
        search=("number", "name", "name_zh_hans", "name_zh_hant"),
        link="name",
        select_related=("parent", "created_by"),
        order_by=("path", "id"),
        merge=NOT_ABOUT_A_CUSTOMER,
        create_label=_("New product type"),
    )
)
