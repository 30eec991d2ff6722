"""What helps in a talk and is kept of it: observations, objections with answers, talk guides. Rows, not code."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import NamedInThreeLanguages


class Concern(models.TextChoices):
    QUALITY = "quality", _("quality")
    PRICE = "price", _("price")
    OFFERS = "offers", _("offers")
    DELIVERY = "delivery", _("delivery")
    SERVICE = "service", _("service")
    OTHER = "other", _("other")


class Observation(NamedInThreeLanguages):
    """What a person noticed of another in a talk: interested, hesitates at the price. Never a measurement."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["id"]


class Objection(NamedInThreeLanguages):
    """What a customer has against it: too expensive, no time now."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["id"]


class ObjectionAnswer(NamedInThreeLanguages):
    """An answer to an objection; contacts tell how often it overcame it."""

    objection = models.ForeignKey(
        Objection, on_delete=models.PROTECT, related_name="answers", verbose_name=_("objection")
    )
    code = models.SlugField(_("code"), max_length=40, unique=True)
    text = models.TextField(_("what to say"), blank=True)
    text_zh_hans = models.TextField(_("what to say, in Simplified Chinese"), blank=True)
    text_zh_hant = models.TextField(_("what to say, in Traditional Chinese"), blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["code", "id"]

    def __str__(self) -> str:
        return f"{self.code} · {self.local_name}"

    @property
    def local_text(self) -> str:
        return _in_own_language(self, "text")


class TalkGuide(NamedInThreeLanguages):
    """Questions to ask and points to make when a customer is concerned about something; one a line."""

    concern = models.CharField(_("concern"), max_length=10, choices=Concern.choices)
    questions = models.TextField(_("questions"), help_text=_("One a line"))
    questions_zh_hans = models.TextField(_("questions in Simplified Chinese"), blank=True)
    questions_zh_hant = models.TextField(_("questions in Traditional Chinese"), blank=True)
    points = models.TextField(_("talking points"), blank=True, help_text=_("One a line"))
    points_zh_hans = models.TextField(_("talking points in Simplified Chinese"), blank=True)
    points_zh_hant = models.TextField(_("talking points in Traditional Chinese"), blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("talk guide")
        verbose_name_plural = _("talk guides")
        ordering = ["id"]

    @property
    def local_questions(self) -> list[str]:
        return lines_of(_in_own_language(self, "questions"))

    @property
    def local_points(self) -> list[str]:
        return lines_of(_in_own_language(self, "points"))


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _in_own_language(row: models.Model, name: str) -> str:
    """The reader's own text; the first where that is empty."""
    language = (get_language() or "en").replace("-", "_")
    return getattr(row, f"{name}_{language}", "") or getattr(row, name)
