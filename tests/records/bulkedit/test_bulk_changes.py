"""Changing many records of a list at once."""

import pytest

from crm.accounts.models import AccessRule, FieldRight, Role
from crm.jobs import services as jobs
from crm.records import services
from crm.records.bulkedit import actions
from crm.records.bulkedit.models import BulkChange
from crm.records.kinds import kinds
from crm.records.models import Notice
from customers.models import Customer, Tag
from interactions.cases.models import Complaint
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/customers/bulk/"


@pytest.fixture
def administrator(client):
    factories.a_company()
    user = factories.an_administrator(username="ann")
    client.force_login(user)
    return user


def ask(client, action, count, url=URL, **given):
    """Send the second step; the change, done."""
    answer = client.post(url, {"action": action, "rows": "ticked", "count": count, **given})
    assert answer.status_code == 302, answer.content.decode()
    jobs.run_waiting()
    return BulkChange.objects.latest("pk")


def counts(change):
    return {state: count for state, count in BulkChange.objects.get(pk=change.pk).counts.items() if count}


def undo(client, change):
    assert client.post(f"{change.get_absolute_url()}undo/").status_code == 302
    jobs.run_waiting()
    return counts(change)


def test_all_of_a_filter_get_an_owner_and_go_back_where_nobody_touched_them(client, administrator):
    old, new = factories.a_user(username="old"), factories.a_user(username="new")
    here = [factories.a_customer(city="Hangzhou", owner=old) for _ in range(5)]
    already = factories.a_customer(city="Hangzhou", owner=new)
    other = factories.a_customer(city="Xian", owner=old)
    page = client.get(URL, {"action": "assign:owner", "rows": "all", "query": "city=Hangzhou"})
    assert (page.context["count"], page.context["others"]) == (6, 0)
    change = ask(client, "assign:owner", 6, rows="all", query="city=Hangzhou", value=new.pk)
    assert counts(change) == {"done": 5, "same": 1}
    assert change.status == "done" and change.query == "city=Hangzhou"
    assert Customer.objects.filter(owner=new).count() == 6
    other.refresh_from_db()
    assert other.owner == old
    entry = here[0].history.first()
    assert (entry.history_user, entry.owner_id) == (administrator, new.pk)
    detail = client.get(change.get_absolute_url())
    assert [count for _label, count in detail.context["shown"].numbers] == [5, 1]

    touched = Customer.objects.get(pk=here[0].pk)
    touched.city = "Suzhou"
    services.save(touched, user=None)
    assert undo(client, change) == {"undone": 4, "kept": 1, "same": 1}
    assert Customer.objects.filter(owner=old).count() == 5  # four of them, and the other one
    assert Customer.objects.get(pk=touched.pk).owner == new
    already.refresh_from_db()
    assert already.owner == new
    assert client.post(f"{change.get_absolute_url()}undo/").status_code == 302
    assert BulkChange.objects.get(pk=change.pk).status == "undone"


def test_one_notice_for_each_receiver(client, administrator):
    old, new = factories.a_user(username="old"), factories.a_user(username="new")
    rows = [factories.a_customer(owner=old) for _ in range(4)]
    Notice.objects.all().delete()
    change = ask(client, "assign:owner", 4, ids=[each.pk for each in rows], value=new.pk)
    notice = Notice.objects.get()
    assert (notice.user, notice.data["count"], notice.url) == (new, "4", f"/customers/?owner={new.pk}")
    assert notice.text == "ann gave you 4 records: Customers"
    undo(client, change)
    assert Notice.objects.exclude(pk=notice.pk).get().user == old


def test_what_somebody_else_changed_meanwhile_is_skipped_and_counted(client, administrator):
    rows = [factories.a_customer(type="person") for _ in range(3)]
    given = {"action": "set:type", "rows": "ticked", "ids": [each.pk for each in rows], "value": "organisation"}
    assert client.post(URL, {**given, "count": 3}).status_code == 302
    rows[1].city = "Wuhan"
    services.save(rows[1], user=None)
    jobs.run_waiting()
    change = BulkChange.objects.get()
    assert counts(change) == {"done": 2, "touched": 1}
    assert [each.type for each in Customer.objects.order_by("pk")] == ["organisation", "person", "organisation"]
    assert str(rows[1]) in client.get(change.get_absolute_url()).content.decode()


