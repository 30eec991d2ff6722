import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def own_name(attachment: "Attachment", given: str) -> str:
    """Nothing of the name that was given reaches the disk."""
    name = secrets.token_hex(16)
    return f"attachments/{name[:2]}/{name}"


class Attachment(models.Model):
    """A file of one record. Whoever sees the record may have it; whoever changes the record may add and remove."""

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    file = models.FileField(upload_to=own_name, max_length=200)
    name = models.CharField(_("name"), max_length=160)
    size = models.PositiveBigIntegerField(_("size"))
    format = models.CharField(_("format"), max_length=10)
    note = models.CharField(_("note"), max_length=160, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["kind", "object_id"], name="attachment_by_record")]

    def __str__(self) -> str:
        return self.name
