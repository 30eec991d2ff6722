"""The contact log: every call, visit, mail and message with a customer."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from customers.models import (
    CUSTOMER_ACCESS_OWNER,
    CUSTOMER_ACCESS_REGION,
    CUSTOMER_ACCESS_UNIT,
    ContactPerson,
    CustomerRecord,
)
from interactions.catalogue.models import Product
from interactions.contacts.talk_models import Concern, Objection, ObjectionAnswer, Observation, TalkGuide

MOST_MINUTES = 10_000  # a week


class ContactPlan(models.Model):
    """How many customers of a relationship class are to be contacted in a month."""

    relation_class = models.CharField(_("relationship class"), max_length=16)
    month = models.DateField(_("month"), help_text=_("Its first day"))
    planned = models.PositiveIntegerField(_("planned"), default=0)

    class Meta:
        verbose_name = _("contact plan")
        verbose_name_plural = _("contact plans")
        ordering = ["-month", "relation_class"]
        constraints = [
            models.UniqueConstraint(fields=["month", "relation_class"], name="one_contact_plan_per_class_and_month")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.relation_class}: {self.planned}"


class Interaction(CustomerRecord):
    class Direction(models.TextChoices):
        OUTBOUND = "outbound", _("outbound")
        INBOUND = "inbound", _("inbound")

    Concern = Concern

    class ObjectionResult(models.TextChoices):
        OVERCOME = "overcome", _("overcome")
        NOT_OVERCOME = "not_overcome", _("not overcome")

    class Access:
        kind = "contact"
        owner = CUSTOMER_ACCESS_OWNER
        unit = CUSTOMER_ACCESS_UNIT
        region = CUSTOMER_ACCESS_REGION

    NUMBER_PREFIX = "K"

    person = models.ForeignKey(
        ContactPerson,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="interactions",
        verbose_name=_("contact person"),
    )
    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices, default=Direction.OUTBOUND)
    is_answered = models.BooleanField(_("was answered"), default=True)
    subject = models.CharField(_("subject"), max_length=200)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    content = models.TextField(_("content"), blank=True)
    result = models.CharField(_("result"), max_length=200, blank=True)
    minutes_spent = models.PositiveIntegerField(
        _("minutes spent"), null=True, blank=True, validators=[MaxValueValidator(MOST_MINUTES)]
    )
    concern = models.CharField(_("concern"), max_length=10, choices=Concern.choices, blank=True)
    competitor = models.CharField(_("competitor named"), max_length=120, blank=True)
    guide = models.ForeignKey(
        TalkGuide,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("talk guide used"),
    )
    objection = models.ForeignKey(
        Objection,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("objection"),
    )
    answer = models.ForeignKey(
        ObjectionAnswer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("answer used"),
    )
    objection_result = models.CharField(
        _("the objection was"), max_length=12, choices=ObjectionResult.choices, blank=True
    )
    observations = models.ManyToManyField(
        Observation, blank=True, related_name="contacts", verbose_name=_("observations")
    )
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_on = models.DateField(_("next step on"), null=True, blank=True)

    history = HistoricalRecords(m2m_fields=[observations])

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["-occurred_at", "-id"]
        indexes = [
            models.Index(fields=["-occurred_at", "-id"], name="contact_by_time"),
            models.Index(fields=["customer", "-occurred_at"], name="contact_by_customer"),
            models.Index(fields=["unit", "-occurred_at"], name="contact_by_unit"),
            models.Index(fields=["staff", "-occurred_at"], name="contact_by_staff"),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("interactions:interaction_detail", args=[self.pk])
