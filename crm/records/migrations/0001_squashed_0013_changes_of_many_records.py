"""Every table as it stands after 0013_changes_of_many_records, made at once, and the rows a company starts with.

A new database takes this one step instead of 13; one that has taken some of them goes on with the others.
"""

from importlib import import_module

import crm.records.attachments.models
import crm.records.webhooks.models
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

grams_in_letter_order = import_module("crm.records.migrations.0003_grams_in_letter_order")
daily_mails = import_module("crm.records.migrations.0011_daily_mails")


class Migration(migrations.Migration):
    replaces = [
        ("records", "0001_initial"),
        ("records", "0002_api_tokens"),
        ("records", "0003_grams_in_letter_order"),
        ("records", "0004_search_by_kind"),
        ("records", "0005_custom_fields"),
        ("records", "0006_imports"),
        ("records", "0007_names_by_sound"),
        ("records", "0008_attachments"),
        ("records", "0009_scope_of_api_keys"),
        ("records", "0010_notices"),
        ("records", "0011_daily_mails"),
        ("records", "0012_webhooks"),
        ("records", "0013_changes_of_many_records"),
    ]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("jobs", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [
        migrations.CreateModel(
            name="Sequence",
            fields=[
                ("prefix", models.CharField(max_length=10, primary_key=True, serialize=False)),
                ("last", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "ordering": ["prefix"],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("beginning", models.CharField(editable=False, max_length=12)),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("last_used_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last used")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="valid until")),
                ("may_write", models.BooleanField(default=True, verbose_name="may write")),
                ("kinds", models.JSONField(blank=True, default=list, verbose_name="kinds of records")),
                ("minute", models.BigIntegerField(default=0, editable=False)),
                ("calls", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "verbose_name_plural": "API keys",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.CharField(
                        choices=[("import", "Import"), ("demo", "Demo company")], max_length=10, verbose_name="source"
                    ),
                ),
                ("kind", models.CharField(blank=True, max_length=40, verbose_name="kind of record")),
                ("file_name", models.CharField(blank=True, max_length=255, verbose_name="file")),
                ("preset", models.CharField(blank=True, max_length=40, verbose_name="preset")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("summary", models.JSONField(blank=True, default=dict)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="BulkChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(blank=True, max_length=40, verbose_name="kind of record")),
                ("action", models.CharField(max_length=60, verbose_name="change")),
                ("value", models.JSONField(default=None, null=True)),
                ("query", models.TextField(blank=True, verbose_name="filters")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("running", "running"),
                            ("done", "done"),
                            ("cancelled", "cancelled"),
                            ("failed", "failed"),
                            ("undoing", "is being undone"),
                            ("undone", "undone"),
                        ],
                        default="running",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="jobs.job"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "change of many records",
                "verbose_name_plural": "changes of many records",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["user", "-id"], name="bulk_changes_by_user")],
            },
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("object_id", models.BigIntegerField()),
                ("version", models.PositiveIntegerField()),
                ("written", models.PositiveIntegerField(null=True)),
                ("before", models.JSONField(default=None, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("done", "changed"),
                            ("same", "was so already"),
                            ("touched", "changed by somebody else meanwhile"),
                            ("refused", "may not be changed"),
                            ("undone", "put back"),
                            ("kept", "not put back: changed since"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="records.bulkchange"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["change", "state", "id"], name="bulk_rows_by_state")],
            },
        ),
        migrations.CreateModel(
            name="CustomField",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "name_zh_hans",
                    models.CharField(blank=True, max_length=120, verbose_name="name in Simplified Chinese"),
                ),
                (
                    "name_zh_hant",
                    models.CharField(blank=True, max_length=120, verbose_name="name in Traditional Chinese"),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="kind of record")),
                (
                    "key",
                    models.CharField(
                        max_length=40,
                        validators=[django.core.validators.RegexValidator("^[a-z][a-z0-9_]{0,39}$")],
                        verbose_name="key",
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("text", "text"),
                            ("long_text", "long text"),
                            ("number", "number"),
                            ("date", "date"),
                            ("choice", "one of several choices"),
                            ("choices", "several choices at once"),
                            ("boolean", "yes or no"),
                            ("relation", "another record"),
                        ],
                        default="text",
                        max_length=12,
                        verbose_name="type",
                    ),
                ),
                ("related", models.CharField(blank=True, max_length=40, verbose_name="points at")),
                ("is_required", models.BooleanField(default=False, verbose_name="required")),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        default=50, help_text="Smaller numbers come first", verbose_name="place"
                    ),
                ),
                (
                    "section",
                    models.CharField(
                        blank=True,
                        help_text="One of the form's, or a new one by its name",
                        max_length=80,
                        verbose_name="section",
                    ),
                ),
                ("applies_to", models.JSONField(blank=True, default=list, verbose_name="only for")),
                (
                    "sensitivity",
                    models.CharField(
                        choices=[
                            ("public", "Open to all who see the record"),
                            ("contact", "Contact details"),
                            ("personal", "Personal details"),
                            ("identity", "Identity and tax numbers"),
                            ("finance", "Income and cost"),
                        ],
                        default="public",
                        max_length=10,
                        verbose_name="privacy class",
                    ),
                ),
                (
                    "hint",
                    models.CharField(
                        blank=True, help_text="A line below the field", max_length=160, verbose_name="hint"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "field",
                "verbose_name_plural": "fields",
                "ordering": ["kind", "rank", "id"],
                "constraints": [models.UniqueConstraint(fields=("kind", "key"), name="one_custom_field_per_key")],
            },
        ),
        migrations.CreateModel(
            name="CustomOption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "name_zh_hans",
                    models.CharField(blank=True, max_length=120, verbose_name="name in Simplified Chinese"),
                ),
                (
                    "name_zh_hant",
                    models.CharField(blank=True, max_length=120, verbose_name="name in Traditional Chinese"),
                ),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("rank", models.PositiveSmallIntegerField(default=50, verbose_name="place")),
                (
                    "field",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="options", to="records.customfield"
                    ),
                ),
            ],
            options={
                "verbose_name": "choice",
                "verbose_name_plural": "choices",
                "ordering": ["rank", "id"],
                "constraints": [models.UniqueConstraint(fields=("field", "code"), name="one_custom_option_per_code")],
            },
        ),
        migrations.CreateModel(
            name="ImportChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("object_id", models.BigIntegerField()),
                ("version", models.PositiveIntegerField()),
                ("before", models.JSONField(default=dict)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="records.batch"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ImportJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("importer", models.CharField(max_length=40, verbose_name="kind of record")),
                ("name", models.CharField(max_length=255, verbose_name="file")),
                ("size", models.PositiveBigIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("reading", "being read"),
                            ("draft", "in preparation"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                            ("undoing", "being undone"),
                            ("undone", "undone"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("choices", models.JSONField(blank=True, default=dict)),
                ("state", models.JSONField(blank=True, default=dict)),
                ("trial", models.JSONField(blank=True, default=dict)),
                ("summary", models.JSONField(blank=True, default=dict)),
                ("undone", models.JSONField(blank=True, default=dict)),
                ("error", models.TextField(blank=True, verbose_name="error")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="records.batch",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["owner", "-id"], name="imports_by_owner")],
            },
        ),
        migrations.CreateModel(
            name="ImportMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("importer", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("columns", models.JSONField(default=list)),
                ("choices", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "saved mapping",
                "verbose_name_plural": "saved mappings",
                "ordering": ["importer", "name", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("importer", "owner", "name"), name="one_mapping_per_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40)),
                ("data", models.JSONField(default=dict)),
                ("url", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField(verbose_name="when")),
                ("read_at", models.DateTimeField(null=True, verbose_name="read at")),
                ("mailed_at", models.DateTimeField(null=True, verbose_name="mailed at")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "notification",
                "verbose_name_plural": "notifications",
                "ordering": ["-created_at", "-id"],
                "indexes": [models.Index(fields=["user", "read_at", "-created_at"], name="notice_by_user")],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "query",
                    models.TextField(blank=True, help_text="The query string of the list", verbose_name="filters"),
                ),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared with everybody")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "ordering": ["kind", "name", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "owner", "name"), name="one_saved_view_per_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchGram",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("gram", models.CharField(max_length=4)),
                ("kind", models.CharField(max_length=20)),
                ("object_id", models.BigIntegerField()),
                ("sensitivity", models.CharField(default="public", max_length=10)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["kind", "gram", "object_id", "sensitivity"], name="search_by_kind_and_gram"),
                    models.Index(fields=["kind", "object_id", "gram"], name="search_by_record_and_gram"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                (
                    "secret",
                    models.CharField(default=crm.records.webhooks.models.new_secret, editable=False, max_length=80),
                ),
                ("kinds", models.JSONField(blank=True, default=list, verbose_name="kinds of records")),
                ("events", models.JSONField(blank=True, default=list, verbose_name="events")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("failures", models.PositiveIntegerField(default=0, editable=False)),
                ("rests_until", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sees with the rights of",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.CharField(max_length=20, verbose_name="event")),
                ("kind", models.CharField(blank=True, max_length=40, verbose_name="kind of record")),
                ("object_id", models.BigIntegerField(default=0, verbose_name="record")),
                (
                    "created_at",
                    models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name="time"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("delivered", "delivered"),
                            ("gave_up", "given up after a day"),
                            ("skipped", "not sent"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="attempts")),
                ("answer", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="answer")),
                ("error", models.CharField(blank=True, max_length=300, verbose_name="error")),
                ("tried_at", models.DateTimeField(blank=True, null=True, verbose_name="last tried")),
                (
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="records.webhook"
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["webhook", "-id"], name="deliveries_by_webhook")],
            },
        ),
        migrations.CreateModel(
            name="ApiAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.BigIntegerField(default=0)),
                ("key", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("body", models.TextField(blank=True)),
                ("kind", models.CharField(max_length=40)),
                ("object_id", models.BigIntegerField(default=0)),
                ("stamp", models.BigIntegerField(default=0)),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["kind", "object_id"], name="api_answers_by_record")],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "token", "key"), name="one_answer_per_idempotency_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("object_id", models.BigIntegerField()),
                ("file", models.FileField(max_length=200, upload_to=crm.records.attachments.models.own_name)),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                ("size", models.PositiveBigIntegerField(verbose_name="size")),
                ("format", models.CharField(max_length=10, verbose_name="format")),
                ("note", models.CharField(blank=True, max_length=160, verbose_name="note")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "ordering": ["-created_at", "-id"],
                "indexes": [models.Index(fields=["kind", "object_id"], name="attachment_by_record")],
            },
        ),
        migrations.RunPython(grams_in_letter_order.by_letter, grams_in_letter_order.by_language),
        migrations.RunPython(daily_mails.create, daily_mails.remove),
    ]
