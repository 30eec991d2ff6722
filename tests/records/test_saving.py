"""Saving: the optimistic lock, history, formula guard."""

import pytest
from django.test import Client

from crm.accounts.models import Role
from crm.records import export, services
from crm.records.kinds import kinds
from customers.models import Customer
from tests import factories

pytestmark = pytest.mark.django_db


def data_of(customer: Customer, **changes):
    return {
        "version": customer.version,
        "type": customer.type,
        "name": customer.name,
        "city": customer.city,
        "relation_class": customer.relation_class,
    } | changes


def test_the_second_saver_gets_both_versions_and_loses_nothing(client):
    customer = factories.a_customer(name="Li Na", city="Hangzhou")
    first, second = factories.an_administrator(first_name="Ann"), factories.an_administrator(first_name="Bo")
    other = Client()
    client.force_login(first)
    other.force_login(second)
    url = kinds["customer"].url("update", customer.pk)
    assert client.post(url, data_of(customer, city="Shanghai")).status_code == 302
    answer = other.post(url, data_of(customer, city="Beijing", name="Li Nana"))
    assert answer.status_code == 409
    differences = {each["name"]: (each["yours"], each["theirs"]) for each in answer.context["conflict"]["differences"]}
    assert differences == {"city": ("Beijing", "Shanghai"), "name": ("Li Nana", "Li Na")}
    assert answer.context["conflict"]["by"] == first
    assert "Beijing" in answer.content.decode() and "Shanghai" in answer.content.decode()
    customer.refresh_from_db()
    assert (customer.name, customer.city) == ("Li Na", "Shanghai")
    kept = answer.context["form"]["version"].value()
    assert other.post(url, data_of(customer, city="Beijing", version=kept)).status_code == 302
    customer.refresh_from_db()
    assert customer.city == "Beijing"


def test_services_refuse_a_stale_version():
    customer = factories.a_customer()
    stale = Customer.objects.get(pk=customer.pk)
    customer.city = "Xi'an"
    services.save(customer, user=None, expected_version=1)
    stale.city = "Dalian"
    with pytest.raises(services.Conflict):
        services.save(stale, user=None, expected_version=1)
    assert Customer.objects.get(pk=customer.pk).city == "Xi'an"


def test_history_says_field_old_new_who_and_when(client):
    user = factories.an_administrator(first_name="Ann")
    client.force_login(user)
    region = factories.a_region("east", name="East")
    customer = factories.a_customer(name="Li Na", city="Hangzhou")
    url = kinds["customer"].url("update", customer.pk)
    client.post(url, data_of(customer, city="Shanghai", region=region.pk))
    entry = client.get(kinds["customer"].url("history", customer.pk)).context["entries"][0]
    assert entry.user == user
    assert {(str(each.label), each.old, each.new) for each in entry.changes} == {
        ("city", "Hangzhou", "Shanghai"),
        ("region", "", "East"),
    }


def test_history_masks_what_the_reader_sees_masked(client):
    unit = factories.a_unit()
    rep = factories.a_user(Role.SALES_REP, unit=unit)
    customer = factories.a_customer(owner=rep, unit=unit, tax_number="330106199005020028")
    customer.tax_number = "440106199005020028"
    services.save(customer, user=None)
    client.force_login(rep)
    changes = client.get(kinds["customer"].url("history", customer.pk)).context["entries"][0].changes
    assert [str(each.label) for each in changes] == ["tax or ID number"]
    assert "****" in changes[0].old and "330106" not in changes[0].old and "440106" not in changes[0].new


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("+86 138 0000 5678", "+86 138 0000 5678"),
        ("Li Na", "Li Na"),
        (-5, -5),
    ],
)
def test_no_text_becomes_a_formula(value, written):
    assert export.harmless(value) == written


def test_an_export_holds_no_formula(client):
    factories.a_customer(name='=HYPERLINK("http://x")')
    client.force_login(factories.an_administrator())
    content = b"".join(client.get("/customers/export/?columns=name").streaming_content).decode("utf-8-sig")
    assert content.splitlines()[1].startswith("\"'=HYPERLINK")


def test_a_customer_with_orders_cannot_be_purged(client):
    client.force_login(factories.an_administrator())
    customer = factories.a_customer()
    factories.an_order(customer=customer)
    services.delete(customer, user=None)
    client.post(kinds["customer"].url("purge", customer.pk))
    assert Customer.objects.filter(pk=customer.pk).exists()  # its order protects it
