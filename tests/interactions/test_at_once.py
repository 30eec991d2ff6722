"""Two who press the same button at once: it is done once."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from interactions.deals.services import make_order
from interactions.orders.models import Order
from interactions.orders.services import confirm
from tests import factories
from tests.at_once import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture(autouse=True)
def company() -> None:
    assert connection.vendor == "postgresql", "run with DATABASE_URL=postgresql://…"
    factories.a_company()


def test_a_deal_becomes_one_order():
    deal = factories.a_deal(lines=[(2, 50)], stage="won")
    told = at_once(*[lambda: make_order(deal, user=None)] * 3, refusals=(ValidationError,))
    assert sum(isinstance(each, Order) for each in told) == 1
    order = Order.objects.get()
    deal.refresh_from_db()
    assert (deal.order, order.net_amount) == (order, 100)


def test_a_draft_is_confirmed_once():
    order = factories.an_order(lines=[(2, 50)], status="draft")
    told = at_once(*[lambda: confirm(order, user=None)] * 3, refusals=(ValidationError,))
    assert sum(isinstance(each, Order) for each in told) == 1
    order.refresh_from_db()
    assert (order.status, order.net_amount, order.version) == ("confirmed", 100, 2)
