"""Figures and segments in the list of customers."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from analytics.models import Segment
from analytics.segments import members
from crm.accounts.models import Company, Role, User
from customers.models import Customer
from tests.analytics import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client) -> User:
    Company(name="Tea House", currency="CNY").save()
    user = User.objects.create_user("boss", password="x", role=Role.objects.get(code=Role.EXECUTIVE))
    client.force_login(user)
    return user


@pytest.fixture
def customers(reader: User) -> list[Customer]:
    made = [Customer.objects.create(name=name) for name in ("Ash", "Birch", "Cedar")]
    figures: dict[Customer, dict[str, Any]] = {
        made[0]: {"value_tier": "high", "amount_12_months": 1_234_550, "orders_12_months": 12},
        made[1]: {"value_tier": "low", "amount_12_months": 990, "orders_12_months": 1},
    }
    published.publish(published.run("2026-05-20", figures))
    return made


def names(client: Client, query: str) -> list[str]:
    response = client.get(f"/customers/?{query}")
    assert response.status_code == 200
    return [row.record.name for row in response.context["table"].page.object_list]


def test_figures_are_columns(client: Client, customers: list[Customer]) -> None:
    page = client.get("/customers/?columns=name,value_tier,amount_12_months").content.decode()
    assert "12,345.50" in page and "High" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("value_tier=high", ["Ash"]),
        ("amount_12_months_min=9.9&amount_12_months_max=10000", ["Birch"]),
        ("orders_12_months_min=1&sort=-orders_12_months", ["Ash", "Birch"]),
        ("sort=-amount_12_months&orders_12_months_min=0", ["Ash", "Birch"]),
    ],
)
def test_figures_filter_and_sort(client: Client, customers: list[Customer], query: str, found: list[str]) -> None:
    assert names(client, query) == found


def test_members_of_a_segment_can_be_listed(client: Client, customers: list[Customer]) -> None:
    rule = {"all": [{"attribute": "orders_12_months", "op": "gte", "value": 12}]}
    segment = Segment.objects.create(name="Regular", code="regular", purpose="x", rule=rule)
    members.fill(segment)
    assert names(client, f"segment={segment.pk}") == ["Ash"]
    assert "Select a valid choice" in client.get("/customers/?segment=999").content.decode()


def test_figures_are_in_files_and_answers(client: Client, customers: list[Customer]) -> None:
    response = client.get("/customers/export/?columns=name,amount_12_months&sort=name&format=csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert "Ash,12345.5" in text
    found = client.get(f"/api/v1/customers/{customers[0].pk}").json()
    assert (found["value_tier"], float(found["amount_12_months"])) == ("high", 12345.5)


def test_figures_cost_no_query_per_row(client: Client, customers: list[Customer]) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/customers/?columns=name,value_tier,amount_12_months,last_on&sort=-amount_12_months")
        return len(captured)

    queries()
    few = queries()
    for number in range(20):
        Customer.objects.create(name=f"More {number}")
    assert queries() == few
