import pytest

from analytics.facts import engine
from analytics.facts.refresh import refresh
from tests.analytics.facts import records

pytestmark = pytest.mark.django_db


def test_an_order_reaches_the_facts():
    records.company()
    buyer = records.customer()
    records.order({"quantity": 3, "unit_price": "1.255"}, {"kind": "return", "quantity": -1}, customer=buyer)
    facts = engine.reader(refresh().id, user=None)
    assert facts.rows("SELECT customer_id, gross_amount, net_amount, is_purchase, month, week, hour FROM orders") == [
        {
            "customer_id": buyer.pk,
            "gross_amount": 377,
            "net_amount": -623,
            "is_purchase": True,
            "month": "2024-03",
            "week": "2024-W10",
            "hour": 10,
        }
    ]
