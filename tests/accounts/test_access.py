"""Scope by level and action, over customers: own, unit tree, region tree, all, none."""

import pytest
from django.contrib.auth.models import AnonymousUser

from crm.accounts import access
from crm.accounts.models import AccessRule, FieldRight, Role, Sensitivity
from customers.models import Customer
from interactions.models import Complaint, Order
from tests.factories import a_region, a_unit, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Two branches and two regions, a customer in each corner; the reader sits in `south` and `coast`."""
    south = a_unit("south")
    south_shop = a_unit("south-shop", parent=south)
    north = a_unit("north")
    coast = a_region("coast")
    harbour = a_region("harbour", parent=coast)
    inland = a_region("inland")
    role = Role.objects.create(code="tester", name="Tester")
    reader = a_user(role, unit=south, region=coast)
    other = a_user(role, unit=north, region=inland)
    rows = {
        "own": (north, inland, reader),
        "same unit": (south, inland, other),
        "unit below": (south_shop, inland, other),
        "same region": (north, coast, other),
        "region below": (north, harbour, other),
        "foreign": (north, inland, other),
        "nobody's": (None, None, None),
    }
    for name, (unit, region, owner) in rows.items():
        Customer.objects.create(name=name, unit=unit, region=region, owner=owner)
    return role, reader


def names(q):
    return set(Customer.objects.filter(q).values_list("name", flat=True))


EVERY = {"own", "same unit", "unit below", "same region", "region below", "foreign", "nobody's"}
SEEN = {
    "none": set(),
    "own": {"own"},
    "unit": {"own", "same unit", "unit below"},
    "region": {"own", "same region", "region below"},
    "all": EVERY,
}


@pytest.mark.parametrize("action", access.ACTIONS)
@pytest.mark.parametrize("level", SEEN)
def test_each_level_reaches_exactly_its_rows(world, level, action):
    role, reader = world
    AccessRule.objects.create(role=role, kind="customer", **{action: level})
    assert names(access.rows(Customer, reader, action)) == SEEN[level]
    for other in set(access.ACTIONS) - {action}:
        assert names(access.rows(Customer, reader, other)) == set()


def test_changing_reaches_no_further_than_viewing(world):
    role, reader = world
    AccessRule.objects.create(role=role, kind="customer", view="own", change="all", delete="unit")
    assert set(Customer.objects.changeable_by(reader).values_list("name", flat=True)) == {"own"}
    assert set(Customer.objects.deletable_by(reader).values_list("name", flat=True)) == {"own"}


@pytest.mark.parametrize("level", ["unit", "region"])
def test_a_reader_without_a_place_reaches_only_own_rows(world, level):
    role, reader = world
    reader.unit = reader.region = None
    reader.save()
    AccessRule.objects.create(role=role, kind="customer", view=level)
    assert names(access.rows(Customer, reader)) == {"own"}


def test_without_a_rule_without_a_role_or_out_of_service_there_is_nothing(world):
    role, reader = world
    assert access.scope("customer", reader).is_nothing
    AccessRule.objects.create(role=role, kind="customer", view="all", may_create=True, may_export=True)
    for stranger in (
        a_user(None),
        a_user(role, is_active=False),
        a_user(role, is_active=False, is_superuser=True),
        AnonymousUser(),
    ):
        assert access.scope("customer", stranger).is_nothing
        assert names(access.rows(Customer, stranger)) == set()
        assert not access.may_create("customer", stranger)
        assert not access.may_export("customer", stranger)
        assert access.field_level("customer", Sensitivity.PUBLIC, stranger) == FieldRight.Level.HIDDEN


def test_the_house_itself_and_superusers_reach_everything(world):
    for user in (None, a_user(None, is_superuser=True)):
        assert names(access.rows(Customer, user, "delete")) == EVERY
        assert access.may_create("customer", user) and access.may_export("customer", user)
        assert access.field_level("customer", Sensitivity.IDENTITY, user) == FieldRight.Level.WRITE


def test_an_unknown_action_is_an_error_for_everybody():
    for user in (None, a_user()):
        with pytest.raises(ValueError, match="Unknown action"):
            access.scope("customer", user, "purge")


def test_a_moved_unit_and_a_changed_rule_count_at_the_next_request(world, django_user_model):
    role, reader = world
    rule = AccessRule.objects.create(role=role, kind="customer", view="unit")
    north = Customer.objects.get(name="foreign").unit
    assert "foreign" not in names(access.rows(Customer, reader))
    north.parent = reader.unit
    north.save()
    again = django_user_model.objects.get(pk=reader.pk)
    assert "foreign" in names(access.rows(Customer, again))
    AccessRule.objects.filter(pk=rule.pk).update(view="none")
    assert names(access.rows(Customer, django_user_model.objects.get(pk=reader.pk))) == set()


def test_rights_are_read_once_per_user_object_and_again_after_a_refresh(world, django_assert_num_queries):
    role, reader = world
    AccessRule.objects.create(role=role, kind="customer", view="unit")
    with django_assert_num_queries(3):  # rules, the unit's path, the units below
        for _again in range(3):
            access.scope("customer", reader)
            access.may_create("customer", reader)
    AccessRule.objects.update(view="all")
    assert access.scope("customer", reader).level == "unit"
    reader.refresh_from_db()
    assert access.scope("customer", reader).is_everything


def test_another_role_or_unit_on_the_same_object_is_noticed(world):
    role, reader = world
    AccessRule.objects.create(role=role, kind="customer", view="unit")
    assert access.scope("customer", reader).unit_ids
    reader.unit = a_unit("elsewhere")
    assert access.scope("customer", reader).unit_ids == (reader.unit.pk,)
    reader.role = None
    assert access.scope("customer", reader).is_nothing


def test_a_scope_carries_what_sql_needs(world):
    role, reader = world
    AccessRule.objects.create(role=role, kind="order", view="unit", change="region")
    unit = reader.unit
    view = access.scope("order", reader)
    assert (view.level, view.user_id, set(view.unit_ids), view.region_ids) == (
        "unit", reader.pk, {unit.pk, *unit.children.values_list("pk", flat=True)}, (),
    )  # fmt: skip
    change = access.scope("order", reader, "change")
    assert (change.level, change.unit_ids, len(change.region_ids)) == ("region", (), 2)


@pytest.mark.parametrize("model", [Order, Complaint])
@pytest.mark.parametrize("level", ["own", "unit", "region"])
def test_records_of_a_customer_follow_the_customer_too(world, model, level):
    """The query of every level runs; a row without places of its own is found through its customer."""
    role, reader = world
    AccessRule.objects.create(role=role, kind=model.Access.kind, view=level)
    assert list(model.objects.filter(access.rows(model, reader))) == []


FIELD_CASES = [
    # rights (kind, sensitivity, level), then what is asked and the answer
    ([], ("customer", "public"), "write"),
    ([], ("customer", "identity"), "masked"),
    ([("", "contact", "masked")], ("customer", "contact"), "masked"),
    ([("", "contact", "masked"), ("customer", "contact", "read")], ("customer", "contact"), "read"),
    ([("", "contact", "masked"), ("customer", "contact", "read")], ("order", "contact"), "masked"),
    ([("customer", "finance", "hidden")], ("order", "finance"), "masked"),
    ([("", "finance", "hidden")], ("order", "finance"), "hidden"),
]


@pytest.mark.parametrize(("rights", "asked", "answer"), FIELD_CASES)
def test_the_right_for_a_kind_counts_before_the_general_one(world, rights, asked, answer):
    role, reader = world
    for kind, sensitivity, level in rights:
        FieldRight.objects.create(role=role, kind=kind, sensitivity=sensitivity, level=level)
    assert access.field_level(*asked, reader) == answer
    assert access.may_read_fully(*asked, reader) is (answer in {"read", "write"})
    assert access.may_write(*asked, reader) is (answer == "write")
