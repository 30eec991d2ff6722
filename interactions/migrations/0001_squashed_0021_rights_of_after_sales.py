"""Every table as it stands after 0021_rights_of_after_sales, made at once, and the rows a company starts with.

A new database takes this one step instead of 21; one that has taken some of them goes on with the others.
"""

from importlib import import_module

import crm.records.custom.columns
import datetime
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import django_countries.fields
import simple_history.models
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

default_case_lists = import_module("interactions.migrations.0002_default_case_lists")
default_service_desk = import_module("interactions.migrations.0007_default_service_desk")
default_deal_lists = import_module("interactions.migrations.0010_default_deal_lists")
rights_of_deals = import_module("interactions.migrations.0011_rights_of_deals")
default_talk_lists = import_module("interactions.migrations.0013_default_talk_lists")
rights_of_needs_and_requests = import_module("interactions.migrations.0015_rights_of_needs_and_requests")
nightly_reminder_of_contacts = import_module("interactions.migrations.0017_nightly_reminder_of_contacts")
rights_of_after_sales = import_module("interactions.migrations.0021_rights_of_after_sales")


class Migration(migrations.Migration):
    replaces = [
        ("interactions", "0001_initial"),
        ("interactions", "0002_default_case_lists"),
        ("interactions", "0003_returned_lines"),
        ("interactions", "0004_list_order_indexes"),
        ("interactions", "0005_custom_values"),
        ("interactions", "0006_service_desk"),
        ("interactions", "0007_default_service_desk"),
        ("interactions", "0008_calendar_keys"),
        ("interactions", "0009_deals"),
        ("interactions", "0010_default_deal_lists"),
        ("interactions", "0011_rights_of_deals"),
        ("interactions", "0012_talks"),
        ("interactions", "0013_default_talk_lists"),
        ("interactions", "0014_needs_and_requests"),
        ("interactions", "0015_rights_of_needs_and_requests"),
        ("interactions", "0016_contact_plan"),
        ("interactions", "0017_nightly_reminder_of_contacts"),
        ("interactions", "0018_what_is_known_of_accounts"),
        ("interactions", "0019_mails_of_erased_persons"),
        ("interactions", "0020_orders_and_after_sales"),
        ("interactions", "0021_rights_of_after_sales"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("customers", "0001_initial"),
        ("records", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [
        migrations.CreateModel(
            name="DealSource",
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
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "source of deals",
                "verbose_name_plural": "sources of deals",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="FailureCause",
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
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "cause of failure",
                "verbose_name_plural": "causes of failure",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="LostReason",
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
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "reason for losing",
                "verbose_name_plural": "reasons for losing",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Objection",
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
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "objection",
                "verbose_name_plural": "objections",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Observation",
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
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "observation",
                "verbose_name_plural": "observations",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="OpinionType",
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
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "opinion type",
                "verbose_name_plural": "opinion types",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="TalkGuide",
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
                (
                    "concern",
                    models.CharField(
                        choices=[
                            ("quality", "quality"),
                            ("price", "price"),
                            ("offers", "offers"),
                            ("delivery", "delivery"),
                            ("service", "service"),
                            ("other", "other"),
                        ],
                        max_length=10,
                        verbose_name="concern",
                    ),
                ),
                ("questions", models.TextField(help_text="One a line", verbose_name="questions")),
                ("questions_zh_hans", models.TextField(blank=True, verbose_name="questions in Simplified Chinese")),
                ("questions_zh_hant", models.TextField(blank=True, verbose_name="questions in Traditional Chinese")),
                ("points", models.TextField(blank=True, help_text="One a line", verbose_name="talking points")),
                ("points_zh_hans", models.TextField(blank=True, verbose_name="talking points in Simplified Chinese")),
                ("points_zh_hant", models.TextField(blank=True, verbose_name="talking points in Traditional Chinese")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "talk guide",
                "verbose_name_plural": "talk guides",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="CalendarKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_key",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar address",
                "verbose_name_plural": "calendar addresses",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(db_index=True, default="", editable=False, max_length=255)),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "name_zh_hans",
                    models.CharField(blank=True, max_length=120, verbose_name="name in Simplified Chinese"),
                ),
                (
                    "name_zh_hant",
                    models.CharField(blank=True, max_length=120, verbose_name="name in Traditional Chinese"),
                ),
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
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="interactions.category",
                        verbose_name="part of",
                    ),
                ),
            ],
            options={
                "verbose_name": "product type",
                "verbose_name_plural": "product types",
                "ordering": ["path", "id"],
            },
        ),
        migrations.CreateModel(
            name="ContactPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("relation_class", models.CharField(max_length=16, verbose_name="relationship class")),
                ("month", models.DateField(help_text="Its first day", verbose_name="month")),
                ("planned", models.PositiveIntegerField(default=0, verbose_name="planned")),
            ],
            options={
                "verbose_name": "contact plan",
                "verbose_name_plural": "contact plans",
                "ordering": ["-month", "relation_class"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "relation_class"), name="one_contact_plan_per_class_and_month"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DealStage",
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
                ("rank", models.PositiveSmallIntegerField(default=0, verbose_name="rank")),
                (
                    "probability",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="What a deal has on entering it",
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="probability %",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("open", "Open"), ("won", "Won"), ("lost", "Lost")],
                        default="open",
                        max_length=4,
                        verbose_name="a deal here is",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "stage",
                "verbose_name_plural": "stages",
                "ordering": ["rank", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("probability__lte", 100)), name="stage_probability_is_a_percentage"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Order",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                (
                    "type",
                    models.CharField(
                        choices=[("sale", "Order"), ("return", "Return"), ("correction", "Correction")],
                        default="sale",
                        max_length=10,
                        verbose_name="type",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("confirmed", "Confirmed"),
                            ("delivered", "Delivered"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="confirmed",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("country", django_countries.fields.CountryField(blank=True, max_length=2, verbose_name="country")),
                (
                    "currency",
                    models.CharField(
                        blank=True, help_text="Empty: the base currency", max_length=3, verbose_name="currency"
                    ),
                ),
                (
                    "confirmed_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When a draft became an order",
                        null=True,
                        verbose_name="confirmed at",
                    ),
                ),
                ("promised_on", models.DateField(blank=True, null=True, verbose_name="promised for")),
                ("delivered_on", models.DateField(blank=True, null=True, verbose_name="delivered on")),
                ("carrier", models.CharField(blank=True, max_length=80, verbose_name="carrier")),
                ("tracking_number", models.CharField(blank=True, max_length=80, verbose_name="tracking number")),
                ("invoiced_on", models.DateField(blank=True, null=True, verbose_name="invoiced on")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="payment due")),
                ("paid_on", models.DateField(blank=True, null=True, verbose_name="paid on")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "gross_amount",
                    models.DecimalField(
                        decimal_places=2, default=0, editable=False, max_digits=16, verbose_name="gross amount"
                    ),
                ),
                (
                    "net_amount",
                    models.DecimalField(
                        decimal_places=2, default=0, editable=False, max_digits=16, verbose_name="net amount"
                    ),
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
                        verbose_name="channel",
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
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="customers.customer",
                        verbose_name="customer",
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
                    "return_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="interactions.order",
                        verbose_name="return of",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
            ],
            options={
                "verbose_name": "order",
                "verbose_name_plural": "orders",
                "ordering": ["-occurred_at", "-id"],
                "indexes": [
                    models.Index(fields=["-occurred_at", "-id"], name="order_by_time"),
                    models.Index(fields=["customer", "-occurred_at"], name="order_by_customer"),
                    models.Index(fields=["unit", "-occurred_at"], name="order_by_unit"),
                    models.Index(fields=["staff", "-occurred_at"], name="order_by_staff"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Deal",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                ("title", models.CharField(max_length=200, verbose_name="subject")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("won", "Won"), ("lost", "Lost")],
                        default="open",
                        editable=False,
                        max_length=4,
                        verbose_name="status",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        help_text="With lines it is their total.",
                        max_digits=16,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="amount",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        blank=True, help_text="Empty: the base currency", max_length=3, verbose_name="currency"
                    ),
                ),
                (
                    "base_amount",
                    models.DecimalField(
                        decimal_places=2, default=0, editable=False, max_digits=16, verbose_name="base amount"
                    ),
                ),
                (
                    "probability",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: that of the stage",
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="probability %",
                    ),
                ),
                (
                    "weighted_amount",
                    models.DecimalField(
                        decimal_places=2, default=0, editable=False, max_digits=16, verbose_name="weighted amount"
                    ),
                ),
                ("expected_on", models.DateField(blank=True, null=True, verbose_name="expected to close on")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="quote valid until")),
                (
                    "origin",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("need", "need of the customer"),
                            ("competition", "weakness of a competitor"),
                            ("strength", "own strength"),
                        ],
                        max_length=12,
                        verbose_name="origin",
                    ),
                ),
                (
                    "size",
                    models.CharField(
                        blank=True,
                        choices=[("large", "large"), ("medium", "medium"), ("small", "small"), ("micro", "micro")],
                        max_length=8,
                        verbose_name="size class",
                    ),
                ),
                (
                    "competitor",
                    models.CharField(
                        blank=True,
                        help_text="Several are separated by commas.",
                        max_length=200,
                        verbose_name="competitors",
                    ),
                ),
                ("outcome_note", models.TextField(blank=True, verbose_name="how it ended")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("next_step", models.CharField(blank=True, max_length=200, verbose_name="next step")),
                ("next_step_on", models.DateField(blank=True, null=True, verbose_name="next step on")),
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
                        verbose_name="channel",
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
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="customers.customer",
                        verbose_name="customer",
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
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deals",
                        to="customers.contactperson",
                        verbose_name="contact person",
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
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deals",
                        to="interactions.dealsource",
                        verbose_name="source",
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        blank=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deals",
                        to="interactions.dealstage",
                        verbose_name="stage",
                    ),
                ),
                (
                    "lost_reason",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deals",
                        to="interactions.lostreason",
                        verbose_name="reason for losing",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deals",
                        to="interactions.order",
                        verbose_name="order",
                    ),
                ),
            ],
            options={
                "verbose_name": "deal",
                "verbose_name_plural": "deals",
                "ordering": ["-occurred_at", "-id"],
                "indexes": [
                    models.Index(fields=["-occurred_at", "-id"], name="deal_by_time"),
                    models.Index(fields=["customer", "-occurred_at"], name="deal_by_customer"),
                    models.Index(fields=["stage", "expected_on"], name="deal_by_stage"),
                    models.Index(fields=["staff", "status", "expected_on"], name="deal_by_staff"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("order",), name="one_deal_per_order"),
                    models.CheckConstraint(
                        condition=models.Q(("probability__lte", 100)), name="deal_probability_is_a_percentage"
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="deal_amount_is_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "lost"), _negated=True), ("lost_reason__isnull", False), _connector="OR"
                        ),
                        name="lost_deal_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_on__isnull", True), ("status", "open")),
                            models.Q(models.Q(("status", "open"), _negated=True), ("closed_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="deal_has_a_closing_day_when_closed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DealMilestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="phase")),
                ("due_on", models.DateField(verbose_name="date")),
                ("is_fixed", models.BooleanField(default=False, verbose_name="the date is fixed")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="milestones",
                        to="interactions.deal",
                        verbose_name="deal",
                    ),
                ),
            ],
            options={
                "verbose_name": "milestone",
                "verbose_name_plural": "milestones",
                "ordering": ["due_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalCategory",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("path", models.CharField(db_index=True, default="", editable=False, max_length=255)),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "name_zh_hans",
                    models.CharField(blank=True, max_length=120, verbose_name="name in Simplified Chinese"),
                ),
                (
                    "name_zh_hant",
                    models.CharField(blank=True, max_length=120, verbose_name="name in Traditional Chinese"),
                ),
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
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.category",
                        verbose_name="part of",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical product type",
                "verbose_name_plural": "historical product types",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalProduct",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "name_zh_hans",
                    models.CharField(blank=True, max_length=120, verbose_name="name in Simplified Chinese"),
                ),
                (
                    "name_zh_hant",
                    models.CharField(blank=True, max_length=120, verbose_name="name in Traditional Chinese"),
                ),
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
                    "price",
                    models.DecimalField(
                        decimal_places=4,
                        default=Decimal("0"),
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price",
                    ),
                ),
                (
                    "unit_cost",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="unit cost",
                    ),
                ),
                ("launched_on", models.DateField(blank=True, null=True, verbose_name="launched on")),
                (
                    "is_fee",
                    models.BooleanField(
                        default=False,
                        help_text="Postage, bank charges and the like: counted in money, never in product rankings.",
                        verbose_name="is a fee",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="is sold")),
                ("selling_points", models.TextField(blank=True, verbose_name="selling points")),
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
                    "category",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.category",
                        verbose_name="product type",
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
            ],
            options={
                "verbose_name": "historical product",
                "verbose_name_plural": "historical products",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSalesTarget",
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
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="to")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=16,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="target amount",
                    ),
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
                    "category",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.category",
                        verbose_name="product type",
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
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
            ],
            options={
                "verbose_name": "historical sales target",
                "verbose_name_plural": "historical sales targets",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalTask",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("manual", "Task"),
                            ("follow_up", "Follow-up"),
                            ("churn_alert", "Churn warning"),
                            ("case", "Case deadline"),
                            ("remedy", "Remedy"),
                            ("contact_due", "Contact overdue"),
                        ],
                        default="manual",
                        max_length=14,
                        verbose_name="kind of task",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("in_work", "In work"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "priority",
                    models.CharField(
                        choices=[("low", "low"), ("normal", "normal"), ("high", "high")],
                        default="normal",
                        max_length=8,
                        verbose_name="priority",
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("description", models.TextField(blank=True, verbose_name="what to do")),
                ("outcome", models.TextField(blank=True, verbose_name="result")),
                ("completed_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="done at")),
                (
                    "escalated_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="escalated at"),
                ),
                ("about_id", models.BigIntegerField(blank=True, editable=False, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "about_type",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contenttypes.contenttype",
                    ),
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
                        verbose_name="channel",
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
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
            ],
            options={
                "verbose_name": "historical task",
                "verbose_name_plural": "historical tasks",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ObjectionAnswer",
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
                ("text", models.TextField(blank=True, verbose_name="what to say")),
                ("text_zh_hans", models.TextField(blank=True, verbose_name="what to say, in Simplified Chinese")),
                ("text_zh_hant", models.TextField(blank=True, verbose_name="what to say, in Traditional Chinese")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "objection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="interactions.objection",
                        verbose_name="objection",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer",
                "verbose_name_plural": "answers",
                "ordering": ["code", "id"],
            },
        ),
        migrations.CreateModel(
            name="Product",
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
                    "price",
                    models.DecimalField(
                        decimal_places=4,
                        default=Decimal("0"),
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price",
                    ),
                ),
                (
                    "unit_cost",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="unit cost",
                    ),
                ),
                ("launched_on", models.DateField(blank=True, null=True, verbose_name="launched on")),
                (
                    "is_fee",
                    models.BooleanField(
                        default=False,
                        help_text="Postage, bank charges and the like: counted in money, never in product rankings.",
                        verbose_name="is a fee",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="is sold")),
                ("selling_points", models.TextField(blank=True, verbose_name="selling points")),
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
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="interactions.category",
                        verbose_name="product type",
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
            ],
            options={
                "verbose_name": "product",
                "verbose_name_plural": "products",
                "ordering": ["name", "id"],
                "indexes": [models.Index(fields=["name", "id"], name="product_by_name")],
            },
        ),
        migrations.CreateModel(
            name="Interaction",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                (
                    "direction",
                    models.CharField(
                        choices=[("outbound", "outbound"), ("inbound", "inbound")],
                        default="outbound",
                        max_length=10,
                        verbose_name="direction",
                    ),
                ),
                ("is_answered", models.BooleanField(default=True, verbose_name="was answered")),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("content", models.TextField(blank=True, verbose_name="content")),
                ("result", models.CharField(blank=True, max_length=200, verbose_name="result")),
                (
                    "concern",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("quality", "quality"),
                            ("price", "price"),
                            ("offers", "offers"),
                            ("delivery", "delivery"),
                            ("service", "service"),
                            ("other", "other"),
                        ],
                        max_length=10,
                        verbose_name="concern",
                    ),
                ),
                ("competitor", models.CharField(blank=True, max_length=120, verbose_name="competitor named")),
                (
                    "objection_result",
                    models.CharField(
                        blank=True,
                        choices=[("overcome", "overcome"), ("not_overcome", "not overcome")],
                        max_length=12,
                        verbose_name="the objection was",
                    ),
                ),
                ("next_step", models.CharField(blank=True, max_length=200, verbose_name="next step")),
                ("next_step_on", models.DateField(blank=True, null=True, verbose_name="next step on")),
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
                        verbose_name="channel",
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
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="customers.customer",
                        verbose_name="customer",
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
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interactions",
                        to="customers.contactperson",
                        verbose_name="contact person",
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
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
                    "objection",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="interactions.objection",
                        verbose_name="objection",
                    ),
                ),
                (
                    "answer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="interactions.objectionanswer",
                        verbose_name="answer used",
                    ),
                ),
                (
                    "observations",
                    models.ManyToManyField(
                        blank=True, related_name="contacts", to="interactions.observation", verbose_name="observations"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "guide",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="interactions.talkguide",
                        verbose_name="talk guide used",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact",
                "verbose_name_plural": "contacts",
                "ordering": ["-occurred_at", "-id"],
                "indexes": [
                    models.Index(fields=["-occurred_at", "-id"], name="contact_by_time"),
                    models.Index(fields=["customer", "-occurred_at"], name="contact_by_customer"),
                    models.Index(fields=["unit", "-occurred_at"], name="contact_by_unit"),
                    models.Index(fields=["staff", "-occurred_at"], name="contact_by_staff"),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(max_length=250, unique=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="received")),
                ("address", models.EmailField(blank=True, max_length=254, verbose_name="from")),
                ("subject", models.CharField(blank=True, max_length=250, verbose_name="subject")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("case", "filed with its case"),
                            ("contact", "logged with the customer"),
                            ("unknown", "sender is not known"),
                            ("ambiguous", "several customers have this address"),
                            ("erased", "sender whose data was erased"),
                            ("automatic", "automatic answer, only kept"),
                        ],
                        max_length=10,
                        verbose_name="filed",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "inbound mail",
                "verbose_name_plural": "inbound mails",
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalSpecialRequest",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                ("title", models.CharField(max_length=200, verbose_name="request")),
                (
                    "statement",
                    models.CharField(
                        choices=[("stated", "stated"), ("implied", "implied")],
                        default="stated",
                        max_length=8,
                        verbose_name="stated or implied",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="details")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("accepted", "Accepted"), ("refused", "Refused")],
                        default="open",
                        max_length=8,
                        verbose_name="decision",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("replied_on", models.DateField(blank=True, null=True, verbose_name="answered on")),
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
                        verbose_name="channel",
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
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.interaction",
                        verbose_name="told in the contact",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical request",
                "verbose_name_plural": "historical requests",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalInteraction",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                (
                    "direction",
                    models.CharField(
                        choices=[("outbound", "outbound"), ("inbound", "inbound")],
                        default="outbound",
                        max_length=10,
                        verbose_name="direction",
                    ),
                ),
                ("is_answered", models.BooleanField(default=True, verbose_name="was answered")),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("content", models.TextField(blank=True, verbose_name="content")),
                ("result", models.CharField(blank=True, max_length=200, verbose_name="result")),
                (
                    "concern",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("quality", "quality"),
                            ("price", "price"),
                            ("offers", "offers"),
                            ("delivery", "delivery"),
                            ("service", "service"),
                            ("other", "other"),
                        ],
                        max_length=10,
                        verbose_name="concern",
                    ),
                ),
                ("competitor", models.CharField(blank=True, max_length=120, verbose_name="competitor named")),
                (
                    "objection_result",
                    models.CharField(
                        blank=True,
                        choices=[("overcome", "overcome"), ("not_overcome", "not overcome")],
                        max_length=12,
                        verbose_name="the objection was",
                    ),
                ),
                ("next_step", models.CharField(blank=True, max_length=200, verbose_name="next step")),
                ("next_step_on", models.DateField(blank=True, null=True, verbose_name="next step on")),
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
                        verbose_name="channel",
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
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.contactperson",
                        verbose_name="contact person",
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
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
                    "objection",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.objection",
                        verbose_name="objection",
                    ),
                ),
                (
                    "answer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.objectionanswer",
                        verbose_name="answer used",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "guide",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.talkguide",
                        verbose_name="talk guide used",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical contact",
                "verbose_name_plural": "historical contacts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalInteraction_observations",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="interactions.historicalinteraction",
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "observation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.observation",
                    ),
                ),
            ],
            options={
                "verbose_name": "HistoricalInteraction_observations",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="OpenHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        verbose_name="weekday",
                    ),
                ),
                ("opens_at", models.TimeField(default=datetime.time(9, 0), verbose_name="from")),
                ("closes_at", models.TimeField(default=datetime.time(18, 0), verbose_name="to")),
            ],
            options={
                "verbose_name": "business hours",
                "verbose_name_plural": "business hours",
                "ordering": ["weekday", "opens_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__gt", models.F("opens_at"))),
                        name="business_hours_end_after_they_begin",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalOrder",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                (
                    "type",
                    models.CharField(
                        choices=[("sale", "Order"), ("return", "Return"), ("correction", "Correction")],
                        default="sale",
                        max_length=10,
                        verbose_name="type",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("confirmed", "Confirmed"),
                            ("delivered", "Delivered"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="confirmed",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("country", django_countries.fields.CountryField(blank=True, max_length=2, verbose_name="country")),
                (
                    "currency",
                    models.CharField(
                        blank=True, help_text="Empty: the base currency", max_length=3, verbose_name="currency"
                    ),
                ),
                (
                    "confirmed_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When a draft became an order",
                        null=True,
                        verbose_name="confirmed at",
                    ),
                ),
                ("promised_on", models.DateField(blank=True, null=True, verbose_name="promised for")),
                ("delivered_on", models.DateField(blank=True, null=True, verbose_name="delivered on")),
                ("carrier", models.CharField(blank=True, max_length=80, verbose_name="carrier")),
                ("tracking_number", models.CharField(blank=True, max_length=80, verbose_name="tracking number")),
                ("invoiced_on", models.DateField(blank=True, null=True, verbose_name="invoiced on")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="payment due")),
                ("paid_on", models.DateField(blank=True, null=True, verbose_name="paid on")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "gross_amount",
                    models.DecimalField(
                        decimal_places=2, default=0, editable=False, max_digits=16, verbose_name="gross amount"
                    ),
                ),
                (
                    "net_amount",
                    models.DecimalField(
                        decimal_places=2, default=0, editable=False, max_digits=16, verbose_name="net amount"
                    ),
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
                        verbose_name="channel",
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
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
                    "return_of",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.order",
                        verbose_name="return of",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical order",
                "verbose_name_plural": "historical orders",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalDeal",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                ("title", models.CharField(max_length=200, verbose_name="subject")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("won", "Won"), ("lost", "Lost")],
                        default="open",
                        editable=False,
                        max_length=4,
                        verbose_name="status",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        help_text="With lines it is their total.",
                        max_digits=16,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="amount",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        blank=True, help_text="Empty: the base currency", max_length=3, verbose_name="currency"
                    ),
                ),
                (
                    "base_amount",
                    models.DecimalField(
                        decimal_places=2, default=0, editable=False, max_digits=16, verbose_name="base amount"
                    ),
                ),
                (
                    "probability",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: that of the stage",
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="probability %",
                    ),
                ),
                (
                    "weighted_amount",
                    models.DecimalField(
                        decimal_places=2, default=0, editable=False, max_digits=16, verbose_name="weighted amount"
                    ),
                ),
                ("expected_on", models.DateField(blank=True, null=True, verbose_name="expected to close on")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="quote valid until")),
                (
                    "origin",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("need", "need of the customer"),
                            ("competition", "weakness of a competitor"),
                            ("strength", "own strength"),
                        ],
                        max_length=12,
                        verbose_name="origin",
                    ),
                ),
                (
                    "size",
                    models.CharField(
                        blank=True,
                        choices=[("large", "large"), ("medium", "medium"), ("small", "small"), ("micro", "micro")],
                        max_length=8,
                        verbose_name="size class",
                    ),
                ),
                (
                    "competitor",
                    models.CharField(
                        blank=True,
                        help_text="Several are separated by commas.",
                        max_length=200,
                        verbose_name="competitors",
                    ),
                ),
                ("outcome_note", models.TextField(blank=True, verbose_name="how it ended")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("next_step", models.CharField(blank=True, max_length=200, verbose_name="next step")),
                ("next_step_on", models.DateField(blank=True, null=True, verbose_name="next step on")),
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
                        verbose_name="channel",
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
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.contactperson",
                        verbose_name="contact person",
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
                    "source",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.dealsource",
                        verbose_name="source",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.dealstage",
                        verbose_name="stage",
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
                    "lost_reason",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.lostreason",
                        verbose_name="reason for losing",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.order",
                        verbose_name="order",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical deal",
                "verbose_name_plural": "historical deals",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PriceRule",
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
                (
                    "value_tier",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("high", "High value"),
                            ("mid", "Middle value"),
                            ("low", "Low value"),
                            ("none", "No value"),
                        ],
                        max_length=8,
                        verbose_name="value tier",
                    ),
                ),
                (
                    "relation_class",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ordinary", "Ordinary customer"),
                            ("key", "Key account"),
                            ("organisational", "Organisational customer"),
                        ],
                        max_length=16,
                        verbose_name="relationship class",
                    ),
                ),
                (
                    "discount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.01")),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="discount %",
                    ),
                ),
                (
                    "price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="fixed price",
                    ),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
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
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="price_rules",
                        to="interactions.category",
                        verbose_name="product type",
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
                    "tag",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.tag",
                        verbose_name="tag",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="price_rules",
                        to="interactions.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "price rule",
                "verbose_name_plural": "price rules",
                "ordering": ["name", "id"],
                "indexes": [models.Index(fields=["name", "id"], name="price_rule_by_name")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("discount__isnull", True), ("price__isnull", False)),
                            models.Q(("discount__isnull", False), ("price__isnull", True)),
                            _connector="OR",
                        ),
                        name="price_rule_has_a_discount_or_a_price",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("product__isnull", True), ("category__isnull", True), _connector="OR"),
                        name="price_rule_is_for_product_or_type",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price__isnull", True), ("product__isnull", False), _connector="OR"),
                        name="fixed_price_is_of_a_product",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(default=1, verbose_name="line")),
                ("description", models.CharField(blank=True, max_length=200, verbose_name="description")),
                ("quantity", models.DecimalField(decimal_places=3, default=1, max_digits=14, verbose_name="quantity")),
                (
                    "list_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        editable=False,
                        max_digits=14,
                        null=True,
                        verbose_name="list price",
                    ),
                ),
                (
                    "unit_price",
                    models.DecimalField(decimal_places=4, default=0, max_digits=14, verbose_name="unit price"),
                ),
                (
                    "discount",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="discount %",
                    ),
                ),
                (
                    "unit_cost",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=14, null=True, verbose_name="unit cost"
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=4, default=0, editable=False, max_digits=16, verbose_name="amount"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sale", "sale"),
                            ("fee", "fee"),
                            ("return", "return"),
                            ("cancelled_fee", "cancelled fee"),
                            ("adjustment", "stock adjustment"),
                            ("free", "free of charge"),
                            ("correction", "correction"),
                        ],
                        default="sale",
                        max_length=14,
                        verbose_name="counts as",
                    ),
                ),
                ("source_key", models.CharField(blank=True, editable=False, max_length=40, null=True, unique=True)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="interactions.order",
                        verbose_name="order",
                    ),
                ),
                (
                    "source_line",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="returned_by",
                        to="interactions.orderline",
                        verbose_name="returned line",
                    ),
                ),
                (
                    "price_rule",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.pricerule",
                        verbose_name="price rule",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_lines",
                        to="interactions.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "order line",
                "verbose_name_plural": "order lines",
                "ordering": ["order_id", "position", "id"],
                "indexes": [models.Index(fields=["product", "order"], name="order_line_by_product")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("discount__gte", 0), ("discount__lte", 100)),
                        name="order_line_discount_is_a_percentage",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Enquiry",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                ("title", models.CharField(max_length=200, verbose_name="subject")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("in_work", "In work"),
                            ("waiting", "Waiting for the customer"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="received")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="to be solved by")),
                ("first_reply_at", models.DateTimeField(blank=True, null=True, verbose_name="first reply")),
                ("resolved_at", models.DateTimeField(blank=True, null=True, verbose_name="time of resolution")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("solved", "solved"), ("partly", "partly solved"), ("not_solved", "not solved")],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("solution", models.TextField(blank=True, verbose_name="solution")),
                (
                    "reply_due_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="to be answered by"),
                ),
                (
                    "due_is_fixed",
                    models.BooleanField(default=False, editable=False, verbose_name="deadline set by hand"),
                ),
                (
                    "paused_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="clock stopped"),
                ),
                (
                    "reply_seconds_left",
                    models.IntegerField(
                        blank=True, editable=False, null=True, verbose_name="seconds left for the reply"
                    ),
                ),
                (
                    "seconds_left",
                    models.IntegerField(
                        blank=True, editable=False, null=True, verbose_name="seconds left for the solution"
                    ),
                ),
                (
                    "paused_seconds",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="seconds the clock stood"),
                ),
                (
                    "reopened_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="taken up again"),
                ),
                (
                    "reopen_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason for taking it up again"),
                ),
                (
                    "reopen_count",
                    models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="times taken up again"),
                ),
                (
                    "former_numbers",
                    models.CharField(
                        blank=True, editable=False, max_length=400, verbose_name="numbers of merged cases"
                    ),
                ),
                (
                    "escalated_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="escalated at"),
                ),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("product", "product"),
                            ("price", "price"),
                            ("delivery", "delivery"),
                            ("service", "service"),
                            ("other", "other"),
                        ],
                        default="product",
                        max_length=10,
                        verbose_name="topic",
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
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
                        verbose_name="channel",
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
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="customers.customer",
                        verbose_name="customer",
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
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="merged_cases",
                        to="interactions.enquiry",
                        verbose_name="merged into",
                    ),
                ),
                (
                    "receiving_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                        verbose_name="receiving department",
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
                    "split_from",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="split_cases",
                        to="interactions.enquiry",
                        verbose_name="split from",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.order",
                        verbose_name="order",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.orderline",
                        verbose_name="order line",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "enquiry",
                "verbose_name_plural": "enquiries",
                "ordering": ["-occurred_at", "-id"],
                "indexes": [
                    models.Index(fields=["-occurred_at", "-id"], name="enquiry_by_time"),
                    models.Index(fields=["customer", "-occurred_at"], name="enquiry_by_customer"),
                    models.Index(fields=["status", "due_at"], name="enquiry_by_deadline"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "closed"), _negated=True),
                            models.Q(("outcome", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="closed_enquiry_has_an_outcome",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Complaint",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                ("title", models.CharField(max_length=200, verbose_name="subject")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("in_work", "In work"),
                            ("waiting", "Waiting for the customer"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="received")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="to be solved by")),
                ("first_reply_at", models.DateTimeField(blank=True, null=True, verbose_name="first reply")),
                ("resolved_at", models.DateTimeField(blank=True, null=True, verbose_name="time of resolution")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("solved", "solved"), ("partly", "partly solved"), ("not_solved", "not solved")],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("solution", models.TextField(blank=True, verbose_name="solution")),
                (
                    "reply_due_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="to be answered by"),
                ),
                (
                    "due_is_fixed",
                    models.BooleanField(default=False, editable=False, verbose_name="deadline set by hand"),
                ),
                (
                    "paused_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="clock stopped"),
                ),
                (
                    "reply_seconds_left",
                    models.IntegerField(
                        blank=True, editable=False, null=True, verbose_name="seconds left for the reply"
                    ),
                ),
                (
                    "seconds_left",
                    models.IntegerField(
                        blank=True, editable=False, null=True, verbose_name="seconds left for the solution"
                    ),
                ),
                (
                    "paused_seconds",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="seconds the clock stood"),
                ),
                (
                    "reopened_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="taken up again"),
                ),
                (
                    "reopen_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason for taking it up again"),
                ),
                (
                    "reopen_count",
                    models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="times taken up again"),
                ),
                (
                    "former_numbers",
                    models.CharField(
                        blank=True, editable=False, max_length=400, verbose_name="numbers of merged cases"
                    ),
                ),
                (
                    "escalated_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="escalated at"),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[("low", "low"), ("normal", "normal"), ("high", "high")],
                        default="normal",
                        max_length=8,
                        verbose_name="severity",
                    ),
                ),
                ("competitor", models.CharField(blank=True, max_length=120, verbose_name="competitor named")),
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
                        verbose_name="channel",
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
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="customers.customer",
                        verbose_name="customer",
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
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="merged_cases",
                        to="interactions.complaint",
                        verbose_name="merged into",
                    ),
                ),
                (
                    "receiving_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                        verbose_name="receiving department",
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
                    "split_from",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="split_cases",
                        to="interactions.complaint",
                        verbose_name="split from",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
                    "failure_cause",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to="interactions.failurecause",
                        verbose_name="cause of failure",
                    ),
                ),
                (
                    "opinion_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to="interactions.opiniontype",
                        verbose_name="opinion type",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.order",
                        verbose_name="order",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.orderline",
                        verbose_name="order line",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "complaint",
                "verbose_name_plural": "complaints",
                "ordering": ["-occurred_at", "-id"],
                "indexes": [
                    models.Index(fields=["-occurred_at", "-id"], name="complaint_by_time"),
                    models.Index(fields=["customer", "-occurred_at"], name="complaint_by_customer"),
                    models.Index(fields=["status", "due_at"], name="complaint_by_deadline"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "closed"), _negated=True),
                            models.Q(("outcome", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="closed_complaint_has_an_outcome",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalStockMovement",
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
                ("occurred_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="day")),
                (
                    "quantity",
                    models.DecimalField(
                        decimal_places=3,
                        help_text="Below zero for what goes out",
                        max_digits=14,
                        verbose_name="quantity",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("received", "goods received"),
                            ("counted", "count"),
                            ("lost", "lost or broken"),
                            ("delivered", "delivered"),
                            ("returned", "came back"),
                            ("other", "other"),
                        ],
                        default="received",
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
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
                    "order",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.order",
                        verbose_name="order",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical stock movement",
                "verbose_name_plural": "historical stock movements",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalPriceRule",
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
                (
                    "value_tier",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("high", "High value"),
                            ("mid", "Middle value"),
                            ("low", "Low value"),
                            ("none", "No value"),
                        ],
                        max_length=8,
                        verbose_name="value tier",
                    ),
                ),
                (
                    "relation_class",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ordinary", "Ordinary customer"),
                            ("key", "Key account"),
                            ("organisational", "Organisational customer"),
                        ],
                        max_length=16,
                        verbose_name="relationship class",
                    ),
                ),
                (
                    "discount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.01")),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="discount %",
                    ),
                ),
                (
                    "price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="fixed price",
                    ),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
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
                    "category",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.category",
                        verbose_name="product type",
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
                    "tag",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.tag",
                        verbose_name="tag",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical price rule",
                "verbose_name_plural": "historical price rules",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalEnquiry",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                ("title", models.CharField(max_length=200, verbose_name="subject")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("in_work", "In work"),
                            ("waiting", "Waiting for the customer"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="received")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="to be solved by")),
                ("first_reply_at", models.DateTimeField(blank=True, null=True, verbose_name="first reply")),
                ("resolved_at", models.DateTimeField(blank=True, null=True, verbose_name="time of resolution")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("solved", "solved"), ("partly", "partly solved"), ("not_solved", "not solved")],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("solution", models.TextField(blank=True, verbose_name="solution")),
                (
                    "reply_due_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="to be answered by"),
                ),
                (
                    "due_is_fixed",
                    models.BooleanField(default=False, editable=False, verbose_name="deadline set by hand"),
                ),
                (
                    "paused_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="clock stopped"),
                ),
                (
                    "reply_seconds_left",
                    models.IntegerField(
                        blank=True, editable=False, null=True, verbose_name="seconds left for the reply"
                    ),
                ),
                (
                    "seconds_left",
                    models.IntegerField(
                        blank=True, editable=False, null=True, verbose_name="seconds left for the solution"
                    ),
                ),
                (
                    "paused_seconds",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="seconds the clock stood"),
                ),
                (
                    "reopened_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="taken up again"),
                ),
                (
                    "reopen_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason for taking it up again"),
                ),
                (
                    "reopen_count",
                    models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="times taken up again"),
                ),
                (
                    "former_numbers",
                    models.CharField(
                        blank=True, editable=False, max_length=400, verbose_name="numbers of merged cases"
                    ),
                ),
                (
                    "escalated_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="escalated at"),
                ),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("product", "product"),
                            ("price", "price"),
                            ("delivery", "delivery"),
                            ("service", "service"),
                            ("other", "other"),
                        ],
                        default="product",
                        max_length=10,
                        verbose_name="topic",
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
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
                        verbose_name="channel",
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
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.enquiry",
                        verbose_name="merged into",
                    ),
                ),
                (
                    "receiving_unit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.unit",
                        verbose_name="receiving department",
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
                    "split_from",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.enquiry",
                        verbose_name="split from",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
                    "order",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.order",
                        verbose_name="order",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.orderline",
                        verbose_name="order line",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical enquiry",
                "verbose_name_plural": "historical enquiries",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalCustomerNeed",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                ("title", models.CharField(max_length=200, verbose_name="need or pain point")),
                (
                    "type",
                    models.CharField(
                        choices=[("need", "need"), ("pain_point", "pain point"), ("expectation", "expectation")],
                        default="need",
                        max_length=12,
                        verbose_name="kind of need",
                    ),
                ),
                (
                    "statement",
                    models.CharField(
                        choices=[("stated", "stated"), ("implied", "implied")],
                        default="stated",
                        max_length=8,
                        verbose_name="stated or implied",
                    ),
                ),
                (
                    "importance",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="1 to 5, 5 is most important",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="importance",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("met", "Met"), ("dropped", "Dropped")],
                        default="open",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
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
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.channel",
                        verbose_name="channel",
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
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.interaction",
                        verbose_name="told in the contact",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical need",
                "verbose_name_plural": "historical needs",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalComplaint",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                ("title", models.CharField(max_length=200, verbose_name="subject")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("in_work", "In work"),
                            ("waiting", "Waiting for the customer"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="received")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="to be solved by")),
                ("first_reply_at", models.DateTimeField(blank=True, null=True, verbose_name="first reply")),
                ("resolved_at", models.DateTimeField(blank=True, null=True, verbose_name="time of resolution")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("solved", "solved"), ("partly", "partly solved"), ("not_solved", "not solved")],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("solution", models.TextField(blank=True, verbose_name="solution")),
                (
                    "reply_due_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="to be answered by"),
                ),
                (
                    "due_is_fixed",
                    models.BooleanField(default=False, editable=False, verbose_name="deadline set by hand"),
                ),
                (
                    "paused_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="clock stopped"),
                ),
                (
                    "reply_seconds_left",
                    models.IntegerField(
                        blank=True, editable=False, null=True, verbose_name="seconds left for the reply"
                    ),
                ),
                (
                    "seconds_left",
                    models.IntegerField(
                        blank=True, editable=False, null=True, verbose_name="seconds left for the solution"
                    ),
                ),
                (
                    "paused_seconds",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="seconds the clock stood"),
                ),
                (
                    "reopened_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="taken up again"),
                ),
                (
                    "reopen_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason for taking it up again"),
                ),
                (
                    "reopen_count",
                    models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="times taken up again"),
                ),
                (
                    "former_numbers",
                    models.CharField(
                        blank=True, editable=False, max_length=400, verbose_name="numbers of merged cases"
                    ),
                ),
                (
                    "escalated_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="escalated at"),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[("low", "low"), ("normal", "normal"), ("high", "high")],
                        default="normal",
                        max_length=8,
                        verbose_name="severity",
                    ),
                ),
                ("competitor", models.CharField(blank=True, max_length=120, verbose_name="competitor named")),
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
                        verbose_name="channel",
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
                    "failure_cause",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.failurecause",
                        verbose_name="cause of failure",
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
                        to="interactions.complaint",
                        verbose_name="merged into",
                    ),
                ),
                (
                    "receiving_unit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.unit",
                        verbose_name="receiving department",
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
                    "split_from",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.complaint",
                        verbose_name="split from",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
                    "opinion_type",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.opiniontype",
                        verbose_name="opinion type",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.order",
                        verbose_name="order",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.orderline",
                        verbose_name="order line",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical complaint",
                "verbose_name_plural": "historical complaints",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalAfterSales",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                ("title", models.CharField(max_length=200, verbose_name="subject")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("repair", "Repair"),
                            ("return", "Return"),
                            ("visit", "Visit"),
                            ("support", "Technical support"),
                        ],
                        default="repair",
                        max_length=8,
                        verbose_name="type",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done")],
                        default="open",
                        max_length=4,
                        verbose_name="status",
                    ),
                ),
                (
                    "cost",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        help_text="What it cost us: parts, freight, working time",
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="cost",
                    ),
                ),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                ("result", models.TextField(blank=True, verbose_name="result")),
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
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.channel",
                        verbose_name="channel",
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
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
                    "order",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.order",
                        verbose_name="order",
                    ),
                ),
                (
                    "return_order",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.order",
                        verbose_name="return",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.orderline",
                        verbose_name="order line",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="interactions.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical after-sales record",
                "verbose_name_plural": "historical after-sales records",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="DealLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(default=1, verbose_name="line")),
                ("description", models.CharField(blank=True, max_length=200, verbose_name="description")),
                ("quantity", models.DecimalField(decimal_places=3, default=1, max_digits=14, verbose_name="quantity")),
                (
                    "list_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        editable=False,
                        max_digits=14,
                        null=True,
                        verbose_name="list price",
                    ),
                ),
                (
                    "unit_price",
                    models.DecimalField(decimal_places=4, default=0, max_digits=14, verbose_name="unit price"),
                ),
                (
                    "discount",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="discount %",
                    ),
                ),
                (
                    "unit_cost",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=14, null=True, verbose_name="unit cost"
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=4, default=0, editable=False, max_digits=16, verbose_name="amount"
                    ),
                ),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="interactions.deal",
                        verbose_name="deal",
                    ),
                ),
                (
                    "price_rule",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.pricerule",
                        verbose_name="price rule",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deal_lines",
                        to="interactions.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a deal",
                "verbose_name_plural": "lines of deals",
                "ordering": ["deal_id", "position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("discount__gte", 0), ("discount__lte", 100)),
                        name="deal_line_discount_is_a_percentage",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerNeed",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                ("title", models.CharField(max_length=200, verbose_name="need or pain point")),
                (
                    "type",
                    models.CharField(
                        choices=[("need", "need"), ("pain_point", "pain point"), ("expectation", "expectation")],
                        default="need",
                        max_length=12,
                        verbose_name="kind of need",
                    ),
                ),
                (
                    "statement",
                    models.CharField(
                        choices=[("stated", "stated"), ("implied", "implied")],
                        default="stated",
                        max_length=8,
                        verbose_name="stated or implied",
                    ),
                ),
                (
                    "importance",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="1 to 5, 5 is most important",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="importance",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("met", "Met"), ("dropped", "Dropped")],
                        default="open",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
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
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.channel",
                        verbose_name="channel",
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
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="customers.customer",
                        verbose_name="customer",
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
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="interactions.interaction",
                        verbose_name="told in the contact",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "need",
                "verbose_name_plural": "needs",
                "ordering": ["-occurred_at", "-id"],
                "indexes": [
                    models.Index(fields=["-occurred_at", "-id"], name="need_by_time"),
                    models.Index(fields=["customer", "-occurred_at"], name="need_by_customer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("importance__range", (1, 5))), name="need_importance_is_1_to_5"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AfterSales",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                ("title", models.CharField(max_length=200, verbose_name="subject")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("repair", "Repair"),
                            ("return", "Return"),
                            ("visit", "Visit"),
                            ("support", "Technical support"),
                        ],
                        default="repair",
                        max_length=8,
                        verbose_name="type",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done")],
                        default="open",
                        max_length=4,
                        verbose_name="status",
                    ),
                ),
                (
                    "cost",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        help_text="What it cost us: parts, freight, working time",
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="cost",
                    ),
                ),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                ("result", models.TextField(blank=True, verbose_name="result")),
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
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.channel",
                        verbose_name="channel",
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
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="customers.customer",
                        verbose_name="customer",
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
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="after_sales",
                        to="interactions.order",
                        verbose_name="order",
                    ),
                ),
                (
                    "return_order",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="after_sales_return",
                        to="interactions.order",
                        verbose_name="return",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="after_sales",
                        to="interactions.orderline",
                        verbose_name="order line",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="after_sales",
                        to="interactions.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "after-sales record",
                "verbose_name_plural": "after-sales records",
                "ordering": ["-occurred_at", "-id"],
                "indexes": [
                    models.Index(fields=["-occurred_at", "-id"], name="after_sales_by_time"),
                    models.Index(fields=["customer", "-occurred_at"], name="after_sales_by_customer"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SalesTarget",
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
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="to")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=16,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="target amount",
                    ),
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
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.category",
                        verbose_name="product type",
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
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sales_targets",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
            ],
            options={
                "verbose_name": "sales target",
                "verbose_name_plural": "sales targets",
                "ordering": ["-starts_on", "-id"],
                "indexes": [models.Index(fields=["-starts_on", "-id"], name="sales_target_by_start")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="sales_target_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("staff__isnull", False), ("unit__isnull", False), _connector="OR"),
                        name="sales_target_has_staff_or_unit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[("complaint", "complaint"), ("enquiry", "enquiry")],
                        max_length=10,
                        verbose_name="kind of case",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                ("text", models.TextField(max_length=5000, verbose_name="text")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "saved reply",
                "verbose_name_plural": "saved replies",
                "ordering": ["name", "language", "id"],
                "constraints": [models.UniqueConstraint(fields=("name", "language"), name="one_saved_reply_per_name")],
            },
        ),
        migrations.CreateModel(
            name="ServiceTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[("complaint", "complaint"), ("enquiry", "enquiry")],
                        max_length=10,
                        verbose_name="kind of case",
                    ),
                ),
                (
                    "tier",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("high", "High-value customer"),
                            ("mid", "Mid-value customer"),
                            ("low", "Low-value customer"),
                            ("none", "No-value customer"),
                        ],
                        max_length=8,
                        verbose_name="value tier",
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        blank=True,
                        choices=[("low", "low"), ("normal", "normal"), ("high", "high")],
                        max_length=8,
                        verbose_name="severity",
                    ),
                ),
                (
                    "reply_hours",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=6, null=True, verbose_name="first reply within (hours)"
                    ),
                ),
                (
                    "solve_hours",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=6, null=True, verbose_name="solved within (hours)"
                    ),
                ),
                ("in_business_hours", models.BooleanField(default=False, verbose_name="only business hours count")),
            ],
            options={
                "verbose_name": "service target",
                "verbose_name_plural": "service targets",
                "ordering": ["kind", "tier", "severity", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "tier", "severity"), name="one_service_target_per_case_class"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reply_hours__isnull", True), ("reply_hours__gt", 0), _connector="OR"),
                            models.Q(("solve_hours__isnull", True), ("solve_hours__gt", 0), _connector="OR"),
                        ),
                        name="service_target_hours_are_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SpecialDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(unique=True, verbose_name="day")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "opens_at",
                    models.TimeField(blank=True, help_text="Empty: closed all day", null=True, verbose_name="from"),
                ),
                ("closes_at", models.TimeField(blank=True, null=True, verbose_name="to")),
            ],
            options={
                "verbose_name": "holiday or special day",
                "verbose_name_plural": "holidays and special days",
                "ordering": ["on"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closes_at__isnull", True), ("opens_at__isnull", True)),
                            ("closes_at__gt", models.F("opens_at")),
                            _connector="OR",
                        ),
                        name="special_day_is_closed_or_has_hours",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SpecialRequest",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                ("title", models.CharField(max_length=200, verbose_name="request")),
                (
                    "statement",
                    models.CharField(
                        choices=[("stated", "stated"), ("implied", "implied")],
                        default="stated",
                        max_length=8,
                        verbose_name="stated or implied",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="details")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("accepted", "Accepted"), ("refused", "Refused")],
                        default="open",
                        max_length=8,
                        verbose_name="decision",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("replied_on", models.DateField(blank=True, null=True, verbose_name="answered on")),
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
                        verbose_name="channel",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="interactions.interaction",
                        verbose_name="told in the contact",
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
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="customers.customer",
                        verbose_name="customer",
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
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
            ],
            options={
                "verbose_name": "request",
                "verbose_name_plural": "requests",
                "ordering": ["-occurred_at", "-id"],
                "indexes": [
                    models.Index(fields=["-occurred_at", "-id"], name="request_by_time"),
                    models.Index(fields=["customer", "-occurred_at"], name="request_by_customer"),
                    models.Index(fields=["status", "occurred_at"], name="request_by_status"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "open"), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="request_is_decided_with_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StockMovement",
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
                ("occurred_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="day")),
                (
                    "quantity",
                    models.DecimalField(
                        decimal_places=3,
                        help_text="Below zero for what goes out",
                        max_digits=14,
                        verbose_name="quantity",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("received", "goods received"),
                            ("counted", "count"),
                            ("lost", "lost or broken"),
                            ("delivered", "delivered"),
                            ("returned", "came back"),
                            ("other", "other"),
                        ],
                        default="received",
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
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
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stock_movements",
                        to="interactions.order",
                        verbose_name="order",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stock_movements",
                        to="interactions.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "stock movement",
                "verbose_name_plural": "stock movements",
                "ordering": ["-occurred_on", "-id"],
                "indexes": [
                    models.Index(fields=["-occurred_on", "-id"], name="stock_movement_by_day"),
                    models.Index(fields=["product", "-occurred_on"], name="stock_movement_by_product"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity", 0), _negated=True), name="stock_movement_moves_something"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Task",
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
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date and time")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("manual", "Task"),
                            ("follow_up", "Follow-up"),
                            ("churn_alert", "Churn warning"),
                            ("case", "Case deadline"),
                            ("remedy", "Remedy"),
                            ("contact_due", "Contact overdue"),
                        ],
                        default="manual",
                        max_length=14,
                        verbose_name="kind of task",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("in_work", "In work"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "priority",
                    models.CharField(
                        choices=[("low", "low"), ("normal", "normal"), ("high", "high")],
                        default="normal",
                        max_length=8,
                        verbose_name="priority",
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("description", models.TextField(blank=True, verbose_name="what to do")),
                ("outcome", models.TextField(blank=True, verbose_name="result")),
                ("completed_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="done at")),
                (
                    "escalated_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="escalated at"),
                ),
                ("about_id", models.BigIntegerField(blank=True, editable=False, null=True)),
                (
                    "about_type",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="contenttypes.contenttype",
                    ),
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
                        verbose_name="channel",
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
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="customers.customer",
                        verbose_name="customer",
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
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff",
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
            ],
            options={
                "verbose_name": "task",
                "verbose_name_plural": "tasks",
                "ordering": ["due_at", "id"],
                "indexes": [
                    models.Index(fields=["due_at", "id"], name="task_by_time"),
                    models.Index(fields=["staff", "status", "due_at"], name="task_by_staff"),
                    models.Index(fields=["customer", "-occurred_at"], name="task_by_customer"),
                    models.Index(fields=["status", "due_at"], name="task_by_due"),
                    models.Index(fields=["about_type", "about_id"], name="task_by_about"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TradingRating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "item",
                    models.CharField(
                        choices=[
                            ("sales", "sales activity"),
                            ("problems", "existing problems"),
                            ("strategy", "company strategy"),
                            ("outlook", "outlook"),
                            ("image", "company image"),
                            ("reputation", "reputation"),
                            ("finance", "financial status"),
                            ("credit", "credit status"),
                        ],
                        max_length=10,
                        verbose_name="what is rated",
                    ),
                ),
                (
                    "grade",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C"), ("D", "D")],
                        max_length=1,
                        verbose_name="grade",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="in words")),
                ("rated_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="rated at")),
                ("is_current", models.BooleanField(default=True, editable=False)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="trading_ratings",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "rated_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="rated by",
                    ),
                ),
            ],
            options={
                "verbose_name": "rating of an account",
                "verbose_name_plural": "ratings of accounts",
                "ordering": ["-rated_at", "-id"],
                "indexes": [models.Index(fields=["customer", "item", "-rated_at"], name="trading_rating_by_customer")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("customer", "item"),
                        name="one_current_rating_per_item",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("grade", ""), _negated=True),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="rating_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CasePresence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("object_id", models.BigIntegerField()),
                ("seen_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "open case page",
                "verbose_name_plural": "open case pages",
                "ordering": ["kind", "object_id", "user_id"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "object_id", "user"), name="one_presence_per_reader")
                ],
            },
        ),
        migrations.CreateModel(
            name="DealPhase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entered_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="from")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="to")),
                (
                    "base_amount",
                    models.DecimalField(decimal_places=2, default=0, max_digits=16, verbose_name="base amount"),
                ),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phases",
                        to="interactions.deal",
                        verbose_name="deal",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="phases",
                        to="interactions.dealstage",
                        verbose_name="stage",
                    ),
                ),
            ],
            options={
                "verbose_name": "phase of a deal",
                "verbose_name_plural": "phases of deals",
                "ordering": ["entered_at", "id"],
                "indexes": [models.Index(fields=["stage", "entered_at"], name="deal_phase_by_stage")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_at__isnull", True)), fields=("deal",), name="deal_is_in_one_stage"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseEscalation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("reply", "first reply overdue"),
                            ("solution", "solution overdue"),
                            ("day_later", "overdue for a day"),
                        ],
                        max_length=10,
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=0)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "told",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "complaint",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="interactions.complaint",
                    ),
                ),
                (
                    "enquiry",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="interactions.enquiry",
                    ),
                ),
            ],
            options={
                "verbose_name": "escalation",
                "verbose_name_plural": "escalations",
                "ordering": ["-at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("complaint__isnull", False), ("enquiry__isnull", True)),
                            models.Q(("complaint__isnull", True), ("enquiry__isnull", False)),
                            _connector="OR",
                        ),
                        name="escalation_belongs_to_one_case",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("complaint__isnull", False)),
                        fields=("complaint", "step", "round"),
                        name="one_escalation_per_complaint_and_step",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("enquiry__isnull", False)),
                        fields=("enquiry", "step", "round"),
                        name="one_escalation_per_enquiry_and_step",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("out", "to the customer"),
                            ("in", "from the customer"),
                            ("note", "internal note"),
                            ("event", "event"),
                        ],
                        max_length=5,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "on its way"), ("sent", "sent"), ("failed", "not sent"), ("kept", "kept")],
                        default="kept",
                        max_length=6,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("person", models.CharField(blank=True, max_length=160, verbose_name="name")),
                ("address", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("subject", models.CharField(blank=True, max_length=250, verbose_name="subject")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("message_id", models.CharField(blank=True, db_index=True, max_length=250)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "complaint",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="interactions.complaint",
                    ),
                ),
                (
                    "enquiry",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="interactions.enquiry",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.interaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "message of a case",
                "verbose_name_plural": "messages of cases",
                "ordering": ["at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("complaint__isnull", False), ("enquiry__isnull", True)),
                            models.Q(("complaint__isnull", True), ("enquiry__isnull", False)),
                            _connector="OR",
                        ),
                        name="message_belongs_to_one_case",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LevelPair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.CharField(
                        choices=[("executive", "executives"), ("manager", "managers"), ("working", "working level")],
                        max_length=10,
                        verbose_name="level",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="level_pairs",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="level_pairs",
                        to="customers.contactperson",
                        verbose_name="their person",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="our person",
                    ),
                ),
            ],
            options={
                "verbose_name": "pair of a level",
                "verbose_name_plural": "pairs of levels",
                "ordering": ["level", "id"],
                "constraints": [models.UniqueConstraint(fields=("customer", "level"), name="one_pair_per_level")],
            },
        ),
        migrations.RunPython(default_case_lists.create, default_case_lists.remove),
        migrations.RunPython(default_service_desk.create, default_service_desk.remove),
        migrations.RunPython(default_deal_lists.create, default_deal_lists.remove),
        migrations.RunPython(rights_of_deals.create, rights_of_deals.remove),
        migrations.RunPython(default_talk_lists.create, default_talk_lists.remove),
        migrations.RunPython(rights_of_needs_and_requests.create, rights_of_needs_and_requests.remove),
        migrations.RunPython(nightly_reminder_of_contacts.create, nightly_reminder_of_contacts.remove),
        migrations.RunPython(rights_of_after_sales.create, rights_of_after_sales.remove),
    ]
