from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalyticsConfig(AppConfig):
    name = "analytics"
    verbose_name = _("Customer analysis")

    def ready(self) -> None:
        from analytics import attributes, menu
        from analytics.alerts import registration as alerts

        attributes.register()
        menu.register()
        alerts.register()
