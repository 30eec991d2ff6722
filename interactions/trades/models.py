from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TradeItem(models.Model):
    """One row that a template put into a list of the company. It stays when the row is deleted: what the company took
    away is not put back by loading again."""

    trade = models.CharField(_("template"), max_length=40)
    list = models.CharField(_("list"), max_length=40)
    code = models.CharField(_("code"), max_length=80)
    object_id = models.BigIntegerField()
    loaded_at = models.DateTimeField(_("loaded"), default=timezone.now)
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("row of a template")
        verbose_name_plural = _("rows of templates")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["trade", "list", "code"], name="one_row_per_template_and_code")]

    def __str__(self) -> str:
        return f"{self.trade}: {self.list} {self.code}"
