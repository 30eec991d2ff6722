"""As many questions of the database for many related rows as for few, on every page and fragment of every kind."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.records.inline import editable
from crm.records.kinds import kinds
from tests import factories

pytestmark = pytest.mark.django_db
KEYS = [kind.key for kind in kinds]
MOST = 12


@pytest.fixture
def reader(client):
    factories.a_company()
    user = factories.an_administrator()
    client.force_login(user)
    client.user = user
    return client


def asked(client: Client, address: str, **headers: str) -> int:
    """Questions of the second time: the first brings settings up to date."""
    client.get(address, headers=headers)
    with CaptureQueriesContext(connection) as found:
        answer = client.get(address, headers=headers)
    assert answer.status_code == 200, address
    assert len(found) <= MOST, f"{address}: {len(found)}\n" + "\n".join(each["sql"][:160] for each in found)
    return len(found)


def pages_of(key: str, record: Any, user: Any) -> dict[str, tuple[str, dict[str, str]]]:
    """The pages and fragments of a kind: name -> address and headers."""
    kind = kinds[key]
    script, panel = {"X-Cell": "1"}, {"X-Panel": "1"}
    names = sorted(editable(kind, user))
    return {
        "list": (kind.url("list"), {}),
        "rows of the list": (kind.url("list") + "?per_page=100&sort=number", {"HX-Request": "true"}),
        "list with every filter": (kind.url("list") + "?panel=filters", {}),
        "detail": (kind.url("detail", record.pk), {}),
        "detail in the panel": (kind.url("detail", record.pk), panel),
        "form": (kind.url("update", record.pk), {}),
        "form in the panel": (kind.url("update", record.pk), panel),
        "history": (kind.url("history", record.pk), {}),
        "new": (kind.url("create"), {}),
        "bin": (kind.url("bin"), {}),
        "palette": (f"/search/?palette=1&q={record.number}", {}),
        **{f"cell {name}": (f"{kind.url('update', record.pk)}{name}/", script) for name in names[:3]},
    }


def related_of(record: Any) -> list[Callable[[], Any]]:
    """What may come to belong to a record or stand beside it in its list: more of its kind, and of what names it."""
    kind = kinds.of(record)
    customer = record if kind.key == "customer" else getattr(record, "customer", None)
    found: list[Callable[[], Any]] = [
        lambda: factories.a_record(kind.key, **({"customer": customer} if customer and kind.key != "customer" else {}))
    ]
    if customer is not None:
        others = [other.key for other in kinds if other.key != kind.key and "customer" in other.by_key]
        found += [partial(factories.a_record, other, customer=customer) for other in others]
    return found


def counted(client: Client, key: str, record: Any) -> dict[str, int]:
    found = {}
    for name, (address, headers) in pages_of(key, record, client.user).items():
        if name.startswith("cell") and client.get(address, headers=headers).status_code == 404:
            continue  # this record has no such field
        found[name] = asked(client, address, **headers)
    return found


@pytest.mark.whole
@pytest.mark.parametrize("key", KEYS)
def test_as_many_questions_at_fifty_related_rows_as_at_five(reader, key):
    record = factories.a_record(key)
    makers = related_of(record)
    for make in makers:
        for _ in range(5):
            make()
    few = counted(reader, key, record)
    for make in makers:
        for _ in range(45):
            make()
    assert counted(reader, key, record) == few


@pytest.mark.slow
@pytest.mark.parametrize("key", ["customer", "order", "complaint"])
def test_as_many_questions_at_five_thousand_related_rows(reader, key):
    record = factories.a_record(key)
    makers = related_of(record)
    for make in makers:
        for _ in range(5):
            make()
    few = counted(reader, key, record)
    for _ in range(5_000 // len(makers)):
        for make in makers:
            make()
    assert counted(reader, key, record) == few
