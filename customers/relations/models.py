from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class CustomerRelation(models.Model):
    """`lower` is a branch, dealer, hospital … of `upper`. One customer may have several above it."""

    class Type(models.TextChoices):
        BRANCH = "branch", _("branch or subsidiary")
        DEALER = "dealer", _("dealer")
        HOSPITAL = "hospital", _("hospital")
        MEMBER = "member", _("member")
        OTHER = "other", _("other relation")

    upper = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="relations_down", verbose_name=_("above")
    )
    lower = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="relations_up", verbose_name=_("below")
    )
    type = models.CharField(_("kind of relation"), max_length=12, choices=Type.choices, default=Type.BRANCH)
    note = models.CharField(_("note"), max_length=160, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        ordering = ["upper", "type", "id"]
        constraints = [models.UniqueConstraint(fields=["upper", "lower"], name="one_relation_of_two_customers")]

    def __str__(self) -> str:
        return f"{self.lower_id} < {self.upper_id}"
