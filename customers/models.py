"""Who we know: customers, the persons in them, and what every record about a customer shares."""

import datetime
from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from phonenumber_field.modelfields import PhoneNumberField
from simple_history.models import HistoricalRecords

from crm.accounts.models import NamedInThreeLanguages, Region, Unit
from crm.records.custom.columns import CustomValues
from crm.records.filters import holds_any
from crm.records.models import Record, RecordQuerySet
from customers.completeness.models import TrackedField
from customers.duplicates import keys
from customers.duplicates.models import CustomerMerge, DuplicateKey, DuplicatePair, DuplicateSweep
from customers.privacy.models import Consent, Erasure, PersonalDataFile, Suppression
from customers.quality import checks, storing
from customers.relations.models import CustomerRelation
from customers.standards.models import RelationClassStandard, contact_intervals


class Industry(NamedInThreeLanguages):
    code = models.SlugField(_("code"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("industry")
        verbose_name_plural = _("industries")
        ordering = ["name", "id"]


class Channel(NamedInThreeLanguages):
    """A way customers and company meet: phone, e-mail, visit, message, web, store, partner. Data, not code."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    for_contacts = models.BooleanField(_("used for contacts"), default=True)
    for_sales = models.BooleanField(_("used for sales"), default=True)
    for_consent = models.BooleanField(_("customers agree to it"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["id"]


class Tag(NamedInThreeLanguages):
    colour = models.CharField(_("colour"), max_length=20, default="blue")

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name", "id"]


# What somebody must have to be reached by a channel; of channels not named here nothing is asked.
REACHED_BY = {"email": ("email",), "phone": ("phone",), "message": ("phone",), "post": ("address",)}
NEEDS_CONSENT = {Consent.Purpose.MARKETING}


class CustomerQuerySet(RecordQuerySet):
    def owned_by(self, user: settings.AUTH_USER_MODEL) -> Self:
        return self.filter(owner=user)

    def in_recycle_bin(self) -> Self:
        """A merged customer is part of another: taking the merge back is what restores it."""
        return super().in_recycle_bin().filter(merged_into__isnull=True)

    def reachable(self, channel: str, purpose: str) -> Self:
        """Those who may be contacted by a channel (its code) for a purpose of Consent, and can be.

        Marketing needs a consent that was given and not withdrawn; service and surveys are allowed until withdrawn.
        """
        rows = self.kept().filter(erased_at__isnull=True)
        for field in REACHED_BY.get(channel, ()):
            rows = rows.exclude(**{field: ""})
        said = f"consents__{Consent.Purpose(purpose)}__as_text"
        if purpose in NEEDS_CONSENT:
            return rows.filter(holds_any(said, [f"{channel}:{Consent.State.GIVEN}"]))
        withdrawn = self.model._base_manager.filter(holds_any(said, [f"{channel}:{Consent.State.WITHDRAWN}"]))
        return rows.exclude(pk__in=withdrawn.values("pk"))


class Customer(Record):
    """A person or organisation that buys or may buy: the record everything else hangs on."""

    class Type(models.TextChoices):
        PERSON = "person", _("Individual customer")
        ORGANISATION = "organisation", _("Organisational customer")

    class Sex(models.TextChoices):
        FEMALE = "female", _("female")
        MALE = "male", _("male")
        OTHER = "other", _("other")

    class RelationClass(models.TextChoices):
        ORDINARY = "ordinary", _("Ordinary customer")
        KEY = "key", _("Key account")
        ORGANISATIONAL = "organisational", _("Organisational customer")

    class IncomeBand(models.TextChoices):
        LOW = "low", _("low")
        MIDDLE = "middle", _("middle")
        HIGH = "high", _("high")
        VERY_HIGH = "very_high", _("very high")

    class Access:
        kind = "customer"
        owner = ("owner",)
        unit = ("unit",)
        region = ("region",)

    NUMBER_PREFIX = "C"

    type = models.CharField(_("type"), max_length=12, choices=Type.choices, default=Type.PERSON)
    name = models.CharField(_("name"), max_length=160)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex.choices, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("address"), max_length=255, blank=True)
    district = models.CharField(_("district"), max_length=80, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    province = models.CharField(_("province or state"), max_length=80, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    country = CountryField(_("country"), blank=True)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    occupation = models.CharField(_("occupation"), max_length=80, blank=True)
    income_band = models.CharField(_("income"), max_length=10, choices=IncomeBand.choices, blank=True)
    tax_number = models.CharField(_("tax or ID number"), max_length=40, blank=True)
    industry = models.ForeignKey(
        Industry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("industry"),
    )
    website = models.URLField(_("website"), blank=True)
    relation_class = models.CharField(
        _("relationship class"), max_length=16, choices=RelationClass.choices, default=RelationClass.ORDINARY
    )
    channel = models.ForeignKey(
        Channel,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("came through"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("owner"),
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="customers", verbose_name=_("tags"))
    needs = models.TextField(_("needs"), blank=True)
    preferences = models.TextField(_("preferences"), blank=True)
    background = models.TextField(_("background"), blank=True)
    became_customer_on = models.DateField(_("known since"), null=True, blank=True)
    lost_on = models.DateField(_("lost on"), null=True, blank=True)
    lost_reason = models.CharField(_("churn reason"), max_length=160, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    # purpose -> ["email:given", "phone:withdrawn"]: what the latest statements of `Consent` say
    consents = CustomValues(_("consents"), default=dict, blank=True, editable=False)
    # field -> what is wrong with its value; None where nobody has looked yet
    problems = CustomValues(_("errors in the file"), default=dict, null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(_("personal data erased"), null=True, blank=True, editable=False)

    objects = CustomerQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[tags], excluded_fields=["problems"])

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["name", "id"], name="customer_by_name"),
            models.Index(fields=["owner", "-id"], name="customer_by_owner"),
            models.Index(fields=["unit", "-id"], name="customer_by_unit"),
            models.Index(fields=["region", "-id"], name="customer_by_region"),
            models.Index(fields=["phone"], name="customer_by_phone"),
            models.Index(fields=["id"], condition=models.Q(problems__isnull=True), name="customer_never_checked"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        changed = kwargs.get("update_fields")
        if changed is None or checks.SOURCES & set(changed):
            self.problems = checks.problems_of(self)
            kwargs |= {"update_fields": {*changed, "problems"}} if changed is not None else {}
        super().save(*args, **kwargs)
        if changed is None or keys.SOURCES & set(changed):
            keys.index([self])

    @classmethod
    def stored_many(cls, records: Iterable[Any]) -> None:
        written = list(records)
        keys.index(written)
        storing.note(written)

    def get_absolute_url(self) -> str:
        return reverse("customers:customer_detail", args=[self.pk])

    @property
    def age(self) -> int | None:
        """Completed years today, from the birth date."""
        if not self.birth_date:
            return None
        today = timezone.localdate()
        return (
            today.year
            - self.birth_date.year
            - ((today.month, today.day) < (self.birth_date.month, self.birth_date.day))
        )

    @property
    def is_erased(self) -> bool:
        return self.erased_at is not None

    @property
    def contact_interval_days(self) -> int:
        """Within how many days its relationship class wants another contact."""
        return contact_intervals()[self.relation_class]


class ContactPerson(Record):
    """A person inside an organisational customer, with the part played in its decisions."""

    class BuyingRole(models.TextChoices):
        DECISION = "decision", _("decides")
        TECHNICAL = "technical", _("judges the technology")
        BUSINESS = "business", _("buys")
        USER = "user", _("uses")
        OTHER = "other", _("other")

    class Attitude(models.TextChoices):
        POSITIVE = "positive", _("positive")
        NEUTRAL = "neutral", _("neutral")
        NEGATIVE = "negative", _("negative")

    class Access:
        kind = "contact_person"
        owner = ("customer__owner",)
        unit = ("customer__unit",)
        region = ("customer__region",)

    NUMBER_PREFIX = "CT"

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="contact_persons", verbose_name=_("customer")
    )
    name = models.CharField(_("name"), max_length=120)
    position = models.CharField(_("position"), max_length=120, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    buying_role = models.CharField(_("role in decisions"), max_length=12, choices=BuyingRole.choices, blank=True)
    attitude = models.CharField(_("attitude"), max_length=10, choices=Attitude.choices, blank=True)
    is_key_person = models.BooleanField(_("key person"), default=False)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("contact person")
        verbose_name_plural = _("contact persons")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["customer", "name"], name="contact_person_by_customer")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("customers:contactperson_detail", args=[self.pk])


class CustomerRecord(Record):
    """Base of everything that happens with a customer.

    Customer, moment, unit, staff, region and channel have the same names on all of them, so the timeline, access and
    every "by unit, region, staff, channel, period" analysis work on all alike.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("customer")
    )
    occurred_at = models.DateTimeField(_("date and time"), default=timezone.now)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("staff"),
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("channel")
    )

    class Meta:
        abstract = True

    def fill_from_customer(self) -> None:
        """Unit, staff and region follow the customer where nobody chose them."""
        if not self.customer_id:
            return
        self.region = self.region or self.customer.region
        self.staff = self.staff or self.customer.owner
        self.unit = self.unit or (self.staff.unit if self.staff else None) or self.customer.unit

    @property
    def occurred_on(self) -> datetime.date:
        return timezone.localtime(self.occurred_at).date()


CUSTOMER_ACCESS_OWNER = ("staff", "customer__owner")
CUSTOMER_ACCESS_UNIT = ("unit", "customer__unit")
CUSTOMER_ACCESS_REGION = ("region", "customer__region")

__all__ = [
    "CUSTOMER_ACCESS_OWNER",
    "CUSTOMER_ACCESS_REGION",
    "CUSTOMER_ACCESS_UNIT",
    "Channel",
    "Consent",
    "ContactPerson",
    "Customer",
    "CustomerMerge",
    "CustomerQuerySet",
    "CustomerRecord",
    "CustomerRelation",
    "DuplicateKey",
    "DuplicatePair",
    "DuplicateSweep",
    "Erasure",
    "Industry",
    "RelationClassStandard",
    "PersonalDataFile",
    "Suppression",
    "Tag",
    "TrackedField",
]
