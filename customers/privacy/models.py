"""What customers agreed to, and what was done with their personal data."""

import secrets
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.jobs.models import Job


class Consent(models.Model):
    """One statement of a customer: contact by this channel for this purpose is allowed, or not any more.

    Rows are only ever added. The latest one of a channel and purpose holds; `Customer.consents` says which that is.
    """

    class Purpose(models.TextChoices):
        MARKETING = "marketing", _("Marketing")
        SERVICE = "service", _("Service")
        SURVEY = "survey", _("Surveys")

    class State(models.TextChoices):
        GIVEN = "given", _("given")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Source(models.TextChoices):
        CONVERSATION = "conversation", _("conversation")
        EMAIL = "email", _("e-mail")
        WEBSITE = "website", _("website")
        CONTRACT = "contract", _("contract or form on paper")
        LINK = "link", _("link in a message")
        IMPORT = "import", _("import")
        OTHER = "other", _("other")

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="consent_statements", verbose_name=_("customer")
    )
    channel = models.ForeignKey(
        "customers.Channel", on_delete=models.PROTECT, related_name="+", verbose_name=_("channel")
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices)
    state = models.CharField(_("consent"), max_length=10, choices=State.choices)
    at = models.DateTimeField(_("date and time"), default=timezone.now)
    source = models.CharField(_("how it was said"), max_length=14, choices=Source.choices, default=Source.CONVERSATION)
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("recorded by")
    )

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["customer", "channel", "purpose", "-at"], name="consents_of_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.channel_id} {self.purpose} {self.state}"


class Erasure(models.Model):
    """That a customer's personal data was removed. Says nothing of who it was."""

    class Reason(models.TextChoices):
        REQUEST = "request", _("the person asked for it")
        TERM = "term", _("the time for keeping it is over")
        MISTAKE = "mistake", _("it should not have been kept")
        OTHER = "other", _("other reason")

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.SET_NULL, null=True, related_name="erasures", verbose_name=_("customer")
    )
    number = models.CharField(_("customer number"), max_length=40)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices, default=Reason.REQUEST)
    reference = models.CharField(_("file number"), max_length=60, blank=True)
    requested_at = models.DateTimeField(_("asked for"), default=timezone.now)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    finished_at = models.DateTimeField(_("done"), null=True, blank=True)
    counts = models.JSONField(_("removed"), default=dict)  # label of a model -> rows
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.number} {self.requested_at:%Y-%m-%d}"


class Suppression(models.Model):
    """A keyed hash of a phone, e-mail or tax number of somebody whose data was erased; nothing tells whose."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("phone")
        EMAIL = "email", _("e-mail")
        TAX = "tax", _("tax or ID number")

    kind = models.CharField(max_length=6, choices=Kind.choices)
    digest = models.CharField(max_length=64)
    key = models.CharField(max_length=16)  # which key made the digest; tells nothing of the key
    erased_on = models.DateField()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["digest", "kind"], name="one_suppression_per_digest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"


def new_token() -> str:
    return secrets.token_hex(16)


class PersonalDataFile(models.Model):
    """Everything known of a customer in one file, made on request and kept for a few days."""

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="personal_data_files", verbose_name=_("customer")
    )
    token = models.CharField(max_length=32, default=new_token, editable=False)  # name on the disk
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    finished_at = models.DateTimeField(_("done"), null=True, blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    counts = models.JSONField(default=dict)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("personal data file")
        verbose_name_plural = _("personal data files")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.created_at:%Y-%m-%d}"

    @property
    def path(self) -> Path:
        return settings.DATA_DIR / "personal-data" / f"{self.token}.zip"

    @property
    def is_there(self) -> bool:
        return self.finished_at is not None and self.path.is_file()


__all__ = ["Consent", "Erasure", "PersonalDataFile", "Suppression"]
