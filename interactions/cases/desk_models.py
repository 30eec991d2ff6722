"""What the service desk needs beside the cases: hours and targets, correspondence, escalations, who has what open."""

import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interactions.cases.models import Complaint, Enquiry
from interactions.contacts.models import Interaction

WEEKDAYS = [
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
]


class OpenHours(models.Model):
    """From when to when the desk works on a weekday; a day with a break has two rows, a free day none."""

    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=list(enumerate(WEEKDAYS)))
    opens_at = models.TimeField(_("from"), default=datetime.time(9))
    closes_at = models.TimeField(_("to"), default=datetime.time(18))

    class Meta:
        verbose_name = _("business hours")
        verbose_name_plural = _("business hours")
        ordering = ["weekday", "opens_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="business_hours_end_after_they_begin")
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"

    def clean(self) -> None:
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise ValidationError({"closes_at": _("The hours must end after they begin.")})


class SpecialDay(models.Model):
    """A holiday, or with hours a day that is worked although its weekday is free."""

    on = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    opens_at = models.TimeField(_("from"), null=True, blank=True, help_text=_("Empty: closed all day"))
    closes_at = models.TimeField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("holiday or special day")
        verbose_name_plural = _("holidays and special days")
        ordering = ["on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True, closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="special_day_is_closed_or_has_hours",
            )
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"

    def clean(self) -> None:
        if (self.opens_at is None) != (self.closes_at is None):
            raise ValidationError({"closes_at": _("Give both hours, or none for a day that is closed.")})
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise ValidationError({"closes_at": _("The hours must end after they begin.")})


class ServiceTarget(models.Model):
    """By when a case is to be answered and solved. An empty kind, tier or severity means any."""

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", _("complaint")
        ENQUIRY = "enquiry", _("enquiry")

    class Tier(models.TextChoices):
        HIGH = "high", _("High-value customer")
        MID = "mid", _("Mid-value customer")
        LOW = "low", _("Low-value customer")
        NONE = "none", _("No-value customer")

    kind = models.CharField(_("kind of case"), max_length=10, choices=Kind.choices, blank=True)
    tier = models.CharField(_("value tier"), max_length=8, choices=Tier.choices, blank=True)
    severity = models.CharField(_("severity"), max_length=8, choices=Complaint.Severity.choices, blank=True)
    reply_hours = models.DecimalField(
        _("first reply within (hours)"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    solve_hours = models.DecimalField(_("solved within (hours)"), max_digits=6, decimal_places=2, null=True, blank=True)
    in_business_hours = models.BooleanField(_("only business hours count"), default=False)

    class Meta:
        verbose_name = _("service target")
        verbose_name_plural = _("service targets")
        ordering = ["kind", "tier", "severity", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "tier", "severity"], name="one_service_target_per_case_class"),
            models.CheckConstraint(
                condition=(Q(reply_hours__isnull=True) | Q(reply_hours__gt=0))
                & (Q(solve_hours__isnull=True) | Q(solve_hours__gt=0)),
                name="service_target_hours_are_positive",
            ),
        ]

    def __str__(self) -> str:
        parts = [self.get_kind_display(), self.get_tier_display(), self.get_severity_display()]
        return " · ".join(str(each) for each in parts if each)

    def clean(self) -> None:
        if self.reply_hours is None and self.solve_hours is None:
            raise ValidationError(_("Say by when to reply, by when to solve, or both."))
        wrong = {name: _("More than 0 hours.") for name in ("reply_hours", "solve_hours") if self._is_wrong(name)}
        if wrong:
            raise ValidationError(wrong)

    def _is_wrong(self, name: str) -> bool:
        value = getattr(self, name)
        return value is not None and value <= 0


class SavedReply(models.Model):
    """A text that is used again and again, with placeholders, in one language."""

    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    kind = models.CharField(_("kind of case"), max_length=10, choices=ServiceTarget.Kind.choices, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"), max_length=5_000)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("saved reply")
        verbose_name_plural = _("saved replies")
        ordering = ["name", "language", "id"]
        constraints = [models.UniqueConstraint(fields=["name", "language"], name="one_saved_reply_per_name")]

    def __str__(self) -> str:
        return self.name


class OfCase(models.Model):
    """Base of what belongs to one complaint or one enquiry."""

    complaint = models.ForeignKey(
        Complaint, on_delete=models.CASCADE, null=True, blank=True, related_name="%(class)ss", editable=False
    )
    enquiry = models.ForeignKey(
        Enquiry, on_delete=models.CASCADE, null=True, blank=True, related_name="%(class)ss", editable=False
    )

    class Meta:
        abstract = True

    @property
    def case(self) -> Complaint | Enquiry:
        found = self.complaint or self.enquiry
        assert found is not None
        return found


def one_case() -> Q:
    return Q(complaint__isnull=False, enquiry__isnull=True) | Q(complaint__isnull=True, enquiry__isnull=False)


def of(case: Complaint | Enquiry) -> dict[str, Any]:
    """The values that tie a row to its case: {"complaint": case} or {"enquiry": case}."""
    return {case.Access.kind: case}


class CaseMessage(OfCase):
    """What was written about a case: a mail to or from the customer, a note of ours, or what the desk did with it."""

    class Direction(models.TextChoices):
        OUT = "out", _("to the customer")
        IN = "in", _("from the customer")
        NOTE = "note", _("internal note")
        EVENT = "event", _("event")

    class State(models.TextChoices):
        QUEUED = "queued", _("on its way")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not sent")
        KEPT = "kept", _("kept")

    direction = models.CharField(max_length=5, choices=Direction.choices)
    state = models.CharField(max_length=6, choices=State.choices, default=State.KEPT)
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    person = models.CharField(_("name"), max_length=160, blank=True)
    address = models.EmailField(_("e-mail"), blank=True)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    text = models.TextField(_("text"), blank=True)
    message_id = models.CharField(max_length=250, blank=True, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    contact = models.ForeignKey(Interaction, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("message of a case")
        verbose_name_plural = _("messages of cases")
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=one_case(), name="message_belongs_to_one_case")]

    def __str__(self) -> str:
        return self.subject or self.text[:80]


class CaseEscalation(OfCase):
    """That a missed deadline was told to somebody: once per case, step and time it was taken up."""

    class Step(models.TextChoices):
        REPLY = "reply", _("first reply overdue")
        SOLUTION = "solution", _("solution overdue")
        DAY_LATER = "day_later", _("overdue for a day")

    step = models.CharField(max_length=10, choices=Step.choices)
    round = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)
    told = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=one_case(), name="escalation_belongs_to_one_case"),
            models.UniqueConstraint(
                fields=["complaint", "step", "round"],
                condition=Q(complaint__isnull=False),
                name="one_escalation_per_complaint_and_step",
            ),
            models.UniqueConstraint(
                fields=["enquiry", "step", "round"],
                condition=Q(enquiry__isnull=False),
                name="one_escalation_per_enquiry_and_step",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case.number} {self.step}"


