"""The notices of users."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread_of(self, user: User) -> Self:
        return self.filter(user=user, read_at__isnull=True)


class Notice(models.Model):
    """One thing a user should hear of. `data` fills the sentence that is registered for `code`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices", verbose_name=_("user"))
    code = models.CharField(max_length=40)
    data: Any = models.JSONField(default=dict)
    url = models.CharField(max_length=300)
    created_at = models.DateTimeField(_("when"))
    read_at = models.DateTimeField(_("read at"), null=True)
    mailed_at = models.DateTimeField(_("mailed at"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["user", "read_at", "-created_at"], name="notice_by_user")]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        from crm.records.notices import services

        return services.sentence(self)

    @property
    def icon(self) -> str:
        from crm.records.notices import services

        return services.icon(self)
