"""The pages that every kind has, walked over the registry."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from crm.accounts.models import AccessLog, Role
from crm.records.kinds import kinds
from tests import factories

KEYS = [kind.key for kind in kinds]
pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client):
    factories.a_company()
    user = factories.an_administrator()
    client.force_login(user)
    return user


@pytest.mark.parametrize("key", KEYS)
def test_list_detail_form_history_bin_and_deletion_pages_open(client, administrator, key):
    kind = kinds[key]
    record = factories.a_record(key)
    for page in ("list", "create", "bin"):
        assert client.get(kind.url(page)).status_code == 200, page
    for page in ("detail", "update", "history", "delete"):
        answer = client.get(kind.url(page, record.pk))
        assert answer.status_code == 200, page
    assert record.number in client.get(kind.url("list") + f"?q={record.number}").content.decode()


@pytest.mark.parametrize("key", KEYS)
def test_deleted_records_leave_the_list_and_come_back(client, administrator, key):
    kind = kinds[key]
    record = factories.a_record(key)
    assert client.post(kind.url("delete", record.pk)).status_code == 302
    assert client.get(kind.url("detail", record.pk)).status_code == 404
    assert client.get(kind.url("list")).context["count"] == kind.model.objects.kept().count()
    assert record.number in client.get(kind.url("bin")).content.decode()
    assert client.post(kind.url("restore", record.pk)).status_code == 302
    assert client.get(kind.url("detail", record.pk)).status_code == 200
    actions = [entry.action for entry in client.get(kind.url("history", record.pk)).context["entries"]]
    assert actions[:2] == ["restored", "put into the recycle bin"]


@pytest.mark.parametrize("key", KEYS)
def test_only_administrators_purge(client, administrator, key):
    kind = kinds[key]
    record = factories.a_record(key)
    client.post(kind.url("delete", record.pk))
    manager = Client()
    manager.force_login(factories.a_user(Role.MANAGER))
    assert manager.post(kind.url("purge", record.pk)).status_code == 404
    assert kind.model.objects.filter(pk=record.pk).exists()
    assert client.post(kind.url("purge", record.pk)).status_code == 302
    assert not kind.model.objects.filter(pk=record.pk).exists()


@pytest.mark.parametrize("key", KEYS)
def test_strangers_get_404_and_write_nothing(client, key):
    kind = kinds[key]
    record = factories.a_record(key)
    client.force_login(factories.a_user(role=None))
    for page in ("list", "create", "bin", "export"):
        assert client.get(kind.url(page)).status_code == 404, page
    for page in ("detail", "update", "history", "delete"):
        assert client.get(kind.url(page, record.pk)).status_code == 404, page
    assert client.post(kind.url("delete", record.pk)).status_code == 404
    record.refresh_from_db()
    assert record.deleted_at is None


@pytest.mark.parametrize("key", KEYS)
def test_anonymous_readers_are_sent_to_sign_in_and_wrong_methods_are_refused(client, key):
    kind = kinds[key]
    record, administrator = factories.a_record(key), factories.an_administrator()
    answer = client.get(kind.url("detail", record.pk))
    assert answer.status_code == 302
    assert "login" in answer.url or "sign-in" in answer.url
    client.force_login(administrator)
    assert client.get(kind.url("restore", record.pk)).status_code == 405
    assert client.post(kind.url("list")).status_code == 405
    assert client.put(kind.url("detail", record.pk)).status_code == 405


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_holds_the_filtered_rows_and_is_logged(client, administrator, key, form):
    kind = kinds[key]
    record = factories.a_record(key)
    factories.a_record(key)
    answer = client.get(kind.url("export") + f"?q={record.number}&columns=number&format={form}")
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    entry = AccessLog.objects.get(action="export")
    assert (entry.kind, entry.count, entry.detail["filter"]) == (key, 1, {"q": [record.number]})
    if form == "csv":
        lines = content.decode("utf-8-sig").strip().splitlines()
        assert len(lines) == 2
        assert record.number in lines[1]


@pytest.mark.parametrize(
    "key", [key if key in {"customer", "order", "task"} else pytest.param(key, marks=pytest.mark.whole) for key in KEYS]
)
def test_as_many_queries_for_fifty_rows_as_for_five(client, administrator, key, django_assert_max_num_queries):
    kind = kinds[key]
    shared = {"customer": factories.a_customer()} if "customer" in kind.by_key else {}
    for _ in range(5):
        factories.a_record(key, **shared)
    client.get(kind.url("list"))
    with django_assert_max_num_queries(12) as five:
        assert len(client.get(kind.url("list") + "?per_page=50").context["table"].paginated_rows) >= 5
    for _ in range(45):
        factories.a_record(key, **shared)
    client.get(kind.url("list"))  # factories make units too: settings are read again
    with django_assert_max_num_queries(12) as fifty:
        assert len(client.get(kind.url("list") + "?per_page=50").context["table"].paginated_rows) == 50
    assert len(five) == len(fifty)


BAD_ADDRESSES = [
    ("nonsense=1", 400),
    ("sort=nonsense", 400),
    ("columns=nonsense", 400),
    ("created_at_from=0001-01-01", 200),
    ("created_at_to=9999-12-31", 200),
    ("created_at_from=tomorrow", 200),
    ("created_by=99999999999999999999999999", 200),
    ("created_by=-1", 200),
    ("q=%00", 200),
    ("q=%27%22%3B--", 200),
    ("number=%00", 200),
    ("page=99999999999999999999", 200),
    ("page=abc", 200),
    ("per_page=100000000", 200),
    ("sort=-created_at,number", 200),
]


def _pairs() -> list[Any]:
    """Every kind with every address; `make test` takes for each address every fourth kind, others at the next."""
    return [
        pytest.param(
            key, query, status, marks=[] if (at + place) % 4 == 0 else [pytest.mark.whole], id=f"{key}-{query}"
        )
        for place, (query, status) in enumerate(BAD_ADDRESSES)
        for at, key in enumerate(KEYS)
    ]


@pytest.mark.parametrize(("key", "query", "status"), _pairs())
def test_no_address_breaks_a_list(client, administrator, key, query, status):
    factories.a_record(key)
    assert client.get(f"{kinds[key].url('list')}?{query}").status_code == status


@pytest.mark.parametrize("key", KEYS)
def test_views_are_saved_applied_shared_and_deleted(client, administrator, key):
    kind = kinds[key]
    record = factories.a_record(key)
    factories.a_record(key)
    saved = client.post(
        kind.url("save_view"), {"name": "Mine", "query": f"number={record.number}&sort=number", "is_shared": "on"}
    )
    assert saved.status_code == 302
    assert client.get(saved.url).context["count"] == 1
    colleague = Client()
    colleague.force_login(factories.an_administrator())
    views = colleague.get(kind.url("list")).context["saved_views"]
    assert [view["name"] for view in views] == ["Mine"]
    assert colleague.post(views[0]["delete_url"]).status_code == 404
    assert client.post(views[0]["delete_url"]).status_code == 302
    assert colleague.get(kind.url("list")).context["saved_views"] == []
    assert client.post(kind.url("save_view"), {"name": "Bad", "query": "nonsense=1"}).status_code == 400


@pytest.mark.whole
@pytest.mark.parametrize("key", KEYS)
def test_no_value_breaks_a_filter(key):
    """Every filter, with a value of its own and with nonsense: rows or an error in words, never an exception."""
    kind, user = kinds[key], factories.an_administrator()
    factories.a_record(key)
    names = list(kind.filterset_class(QueryDict(), kind.queryset(), kind=kind, user=user).filters)
    for name in names:
        query = QueryDict(mutable=True)
        query[name] = "1"
        list(kind.filterset_class(query, kind.queryset(), kind=kind, user=user).qs[:2])
    for value in ("true", "2024-01-01", "x\0", "9" * 40, "é中"):
        query = QueryDict(mutable=True)
        for name in names:
            query[name] = value
        chosen = kind.filterset_class(query, kind.queryset(), kind=kind, user=user)
        assert chosen.errors
        assert list(chosen.qs) == []
