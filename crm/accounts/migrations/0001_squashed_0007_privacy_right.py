"""Every table as it stands after 0007_privacy_right, made at once, and the rows a company starts with.

A new database takes this one step instead of 7; one that has taken some of them goes on with the others.
"""

from importlib import import_module

import crm.accounts.models
import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

default_roles = import_module("crm.accounts.migrations.0002_default_roles")


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_default_roles"),
        ("accounts", "0003_unique_names_and_mails"),
        ("accounts", "0004_company_stamp"),
        ("accounts", "0005_daily_mail"),
        ("accounts", "0006_reveal_right"),
        ("accounts", "0007_privacy_right"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Role",
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
                (
                    "home",
                    models.CharField(
                        choices=[("rep", "Sales representative"), ("service", "Service agent"), ("manager", "Manager")],
                        default="rep",
                        max_length=20,
                        verbose_name="home page",
                    ),
                ),
                ("is_administrator", models.BooleanField(default=False, verbose_name="manages users and settings")),
                (
                    "may_manage_analysis",
                    models.BooleanField(default=False, verbose_name="sets analysis rules and segments"),
                ),
                (
                    "may_handle_privacy",
                    models.BooleanField(default=False, verbose_name="hands out and erases personal data"),
                ),
            ],
            options={
                "verbose_name": "role",
                "verbose_name_plural": "roles",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Region",
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
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="code")),
                (
                    "country",
                    models.CharField(
                        blank=True, help_text="ISO 3166 code, two letters", max_length=2, verbose_name="country code"
                    ),
                ),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="accounts.region",
                        verbose_name="part of",
                    ),
                ),
            ],
            options={
                "verbose_name": "region",
                "verbose_name_plural": "regions",
                "ordering": ["path", "id"],
            },
        ),
        migrations.CreateModel(
            name="Unit",
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
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("is_branch", models.BooleanField(default=False, verbose_name="is a branch")),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="accounts.unit",
                        verbose_name="part of",
                    ),
                ),
            ],
            options={
                "verbose_name": "department",
                "verbose_name_plural": "departments",
                "ordering": ["path", "id"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=[("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the time zone of the company",
                        max_length=60,
                        verbose_name="time zone",
                    ),
                ),
                ("wants_digest", models.BooleanField(default=True, verbose_name="a daily mail with what is new")),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="users",
                        to="accounts.region",
                        verbose_name="region",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="users",
                        to="accounts.role",
                        verbose_name="role",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="users",
                        to="accounts.unit",
                        verbose_name="department",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "ordering": ["username"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("username"), name="one_user_per_name_in_any_case"
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("email", ""), _negated=True),
                        name="one_user_per_email",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name="time")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("view", "viewed"),
                            ("export", "exported"),
                            ("reveal", "revealed"),
                            ("refused", "was refused"),
                            ("settings", "changed settings"),
                        ],
                        max_length=10,
                        verbose_name="action",
                    ),
                ),
                ("kind", models.CharField(blank=True, max_length=40, verbose_name="kind of record")),
                ("object_id", models.CharField(blank=True, max_length=40, verbose_name="record")),
                ("count", models.PositiveIntegerField(default=1, verbose_name="records")),
                ("detail", models.JSONField(blank=True, default=dict, verbose_name="filter")),
                ("address", models.GenericIPAddressField(blank=True, null=True, verbose_name="address")),
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
                "verbose_name": "access log entry",
                "verbose_name_plural": "access log",
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="company name")),
                ("currency", models.CharField(default="CNY", max_length=3, verbose_name="base currency")),
                ("time_zone", models.CharField(default="Asia/Shanghai", max_length=60, verbose_name="time zone")),
                (
                    "fiscal_year_start",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ],
                        verbose_name="first month of the fiscal year",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")],
                        default="en",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("logo", models.ImageField(blank=True, upload_to="logo/", verbose_name="logo")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("stamp", models.BigIntegerField(default=crm.accounts.models.new_stamp, editable=False)),
            ],
            options={
                "verbose_name": "company",
                "verbose_name_plural": "company",
                "ordering": ["id"],
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="only_one_company")],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                (
                    "rate",
                    models.DecimalField(
                        decimal_places=8,
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(Decimal("1E-8"))],
                        verbose_name="rate",
                    ),
                ),
                ("is_demo", models.BooleanField(default=False, editable=False)),
            ],
            options={
                "verbose_name": "exchange rate",
                "verbose_name_plural": "exchange rates",
                "ordering": ["currency", "-valid_from"],
                "constraints": [
                    models.UniqueConstraint(fields=("currency", "valid_from"), name="one_rate_per_currency_and_day"),
                    models.CheckConstraint(condition=models.Q(("rate__gt", 0)), name="exchange_rate_is_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")],
                        default="en",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "token",
                    models.CharField(
                        default=crm.accounts.models._invitation_token, editable=False, max_length=64, unique=True
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField(verbose_name="valid until")),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="accounts.region",
                        verbose_name="region",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="accounts.role", verbose_name="role"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="accounts.unit",
                        verbose_name="department",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="FieldRight",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        blank=True, help_text="Empty: every kind", max_length=40, verbose_name="kind of record"
                    ),
                ),
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
                        max_length=20,
                        verbose_name="sensitivity",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("hidden", "Hidden"),
                            ("masked", "Masked"),
                            ("reveal", "Masked, shown for a reason"),
                            ("read", "Read"),
                            ("write", "Write"),
                        ],
                        default="write",
                        max_length=10,
                        verbose_name="right",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="field_rights",
                        to="accounts.role",
                        verbose_name="role",
                    ),
                ),
            ],
            options={
                "verbose_name": "field right",
                "verbose_name_plural": "field rights",
                "ordering": ["role_id", "kind", "sensitivity"],
                "constraints": [
                    models.UniqueConstraint(fields=("role", "kind", "sensitivity"), name="one_field_right_per_class")
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, verbose_name="kind of record")),
                (
                    "view",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("own", "Own records"),
                            ("unit", "Own department and below"),
                            ("region", "Own region and below"),
                            ("all", "All records"),
                        ],
                        default="none",
                        max_length=10,
                        verbose_name="may view",
                    ),
                ),
                (
                    "change",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("own", "Own records"),
                            ("unit", "Own department and below"),
                            ("region", "Own region and below"),
                            ("all", "All records"),
                        ],
                        default="none",
                        max_length=10,
                        verbose_name="may change",
                    ),
                ),
                (
                    "delete",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("own", "Own records"),
                            ("unit", "Own department and below"),
                            ("region", "Own region and below"),
                            ("all", "All records"),
                        ],
                        default="none",
                        max_length=10,
                        verbose_name="may delete",
                    ),
                ),
                ("may_create", models.BooleanField(default=False, verbose_name="may create")),
                ("may_export", models.BooleanField(default=False, verbose_name="may export")),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="accounts.role",
                        verbose_name="role",
                    ),
                ),
            ],
            options={
                "verbose_name": "access rule",
                "verbose_name_plural": "access rules",
                "ordering": ["role_id", "kind"],
                "constraints": [
                    models.UniqueConstraint(fields=("role", "kind"), name="one_access_rule_per_role_and_kind")
                ],
            },
        ),
        migrations.RunPython(default_roles.create, default_roles.remove),
    ]
