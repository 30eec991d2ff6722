"""Every table as it stands after 0012_channels_of_consent, made at once, and the rows a company starts with.

A new database takes this one step instead of 12; one that has taken some of them goes on with the others.
"""

from importlib import import_module

import crm.records.custom.columns
import customers.privacy.models
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import django_countries.fields
import phonenumber_field.modelfields
import simple_history.models
from django.conf import settings
from django.db import migrations, models

default_channels = import_module("customers.migrations.0002_default_channels")
nightly_search = import_module("customers.migrations.0008_nightly_search")
default_standards = import_module("customers.migrations.0010_default_standards")
channels_of_consent = import_module("customers.migrations.0012_channels_of_consent")


class Migration(migrations.Migration):
    replaces = [
        ("customers", "0001_initial"),
        ("customers", "0002_default_channels"),
        ("customers", "0003_custom_values"),
        ("customers", "0004_duplicates"),
        ("customers", "0005_tracked_fields"),
        ("customers", "0006_customer_relations"),
        ("customers", "0007_needs_preferences_background"),
        ("customers", "0008_nightly_search"),
        ("customers", "0009_standards_of_relationship_classes"),
        ("customers", "0010_default_standards"),
        ("customers", "0011_privacy"),
        ("customers", "0012_channels_of_consent"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("jobs", "0001_initial"),
        ("records", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [
        migrations.CreateModel(
            name="Channel",
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
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("for_contacts", models.BooleanField(default=True, verbose_name="used for contacts")),
                ("for_sales", models.BooleanField(default=True, verbose_name="used for sales")),
                ("for_consent", models.BooleanField(default=False, verbose_name="customers agree to it")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "channel",
                "verbose_name_plural": "channels",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Industry",
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
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
            ],
            options={
                "verbose_name": "industry",
                "verbose_name_plural": "industries",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Tag",
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
                ("colour", models.CharField(default="blue", max_length=20, verbose_name="colour")),
            ],
            options={
                "verbose_name": "tag",
                "verbose_name_plural": "tags",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="TrackedField",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attribute", models.CharField(max_length=60, unique=True)),
                ("weight", models.PositiveSmallIntegerField(default=1, verbose_name="weight")),
            ],
            options={
                "verbose_name": "tracked field",
                "verbose_name_plural": "tracked fields",
                "ordering": ["attribute"],
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(blank=True, max_length=40, unique=True, verbose_name="number")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created"),
                ),
                (
                    "modified_at",
                    models.DateTimeField(
                        db_index=True, default=django.utils.timezone.now, editable=False, verbose_name="changed"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="deleted")),
                (
                    "custom",
                    crm.records.custom.columns.CustomValues(
                        blank=True, default=dict, editable=False, verbose_name="custom fields"
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[("person", "Individual customer"), ("organisation", "Organisational customer")],
                        default="person",
                        max_length=12,
                        verbose_name="type",
                    ),
                ),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                (
                    "sex",
                    models.CharField(
                        blank=True,
                        choices=[("female", "female"), ("male", "male"), ("other", "other")],
                        max_length=8,
                        verbose_name="sex",
                    ),
                ),
                ("birth_date", models.DateField(blank=True, null=True, verbose_name="birth date")),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, region=None, verbose_name="phone"
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("address", models.CharField(blank=True, max_length=255, verbose_name="address")),
                ("city", models.CharField(blank=True, max_length=80, verbose_name="city")),
                ("country", django_countries.fields.CountryField(blank=True, max_length=2, verbose_name="country")),
                ("occupation", models.CharField(blank=True, max_length=80, verbose_name="occupation")),
                (
                    "income_band",
                    models.CharField(
                        blank=True,
                        choices=[("low", "low"), ("middle", "middle"), ("high", "high"), ("very_high", "very high")],
                        max_length=10,
                        verbose_name="income",
                    ),
                ),
                ("tax_number", models.CharField(blank=True, max_length=40, verbose_name="tax or ID number")),
                ("website", models.URLField(blank=True, verbose_name="website")),
                (
                    "relation_class",
                    models.CharField(
                        choices=[
                            ("ordinary", "Ordinary customer"),
                            ("key", "Key account"),
                            ("organisational", "Organisational customer"),
                        ],
                        default="ordinary",
                        max_length=16,
                        verbose_name="relationship class",
                    ),
                ),
                ("needs", models.TextField(blank=True, verbose_name="needs")),
                ("preferences", models.TextField(blank=True, verbose_name="preferences")),
                ("background", models.TextField(blank=True, verbose_name="background")),
                ("became_customer_on", models.DateField(blank=True, null=True, verbose_name="known since")),
                ("lost_on", models.DateField(blank=True, null=True, verbose_name="lost on")),
                ("lost_reason", models.CharField(blank=True, max_length=160, verbose_name="churn reason")),
                (
                    "consents",
                    crm.records.custom.columns.CustomValues(
                        blank=True, default=dict, editable=False, verbose_name="consents"
                    ),
                ),
                (
                    "erased_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="personal data erased"),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="records.batch",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.channel",
                        verbose_name="came through",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "deleted_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="customers",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.region",
                        verbose_name="region",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                        verbose_name="department",
                    ),
                ),
                (
                    "industry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.industry",
                        verbose_name="industry",
                    ),
                ),
                (
                    "tags",
                    models.ManyToManyField(
                        blank=True, related_name="customers", to="customers.tag", verbose_name="tags"
                    ),
                ),
            ],
            options={
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["name", "id"], name="customer_by_name"),
                    models.Index(fields=["owner", "-id"], name="customer_by_owner"),
                    models.Index(fields=["unit", "-id"], name="customer_by_unit"),
                    models.Index(fields=["region", "-id"], name="customer_by_region"),
                    models.Index(fields=["phone"], name="customer_by_phone"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DuplicateSweep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="started")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                ("customers", models.PositiveIntegerField(default=0, verbose_name="customers")),
                ("compared", models.PositiveBigIntegerField(default=0, verbose_name="comparisons")),
                ("pairs", models.PositiveIntegerField(default=0, verbose_name="pairs")),
                ("skipped", models.PositiveIntegerField(default=0, verbose_name="values shared by too many")),
                ("seconds", models.FloatField(default=0, verbose_name="seconds")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "search for duplicates",
                "verbose_name_plural": "searches for duplicates",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, verbose_name="customer number")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("request", "the person asked for it"),
                            ("term", "the time for keeping it is over"),
                            ("mistake", "it should not have been kept"),
                            ("other", "other reason"),
                        ],
                        default="request",
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=60, verbose_name="file number")),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked for")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                ("counts", models.JSONField(default=dict, verbose_name="removed")),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="erasures",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="jobs.job"
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalContactPerson",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("number", models.CharField(blank=True, db_index=True, max_length=40, verbose_name="number")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created"),
                ),
                (
                    "modified_at",
                    models.DateTimeField(
                        db_index=True, default=django.utils.timezone.now, editable=False, verbose_name="changed"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="deleted")),
                (
                    "custom",
                    crm.records.custom.columns.CustomValues(
                        blank=True, default=dict, editable=False, verbose_name="custom fields"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("position", models.CharField(blank=True, max_length=120, verbose_name="position")),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, region=None, verbose_name="phone"
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "buying_role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("decision", "decides"),
                            ("technical", "judges the technology"),
                            ("business", "buys"),
                            ("user", "uses"),
                            ("other", "other"),
                        ],
                        max_length=12,
                        verbose_name="role in decisions",
                    ),
                ),
                (
                    "attitude",
                    models.CharField(
                        blank=True,
                        choices=[("positive", "positive"), ("neutral", "neutral"), ("negative", "negative")],
                        max_length=10,
                        verbose_name="attitude",
                    ),
                ),
                ("is_key_person", models.BooleanField(default=False, verbose_name="key person")),
                ("birth_date", models.DateField(blank=True, null=True, verbose_name="birth date")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.batch",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "deleted_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical contact person",
                "verbose_name_plural": "historical contact persons",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalCustomer",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("number", models.CharField(blank=True, db_index=True, max_length=40, verbose_name="number")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created"),
                ),
                (
                    "modified_at",
                    models.DateTimeField(
                        db_index=True, default=django.utils.timezone.now, editable=False, verbose_name="changed"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="deleted")),
                (
                    "custom",
                    crm.records.custom.columns.CustomValues(
                        blank=True, default=dict, editable=False, verbose_name="custom fields"
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[("person", "Individual customer"), ("organisation", "Organisational customer")],
                        default="person",
                        max_length=12,
                        verbose_name="type",
                    ),
                ),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                (
                    "sex",
                    models.CharField(
                        blank=True,
                        choices=[("female", "female"), ("male", "male"), ("other", "other")],
                        max_length=8,
                        verbose_name="sex",
                    ),
                ),
                ("birth_date", models.DateField(blank=True, null=True, verbose_name="birth date")),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, region=None, verbose_name="phone"
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("address", models.CharField(blank=True, max_length=255, verbose_name="address")),
                ("city", models.CharField(blank=True, max_length=80, verbose_name="city")),
                ("country", django_countries.fields.CountryField(blank=True, max_length=2, verbose_name="country")),
                ("occupation", models.CharField(blank=True, max_length=80, verbose_name="occupation")),
                (
                    "income_band",
                    models.CharField(
                        blank=True,
                        choices=[("low", "low"), ("middle", "middle"), ("high", "high"), ("very_high", "very high")],
                        max_length=10,
                        verbose_name="income",
                    ),
                ),
                ("tax_number", models.CharField(blank=True, max_length=40, verbose_name="tax or ID number")),
                ("website", models.URLField(blank=True, verbose_name="website")),
                (
                    "relation_class",
                    models.CharField(
                        choices=[
                            ("ordinary", "Ordinary customer"),
                            ("key", "Key account"),
                            ("organisational", "Organisational customer"),
                        ],
                        default="ordinary",
                        max_length=16,
                        verbose_name="relationship class",
                    ),
                ),
                ("needs", models.TextField(blank=True, verbose_name="needs")),
                ("preferences", models.TextField(blank=True, verbose_name="preferences")),
                ("background", models.TextField(blank=True, verbose_name="background")),
                ("became_customer_on", models.DateField(blank=True, null=True, verbose_name="known since")),
                ("lost_on", models.DateField(blank=True, null=True, verbose_name="lost on")),
                ("lost_reason", models.CharField(blank=True, max_length=160, verbose_name="churn reason")),
                (
                    "consents",
                    crm.records.custom.columns.CustomValues(
                        blank=True, default=dict, editable=False, verbose_name="consents"
                    ),
                ),
                (
                    "erased_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="personal data erased"),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.batch",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.channel",
                        verbose_name="came through",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "deleted_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.region",
                        verbose_name="region",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.unit",
                        verbose_name="department",
                    ),
                ),
                (
                    "industry",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.industry",
                        verbose_name="industry",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical customer",
                "verbose_name_plural": "historical customers",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalCustomerRelation",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("branch", "branch or subsidiary"),
                            ("dealer", "dealer"),
                            ("hospital", "hospital"),
                            ("member", "member"),
                            ("other", "other relation"),
                        ],
                        default="branch",
                        max_length=12,
                        verbose_name="kind of relation",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=160, verbose_name="note")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created"),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lower",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="below",
                    ),
                ),
                (
                    "upper",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="above",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical relation",
                "verbose_name_plural": "historical relations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PersonalDataFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(default=customers.privacy.models.new_token, editable=False, max_length=32)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked for")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="size")),
                ("counts", models.JSONField(default=dict)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="personal_data_files",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="jobs.job"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "personal data file",
                "verbose_name_plural": "personal data files",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="RelationClassStandard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("relation_class", models.CharField(max_length=16, unique=True, verbose_name="relationship class")),
                (
                    "contact_interval_days",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(730),
                        ],
                        verbose_name="days between two contacts",
                    ),
                ),
                ("service", models.CharField(blank=True, max_length=300, verbose_name="service standard")),
            ],
            options={
                "verbose_name": "standard of a relationship class",
                "verbose_name_plural": "standards of relationship classes",
                "ordering": ["contact_interval_days", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("contact_interval_days__gte", 1)), name="contact_interval_is_at_least_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("phone", "phone"), ("email", "e-mail"), ("tax", "tax or ID number")], max_length=6
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=16)),
                ("erased_on", models.DateField()),
            ],
            options={
                "verbose_name": "suppressed address",
                "verbose_name_plural": "suppressed addresses",
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("digest", "kind"), name="one_suppression_per_digest")],
            },
        ),
        migrations.CreateModel(
            name="HistoricalCustomer_tags",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="customers.historicalcustomer",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.tag",
                    ),
                ),
            ],
            options={
                "verbose_name": "HistoricalCustomer_tags",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ContactPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(blank=True, max_length=40, unique=True, verbose_name="number")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created"),
                ),
                (
                    "modified_at",
                    models.DateTimeField(
                        db_index=True, default=django.utils.timezone.now, editable=False, verbose_name="changed"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="deleted")),
                (
                    "custom",
                    crm.records.custom.columns.CustomValues(
                        blank=True, default=dict, editable=False, verbose_name="custom fields"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("position", models.CharField(blank=True, max_length=120, verbose_name="position")),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, region=None, verbose_name="phone"
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "buying_role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("decision", "decides"),
                            ("technical", "judges the technology"),
                            ("business", "buys"),
                            ("user", "uses"),
                            ("other", "other"),
                        ],
                        max_length=12,
                        verbose_name="role in decisions",
                    ),
                ),
                (
                    "attitude",
                    models.CharField(
                        blank=True,
                        choices=[("positive", "positive"), ("neutral", "neutral"), ("negative", "negative")],
                        max_length=10,
                        verbose_name="attitude",
                    ),
                ),
                ("is_key_person", models.BooleanField(default=False, verbose_name="key person")),
                ("birth_date", models.DateField(blank=True, null=True, verbose_name="birth date")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="records.batch",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "deleted_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_persons",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact person",
                "verbose_name_plural": "contact persons",
                "ordering": ["name", "id"],
                "indexes": [models.Index(fields=["customer", "name"], name="contact_person_by_customer")],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[("marketing", "Marketing"), ("service", "Service"), ("survey", "Surveys")],
                        max_length=12,
                        verbose_name="purpose",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("given", "given"), ("withdrawn", "withdrawn")], max_length=10, verbose_name="consent"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("conversation", "conversation"),
                            ("email", "e-mail"),
                            ("website", "website"),
                            ("contract", "contract or form on paper"),
                            ("link", "link in a message"),
                            ("import", "import"),
                            ("other", "other"),
                        ],
                        default="conversation",
                        max_length=14,
                        verbose_name="how it was said",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="recorded")),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.channel",
                        verbose_name="channel",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consent_statements",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(fields=["customer", "channel", "purpose", "-at"], name="consents_of_customer")
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerMerge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("merged_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="merged")),
                ("fields", models.JSONField(default=dict)),
                ("moved", models.JSONField(default=list)),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="undone")),
                (
                    "duplicate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merged_as", to="customers.customer"
                    ),
                ),
                (
                    "merged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "survivor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merges", to="customers.customer"
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "merge",
                "verbose_name_plural": "merges",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("duplicate",),
                        name="merged_into_one_customer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("survivor", models.F("duplicate")), _negated=True),
                        name="merged_into_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerRelation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("branch", "branch or subsidiary"),
                            ("dealer", "dealer"),
                            ("hospital", "hospital"),
                            ("member", "member"),
                            ("other", "other relation"),
                        ],
                        default="branch",
                        max_length=12,
                        verbose_name="kind of relation",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=160, verbose_name="note")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created"),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lower",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relations_up",
                        to="customers.customer",
                        verbose_name="below",
                    ),
                ),
                (
                    "upper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relations_down",
                        to="customers.customer",
                        verbose_name="above",
                    ),
                ),
            ],
            options={
                "verbose_name": "relation",
                "verbose_name_plural": "relations",
                "ordering": ["upper", "type", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("upper", "lower"), name="one_relation_of_two_customers")
                ],
            },
        ),
        migrations.CreateModel(
            name="DuplicateKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.CharField(max_length=120)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["value", "customer"], name="duplicate_key_by_value")],
            },
        ),
        migrations.CreateModel(
            name="DuplicatePair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.PositiveSmallIntegerField(verbose_name="score")),
                ("reasons", models.JSONField(default=list, verbose_name="reasons")),
                ("used", models.CharField(blank=True, max_length=80)),
                ("group", models.BigIntegerField(null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("dismissed", "Not a duplicate"), ("merged", "Merged")],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="found")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "sweep",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.duplicatesweep",
                    ),
                ),
            ],
            options={
                "verbose_name": "possible duplicate",
                "verbose_name_plural": "possible duplicates",
                "ordering": ["-score", "group", "id"],
                "indexes": [models.Index(fields=["status", "-score", "group", "id"], name="pairs_by_status")],
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="one_pair_of_two_customers"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="pair_in_order_of_ids"
                    ),
                ],
            },
        ),
        migrations.RunPython(default_channels.create, default_channels.remove),
        migrations.RunPython(nightly_search.create, nightly_search.remove),
        migrations.RunPython(default_standards.create, default_standards.remove),
        migrations.RunPython(channels_of_consent.begin, channels_of_consent.end),
    ]
