"""What every kind must declare before it may exist."""

import pytest
from django.db import models

from crm.accounts.models import AccessRule, Role
from crm.records.kinds import kinds
from crm.records.models import Record

KEYS = [kind.key for kind in kinds]
ROLES = [Role.SALES_REP, Role.SERVICE_AGENT, Role.MANAGER, Role.EXECUTIVE, Role.ADMINISTRATOR]
EXPECTED = {
    "customer",
    "contact_person",
    "category",
    "product",
    "deal",
    "order",
    "contact",
    "need",
    "request",
    "complaint",
    "enquiry",
    "task",
    "target",
}
TECHNICAL = {"id", "path", *(field.name for field in Record._meta.get_fields())} | {
    "about_type",
    "about_id",
    "merged_into",
    "problems",  # codes of what is wrong with the other fields
}


def test_the_kinds_of_the_house_are_registered():
    assert set(KEYS) >= EXPECTED


@pytest.mark.django_db
@pytest.mark.parametrize("key", KEYS)
def test_every_kind_has_an_access_policy_for_every_built_in_role(key):
    with_rule = set(AccessRule.objects.filter(kind=key).values_list("role__code", flat=True))
    assert set(ROLES) <= with_rule
    assert kinds[key].model.Access.kind == key


@pytest.mark.parametrize("key", KEYS)
def test_every_field_has_a_privacy_class(key):
    """A field that nobody declared would show in no mask and no export rule."""
    kind = kinds[key]
    declared = {attribute.source.split("__")[0] for attribute in kind.attributes}
    fields = {field.name for field in [*kind.model._meta.fields, *kind.model._meta.many_to_many]}
    assert fields - TECHNICAL - declared == set()


@pytest.mark.parametrize("key", KEYS)
def test_every_source_leads_somewhere(key):
    """Recorded attributes to a field or property; computed ones to an annotation that hides no field."""
    kind = kinds[key]
    for attribute in kind.attributes:
        assert attribute.source, attribute.key
        assert hasattr(kind.model, attribute.source.split("__")[0]) != attribute.is_computed, attribute.key


@pytest.mark.parametrize("key", KEYS)
def test_the_order_of_the_list_has_an_index(key):
    kind = kinds[key]
    first = kind.order_by[0].removeprefix("-")
    field = kind.model._meta.get_field("id" if first == "pk" else first)
    leading = {index.fields[0].removeprefix("-") for index in kind.model._meta.indexes if index.fields}
    leading |= {each.fields[0] for each in kind.model._meta.constraints if isinstance(each, models.UniqueConstraint)}
    assert field.primary_key or field.unique or field.db_index or first in leading


@pytest.mark.parametrize("key", KEYS)
def test_every_kind_says_what_a_merge_does_with_it(key):
    kind = kinds[key]
    names_a_customer = any(field.name == "customer" for field in kind.model._meta.fields)
    if key == "customer":
        assert kind.merge.rule == "keep_first"
    elif names_a_customer:
        assert kind.merge.rule in {"move", "union"}
        assert kind.merge.lookup == "customer"
    else:
        assert kind.merge.rule == "none"


@pytest.mark.parametrize("key", KEYS)
def test_columns_summary_search_and_filters_name_attributes(key):
    kind = kinds[key]
    named = [
        *kind.columns,
        *kind.search,
        *kind.filters,
        kind.link,
        *(each for _title, keys in kind.summary for each in keys),
    ]
    known = {*kind.by_key, *kind.filterset_class.base_filters}
    assert [each for each in named if each not in known] == []
    assert kind.form_class._meta.model is kind.model
    assert all(name in kind.form_class.base_fields for _title, names in kind.form_class.sections for name in names)
    shown = {name for _title, names in kind.form_class.sections for name in names}
    assert set(kind.form_class._meta.fields) == shown
