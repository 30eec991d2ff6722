from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from crm.accounts.models import Company


class JobsConfig(AppConfig):
    name = "crm.jobs"
    label = "jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        """Find the handlers and subscribers: modules `jobs.py` of every app."""
        from crm.accounts.models import Company

        autodiscover_modules("jobs")
        # The company is a floor below and cannot call us when its time zone changes.
        post_save.connect(_follow_company, sender=Company, dispatch_uid="jobs.schedules")


def _follow_company(instance: "Company", raw: bool = False, **kwargs: Any) -> None:
    from crm.jobs import schedules

    if not raw:
        schedules.follow_company(instance)
