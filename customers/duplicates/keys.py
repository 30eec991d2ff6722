"""What customers are looked up by: phone, e-mail, tax number, address, name, and pieces of it that survive a slip.

A key is a letter for what it is and the normalised text. Whoever shares a key is compared in full.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Q

from crm.records import bulk
from customers.duplicates.models import DuplicateKey
from customers.duplicates.scoring import Identity, identity

SOURCES = frozenset(
    {"type", "name", "phone", "email", "tax_number", "address", "city", "country", "birth_date"}
)  # fields of a customer that are compared
FIELDS = sorted(SOURCES)
LONGEST = 120
BATCH = 5_000
PIECE_CJK, PIECE = 4, 5  # letters at the beginning or end of an organisation's name
PERSON_NAME = "m"  # looked up for who types a name; many persons share one, so it makes no pairs

# The privacy class of what a key is made from; names are public.
SENSITIVITY = {"p": "contact", "e": "contact", "a": "contact", "b": "personal", "t": "identity"}


def identity_of(customer: Any) -> Identity:
    return identity(**{name: getattr(customer, name) for name in FIELDS})


def of_customer(customer: Any) -> list[str]:
    """The keys of a customer; whose data was erased is like nobody."""
    return [] if customer.erased_at else of(identity_of(customer))


def of(one: Identity) -> list[str]:
    """The keys of an identity."""
    found = {
        "p": one.phone,
        "e": one.email,
        "t": one.tax,
        "a": f"{one.address}" if one.address else "",
        "n" if one.is_organisation else PERSON_NAME: one.name_key,
        "b": f"{one.birth_date:%Y%m%d}{one.name_key[:1]}" if one.birth_date and one.name else "",
    }
    values = [f"{letter}:{text}" for letter, text in found.items() if text]
    if one.is_organisation:
        values += [f"{place}:{piece}" for place, piece in zip("fl", _ends(one.name), strict=True) if piece]
    return [_short(value) for value in values]


def index(customers: Iterable[Any]) -> None:
    """Bring the keys of these customers up to date."""
    wanted = {customer.pk: set(of_customer(customer)) for customer in customers}
    rows = DuplicateKey.objects.filter(customer__in=list(wanted)).values_list("pk", "customer_id", "value")
    stale = []
    for pk, customer_id, value in rows:
        if value in wanted[customer_id]:
            wanted[customer_id].discard(value)
        else:
            stale.append(pk)
    missing = sorted((customer_id, value) for customer_id, values in wanted.items() for value in values)
    with transaction.atomic():
        if stale:
            DuplicateKey.objects.filter(pk__in=stale).delete()
        if missing:
            ids, values = zip(*missing, strict=True)
            bulk.append(DuplicateKey, {"customer_id": ids, "value": values})


def catch_up(*, most: int = BATCH) -> int:
    """Index customers written in bulk since, up to `most`; how many."""
    from customers.models import Customer

    last = DuplicateKey.objects.aggregate(last=Max("customer_id"))["last"] or 0
    found = list(
        Customer.objects.filter(pk__gt=last, erased_at=None).order_by("pk").only("pk", "erased_at", *FIELDS)[:most]
    )
    if found:
        _append(found)
    return len(found)


def refresh(since: datetime.datetime | None, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Index customers changed since a moment and those that were never indexed; None: all of them, anew."""
    from customers.models import Customer

    rows = Customer.objects.order_by("pk").only("pk", "erased_at", *FIELDS)
    if since is None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(DuplicateKey._meta.db_table)}")  # noqa: S608 (ours)
        write: Callable[[Sequence[Any]], None] = _append
    else:
        last = DuplicateKey.objects.aggregate(last=Max("customer_id"))["last"] or 0
        rows = rows.filter(Q(modified_at__gte=since) | Q(pk__gt=last))
        write = index
    total, done = rows.count(), 0
    for batch in batches(rows):
        write(batch)
        done += len(batch)
        progress(done, total)
    return done


def batches(rows: Any, size: int = BATCH) -> Iterator[list[Any]]:
    """Rows by ascending id, each batch a short query of its own, so that others can write in between."""
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:size]):
        yield batch
        last = batch[-1].pk


def _append(customers: Sequence[Any]) -> None:
    rows = [(customer.pk, value) for customer in customers for value in of_customer(customer)]
    if rows:
        ids, values = zip(*rows, strict=True)
        bulk.append(DuplicateKey, {"customer_id": ids, "value": values})


def _ends(name: str) -> tuple[str, str]:
    size = PIECE if name[:1].isascii() else PIECE_CJK
    return (name[:size], name[-size:]) if len(name) > size else ("", "")


def _short(value: str) -> str:
    if len(value) <= LONGEST:
        return value
    digest = hashlib.sha256(value.encode()).hexdigest()[:20]
    return f"{value[: LONGEST - 20]}{digest}"
