"""Who uses the product, how the company is made up, and who may see what.

Access is data: one AccessRule for a role and a kind of record says which rows, one FieldRight says how much of a
sensitive field. `crm.accounts.access` compiles both.
"""

import copy
import datetime
import secrets
import zoneinfo
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.accounts import settled
from crm.accounts.trees import TreeNode


class NamedInThreeLanguages(models.Model):
    """A name that users of each language may have in their own words; empty ones fall back to `name`."""

    name = models.CharField(_("name"), max_length=120)
    name_zh_hans = models.CharField(_("name in Simplified Chinese"), max_length=120, blank=True)
    name_zh_hant = models.CharField(_("name in Traditional Chinese"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        language = (get_language() or "en").replace("-", "_")
        return getattr(self, f"name_{language}", "") or self.name


class Unit(NamedInThreeLanguages, TreeNode):
    """A department or branch of the company; rights reach down its tree."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    is_branch = models.BooleanField(_("is a branch"), default=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["path", "id"]


class Region(NamedInThreeLanguages, TreeNode):
    """A sales or address region: area, country, province or city, nested as the company wants."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    country = models.CharField(_("country code"), max_length=2, blank=True, help_text=_("ISO 3166 code, two letters"))
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["path", "id"]


class Role(NamedInThreeLanguages):
    """What a user does in the company; rights hang on it. The five built-in roles have fixed codes."""

    SALES_REP, SERVICE_AGENT, MANAGER = "sales_rep", "service_agent", "manager"
    EXECUTIVE, ADMINISTRATOR = "executive", "administrator"

    class Home(models.TextChoices):
        REP = "rep", _("Sales representative")
        SERVICE = "service", _("Service agent")
        MANAGER = "manager", _("Manager")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    home = models.CharField(_("home page"), max_length=20, choices=Home.choices, default=Home.REP)
    is_administrator = models.BooleanField(_("manages users and settings"), default=False)
    may_manage_analysis = models.BooleanField(_("sets analysis rules and segments"), default=False)
    may_handle_privacy = models.BooleanField(_("hands out and erases personal data"), default=False)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["id"]


class AccessRule(models.Model):
    """Which rows of one kind of record a role may view and change."""

    class Scope(models.TextChoices):
        NONE = "none", _("None")
        OWN = "own", _("Own records")
        UNIT = "unit", _("Own department and below")
        REGION = "region", _("Own region and below")
        ALL = "all", _("All records")

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="rules", verbose_name=_("role"))
    kind = models.CharField(_("kind of record"), max_length=40)
    view = models.CharField(_("may view"), max_length=10, choices=Scope.choices, default=Scope.NONE)
    change = models.CharField(_("may change"), max_length=10, choices=Scope.choices, default=Scope.NONE)
    delete = models.CharField(  # type: ignore[assignment]  # rows go by queryset: the field hides the method
        _("may delete"), max_length=10, choices=Scope.choices, default=Scope.NONE
    )
    may_create = models.BooleanField(_("may create"), default=False)
    may_export = models.BooleanField(_("may export"), default=False)

    class Meta:
        verbose_name = _("access rule")
        verbose_name_plural = _("access rules")
        ordering = ["role_id", "kind"]
        constraints = [models.UniqueConstraint(fields=["role", "kind"], name="one_access_rule_per_role_and_kind")]

    def __str__(self) -> str:
        return f"{self.role} · {self.kind}"


class Sensitivity(models.TextChoices):
    """How private a field is. A registry test demands one for each field of each kind."""

    PUBLIC = "public", _("Open to all who see the record")
    CONTACT = "contact", _("Contact details")
    PERSONAL = "personal", _("Personal details")
    IDENTITY = "identity", _("Identity and tax numbers")
    FINANCE = "finance", _("Income and cost")


class FieldRight(models.Model):
    """How much of the fields of one sensitivity a role has. Without a row: write for public, masked otherwise."""

    class Level(models.TextChoices):
        HIDDEN = "hidden", _("Hidden")
        MASKED = "masked", _("Masked")
        REVEAL = "reveal", _("Masked, shown for a reason")
        READ = "read", _("Read")
        WRITE = "write", _("Write")

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="field_rights", verbose_name=_("role"))
    kind = models.CharField(_("kind of record"), max_length=40, blank=True, help_text=_("Empty: every kind"))
    sensitivity = models.CharField(_("sensitivity"), max_length=20, choices=Sensitivity.choices)
    level = models.CharField(_("right"), max_length=10, choices=Level.choices, default=Level.WRITE)

    class Meta:
        verbose_name = _("field right")
        verbose_name_plural = _("field rights")
        ordering = ["role_id", "kind", "sensitivity"]
        constraints = [
            models.UniqueConstraint(fields=["role", "kind", "sensitivity"], name="one_field_right_per_class")
        ]

    def __str__(self) -> str:
        return f"{self.role} · {self.kind or '*'} · {self.sensitivity}"


def _time_zones() -> list[tuple[str, str]]:
    return [
        (zone, zone.replace("_", " "))
        for zone in sorted(zoneinfo.available_timezones())
        if "/" in zone or zone == "UTC"
    ]


