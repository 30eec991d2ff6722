"""Every morning a mail tells of what is new."""

import json

from django.db import migrations

NAME = "Daily mails of what is new"


def create(apps, schema_editor):
    company = apps.get_model("accounts", "Company").objects.first()
    crontab, _ = apps.get_model("django_celery_beat", "CrontabSchedule").objects.get_or_create(
        minute="0", hour="7", day_of_week="*", day_of_month="*", month_of_year="*",
        timezone=company.time_zone if company else "Asia/Shanghai",
    )
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name=NAME,
        defaults={"task": "crm.jobs.enqueue_job", "args": json.dumps(["records.digest"]), "crontab": crontab},
    )


def remove(apps, schema_editor):
    apps.get_model("django_celery_beat", "PeriodicTask").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0010_notices"),
        ("accounts", "0001_initial"),
        ("jobs", "0002_default_schedules"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]
    operations = [migrations.RunPython(create, remove)]
