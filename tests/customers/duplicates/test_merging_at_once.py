"""Several merges at once give exact totals: with threads on PostgreSQL, one after the other on SQLite."""

from collections.abc import Callable

import pytest
from django.db import connection

from customers.duplicates import merging
from customers.duplicates.merging import MergeRefused
from customers.models import Customer, CustomerMerge
from interactions.orders.models import Order
from tests import at_once, factories

ORDERS = 5


def customers(count: int) -> list[Customer]:
    made = [factories.a_customer(name=f"Number {place}") for place in range(count)]
    for customer in made:
        for _each in range(ORDERS):
            factories.an_order(customer=customer, lines=[(1, 100)])
    return made


def merge(survivor: Customer, duplicate: Customer) -> Callable[[], object]:
    return lambda: merging.merge(survivor=survivor, duplicate=duplicate, user=None)


def outcomes(*actions: Callable[[], object]) -> list[str]:
    """What came of each: "done", or that it was refused."""
    told = at_once.at_once(*actions, refusals=(MergeRefused,))
    return ["refused" if isinstance(each, MergeRefused) else "done" for each in told]


def check(total: int) -> None:
    """Each order once, none left with a merged customer, the money exact."""
    merging.gather()
    assert Order.objects.count() == total
    assert Order.objects.filter(customer__merged_into__isnull=False).count() == 0
    kept = Customer.objects.kept()
    assert sum(each.orders.count() for each in kept) == total
    assert sum(order.net_amount for each in kept for order in each.orders.all()) == 100 * total
    moved = [pk for done in CustomerMerge.objects.all() for entry in done.moved for pk in entry["ids"]]
    assert len(moved) == len(set(moved)) or CustomerMerge.objects.filter(survivor__merged_into__isnull=False).exists()


def race() -> None:
    one, two, three, four = customers(4)
    assert outcomes(merge(one, two), merge(one, three), merge(one, four)) == ["done"] * 3
    assert one.orders.count() == 4 * ORDERS
    check(4 * ORDERS)

    one, two = customers(2)  # each into the other: one of them wins
    assert sorted(outcomes(merge(one, two), merge(two, one))) == ["done", "refused"]
    assert Customer.objects.kept().filter(pk__in=[one.pk, two.pk]).count() == 1
    check(6 * ORDERS)

    one, two = customers(2)  # twice the same
    assert sorted(outcomes(*[merge(one, two)] * 3)) == ["done", "refused", "refused"]
    check(8 * ORDERS)

    one, two, three = customers(3)  # the survivor of one is the duplicate of the other
    told = outcomes(merge(one, two), merge(two, three))
    assert "done" in told
    check(11 * ORDERS)

    one, two = customers(2)  # orders come in meanwhile
    stale = Customer.objects.get(pk=two.pk)
    new = [lambda: factories.an_order(customer=stale, lines=[(1, 100)])] * 3
    assert outcomes(merge(one, two), *new) == ["done"] * 4
    check(13 * ORDERS + 3)
    assert one.orders.count() == 2 * ORDERS + 3


@pytest.mark.django_db
def test_merges_one_after_the_other():
    if connection.vendor == "postgresql":
        pytest.skip("threads below")
    race()


@pytest.mark.services
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_merges_at_once_on_postgresql():
    assert connection.vendor == "postgresql", "run with DATABASE_URL=postgresql://…"
    race()