class UserManager(DjangoUserManager):
    use_in_migrations = False

    def administrators(self) -> models.QuerySet:
        """Those who can sign in and manage users and settings."""
        return self.filter(models.Q(is_superuser=True) | models.Q(role__is_administrator=True), is_active=True)


class User(AbstractUser):
    role = models.ForeignKey(
        Role, on_delete=models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("role")
    )
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name=_("department"),
    )
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name=_("region"),
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=60, blank=True, help_text=_("Empty: the time zone of the company")
    )
    wants_digest = models.BooleanField(_("a daily mail with what is new"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = UserManager()  # type: ignore[misc]

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")  # type: ignore[assignment]
        verbose_name_plural = _("users")  # type: ignore[assignment]
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(Lower("username"), name="one_user_per_name_in_any_case"),
            models.UniqueConstraint(Lower("email"), condition=~models.Q(email=""), name="one_user_per_email"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def get_full_name(self) -> str:
        """Chinese names are written family name first and without a space."""
        if any("\u4e00" <= letter <= "\u9fff" for letter in self.last_name):
            return f"{self.last_name}{self.first_name}"
        return super().get_full_name()

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Rights are kept on the object while a request lasts; a refreshed object reads them again."""
        self.__dict__.pop("_access", None)
        super().refresh_from_db(*args, **kwargs)

    @property
    def role_code(self) -> str:
        return self.role.code if self.role else ""

    @property
    def is_administrator(self) -> bool:
        return self.is_superuser or bool(self.role and self.role.is_administrator)

    @property
    def may_manage_analysis(self) -> bool:
        return self.is_administrator or bool(self.role and self.role.may_manage_analysis)

    @property
    def may_handle_privacy(self) -> bool:
        """Of customers in his scope: who may see one may hand out its data, who may delete it may erase it."""
        return self.is_administrator or bool(self.role and self.role.may_handle_privacy)


def new_stamp() -> int:
    """Random, so that no stamp ever comes back, not even after a transaction that was rolled back."""
    return secrets.randbits(62)


class CompanyManager(models.Manager["Company"]):
    def current(self) -> "Company":
        """The company's settings; an unsaved default before the first run."""
        return copy.copy(settled.kept("company", self.first)) or Company()


class Company(models.Model):
    """The settings of the one company that uses this installation."""

    name = models.CharField(_("company name"), max_length=120)
    currency = models.CharField(_("base currency"), max_length=3, default="CNY")
    time_zone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")
    fiscal_year_start = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    logo = models.ImageField(_("logo"), upload_to="logo/", blank=True)
    watermark = models.BooleanField(_("watermark on every page and file"), default=False)
    watermark_text = models.CharField(_("text of the watermark"), max_length=80, blank=True)
    watermark_in_csv = models.BooleanField(_("watermark as the last line of CSV files"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    stamp = models.BigIntegerField(default=new_stamp, editable=False)  # see crm.accounts.settled

    objects = CompanyManager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="only_one_company")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def today(self) -> datetime.date:
        return timezone.now().astimezone(self.zone).date()


class ExchangeRate(models.Model):
    """What one unit of a foreign currency is worth in the base currency, from a day on."""

    currency = models.CharField(_("currency"), max_length=3)
    valid_from = models.DateField(_("valid from"))
    rate = models.DecimalField(
        _("rate"), max_digits=18, decimal_places=8, validators=[MinValueValidator(Decimal("0.00000001"))]
    )
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["currency", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "valid_from"], name="one_rate_per_currency_and_day"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="exchange_rate_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate} ({self.valid_from})"


class AccessLog(models.Model):
    """Who looked at, exported, revealed or changed something sensitive. Rows are only ever added."""

    class Action(models.TextChoices):
        VIEW = "view", _("viewed")
        EXPORT = "export", _("exported")
        REVEAL = "reveal", _("revealed")
        REFUSED = "refused", _("was refused")
        SETTINGS = "settings", _("changed settings")

    at = models.DateTimeField(_("time"), default=timezone.now, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("user"),
    )
    action = models.CharField(_("action"), max_length=10, choices=Action.choices)
    kind = models.CharField(_("kind of record"), max_length=40, blank=True)
    object_id = models.CharField(_("record"), max_length=40, blank=True)
    count = models.PositiveIntegerField(_("records"), default=1)
    detail = models.JSONField(_("filter"), default=dict, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)

    class Meta:
        verbose_name = _("access log entry")
        verbose_name_plural = _("access log")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.user} {self.get_action_display()} {self.kind} {self.object_id}"


def _invitation_token() -> str:
    return secrets.token_urlsafe(32)


class Invitation(models.Model):
    """An e-mailed link with which a new user chooses a name and a password."""

    email = models.EmailField(_("e-mail"))
    role = models.ForeignKey(Role, on_delete=models.CASCADE, verbose_name=_("role"))
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("department"))
    region = models.ForeignKey(Region, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("region"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    token = models.CharField(max_length=64, unique=True, default=_invitation_token, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.email

    def get_absolute_url(self) -> str:
        return reverse("accounts:invitation_accept", args=[self.token])

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.expires_at > timezone.now()
