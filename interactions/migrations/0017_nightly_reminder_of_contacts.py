import json

from django.db import migrations

NAME = "Nightly reminder of overdue contacts"
DEFAULT_ZONE = "Asia/Shanghai"


def create(apps, schema_editor):
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    Crontab = apps.get_model("django_celery_beat", "CrontabSchedule")
    company = apps.get_model("accounts", "Company").objects.first()
    night = {"minute": "30", "hour": "4", "day_of_week": "*", "day_of_month": "*", "month_of_year": "*"}
    zone = company.time_zone if company else DEFAULT_ZONE
    crontab = Crontab.objects.filter(**night, timezone=zone).first() or Crontab.objects.create(**night, timezone=zone)
    PeriodicTask.objects.get_or_create(
        name=NAME,
        defaults={"task": "crm.jobs.enqueue_job", "args": json.dumps(["contacts.remind"]), "crontab": crontab},
    )


def remove(apps, schema_editor):
    apps.get_model("django_celery_beat", "PeriodicTask").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("interactions", "0016_contact_plan"),
        ("accounts", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(create, remove)]
