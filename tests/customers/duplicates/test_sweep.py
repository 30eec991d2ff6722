"""The whole base against itself, as a job and on its page."""

import datetime

import pytest
from django_celery_beat.models import PeriodicTask

from crm.accounts.models import FieldRight, Role
from crm.jobs import services as jobs
from crm.jobs.context import JobCancelled
from crm.jobs.models import Job
from crm.records import bulk, services
from customers.duplicates import finding, keys, sweep
from customers.models import Customer, DuplicateKey, DuplicatePair, DuplicateSweep
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/customers/duplicates/"


@pytest.fixture
def manager():
    factories.a_company()
    return factories.a_user(Role.MANAGER, unit=factories.a_unit("shanghai"))


def org(name: str, **values) -> Customer:
    return factories.a_customer(name=name, type="organisation", **values)


def pairs() -> set[tuple[str, str, int, tuple[str, ...]]]:
    rows = DuplicatePair.objects.open().select_related("first", "second")
    return {(each.first.name, each.second.name, each.score, tuple(each.reasons)) for each in rows}


def test_pairs_are_found_by_every_key_and_none_by_a_persons_name():
    born = datetime.date(1990, 5, 2)
    org("华信科技(上海)")
    org("上海華信科技有限公司")
    org("Bright Lamps of the North", tax_number="91310000X1")
    org("Quiet Chairs", tax_number="9131-0000 x1")
    for values in ({"birth_date": born}, {"email": "li@example.cn"}, {"phone": "+8613800005678"}, {}):
        factories.a_customer(name="Li Na", **values)
        factories.a_customer(name="Na Li", **values)
    run = sweep.sweep()
    assert pairs() == {
        ("华信科技(上海)", "上海華信科技有限公司", 86, ("name",)),
        ("Bright Lamps of the North", "Quiet Chairs", 94, ("tax",)),
        ("Li Na", "Na Li", 90, ("birth_date", "name")),
        ("Li Na", "Na Li", 96, ("email", "name")),
        ("Li Na", "Na Li", 96, ("phone", "name")),
    }
    assert (run.customers, run.pairs, run.skipped) == (12, 5, 0)


def test_a_later_search_forgets_what_is_unlike_by_now_and_keeps_what_was_decided():
    one, two = org("Acme Tools"), org("Acme Tools Ltd")
    org("Bolt Works"), org("Bolt Works Ltd")
    sweep.sweep()
    DuplicatePair.objects.filter(first__name="Bolt Works").update(status="dismissed")
    two.name = "Zenith"
    services.save(two, user=None)
    run = sweep.sweep()
    assert (pairs(), run.pairs) == (set(), 0)
    assert DuplicatePair.objects.get().status == "dismissed"
    one.name = "Zenith Ltd"
    services.save(one, user=None)
    sweep.sweep()
    assert pairs() == {("Zenith Ltd", "Zenith", 86, ("name",))}


def test_values_that_very_many_share_are_left_out_and_counted(monkeypatch):
    monkeypatch.setattr(sweep, "LARGEST_BLOCK", 3)
    for _each in range(4):
        org("Acme Tools")
    run = sweep.sweep()
    assert (pairs(), run.skipped) == (set(), 3)  # the name, its beginning, its end


def test_small_steps_find_the_same(monkeypatch):
    for place in range(6):
        org(f"Acme Tools {place}", phone=f"+86215555010{place // 2}")
    sweep.sweep()
    whole = pairs()
    monkeypatch.setattr(sweep, "VALUES_AT_ONCE", 1)
    monkeypatch.setattr(keys, "BATCH", 1)
    DuplicatePair.objects.all().delete()
    DuplicateSweep.objects.all().delete()
    sweep.sweep()
    assert pairs() == whole != set()


def test_customers_written_in_bulk_are_found(monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 4)
    sweep.sweep()
    columns = {"number": [f"X-{each}" for each in range(10)], "name": ["Acme Tools"] * 10}
    bulk.append(Customer, {**columns, "type": ["organisation"] * 10})
    finding.index_new()
    jobs.run_waiting()
    assert DuplicateKey.objects.filter(value="n:acme tools").count() == 10
    assert len(finding.candidates([{"name": "Acme Tools Ltd", "type": "organisation"}], None, None)[0]) == 5
    assert sweep.sweep().pairs == 45
    assert DuplicatePair.objects.values("group").distinct().count() == 1


