from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "crm.records"
    label = "records"
    verbose_name = _("Records")

    def import_models(self) -> None:
        super().import_models()
        from crm.records.bulkedit import models as bulkedit  # noqa: F401
        from crm.records.importing import models  # noqa: F401
        from crm.records.webhooks import models as webhooks  # noqa: F401

    def ready(self) -> None:
        from crm.accounts import settled
        from crm.jobs.registry import before_each
        from crm.records import panels, settings
        from crm.records.attachments.pages import panel as attachments
        from crm.records.custom.registry import refresh
        from crm.records.models import CustomField, CustomOption
        from crm.records.notices import registration as notices
        from crm.records.webhooks.models import Webhook

        settings.register()
        notices.register()
        panels.register_everywhere(attachments)
        settled.watch(Webhook)
        settled.watch(CustomField, CustomOption)
        before_each(refresh)
