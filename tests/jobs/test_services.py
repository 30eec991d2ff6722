from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from crm.jobs import bell, process, registry, tasks
from crm.jobs import services as jobs
from crm.jobs.models import Job, Outbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_registry(monkeypatch):
    """Handlers of a test end with it; a broker that failed in one is tried again in the next."""
    monkeypatch.setattr(registry, "_handlers", {})
    monkeypatch.setattr(registry, "_subscribers", {})
    monkeypatch.setattr(bell, "_quiet_until", 0.0)


@pytest.fixture
def calls():
    return []


@pytest.fixture
def noting(calls):
    """A handler that notes what it was given."""

    @registry.handler("test.note", label="Note")
    def note(job):
        calls.append((job.id, job.fence, job.payload))
        return {"noted": len(calls)}

    return note


def test_a_job_is_done_once_and_keeps_its_result(noting, calls):
    job = jobs.enqueue("test.note", payload={"n": 7})

    assert jobs.run_waiting() == 1
    assert jobs.run_waiting() == 0
    job.refresh_from_db()
    assert calls == [(job.pk, 1, {"n": 7})]
    assert (job.status, job.result, job.percent) == ("done", {"noted": 1}, 100)


def test_a_job_is_not_done_before_its_time(noting, calls):
    jobs.enqueue("test.note", run_at=timezone.now() + timedelta(hours=1))

    assert jobs.run_waiting() == 0
    assert calls == []


def test_what_is_rolled_back_leaves_no_job(noting):
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.enqueue("test.note")
        jobs.announce("test.saved", {"id": 1})
        raise RuntimeError

    assert not Job.objects.exists()
    assert not Outbox.objects.exists()


def test_an_equal_key_returns_the_waiting_job(noting, calls):
    first = jobs.enqueue("test.note", key="customer:7", run_at=timezone.now() + timedelta(hours=1))
    second = jobs.enqueue("test.note", key="customer:7")
    other = jobs.enqueue("test.note", key="customer:8")

    assert second.pk == first.pk != other.pk
    assert jobs.run_waiting() == 2, "asked for earlier, the waiting job is brought forward"


def test_an_equal_key_follows_the_running_job_instead_of_joining_it(noting, calls):
    running = jobs.enqueue("test.note", key="all")
    held = jobs.claim(running.pk)
    following = jobs.enqueue("test.note", key="all")

    assert following.pk != running.pk
    assert jobs.claim(following.pk) is None, "one after the other"
    jobs._finish(held, Job.Status.DONE)
    assert jobs.claim(following.pk).fence == 1


def test_a_claim_is_exclusive_and_the_fence_grows(noting):
    job = jobs.enqueue("test.note")

    first = jobs.claim(job.pk)
    assert first.fence == 1
    assert jobs.claim(job.pk) is None
    _lose(job)
    jobs.sweep()
    assert jobs.claim(job.pk).fence == 2


def test_a_lost_lease_raises_at_progress_and_before_publishing(noting):
    job = jobs.enqueue("test.note")
    old = jobs.claim(job.pk)
    _lose(job)
    jobs.sweep()
    new = jobs.claim(job.pk)

    with pytest.raises(jobs.JobLost):
        old.progress(1, 10)
    with pytest.raises(jobs.JobLost), transaction.atomic():
        old.assert_mine()
    new.assert_mine()
    new.progress(3, 10, "Counting")
    job.refresh_from_db()
    assert (job.done, job.total, job.text, job.percent) == (3, 10, "Counting", 30)


def test_who_lost_the_job_cannot_end_it(noting):
    job = jobs.enqueue("test.note")
    old = jobs.claim(job.pk)
    _lose(job)
    jobs.sweep()
    jobs.claim(job.pk)

    jobs._finish(old, Job.Status.DONE, result={"wrong": True})
    job.refresh_from_db()
    assert (job.status, job.result) == ("running", {})


def test_progress_is_written_twice_a_second_at_most(noting, django_assert_max_num_queries):
    job = jobs.claim(jobs.enqueue("test.note").pk)

    with django_assert_max_num_queries(4):  # the first and the last, each with a look for a cancellation
        for done in range(1, 1001):
            job.progress(done, 1000)
    assert jobs.get(job.id).done == 1000


def test_a_dead_process_of_this_machine_is_noticed_before_its_lease_ends(noting):
    job = jobs.enqueue("test.note")
    jobs.claim(job.pk)
    machine, _pid, started = process.identity().split("|")
    Job.objects.update(worker=f"{machine}|999999999|{started}")

    assert jobs.sweep()["put_back"] == 1
    job.refresh_from_db()
    assert (job.status, job.losses, job.attempts) == ("waiting", 1, 0)


