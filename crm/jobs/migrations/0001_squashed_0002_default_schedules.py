"""Every table as it stands after 0002_default_schedules, made at once, and the rows a company starts with.

A new database takes this one step instead of 2; one that has taken some of them goes on with the others.
"""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

default_schedules = import_module("crm.jobs.migrations.0002_default_schedules")


class Migration(migrations.Migration):
    replaces = [("jobs", "0001_initial"), ("jobs", "0002_default_schedules")]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [
        migrations.CreateModel(
            name="Outbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("topic", models.CharField(max_length=80, verbose_name="topic")),
                ("subscriber", models.CharField(max_length=160, verbose_name="subscriber")),
                ("key", models.CharField(blank=True, max_length=200, verbose_name="key")),
                ("payload", models.JSONField(blank=True, default=dict)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("delivering", "being delivered"),
                            ("delivered", "delivered"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("run_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="not before")),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="failed attempts")),
                ("error", models.TextField(blank=True, verbose_name="error")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="announced")),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="delivered")),
            ],
            options={
                "verbose_name": "effect to deliver",
                "verbose_name_plural": "effects to deliver",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["status", "run_at", "id"], name="outbox_by_status"),
                    models.Index(fields=["subscriber", "key", "status"], name="outbox_by_key"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pulse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("process", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "sign of life",
                "verbose_name_plural": "signs of life",
                "ordering": ["name", "process"],
                "constraints": [models.UniqueConstraint(fields=("name", "process"), name="one_pulse_per_process")],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="job")),
                ("key", models.CharField(blank=True, max_length=200, verbose_name="key")),
                ("payload", models.JSONField(blank=True, default=dict)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("run_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="not before")),
                ("fence", models.PositiveIntegerField(default=0)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("worker", models.CharField(blank=True, max_length=200)),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="failed attempts")),
                ("losses", models.PositiveSmallIntegerField(default=0, verbose_name="interruptions")),
                ("cancel_requested", models.BooleanField(default=False)),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
                ("text", models.CharField(blank=True, max_length=300, verbose_name="progress")),
                ("result", models.JSONField(blank=True, default=dict, verbose_name="result")),
                ("error", models.TextField(blank=True, verbose_name="error")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked for")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["status", "run_at"], name="jobs_by_status"),
                    models.Index(fields=["name", "key", "status"], name="jobs_by_key"),
                    models.Index(fields=["user", "-id"], name="jobs_by_user"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "running"), models.Q(("key", ""), _negated=True)),
                        fields=("name", "key"),
                        name="one_running_job_per_key",
                    )
                ],
            },
        ),
        migrations.RunPython(default_schedules.create, default_schedules.remove),
    ]
