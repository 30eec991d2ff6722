"""The kinds of this floor: customers and the persons in them."""

from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Sensitivity
from crm.records.attributes import Attribute, Type, countries, provenance
from crm.records.kinds import Kind, Merge, Quick, kinds
from customers import lookups  # noqa: F401  registers what relations point at
from customers.completeness import measure
from customers.models import ContactPerson, Customer
from customers.privacy import attributes as privacy

CUSTOMER = kinds.register(
    Kind(
        key="customer",
        model=Customer,
        label=_("customer"),
        label_plural=_("Customers"),
        hand_over={},
        path="customers",
        icon="users",
        form="customers.forms.CustomerForm",
        form_template="customers/customer_form.html",
        attributes=(
            Attribute("number", _("customer number"), source="number", facts="number"),
            Attribute("name", _("name"), source="name"),
            Attribute("type", _("type"), Type.CHOICE, source="type", facts="type", choices=Customer.Type.choices),
            Attribute(
                "sex",
                _("sex"),
                Type.CHOICE,
                source="sex",
                facts="sex",
                sensitivity=Sensitivity.PERSONAL,
                choices=Customer.Sex.choices,
            ),
            Attribute("birth_date", _("birth date"), Type.DATE, source="birth_date", sensitivity=Sensitivity.PERSONAL),
            Attribute(
                "age",
                _("age"),
                Type.NUMBER,
                source="age",
                unit="years",
                sensitivity=Sensitivity.PERSONAL,
                formula=_("Completed years from the birth date to today"),
                is_filterable=False,
                is_sortable=False,
                is_importable=False,
            ),
            Attribute("phone", _("phone"), source="phone", sensitivity=Sensitivity.CONTACT),
            Attribute("email", _("e-mail"), source="email", sensitivity=Sensitivity.CONTACT),
            Attribute("address", _("address"), source="address", sensitivity=Sensitivity.CONTACT),
            Attribute("district", _("district"), source="district", facts="district"),
            Attribute("city", _("city"), source="city", facts="city"),
            Attribute("province", _("province or state"), source="province", facts="province"),
            Attribute("postcode", _("postcode"), source="postcode", sensitivity=Sensitivity.CONTACT),
            Attribute("country", _("country"), Type.CHOICE, source="country", facts="country", choices=countries),
            Attribute("region", _("region"), Type.RELATION, source="region", facts="region_id", related="region"),
            Attribute("occupation", _("occupation"), source="occupation", sensitivity=Sensitivity.PERSONAL),
            Attribute(
                "income_band",
                _("income"),
                Type.CHOICE,
                source="income_band",
                facts="income_band",
                sensitivity=Sensitivity.FINANCE,
                choices=Customer.IncomeBand.choices,
            ),
            Attribute("tax_number", _("tax or ID number"), source="tax_number", sensitivity=Sensitivity.IDENTITY),
            Attribute(
                "industry", _("industry"), Type.RELATION, source="industry", facts="industry_id", related="industry"
            ),
            Attribute("website", _("website"), source="website"),
            Attribute(
                "relation_class",
                _("relationship class"),
                Type.CHOICE,
                source="relation_class",
                facts="relation_class",
                choices=Customer.RelationClass.choices,
            ),
            Attribute(
                "channel", _("came through"), Type.RELATION, source="channel", facts="channel_id", related="channel"
            ),
            Attribute("owner", _("owner"), Type.RELATION, source="owner", facts="owner_id", related="user"),
            Attribute("unit", _("department"), Type.RELATION, source="unit", facts="unit_id", related="unit"),
            Attribute(
                "tags", _("tags"), Type.RELATION, source="tags", related="tag", is_multiple=True, is_sortable=False
            ),
            *(
                Attribute(key, label, Type.LONG_TEXT, source=key, facts=key, is_sortable=False, is_column=False)
                for key, label in (
                    ("needs", _("needs")),
                    ("preferences", _("preferences")),
                    ("background", _("background")),
                )
            ),
            Attribute(
                "completeness",
                _("completeness"),
                Type.NUMBER,
                source="derived_completeness",
                derived=measure.percent,
                unit="percent",
                formula=_(
                    "Weight of the filled fields × 100 / weight of the fields that count for this type of customer"
                ),
                is_importable=False,
            ),
            Attribute("became_customer_on", _("known since"), Type.DATE, source="became_customer_on"),
            Attribute("lost_on", _("lost on"), Type.DATE, source="lost_on", facts="lost_on"),
            Attribute("lost_reason", _("churn reason"), source="lost_reason", facts="lost_reason"),
            *privacy.of_customer(),
            *provenance(),
        ),
        columns=("number", "name", "phone", "city", "region", "relation_class", "owner"),
        filters=("type", "relation_class", "region", "unit", "owner", "city", "tags"),
        quick=(
            Quick(_("Mine"), {"owner": "me"}),
            Quick(_("Key accounts"), {"relation_class": "key"}),
            Quick(_("Files below 80 %"), {"completeness_max": "79"}),
            Quick(_("New in 30 days"), {"became_customer_on_from": "today-30"}),
        ),
        summary=(
            (
                _("Basic information"),
                ("number", "type", "sex", "birth_date", "age", "occupation", "income_band", "industry", "tax_number"),
            ),
            (
                _("How to reach"),
                (
                    "phone",
                    "email",
                    "address",
                    "district",
                    "city",
                    "province",
                    "postcode",
                    "country",
                    "region",
                    "website",
                ),
            ),
            (
                _("Relationship"),
                ("relation_class", "owner", "unit", "channel", "tags", "became_customer_on"),
            ),
            (_("Needs and background"), ("needs", "preferences", "background")),
            (_("Churn"), ("lost_on", "lost_reason")),
        ),
        search=("number", "name", "phone", "email", "city"),
        link="name",
        select_related=("region", "owner", "unit", "channel", "industry", "created_by"),
        prefetch_related=("tags",),
        merge=Merge(rule="keep_first", lookup="pk"),
        detail_template="customers/customer_detail.html",
        create_label=_("New customer"),
    )
)