class CasePresence(models.Model):
    """That somebody has the page of a case open. A row that is not renewed counts no more."""

    kind = models.CharField(max_length=10)
    object_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("open case page")
        verbose_name_plural = _("open case pages")
        ordering = ["kind", "object_id", "user_id"]
        constraints = [models.UniqueConstraint(fields=["kind", "object_id", "user"], name="one_presence_per_reader")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.object_id}"


class InboundMail(models.Model):
    """A mail that came in, once: where it was filed, or why nowhere."""

    class Result(models.TextChoices):
        CASE = "case", _("filed with its case")
        CONTACT = "contact", _("logged with the customer")
        UNKNOWN = "unknown", _("sender is not known")
        AMBIGUOUS = "ambiguous", _("several customers have this address")
        ERASED = "erased", _("sender whose data was erased")
        AUTOMATIC = "automatic", _("automatic answer, only kept")

    WAITING = (Result.UNKNOWN, Result.AMBIGUOUS, Result.ERASED)  # for a person to look at

    message_id = models.CharField(max_length=250, unique=True)
    at = models.DateTimeField(_("received"), default=timezone.now)
    address = models.EmailField(_("from"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    text = models.TextField(_("text"), blank=True)
    result = models.CharField(_("filed"), max_length=10, choices=Result.choices)
    contact = models.ForeignKey(Interaction, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("inbound mail")
        verbose_name_plural = _("inbound mails")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.subject or self.message_id
