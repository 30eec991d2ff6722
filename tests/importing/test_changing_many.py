"""Records that are there are changed many at a time, with all that a change by hand brings along."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.accounts.models import Role
from crm.records import search, services
from crm.records.importing import run_import, undo
from crm.records.importing.models import ImportChange
from crm.records.importing.writing import RecordWriter
from crm.records.models import Batch
from customers.duplicates.models import DuplicateKey
from customers.models import Customer, Tag
from tests.factories import a_company, a_customer, a_unit, a_user

pytestmark = pytest.mark.django_db
ROWS = 30


@pytest.fixture(autouse=True)
def _company() -> None:
    a_company()


def take(folder: Path, text: str, **options: Any) -> Any:
    path = folder / "rows.csv"
    path.write_text(text, encoding="utf-8")
    return run_import("customers", path, update_by="number", **options)


def rows(count: int, **values: str) -> str:
    lines = [",".join([f"K{at}", *values.values()]) for at in range(count)]
    return "\n".join([",".join(["number", *values]), *lines])


def test_history_search_keys_and_undo_go_with_what_changes(tmp_path: Path) -> None:
    user = a_user(Role.ADMINISTRATOR)
    known = [a_customer(number=f"K{at}", name=f"Ann {at}", city="York", phone="+442079460018") for at in range(ROWS)]
    summary = take(tmp_path, rows(ROWS, name="Zelda", phone="020 7946 0019", country="GB"), user=user)
    assert (summary.updated, summary.errors) == ({"customers": ROWS}, 0)
    one = Customer.objects.get(pk=known[7].pk)
    assert (one.name, one.city, one.phone.as_e164, one.version) == ("Zelda", "York", "+442079460019", 2)
    newest, first = one.history.order_by("-history_id")
    assert (newest.history_type, newest.name, newest.history_user, newest.version) == ("~", "Zelda", user, 2)
    assert first.name == "Ann 7"
    assert one.pk in set(search.find("customer", "Zelda", user))
    assert one.pk not in set(search.find("customer", "Ann", user))
    assert set(DuplicateKey.objects.filter(customer=one, value__startswith="p:").values_list("value", flat=True)) == {
        "p:+442079460019"
    }
    assert ImportChange.objects.count() == ROWS
    found = undo.undo(Batch.objects.get(), user=user)
    assert found.restored == {"customers": ROWS}
    one.refresh_from_db()
    assert (one.name, one.phone.as_e164, one.country, one.version) == ("Ann 7", "+442079460018", "", 3)


def test_many_changes_ask_the_database_as_often_as_few(tmp_path: Path) -> None:
    for at in range(2 * ROWS):
        a_customer(number=f"K{at}", name=f"Ann {at}")
    asked = []
    for count, city in ((1, "York"), (5, "Bath"), (2 * ROWS, "Leeds")):
        with CaptureQueriesContext(connection) as found:
            assert take(tmp_path, rows(count, city=city)).updated == {"customers": count}
        asked.append(len(found))
    assert asked[1] == asked[2] <= 40  # the first one also reads what a process reads once


def test_a_bad_row_among_many_is_the_only_one_that_is_not_taken(tmp_path: Path) -> None:
    for at in range(5):
        a_customer(number=f"K{at}", name=f"Ann {at}")
    text = "number,email,birth_date\nK0,a@example.com,\nK1,nonsense,\nK2,,2199-01-01\nK3,d@example.com,1990-01-01\n"
    summary = take(tmp_path, text)
    assert (summary.updated, summary.errors) == ({"customers": 2}, 2)
    assert [(each.number, each.column) for each in summary.error_samples] == [(3, "email"), (4, "birth_date")]
    assert list(Customer.objects.order_by("number").values_list("version", flat=True)) == [2, 1, 1, 2, 1]


def test_tags_stay_and_stand_in_the_history(tmp_path: Path) -> None:
    tag = Tag.objects.create(name="Trade")
    plain, tagged = a_customer(number="K0"), a_customer(number="K1")
    tagged.tags.add(tag)
    assert take(tmp_path, rows(2, city="Bath")).updated == {"customers": 2}
    assert list(tagged.tags.all()) == [tag]
    assert [each.tag for each in tagged.history.latest("history_id").tags.all()] == [tag]
    assert Customer.objects.get(pk=plain.pk).city == "Bath"


def test_what_the_user_may_not_choose_stays_but_is_not_given_to_others(tmp_path: Path) -> None:
    gone = a_user(Role.SALES_REP, username="gone", is_active=False)
    rep = a_user(Role.ADMINISTRATOR)
    first, second = a_customer(number="K0", owner=gone), a_customer(number="K1", owner=rep)
    summary = take(tmp_path, "number,owner,city\nK0,,Bath\nK1,gone,Bath\n", user=rep)
    assert (summary.updated, summary.errors) == ({"customers": 1}, 1)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.owner, first.city, second.owner, second.city) == (gone, "Bath", rep, "")


def test_records_of_others_are_not_changed(tmp_path: Path) -> None:
    rep = a_user(Role.SALES_REP, unit=a_unit())
    mine, other = a_customer(number="K0", owner=rep), a_customer(number="K1", owner=a_user(Role.SALES_REP))
    summary = take(tmp_path, rows(2, city="Bath"), user=rep, may_create=False)
    assert (summary.updated, summary.errors) == ({"customers": 1}, 1)
    assert [Customer.objects.get(pk=each.pk).city for each in (mine, other)] == ["Bath", ""]


def test_a_record_saved_by_somebody_a_moment_ago_is_told_and_the_others_are_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(3):
        a_customer(number=f"K{at}")
    prepared = RecordWriter.prepare

    def prepare(writer: RecordWriter, entries: Any) -> None:
        prepared(writer, entries)
        services.save(Customer.objects.get(number="K1"), user=None)

    monkeypatch.setattr(RecordWriter, "prepare", prepare)
    summary = take(tmp_path, rows(3, city="Bath"))
    assert (summary.updated, summary.errors) == ({"customers": 2}, 1)
    assert dict(Customer.objects.values_list("number", "city")) == {"K0": "Bath", "K1": "", "K2": "Bath"}