CONTACT_PERSON = kinds.register(
    Kind(
        key="contact_person",
        model=ContactPerson,
        label=_("contact person"),
        label_plural=_("Contact persons"),
        path="contact-persons",
        icon="user",
        form="customers.forms.ContactPersonForm",
        attributes=(
            Attribute("number", _("number"), source="number"),
            Attribute("name", _("name"), source="name"),
            Attribute("customer", _("customer"), Type.RELATION, source="customer", related="customer"),
            Attribute("position", _("position"), source="position"),
            Attribute("phone", _("phone"), source="phone", sensitivity=Sensitivity.CONTACT),
            Attribute("email", _("e-mail"), source="email", sensitivity=Sensitivity.CONTACT),
            Attribute(
                "buying_role",
                _("role in decisions"),
                Type.CHOICE,
                source="buying_role",
                choices=ContactPerson.BuyingRole.choices,
            ),
            Attribute(
                "attitude", _("attitude"), Type.CHOICE, source="attitude", choices=ContactPerson.Attitude.choices
            ),
            Attribute("is_key_person", _("key person"), Type.BOOLEAN, source="is_key_person"),
            Attribute("birth_date", _("birth date"), Type.DATE, source="birth_date", sensitivity=Sensitivity.PERSONAL),
            Attribute("note", _("note"), Type.LONG_TEXT, source="note", is_sortable=False, is_column=False),
            *provenance(),
        ),
        columns=("number", "name", "customer", "position", "phone", "buying_role", "is_key_person"),
        filters=("customer", "buying_role", "attitude", "is_key_person"),
        quick=(
            Quick(_("Key persons"), {"is_key_person": "true"}),
            Quick(_("Of my customers"), {"customer.owner": "me"}),
            Quick(_("Against us"), {"attitude": "negative"}),
        ),
        summary=(
            (_("Person"), ("number", "customer", "position", "phone", "email", "birth_date")),
            (_("Part in decisions"), ("buying_role", "attitude", "is_key_person", "note")),
        ),
        search=("number", "name", "phone", "email"),
        link="name",
        select_related=("customer", "created_by"),
        create_label=_("New contact person"),
    )
)
