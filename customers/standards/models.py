"""What each relationship class is owed: how often we contact it, and in words how we serve it."""

from dataclasses import dataclass

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.accounts import settled

USUAL_DAYS = {"ordinary": 60, "key": 14, "organisational": 30}  # until the company says otherwise
LONGEST = 730


class RelationClassStandard(models.Model):
    relation_class = models.CharField(_("relationship class"), max_length=16, unique=True)
    contact_interval_days = models.PositiveSmallIntegerField(
        _("days between two contacts"), validators=[MinValueValidator(1), MaxValueValidator(LONGEST)]
    )
    service = models.CharField(_("service standard"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("standard of a relationship class")
        verbose_name_plural = _("standards of relationship classes")
        ordering = ["contact_interval_days", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contact_interval_days__gte=1), name="contact_interval_is_at_least_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.relation_class}: {self.contact_interval_days}"


@dataclass(frozen=True)
class Standard:
    """How often a class is contacted, and how it is served."""

    days: int
    service: str = ""


def standards() -> dict[str, Standard]:
    """By relationship class, those of the company's own instead of the usual ones."""

    def read() -> dict[str, Standard]:
        rows = RelationClassStandard.objects.values_list("relation_class", "contact_interval_days", "service")
        usual = {code: Standard(days) for code, days in USUAL_DAYS.items()}
        return usual | {code: Standard(days, service) for code, days, service in rows}

    return settled.kept("standards of relationship classes", read)


def contact_intervals() -> dict[str, int]:
    """Relationship class -> days within which a customer of it is to be contacted."""
    return {code: each.days for code, each in standards().items()}
