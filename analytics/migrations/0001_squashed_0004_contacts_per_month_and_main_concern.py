"""Every table as it stands after 0004_contacts_per_month_and_main_concern, made at once, and the rows a company starts with.

A new database takes this one step instead of 4; one that has taken some of them goes on with the others.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("analytics", "0001_initial"),
        ("analytics", "0002_initial"),
        ("analytics", "0003_alert_last_order_on"),
        ("analytics", "0004_contacts_per_month_and_main_concern"),
    ]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("customers", "0001_initial"),
        ("interactions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AnalysisSettings",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("values", models.JSONField(blank=True, default=dict)),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "analysis settings",
                "verbose_name_plural": "analysis settings",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="only_one_set_of_analysis_settings")
                ],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("running", "running"),
                            ("finished", "finished"),
                            ("failed", "failed"),
                            ("superseded", "superseded"),
                        ],
                        default="running",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("as_of", models.DateField(verbose_name="as of")),
                ("facts", models.CharField(blank=True, max_length=60, verbose_name="facts snapshot")),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="started")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                ("customers", models.PositiveIntegerField(default=0, verbose_name="customers")),
                ("orders", models.PositiveIntegerField(default=0, verbose_name="orders")),
                ("seconds", models.JSONField(blank=True, default=dict, verbose_name="seconds per stage")),
                ("summary", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "verbose_name": "recompute",
                "verbose_name_plural": "recomputes",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="CustomerFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("orders", models.IntegerField(default=0)),
                ("first_on", models.DateField(null=True)),
                ("last_on", models.DateField(null=True)),
                ("recency_days", models.IntegerField(null=True)),
                ("frequency", models.IntegerField(default=0)),
                ("gross_amount", models.BigIntegerField(default=0)),
                ("monetary_value", models.BigIntegerField(default=0)),
                ("average_order_value", models.BigIntegerField(null=True)),
                ("orders_12_months", models.IntegerField(default=0)),
                ("amount_12_months", models.BigIntegerField(default=0)),
                ("amount_last_180_days", models.BigIntegerField(default=0)),
                ("amount_previous_180_days", models.BigIntegerField(default=0)),
                ("r_score", models.SmallIntegerField(null=True)),
                ("f_score", models.SmallIntegerField(null=True)),
                ("m_score", models.SmallIntegerField(null=True)),
                ("rfm_segment", models.CharField(blank=True, max_length=24)),
                ("abc_class", models.CharField(blank=True, max_length=1)),
                ("value_tier", models.CharField(blank=True, max_length=8)),
                ("lifecycle_stage", models.CharField(blank=True, max_length=16)),
                ("cycle_days", models.FloatField(null=True)),
                ("cycle_is_assumed", models.BooleanField(default=False)),
                ("next_order_on", models.DateField(null=True)),
                ("silence_ratio", models.FloatField(null=True)),
                ("churn_risk", models.CharField(blank=True, max_length=8)),
                ("contacts_90_days", models.IntegerField(default=0)),
                ("contacts_180_days", models.IntegerField(default=0)),
                ("contacts_per_month", models.FloatField(null=True)),
                ("last_contact_on", models.DateField(null=True)),
                ("main_concern", models.CharField(blank=True, max_length=10)),
                ("main_concern_share", models.FloatField(null=True)),
                ("open_complaints", models.IntegerField(default=0)),
                ("complaints_90_days", models.IntegerField(default=0)),
                ("loyalty", models.FloatField(null=True)),
                ("loyalty_band", models.CharField(blank=True, max_length=12)),
                ("loyalty_coverage", models.FloatField(null=True)),
                ("trust", models.FloatField(null=True)),
                ("contact_frequency", models.FloatField(null=True)),
                ("service_effect", models.FloatField(null=True)),
                ("satisfaction", models.FloatField(null=True)),
                ("continue_likelihood", models.FloatField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="figures",
                        to="customers.customer",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="figures",
                        to="analytics.run",
                    ),
                ),
            ],
            options={
                "ordering": ["run_id", "customer_id"],
                "indexes": [models.Index(fields=["customer", "run"], name="figures_by_customer")],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "customer"), name="one_row_of_figures_per_customer")
                ],
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "run",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="analytics.run"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="only_one_publication")],
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="code")),
                (
                    "purpose",
                    models.TextField(help_text="What this group is for, and who uses it.", verbose_name="purpose"),
                ),
                ("rule", models.JSONField(default=dict, verbose_name="rule")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("modified_at", models.DateTimeField(auto_now=True)),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "segment",
                "verbose_name_plural": "segments",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="SegmentMembership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entered_on", models.DateField(verbose_name="entered on")),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="left on")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="segment_memberships",
                        to="customers.customer",
                    ),
                ),
                (
                    "entered_run",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="analytics.run"
                    ),
                ),
                (
                    "left_run",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="analytics.run"
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="analytics.segment"
                    ),
                ),
            ],
            options={
                "verbose_name": "segment member",
                "verbose_name_plural": "segment members",
                "ordering": ["-entered_on", "-id"],
                "indexes": [models.Index(fields=["segment", "left_on"], name="members_by_segment")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_on__isnull", True)),
                        fields=("segment", "customer"),
                        name="one_open_stay_per_segment",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SegmentVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("rule", models.JSONField()),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "saved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="analytics.segment"
                    ),
                ),
            ],
            options={
                "ordering": ["segment_id", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("segment", "version"), name="one_rule_per_segment_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="StageChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="on")),
                ("from_stage", models.CharField(blank=True, max_length=16)),
                ("to_stage", models.CharField(max_length=16)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stage_changes",
                        to="customers.customer",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="analytics.run"
                    ),
                ),
            ],
            options={
                "ordering": ["-on", "-id"],
                "constraints": [models.UniqueConstraint(fields=("customer", "on"), name="one_stage_change_per_day")],
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("churn", "Churn warning")], default="churn", max_length=12, verbose_name="kind"
                    ),
                ),
                (
                    "band",
                    models.CharField(
                        choices=[("medium", "medium"), ("high", "high")], max_length=8, verbose_name="risk"
                    ),
                ),
                ("reasons", models.JSONField(default=list, verbose_name="reasons")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("kept", "Customer kept"),
                            ("lost", "Customer lost"),
                            ("dismissed", "Dismissed"),
                            ("cleared", "No longer at risk"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="opened on")),
                ("due_on", models.DateField(null=True, verbose_name="due")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
                ("last_order_on", models.DateField(blank=True, null=True, verbose_name="last order on")),
                ("outcome", models.TextField(blank=True, verbose_name="result")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.task",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="analytics.run"
                    ),
                ),
            ],
            options={
                "verbose_name": "alert",
                "verbose_name_plural": "alerts",
                "ordering": ["-opened_on", "-id"],
                "indexes": [models.Index(fields=["status", "band", "due_on"], name="alerts_by_status")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")),
                        fields=("customer", "kind"),
                        name="one_open_alert_per_customer_and_kind",
                    )
                ],
            },
        ),
    ]
