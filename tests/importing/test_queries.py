"""The page of the columns asks as often for many names as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.importing.wizard import uploaded

pytestmark = pytest.mark.django_db


def asked(client, kind: str, content: str) -> int:
    imp = uploaded(client, kind, content)
    address = f"/imports/{imp.pk}/columns/"
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    # a request of its own has no savepoints around what it does
    return len([each for each in found if "SAVEPOINT" not in each["sql"]])


def test_a_file_of_customers_with_unknown_places_and_people(client):
    factories.a_company()
    client.force_login(factories.an_administrator())
    factories.a_region("coast")
    rows = [f"Shop {at},Bath,{('Coast', 'North', 'Far')[at % 3]},nobody{at}" for at in range(60)]
    few, many = ("\n".join(["Name,City,Region,Owner", *rows[:count]]) for count in (5, 60))
    assert asked(client, "customers", few) == asked(client, "customers", many) <= 12


def test_a_file_of_contacts_with_known_and_unknown_customers_and_products(client):
    factories.a_company()
    client.force_login(factories.an_administrator())
    customers = [factories.a_customer().number for _ in range(10)]
    product = factories.a_product().number
    rows = [
        f"{customers[at] if at < 10 else f'C-9{at:05d}'},2026-01-{1 + at % 9:02d},Hello {at},phone,rep{at},{product}"
        for at in range(60)
    ]
    few, many = ("\n".join(["Customer,Date,Subject,Channel,Staff,Product", *rows[:count]]) for count in (5, 60))
    assert asked(client, "contacts", few) == asked(client, "contacts", many) <= 12
