import json

from django.db import migrations

# name -> task, arguments, (minute, hour) in the company's time zone or seconds between two runs
SWEEP_SECONDS = 10
NIGHTLY = {
    "Nightly recompute": ("crm.jobs.enqueue_job", ["analytics.recompute"], ("30", "2")),
    "Nightly reconcile": ("crm.jobs.enqueue_job", ["analytics.reconcile"], ("30", "3")),
    "Purge of old jobs": ("crm.jobs.purge", [], ("10", "4")),
}
SWEEPER = "Sweep of forgotten jobs"
DEFAULT_ZONE = "Asia/Shanghai"


def create(apps, schema_editor):
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    Crontab = apps.get_model("django_celery_beat", "CrontabSchedule")
    Interval = apps.get_model("django_celery_beat", "IntervalSchedule")
    Company = apps.get_model("accounts", "Company")
    company = Company.objects.first()
    zone = company.time_zone if company else DEFAULT_ZONE
    for name, (task, arguments, (minute, hour)) in NIGHTLY.items():
        crontab, _ = Crontab.objects.get_or_create(
            minute=minute, hour=hour, day_of_week="*", day_of_month="*", month_of_year="*", timezone=zone
        )
        PeriodicTask.objects.get_or_create(
            name=name, defaults={"task": task, "args": json.dumps(arguments), "crontab": crontab}
        )
    interval, _ = Interval.objects.get_or_create(every=SWEEP_SECONDS, period="seconds")
    PeriodicTask.objects.get_or_create(
        name=SWEEPER,
        defaults={"task": "crm.jobs.sweep", "interval": interval, "expire_seconds": SWEEP_SECONDS},
    )


def remove(apps, schema_editor):
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    PeriodicTask.objects.filter(name__in=[*NIGHTLY, SWEEPER]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_initial"),
        ("accounts", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(create, remove)]
