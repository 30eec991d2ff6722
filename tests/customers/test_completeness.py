"""R-004: how much of a customer's file is filled, the same in memory and in the database."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.accounts.models import FieldRight, Role, User
from crm.records import rules
from crm.records.custom import registry
from crm.records.kinds import kinds
from customers.completeness import measure
from customers.models import Channel, Customer, TrackedField
from tests import factories

pytestmark = pytest.mark.django_db
KIND = kinds["customer"]


@pytest.fixture
def administrator(client: Client) -> User:
    factories.a_company()
    user = factories.an_administrator()
    client.force_login(user)
    return user


def seven_of_ten(user: User) -> Customer:
    """A person without occupation, e-mail and birth date."""
    return factories.a_customer(
        name="Li Na", phone="+8613800005678", address="West Lake 1", city="Hangzhou", sex="female",
        region=factories.a_region(), owner=user, channel=Channel.objects.first() or factories.the_channel(),
    )  # fmt: skip


def in_database(customer: Customer) -> int:
    return Customer.objects.annotate(share=measure.percent()).get(pk=customer.pk).share


def test_R_004_seven_of_ten_fields_are_70_percent_and_the_missing_are_named(client, administrator):
    customer = seven_of_ten(administrator)
    found = measure.of(customer, administrator)
    assert (found.percent, {each.key for each in found.missing}) == (70, {"occupation", "email", "birth_date"})
    assert in_database(customer) == 70
    page = client.get(customer.get_absolute_url()).content.decode()
    assert "70 %" in page
    assert "birth date, e-mail, occupation" in page
    below = client.get("/api/v1/customers/?completeness_max=79").json()["results"]
    assert [(each["name"], each["completeness"]) for each in below] == [("Li Na", 70)]
    Customer.objects.filter(pk=customer.pk).update(occupation="teacher")
    assert in_database(customer) == 80
    assert client.get("/api/v1/customers/?completeness_max=79").json()["count"] == 0


def test_both_measures_agree_whatever_is_filled(administrator):
    factories.a_custom_field("Floor", applies_to=["person"])
    TrackedField.objects.bulk_create(
        TrackedField(attribute=key, weight=weight)
        for key, weight in {
            "phone": 3,
            "birth_date": 2,
            "industry": 5,
            "custom_floor": 2,
            "owner": 0,
            "city": 1,
        }.items()
    )
    full = {"phone": "+8613800005678", "birth_date": datetime.date(1990, 5, 2), "city": "X", "custom": {"floor": "2"}}
    expected = {}
    for number in range(16):
        chosen = {name: value for bit, (name, value) in enumerate(full.items()) if number >> bit & 1}
        for type in ("person", "organisation"):
            customer = factories.a_customer(type=type, **chosen)
            expected[customer.pk] = measure.of(customer, None).percent
    found = dict(Customer.objects.annotate(share=measure.percent()).values_list("pk", "share"))
    assert found == expected
    assert {0, 37, 100} <= set(found.values())
    registry.forget()


def test_the_list_sorts_and_rules_ask_by_completeness(client, administrator):
    customer = seven_of_ten(administrator)
    empty = factories.a_customer(name="Empty")
    names = [each["name"] for each in client.get("/api/v1/customers/?sort=completeness").json()["results"]]
    assert names == ["Empty", "Li Na"]
    assert "70" in client.get("/customers/?columns=name,completeness&sort=-completeness").content.decode()
    rule = rules.parse({"attribute": "completeness", "op": "lt", "value": 70}, KIND)
    assert list(Customer.objects.filter(rules.to_q(rule))) == [empty]
    assert customer.pk != empty.pk


def test_what_a_reader_does_not_see_is_not_named_as_missing(client, administrator):
    role = Role.objects.get(code=Role.SALES_REP)
    FieldRight.objects.update_or_create(
        role=role, kind="customer", sensitivity="personal", defaults={"level": FieldRight.Level.HIDDEN}
    )
    rep = factories.a_user(role)
    assert [each.key for each in measure.of(seven_of_ten(rep), rep).missing] == ["email"]


def test_the_panel_asks_nothing_of_the_database(administrator):
    customer = Customer.objects.get(pk=seven_of_ten(administrator).pk)
    measure.weights()
    with CaptureQueriesContext(connection) as found:
        measure.of(customer, None)
    assert len(found) <= 1  # what counts, which a request keeps


def test_an_administrator_chooses_what_counts(client, administrator):
    customer = seven_of_ten(administrator)
    answer = client.post("/settings/completeness/", {"weight-phone": "3", "weight-email": "1"})
    assert answer.status_code == 302
    assert in_database(customer) == 75
    assert client.get("/api/v1/customers/?completeness_min=75").json()["count"] == 1
    wrong = client.post("/settings/completeness/", {"weight-phone": "9"})
    assert (wrong.status_code, in_database(customer)) == (200, 75)
    assert "Choose weights from 0 to 5." in wrong.content.decode()
    assert client.post("/settings/completeness/", {"weight-phone": "0"}).status_code == 200


def test_what_is_wrong_in_a_file_is_told_to_who_sees_the_field(client, administrator):
    customer = factories.a_customer(email="no mail", address="文三路", city="杭州")
    assert customer.problems == {"email": "no_shape", "address": "no_number"}
    page = client.get(customer.get_absolute_url()).content.decode()
    assert "E-mail: not written as it must be" in page
    assert "Address: no house number" in page
    FieldRight.objects.create(role=administrator.role, kind="customer", sensitivity="contact", level="masked")
    page = client.get(customer.get_absolute_url()).content.decode()
    assert "not written as it must be" not in page
    assert "no house number" not in page