def test_a_live_process_keeps_a_job_for_some_minutes_after_its_lease(noting):
    job = jobs.enqueue("test.note")
    jobs.claim(job.pk)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=30))
    assert jobs.sweep()["put_back"] == 0

    Job.objects.update(lease_until=timezone.now() - jobs.FROZEN - timedelta(seconds=1))
    assert jobs.sweep()["put_back"] == 1


def test_a_job_that_keeps_killing_its_worker_fails(noting):
    job = jobs.enqueue("test.note")
    jobs.claim(job.pk)
    _lose(job)
    Job.objects.update(losses=jobs.MAX_LOSSES - 1)

    jobs.sweep()
    job.refresh_from_db()
    assert job.status == "failed"
    assert "50" in job.error


def test_a_job_that_raises_is_tried_again_with_growing_pauses():
    @registry.handler("test.raise", label="Raise", max_attempts=3, back_off_seconds=10)
    def fail(job):
        raise ValueError("no such column")

    job = jobs.enqueue("test.raise")
    pauses = []
    for _attempt in range(3):
        before = timezone.now()
        assert jobs.run_waiting(raise_errors=False) == 1
        job.refresh_from_db()
        pauses.append(round((job.run_at - before).total_seconds()) if job.status == "waiting" else None)
        Job.objects.update(run_at=timezone.now())

    assert pauses == [10, 20, None]
    assert (job.status, job.attempts) == ("failed", 3)
    assert job.error_summary == "ValueError: no such column"


def test_errors_show_in_tests_that_run_jobs_inline():
    @registry.handler("test.raise", label="Raise")
    def fail(job):
        raise ValueError("no such column")

    jobs.enqueue("test.raise")
    with pytest.raises(ValueError, match="no such column"):
        jobs.run_waiting()


def test_a_job_that_cannot_succeed_is_not_tried_again():
    @registry.handler("test.refuse", label="Refuse")
    def refuse(job):
        raise jobs.JobFailed("The file is empty.")

    job = jobs.enqueue("test.refuse")
    jobs.run_waiting(raise_errors=False)
    job.refresh_from_db()
    assert (job.status, job.error, job.attempts) == ("failed", "The file is empty.", 0)


def test_a_job_nobody_knows_fails_with_a_readable_error():
    job = jobs.enqueue("test.unknown")
    jobs.run_waiting(raise_errors=False)
    job.refresh_from_db()
    assert job.status == "failed"
    assert "test.unknown" in job.error


def test_a_waiting_job_is_cancelled_at_once(noting, calls):
    job = jobs.enqueue("test.note")

    assert jobs.cancel(job)
    assert jobs.run_waiting() == 0
    assert not jobs.cancel(job)
    job.refresh_from_db()
    assert (job.status, calls) == ("cancelled", [])


def test_a_running_job_stops_at_its_next_progress():
    steps = []

    @registry.handler("test.long", label="Long")
    def long(job):
        for step in range(10):
            steps.append(step)
            if step == 3:
                assert jobs.cancel(jobs.get(job.id))
                job._written_at = 0
            job.progress(step, 10)

    job = jobs.enqueue("test.long")
    jobs.run_waiting()
    job.refresh_from_db()
    assert (job.status, steps) == ("cancelled", [0, 1, 2, 3])


def test_a_failed_job_can_be_repeated(noting, calls):
    job = jobs.enqueue("test.note")
    assert not jobs.retry(job), "it waits already"
    Job.objects.update(status=Job.Status.FAILED, error="ValueError", attempts=3)

    assert jobs.retry(job)
    assert jobs.run_waiting() == 1
    job.refresh_from_db()
    assert (job.status, job.error, len(calls)) == ("done", "", 1)


def test_each_subscriber_gets_each_message_once(calls):
    registry.subscriber("test.saved")(_first := lambda message: calls.append(("first", message.payload)))
    _second = mock.Mock(__module__="tests", __qualname__="second")
    registry.subscriber("test.saved")(_second)
    jobs.announce("test.saved", {"id": 1})
    jobs.announce("test.other", {"id": 2})

    assert jobs.deliver() == 2
    assert jobs.deliver() == 0
    assert calls == [("first", {"id": 1})]
    assert _second.call_count == 1


def test_equal_keys_are_delivered_once_with_the_newest_payload(calls):
    registry.subscriber("test.saved")(lambda message: calls.append(message.payload))
    for number in range(5):
        jobs.announce("test.saved", {"n": number}, key="customer:1")
    jobs.announce("test.saved", {"n": 9}, key="customer:2")

    jobs.run_waiting()
    assert calls == [{"n": 4}, {"n": 9}]


