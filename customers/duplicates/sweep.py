"""The whole base against itself: whoever shares a key is compared, in blocks small enough to keep in memory.

Keys are walked in their order, a few thousand at a time, so memory does not grow with the number of customers. A value
that very many share (a switchboard, "unknown") tells nothing and is left out; how many were is said.
"""

import datetime
import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.accounts.models import User
from customers.duplicates import keys, merging
from customers.duplicates.models import DuplicateKey, DuplicatePair, DuplicateSweep
from customers.duplicates.scoring import LIKELY, Identity, identity, match
from customers.models import Customer

JOB = "customers.find_duplicates"
LARGEST_BLOCK = 150
VALUES_AT_ONCE = 2_000
OVERLAP = datetime.timedelta(minutes=15)

Progress = Callable[[int, int, str], None]


def sweep(*, user: User | None = None, progress: Progress = lambda done, total, text: None) -> DuplicateSweep:
    """Compare all customers, keep the likely pairs, drop open pairs that are likely no more."""
    started = time.perf_counter()
    run = _started(user)
    previous = DuplicateSweep.objects.filter(finished_at__isnull=False).exclude(pk=run.pk).first()
    since = previous.started_at - OVERLAP if previous else None
    merging.gather(user)
    keys.refresh(since, lambda done, total: progress(done, max(total, 1), _("Reading customers")))
    run.customers = Customer.objects.kept().count()
    for block, share in _blocks(run):
        _compare(block, run)
        progress(int(1000 * share), 1000, _("Comparing customers"))
    _settle(run)
    run.finished_at, run.seconds = timezone.now(), round(time.perf_counter() - started, 2)
    run.pairs = DuplicatePair.objects.open().of_kept().count()
    run.save()
    return run


def _started(user: User | None) -> DuplicateSweep:
    """The interrupted run of a killed worker is taken up by a new one: what it wrote is found again."""
    DuplicateSweep.objects.filter(finished_at__isnull=True).delete()
    return DuplicateSweep.objects.create(user=user)


def _blocks(run: DuplicateSweep) -> Iterator[tuple[list[tuple[str, int]], float]]:
    """Keys shared by several customers, as (value, customer) in the order of values, and how far the walk is."""
    telling = DuplicateKey.objects.exclude(value__startswith=f"{keys.PERSON_NAME}:")
    shared = telling.order_by("value").values("value").annotate(holders=Count("id")).filter(holders__gt=1)
    total = max(shared.count(), 1)
    last, done = "", 0
    while batch := list(shared.filter(value__gt=last).values_list("value", "holders")[:VALUES_AT_ONCE]):
        last, done = batch[-1][0], done + len(batch)
        small = [value for value, holders in batch if holders <= LARGEST_BLOCK]
        run.skipped += len(batch) - len(small)
        rows: list[tuple[str, int]] = []
        for start in range(0, len(small), keys_per_query()):
            held = DuplicateKey.objects.filter(value__in=small[start : start + keys_per_query()])
            rows += held.order_by("value", "customer_id").values_list("value", "customer_id")
        yield rows, done / total


def keys_per_query() -> int:
    return min(VALUES_AT_ONCE, connection.features.max_query_params or VALUES_AT_ONCE)


def _compare(rows: list[tuple[str, int]], run: DuplicateSweep) -> None:
    """Every two customers of a block once, however many values of it they share."""
    identities = dict(_identities({pk for _value, pk in rows}))
    met: set[tuple[int, int]] = set()
    for _value, held in itertools.groupby(rows, key=lambda row: row[0]):
        ids = [pk for _key, pk in held if pk in identities]
        met.update(itertools.combinations(ids, 2))
    found = []
    for first, second in met:
        made = match(identities[first], identities[second])
        if made.score >= LIKELY:
            used = f",{','.join(sorted(made.used))}," if made.used else ""
            found.append((first, second, made.score, list(made.reasons), used))
    run.compared += len(met)
    _keep(found, run)


def _identities(ids: set[int]) -> Iterator[tuple[int, Identity]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), keys_per_query()):
        rows = Customer.objects.kept().filter(pk__in=ordered[start : start + keys_per_query()])
        for pk, *values in rows.order_by().values_list("pk", *keys.FIELDS).iterator():
            yield pk, identity(**dict(zip(keys.FIELDS, values, strict=True)))


def _keep(found: Iterable[tuple[int, int, int, list[str], str]], run: DuplicateSweep) -> None:
    """Write pairs; what somebody has decided about one stays."""
    rows = [
        DuplicatePair(first_id=first, second_id=second, score=score, reasons=reasons, used=used, sweep=run)
        for first, second, score, reasons, used in sorted(found, key=lambda each: each[:2])
    ]
    if rows:
        DuplicatePair.objects.bulk_create(
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["first", "second"],
            update_fields=["score", "reasons", "used", "sweep"],
        )


def _settle(run: DuplicateSweep) -> None:
    """Open pairs that this run did not find are gone; the others are numbered by the group they belong to."""
    stale = DuplicatePair.objects.open().exclude(sweep=run)
    stale.delete()
    group_pairs(DuplicatePair.objects.open())


def group_pairs(rows: Any) -> None:
    """Customers linked by open pairs are one group, named by its smallest id."""
    above: dict[int, int] = {}

    def top(pk: int) -> int:
        while above.get(pk, pk) != pk:
            above[pk] = above.get(above[pk], above[pk])
            pk = above[pk]
        return pk

    pairs = list(rows.values_list("pk", "first_id", "second_id", "group"))
    for _pk, first, second, _group in pairs:
        one, other = sorted((top(first), top(second)))
        above[other] = one
    wrong = [(pk, top(first)) for pk, first, _second, group in pairs if group != top(first)]
    table = connection.ops.quote_name(DuplicatePair._meta.db_table)
    column = connection.ops.quote_name("group")
    with transaction.atomic(), connection.cursor() as cursor:
        # names come from the model, values are parameters
        cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE id = %s", [(group, pk) for pk, group in wrong])  # noqa: S608


__all__ = ["JOB", "group_pairs", "sweep"]
