import json
from datetime import timedelta
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from crm.accounts.models import Company, Role, User
from crm.jobs import process, registry, status
from crm.jobs import services as jobs
from crm.jobs.models import Job, Pulse

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def company():
    company = Company(name="Clientele Ltd", time_zone="Europe/London")
    company.save()
    return company


def user(name, role=""):
    found = Role.objects.get_or_create(
        code=role or "sales_rep", defaults={"name": role, "is_administrator": role == "administrator"}
    )[0]
    return User.objects.create_user(name, password="a long password", role=found)


@pytest.fixture
def rep(client):
    rep = user("rep")
    client.force_login(rep)
    return rep


@pytest.fixture
def administrator(client):
    administrator = user("boss", "administrator")
    client.force_login(administrator)
    return administrator


def test_healthz_answers_without_signing_in(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_healthz_says_when_the_database_is_away(client):
    with mock.patch.object(connection, "cursor", side_effect=OperationalError):
        assert not status.database_answers()
    with mock.patch.object(status, "database_answers", return_value=False):
        assert client.get("/healthz").status_code == 503


def test_status_needs_a_user(client):
    assert client.get(reverse("jobs:status")).status_code == 302


def test_the_status_page_says_what_works_and_shows_own_jobs(client, rep):
    jobs.enqueue("test.mine", user=rep)
    jobs.enqueue("test.others", user=user("other"))
    page = client.get(reverse("jobs:status")).content.decode()

    assert "Nobody works through the jobs" in page
    assert "test.mine" in page
    assert "test.others" not in page
    process.pulse("worker")
    assert "1 process is ready for jobs." in client.get(reverse("jobs:status")).content.decode()


def test_an_administrator_sees_every_job(client, administrator):
    jobs.enqueue("test.others", user=user("other"))
    Job.objects.create(name="test.broken", status="failed", error="ValueError: x\n\ntrace", finished_at=timezone.now())
    page = client.get(reverse("jobs:status")).content.decode()
    assert "test.others" in page
    assert "ValueError: x" in page
    assert "trace" not in page
    assert "Do it again" in page


def test_the_status_page_asks_as_often_for_five_jobs_as_for_twenty(client, administrator):
    def queries(count):
        for _each in range(count):
            jobs.enqueue("test.job", user=administrator)
        with connection.execute_wrapper(counted := Counter()):
            client.get(reverse("jobs:status"))
        return counted.count

    queries(1)
    assert queries(5) == queries(15)


def test_progress_asks_again_until_the_job_has_ended(client, rep):
    job = jobs.enqueue("test.job", user=rep)
    address = reverse("jobs:job_progress", args=[job.pk])
    waiting = client.get(address, headers=HTMX)
    assert 'hx-trigger="every 1s"' in waiting.content.decode()

    Job.objects.update(status="running", done=3, total=12, text="Reading lines")
    running = client.get(address, headers=HTMX).content.decode()
    assert "Reading lines" in running
    assert 'aria-valuenow="25"' in running

    Job.objects.update(status="done")
    done = client.get(address, headers=HTMX)
    assert "hx-trigger" not in done.content.decode()
    assert json.loads(done["HX-Trigger"]) == {"jobFinished": {"id": job.pk, "status": "done"}}
    assert "<html" in client.get(address).content.decode(), "without htmx it is a page"


@pytest.mark.parametrize("name", ["job_progress", "job_cancel", "job_retry"])
def test_the_jobs_of_others_do_not_exist(client, rep, name):
    job = jobs.enqueue("test.job", user=user("other"))
    address = reverse(f"jobs:{name}", args=[job.pk])
    response = client.get(address) if name == "job_progress" else client.post(address)
    assert response.status_code == 404
    job.refresh_from_db()
    assert (job.status, job.cancel_requested) == ("waiting", False)


def test_own_jobs_can_be_cancelled_but_only_by_post(client, rep):
    job = jobs.enqueue("test.job", user=rep)
    address = reverse("jobs:job_cancel", args=[job.pk])
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert jobs.get(job.pk).status == "cancelled"


def test_administrators_repeat_failed_jobs(client, administrator):
    job = jobs.enqueue("test.job", user=user("other"))
    Job.objects.update(status="failed")
    client.post(reverse("jobs:job_retry", args=[job.pk]))
    assert jobs.get(job.pk).status == "waiting"


def test_floors_above_add_lines_and_a_broken_one_hides_nothing(monkeypatch):
    monkeypatch.setattr(status, "_functions", [])
    status.register(lambda: status.Line("recompute", "Last recompute", status.State.GOOD, "today"))
    status.register(lambda: 1 / 0)
    found = status.lines()
    assert [line.text for line in found[-2:]] == ["today", "This could not be found out."]
    assert status.worst(found) == "bad"


def test_check_health_prints_one_line_of_json_and_fails_when_something_is_down(capsys):
    with pytest.raises(SystemExit):
        call_command("check_health", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "bad"
    assert {line["key"]: line["state"] for line in told["lines"]}["worker"] == "bad"

    process.pulse("worker")
    process.pulse("scheduler")
    with mock.patch.object(status, "_functions", []):
        call_command("check_health", "--json")
    assert json.loads(capsys.readouterr().out)["status"] == "good"


def test_signs_of_life_grow_old():
    process.pulse("worker")
    assert process.living("worker") == 1
    Pulse.objects.update(at=timezone.now() - process.ALIVE - timedelta(seconds=1))
    assert process.living("worker") == 0


def test_a_job_speaks_the_language_of_who_asked(rep, monkeypatch):
    monkeypatch.setattr(registry, "_handlers", {})
    from django.utils import translation

    seen = []
    registry.handler("test.language", label="x")(lambda job: seen.append(translation.get_language()))
    rep.language = "zh-hant"
    rep.save()
    jobs.enqueue("test.language", user=rep)
    jobs.run_waiting()
    assert seen == ["zh-hant"]


class Counter:
    count = 0

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)