def test_an_effect_in_our_database_is_undone_with_its_mark_when_it_raises(noting):
    fails = [True]

    @registry.subscriber("test.saved")
    def effect(message):
        jobs.enqueue("test.note", payload={"of": message.id})
        if fails:
            raise ValueError("later")

    jobs.announce("test.saved")
    assert jobs.deliver() == 0
    assert not Job.objects.exists()
    row = Outbox.objects.get()
    assert (row.status, row.attempts, row.error) == ("waiting", 1, "ValueError: later")

    fails.clear()
    assert jobs.deliver() == 0, "not before the pause is over"
    Outbox.objects.update(run_at=timezone.now())
    assert jobs.deliver() == 1
    assert Job.objects.count() == 1


def test_an_effect_that_never_succeeds_is_given_up_visibly():
    @registry.subscriber("test.saved", max_attempts=2)
    def effect(message):
        raise ValueError("never")

    jobs.announce("test.saved")
    for _attempt in range(2):
        jobs.deliver()
        Outbox.objects.update(run_at=timezone.now())
    assert Outbox.objects.get().status == "failed"
    assert jobs.deliver() == 0


def test_a_mail_whose_worker_died_is_sent_again():
    sent = []
    registry.subscriber("test.mail", in_transaction=False)(lambda message: sent.append(message.id))
    (row,) = jobs.announce("test.mail")
    Outbox.objects.update(status="delivering", lease_until=timezone.now() - timedelta(seconds=1))
    assert jobs.deliver() == 0

    assert jobs.sweep()["messages_put_back"] == 1
    assert jobs.deliver() == 1
    assert sent == [row.pk]


def test_purge_keeps_what_is_recent_or_unfinished(noting):
    old = timezone.now() - timedelta(days=31)
    kept = {jobs.enqueue("test.note").pk, jobs.enqueue("test.note").pk, jobs.enqueue("test.note").pk}
    done = jobs.enqueue("test.note").pk
    recent, failed, _waiting = sorted(kept)
    Job.objects.filter(pk=done).update(status="done", finished_at=old)
    Job.objects.filter(pk=recent).update(status="done", finished_at=timezone.now())
    Job.objects.filter(pk=failed).update(status="failed", finished_at=old)

    assert jobs.purge() == {"jobs": 1, "effects": 0}
    assert set(Job.objects.values_list("pk", flat=True)) == kept


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_saving_succeeds_with_the_broker_down_and_the_sweeper_rings_later(noting, calls):
    registry.subscriber("test.saved")(lambda message: calls.append(message.payload["n"]))
    with mock.patch.object(bell.current_app, "send_task", side_effect=OperationalError("refused")) as down:
        job = jobs.enqueue("test.note")
        for number in range(200):
            with transaction.atomic():
                jobs.announce("test.saved", {"n": number})
    assert down.call_count == 1, "after a failure the broker is left alone for some seconds"
    assert jobs.get(job.pk).status == "waiting"

    bell._quiet_until = 0.0
    with mock.patch.object(bell.current_app, "send_task") as rung:
        assert jobs.sweep() == {"put_back": 0, "messages_put_back": 0, "due": 1, "undelivered": 200}
    assert [call.args[0] for call in rung.call_args_list] == ["crm.jobs.deliver", "crm.jobs.work"]
    jobs.work()
    jobs.work()
    assert sorted(call for call in calls if isinstance(call, int)) == list(range(200))
    assert len(calls) == 201


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_transaction_rings_once_for_all_its_effects(noting):
    registry.subscriber("test.saved")(lambda message: None)
    with mock.patch.object(bell.current_app, "send_task") as rung:
        with transaction.atomic():
            for number in range(20):
                jobs.announce("test.saved", {"n": number})
            assert not rung.called
        assert rung.call_count == 1


def _lose(job):
    """As if the worker on another machine had gone silent."""
    Job.objects.filter(pk=job.pk).update(worker="elsewhere//|1|2.0", lease_until=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_saving_succeeds_whatever_the_bell_says(monkeypatch, noting):
    monkeypatch.setattr(bell, "_ring", mock.Mock(side_effect=ModuleNotFoundError("packaging")))

    with transaction.atomic():
        job = jobs.enqueue("test.note")

    assert bell._ring.call_count == 1
    assert Job.objects.get().pk == job.pk


def test_the_nightly_purge_lets_sqlite_look_at_its_tables():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL looks by itself")
    jobs.enqueue("test.note")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # makes the table of statistics
        cursor.execute("DELETE FROM sqlite_stat1")
        tasks.purge()
        cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'jobs_job'")
        assert cursor.fetchone()[0] > 0
