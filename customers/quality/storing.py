"""Keeping what is wrong with a customer's values beside them, for the facts and the customer's page."""

from collections.abc import Callable, Iterable
from typing import Any

from crm.records import bulk
from customers.quality import checks

BATCH = 2_000


def note(customers: Iterable[Any]) -> int:
    """Bring what is wrong with stored customers up to date; how many had to be written."""
    changed = []
    for customer in customers:
        found = checks.problems_of(customer)
        if customer.problems != found:
            customer.problems = found
            changed.append(customer)
    bulk.update(changed, ["problems"])
    return len(changed)


def catch_up(progress: Callable[[int], None] = lambda done: None) -> int:
    """Check those that never were: written before there were checks, or past the forms."""
    from customers.models import Customer

    done, last = 0, 0
    rows = Customer._base_manager.filter(problems__isnull=True).order_by("pk")
    while found := list(rows.filter(pk__gt=last).only("pk", "problems", *checks.SOURCES)[:BATCH]):
        last = found[-1].pk
        note(found)
        done += len(found)
        progress(done)
    return done
