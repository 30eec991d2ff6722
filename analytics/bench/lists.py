"""Lists and the search of an installation with 200,000 customers and as many orders, as pages answer them.

Each page is asked for as a manager of a part of the company and as one who sees all: rights must not make it slow.
"""

import datetime
import time
from typing import Any

import numpy as np

CUSTOMERS = 200_000
GOAL_SECONDS, MOST_QUERIES = 1.0, 12
ROUNDS = 5
SALES_REPS, UNITS = 40, 8
PAGES = {
    "search, two Chinese characters": "/customers/?q={characters}",
    "search, two common Chinese characters": "/customers/?q=%E5%85%AC%E5%8F%B8",
    "search, last four digits of the phone": "/customers/?q={digits}",
    "palette, two Chinese characters": "/search/?palette=1&q={characters}",
    "palette, last four digits": "/search/?palette=1&q={digits}",
    "customer list": "/customers/",
    "customer list, page 200": "/customers/?page=200",
    "customer list, page 400": "/customers/?page=400",
    "customer list by name, page 400": "/customers/?sort=name&page=400",
    "customer list by city": "/customers/?sort=city",
    "customers of a region": "/customers/?region={region}",
    "key accounts": "/customers/?relation_class=key",
    "order list": "/orders/",
    "order list, page 400": "/orders/?page=400",
    "orders of key accounts": "/orders/?customer.relation_class=key",
    "orders of customers in a region": "/orders/?customer.region={region}",
}


def build(count: int) -> dict[str, Any]:
    """Customers with Chinese names and phone numbers, an order of each; seconds by step."""
    from crm.accounts.models import Company, Region, Role, Unit, User
    from crm.records import bulk, search
    from crm.records.kinds import kinds
    from crm.records.models import SearchGram, Sequence, numbered
    from customers.models import Customer
    from interactions.orders.models import Order

    seconds: dict[str, Any] = {}
    if not Company.objects.exists():
        Company(name="Bench", currency="CNY", time_zone="Asia/Shanghai").save()
    china = Region.objects.create(code="bench-cn", name="China")
    regions = [Region.objects.create(code=f"bench-{at}", name=f"Region {at}", parent=china) for at in range(UNITS)]
    head = Unit.objects.create(code="bench", name="Bench")
    units = [Unit.objects.create(code=f"bench-{at}", name=f"Unit {at}", parent=head) for at in range(UNITS)]
    role = {each.code: each for each in Role.objects.all()}
    for name, code, unit in (("bench-all", "administrator", head), ("bench-part", "manager", units[0])):
        User.objects.create(username=name, email=f"{name}@example.com", role=role[code], unit=unit)
    owners = [
        User(username=f"bench{at}", email=f"b{at}@example.com", role=role["sales_rep"], unit=units[at % UNITS])
        for at in range(SALES_REPS)
    ]
    User.objects.bulk_create(owners)
    ids = list(User.objects.filter(username__regex=r"^bench\d+$").order_by("pk").values_list("pk", flat=True))
    random = np.random.default_rng(7)
    rep = random.integers(0, SALES_REPS, count)
    unit_ids, region_ids = (np.array([each.pk for each in rows]) for rows in (units, regions))
    now = datetime.datetime.now(datetime.UTC)
    first = Sequence.take("C", count)
    digits = random.permutation(np.arange(count, dtype=np.int64) * 331 % 100_000_000)
    started = time.perf_counter()
    bulk.append(
        Customer,
        {
            "number": [numbered("C", first + at) for at in range(count)],
            "name": _names(random, count),
            "phone": [f"+86138{each:08d}" for each in digits.tolist()],
            "city": [f"City {each}" for each in random.integers(0, 300, count).tolist()],
            "relation_class": ["key" if each else "ordinary" for each in (random.random(count) < 0.02).tolist()],
            "owner_id": np.array(ids)[rep],
            "unit_id": unit_ids[rep % UNITS],
            "region_id": region_ids[random.integers(0, UNITS, count)],
            "created_at": now,
            "modified_at": now,
        },
    )
    seconds["customers"] = round(time.perf_counter() - started, 1)
    customers = np.array(Customer.objects.order_by("-pk").values_list("pk", flat=True)[:count])[::-1]
    started = time.perf_counter()
    first = Sequence.take("O", count)
    bulk.append(
        Order,
        {
            "number": [numbered("O", first + at) for at in range(count)],
            "customer_id": customers[random.permutation(count)],
            "occurred_at": [now - datetime.timedelta(minutes=each) for each in range(count)],
            "staff_id": np.array(ids)[rep],
            "unit_id": unit_ids[rep % UNITS],
            "region_id": region_ids[random.integers(0, UNITS, count)],
            "created_at": now,
            "modified_at": now,
        },
    )
    seconds["orders"] = round(time.perf_counter() - started, 1)
    started = time.perf_counter()
    search.index(kinds["customer"], Customer.objects.filter(pk__gte=customers[0]), is_new=True)
    seconds["search index"] = round(time.perf_counter() - started, 1)
    bulk.refresh_statistics(Customer, Order, SearchGram)
    return seconds


def measure() -> dict[str, Any]:
    """Seconds of every page, the quickest of some rounds, with the questions asked of the database."""
    from django.db import connection
    from django.test import Client

    from crm.accounts.models import Region, User
    from customers.models import Customer

    some = Customer.objects.order_by("pk")[Customer.objects.count() // 2]
    words = {
        "characters": some.name[:2],
        "digits": str(some.phone)[-4:],
        "region": Region.objects.get(code="bench-3").pk,
    }
    found: dict[str, Any] = {"database": connection.vendor, "customers": Customer.objects.count()}
    for username in ("bench-all", "bench-part"):
        client = Client(headers={"host": "localhost"})
        client.force_login(User.objects.get(username=username))
        for name, path in PAGES.items():
            found[f"{name} ({username.removeprefix('bench-')})"] = _asked(client, path.format(**words))
    return found


def _asked(client: Any, path: str) -> dict[str, Any]:
    from django.db import connection

    seconds: list[float] = []
    asked: list[str] = []
    for _round in range(ROUNDS):
        asked.clear()

        def note(execute: Any, sql: str, *rest: Any) -> Any:
            asked.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(note):
            started = time.perf_counter()
            status = client.get(path).status_code
            seconds.append(time.perf_counter() - started)
        if status != 200:
            raise RuntimeError(f"{path} answers {status}")
    return {"seconds": round(min(seconds), 3), "first": round(seconds[0], 3), "queries": len(asked)}


def _names(random: np.random.Generator, count: int) -> list[str]:
    """People, and every fifth a company."""
    from analytics.demo import names

    people = zip(
        random.choice(list(names.SURNAMES), count).tolist(),
        random.choice(names.GIVEN, count).tolist(),
        random.random(count).tolist(),
        random.choice(names.FIRM_WORDS, count).tolist(),
        random.choice(names.FIRM_KINDS, count).tolist(),
        strict=True,
    )
    return [
        f"{word}{kind}有限公司" if draw < 0.2 else f"{surname}{given}" for surname, given, draw, word, kind in people
    ]