def test_tags_come_and_go(client, administrator):
    vip, old = Tag.objects.create(name="VIP"), Tag.objects.create(name="Old")
    first, second = factories.a_customer(), factories.a_customer()
    first.tags.set([vip, old])
    second.tags.set([old])
    ids = [first.pk, second.pk]
    added = ask(client, "add:tags", 2, ids=ids, value=vip.pk)
    assert counts(added) == {"done": 1, "same": 1}
    taken = ask(client, "remove:tags", 2, ids=ids, value=old.pk)
    assert counts(taken) == {"done": 2}
    assert [set(each.tags.all()) for each in (first, second)] == [{vip}, {vip}]
    assert undo(client, taken) == {"undone": 2}
    assert [set(each.tags.all()) for each in (first, second)] == [{vip, old}, {vip, old}]


def test_deleting_many_and_undoing_it(client, administrator):
    rows = [factories.a_customer() for _ in range(3)]
    change = ask(client, "delete", 2, ids=[each.pk for each in rows[:2]])
    assert counts(change) == {"done": 2}
    assert list(Customer.objects.kept()) == [rows[2]]
    services.restore(Customer.objects.get(pk=rows[0].pk), user=None)
    assert undo(client, change) == {"undone": 1, "kept": 1}
    assert Customer.objects.kept().count() == 3


def test_the_rules_of_a_kind_hold_for_each_row(client, administrator):
    """A complaint cannot be closed without an outcome; the reason is shown, the others are written."""
    rows = [factories.a_complaint() for _ in range(2)]
    change = ask(client, "set:status", 2, url="/complaints/bulk/", ids=[each.pk for each in rows], value="closed")
    assert counts(change) == {"refused": 2}
    assert all(row.reason for row in change.rows.all())
    again = ask(client, "set:severity", 2, url="/complaints/bulk/", ids=[each.pk for each in rows], value="high")
    assert counts(again) == {"done": 2}
    assert set(Complaint.objects.values_list("severity", flat=True)) == {"high"}


def test_rights_are_those_of_the_moment_of_writing(client):
    factories.a_company()
    unit = factories.a_unit()
    rep, other = factories.a_user(unit=unit), factories.a_user(unit=unit)
    AccessRule.objects.filter(role__code=Role.SALES_REP, kind="customer").update(view="all", change="own")
    mine, theirs = factories.a_customer(owner=rep), factories.a_customer(owner=other)
    later = factories.a_customer(owner=rep)
    client.force_login(rep)
    ids = [mine.pk, theirs.pk, later.pk]
    page = client.get(URL, {"action": "set:relation_class", "rows": "ticked", "ids": ids})
    assert (page.context["count"], page.context["others"]) == (3, 1)
    given = {"action": "set:relation_class", "rows": "ticked", "ids": ids, "value": "key", "count": 3}
    assert client.post(URL, given).status_code == 302
    Customer.objects.filter(pk=later.pk).update(owner=other)  # before the worker comes to it
    jobs.run_waiting()
    change = BulkChange.objects.get()
    assert counts(change) == {"done": 1, "refused": 2}
    assert [each.relation_class == "key" for each in Customer.objects.order_by("pk")] == [True, False, False]


def test_what_was_given_away_can_be_taken_back_by_who_gave_it(client):
    factories.a_company()
    rep, other = factories.a_user(), factories.a_user()
    AccessRule.objects.filter(role__code=Role.SALES_REP, kind="customer").update(view="own", change="own")
    mine = factories.a_customer(owner=rep)
    client.force_login(rep)
    change = ask(client, "assign:owner", 1, ids=[mine.pk], value=other.pk)
    assert client.get(mine.get_absolute_url()).status_code == 404
    assert undo(client, change) == {"undone": 1}
    assert client.get(mine.get_absolute_url()).status_code == 200


