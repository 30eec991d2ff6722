import datetime
import json
from unittest import mock

import pytest
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask, PeriodicTasks

from crm.accounts.models import Company
from crm.celery import app
from crm.jobs import registry, schedules, tasks
from crm.jobs.models import Job

pytestmark = pytest.mark.django_db


def test_the_defaults_are_there_and_name_tasks_that_exist():
    found = {task.name: task for task in PeriodicTask.objects.all()}
    assert set(found) >= {"Nightly recompute", "Nightly reconcile", "Purge of old jobs", "Sweep of forgotten jobs"}
    app.loader.import_default_modules()
    assert {task.task for task in found.values()} <= set(app.tasks)
    assert json.loads(found["Nightly recompute"].args) == ["analytics.recompute"]
    assert found["Sweep of forgotten jobs"].interval.every == 10


def test_nightly_means_at_night_where_the_company_is():
    company = Company(name="x", time_zone="Europe/London")
    company.save()
    task = PeriodicTask.objects.get(name="Nightly recompute")
    assert (task.crontab.hour, task.crontab.minute, str(task.crontab.timezone)) == ("2", "30", "Europe/London")

    task.crontab = CrontabSchedule.objects.create(minute="0", hour="4", timezone="Europe/London")
    task.save()
    company.time_zone = "Asia/Taipei"
    company.save()
    task.refresh_from_db()
    assert (task.crontab.hour, str(task.crontab.timezone)) == ("4", "Asia/Taipei"), "a chosen hour is kept"


def test_a_new_time_zone_is_told_to_the_scheduler_and_asks_little(django_assert_max_num_queries):
    company = Company(name="x", time_zone="Europe/London")
    company.save()
    own = PeriodicTask.objects.create(name="Own", task="x", crontab=CrontabSchedule.objects.first())
    hours = {task.name: (task.crontab.hour, task.crontab.minute) for task in PeriodicTask.objects.exclude(crontab=None)}
    PeriodicTasks.objects.update(last_update="2024-01-01T00:00Z")
    company.time_zone = "Asia/Taipei"
    with django_assert_max_num_queries(12):
        schedules.follow_company(company)
    moved = PeriodicTask.objects.filter(name__in=schedules.NIGHTLY)
    assert {str(task.crontab.timezone) for task in moved} == {"Asia/Taipei"}
    assert {task.name: (task.crontab.hour, task.crontab.minute) for task in moved}.items() <= hours.items()
    assert PeriodicTasks.last_change() > timezone.now() - datetime.timedelta(minutes=5)
    own.refresh_from_db()
    assert str(own.crontab.timezone) != "Asia/Taipei", "what somebody else made by the same hours stays where it is"
    with django_assert_max_num_queries(1):
        schedules.follow_company(company)


def test_the_schedule_asks_for_a_job_once(monkeypatch):
    monkeypatch.setattr(registry, "_handlers", {})
    registry.handler("test.night", label="Night")(lambda job: {})
    tasks.enqueue_job("test.night", {"full": True})
    tasks.enqueue_job("test.night", {"full": True})
    assert Job.objects.get().payload == {"full": True}


def test_a_schedule_for_a_job_that_is_not_there_yet_does_nothing():
    with mock.patch.object(tasks._log, "warning") as warned:
        tasks.enqueue_job("test.not_there")
    assert warned.call_count == 1
    assert not Job.objects.exists()
