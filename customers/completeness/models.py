from django.db import models
from django.utils.translation import gettext_lazy as _


class TrackedField(models.Model):
    """What counts in a customer's file, and how much. Without a row nothing is tracked but the house's own choice."""

    attribute = models.CharField(max_length=60, unique=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)

    class Meta:
        verbose_name = _("tracked field")
        verbose_name_plural = _("tracked fields")
        ordering = ["attribute"]

    def __str__(self) -> str:
        return f"{self.attribute} × {self.weight}"