def test_masked_fields_are_not_offered_nor_taken(client):
    factories.a_company()
    rep = factories.a_user()
    FieldRight.objects.update_or_create(
        role=rep.role, kind="customer", sensitivity="finance", defaults={"level": "masked"}
    )
    mine = factories.a_customer(owner=rep)
    client.force_login(rep)
    offered = {each.code for each in actions.of(kinds["customer"], rep)}
    assert "set:relation_class" in offered and "set:income_band" not in offered
    given = {"action": "set:income_band", "rows": "ticked", "ids": [mine.pk], "value": "high", "count": 1}
    assert client.post(URL, given).status_code == 400
    assert not BulkChange.objects.exists()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"action": "nonsense"}, 400),
        ({"ids": ["x"]}, 400),
        ({"ids": []}, 400),
        ({"ids": [2**63]}, 400),
        ({"rows": "all", "query": "nonsense=1"}, 400),
        ({"rows": "all", "query": "type=nonsense"}, 400),
        ({"value": "nonsense"}, 200),
        ({"value": ""}, 200),
        ({"count": "2"}, 409),
    ],
)
def test_nonsense_is_said_and_changes_nothing(client, administrator, given, status):
    customer = factories.a_customer(type="person")
    sent = {"action": "set:type", "rows": "ticked", "ids": [customer.pk], "value": "organisation", "count": 1} | given
    assert client.post(URL, sent).status_code == status
    assert client.get(URL, sent).status_code in {200, 302}
    assert not BulkChange.objects.exists()
    customer.refresh_from_db()
    assert customer.type == "person"


def test_others_do_not_see_a_change_and_cannot_undo_it(client, administrator):
    change = ask(client, "set:type", 1, ids=[factories.a_customer(type="person").pk], value="organisation")
    client.force_login(factories.a_user(Role.MANAGER))
    assert client.get(change.get_absolute_url()).status_code == 404
    assert client.post(f"{change.get_absolute_url()}undo/").status_code == 404
    assert client.get(f"{change.get_absolute_url()}undo/").status_code == 405
    assert counts(change) == {"done": 1}


def test_the_list_has_ticks_and_a_bar_only_for_who_may_change(client, administrator):
    customer = factories.a_customer()
    html = client.get("/customers/").content.decode()
    assert f'name="ids" value="{customer.pk}" form="bulk"' in html and 'id="bulk"' in html
    reader = factories.a_user(Role.EXECUTIVE)
    AccessRule.objects.filter(role=reader.role, kind="customer").update(view="all", change="none", delete="none")
    client.force_login(reader)
    html = client.get("/customers/").content.decode()
    assert str(customer) in html and 'form="bulk"' not in html and 'id="bulk"' not in html
    assert client.get(URL).status_code == 404


def test_those_of_the_page_are_meant_as_they_stand(client, administrator):
    rows = [factories.a_customer() for _ in range(30)]
    page = client.get(URL, {"action": "delete", "rows": "page", "query": "sort=number&page=2"})
    assert page.context["count"] == 5
    assert sorted(page.context["ids"]) == [each.pk for each in rows[25:]]


def test_an_interrupted_change_goes_on_with_the_rest(client, administrator, monkeypatch):
    """Three transactions; the second raises once, and nothing is done twice."""
    from crm.records.bulkedit import running

    rows = [factories.a_customer(type="person") for _ in range(12)]
    monkeypatch.setattr(running, "AT_ONCE", 5)
    write, calls = running._write, []

    def breaking(*given):
        calls.append(given)
        if len(calls) == 2:
            raise RuntimeError("pulled the plug")
        write(*given)

    monkeypatch.setattr(running, "_write", breaking)
    given = {"action": "set:type", "rows": "ticked", "ids": [each.pk for each in rows], "value": "organisation"}
    client.post(URL, {**given, "count": 12})
    jobs.run_waiting(raise_errors=False)
    change = BulkChange.objects.get()
    assert counts(change) == {"done": 5, "waiting": 7}
    change.job.refresh_from_db()
    type(change.job).objects.update(run_at=change.created_at)
    jobs.run_waiting()
    assert counts(change) == {"done": 12}
    assert set(Customer.objects.values_list("version", flat=True)) == {2}