def test_the_search_is_a_job_with_progress_that_may_be_stopped(client, manager):
    org("Acme Tools", unit=manager.unit), org("Acme Tools Ltd", unit=manager.unit)
    client.force_login(manager)
    answer = client.post("/customers/duplicates/search/")
    job = Job.objects.get(name=sweep.JOB)
    assert answer.url == LIST
    client.post("/customers/duplicates/search/")  # it waits already
    assert Job.objects.filter(name=sweep.JOB).count() == 1
    page = client.get(LIST)
    assert page.context["job"] == job
    assert f'action="/jobs/{job.pk}/cancel/"' in page.content.decode()
    jobs.run_waiting()
    job.refresh_from_db()
    assert (job.status, job.result["pairs"], job.result["customers"]) == ("done", 1, 2)
    assert job.done == job.total > 0
    told: list[tuple[int, int]] = []
    sweep.sweep(progress=lambda done, total, text: told.append((done, total)))
    assert told[-1] == (1000, 1000)

    def stop(done: int, total: int, text: str) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        sweep.sweep(progress=stop)
    assert pairs() != set()
    sweep.sweep()
    assert DuplicateSweep.objects.filter(finished_at__isnull=True).count() == 0


def test_dismissed_is_remembered_and_may_be_opened_again(client, manager):
    org("Acme Tools", unit=manager.unit), org("Acme Tools Ltd", unit=manager.unit)
    sweep.sweep()
    pair = DuplicatePair.objects.get()
    client.force_login(manager)
    assert client.post(f"{LIST}{pair.pk}/dismiss/").url == LIST
    sweep.sweep()
    assert client.get(LIST).context["pairs"] == []
    (shown,) = client.get(LIST, {"status": "dismissed"}).context["pairs"]
    assert (shown["pair"].decided_by, shown["pair"].status) == (manager, "dismissed")
    client.post(f"{LIST}{pair.pk}/reopen/")
    assert len(client.get(LIST).context["pairs"]) == 1


def test_the_page_shows_pairs_of_whom_one_sees_by_what_one_may_read(client, manager):
    away = factories.a_unit("beijing")
    org("Acme Tools", unit=manager.unit), org("Acme Tools Ltd", unit=away)
    org("Bolt", unit=manager.unit, tax_number="91310000X1"), org("Nut", unit=manager.unit, tax_number="91310000X1")
    sweep.sweep()
    client.force_login(manager)
    (shown,) = client.get(LIST).context["pairs"]
    assert shown["reasons"] == ("same tax or ID number",)
    right = FieldRight.objects.get(role=manager.role, kind="", sensitivity="identity")
    right.level = "masked"
    right.save()
    assert client.get(LIST).context["pairs"] == []
    client.force_login(factories.an_administrator())
    assert client.get(LIST).context["count"] == 2
    assert client.get(LIST, {"group": "x", "page": "z"}).status_code == 200
    client.force_login(factories.a_user(Role.SALES_REP, unit=manager.unit))
    assert client.get(LIST).status_code == 404


def test_the_page_asks_as_many_questions_for_many_pairs(client, manager, django_assert_num_queries):
    client.force_login(manager)
    client.get(LIST)
    for count in (5, 20):
        for place in range(count):
            for _each in range(2):
                org(f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[place] * 6} Tools", unit=manager.unit, owner=manager)
        sweep.sweep()
        with django_assert_num_queries(9):
            assert len(client.get(LIST).context["pairs"]) >= 5


def test_the_search_runs_every_night_where_the_company_is(manager):
    task = PeriodicTask.objects.select_related("crontab").get(name="Nightly search for duplicates")
    assert (task.task, task.args) == ("crm.jobs.enqueue_job", '["customers.find_duplicates"]')
    assert (task.crontab.hour, str(task.crontab.timezone)) == ("3", "Asia/Shanghai")
