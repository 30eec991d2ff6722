from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalyticsConfig(AppConfig):
    name = "analytics"
    verbose_name = _("Customer analysis")

    def ready(self) -> None:
        from analytics import attributes, menu, privacy, tiers
        from analytics.alerts import registration as alerts
        from analytics.costs import kinds  # noqa: F401  registers them
        from analytics.explain import panel as explain
        from analytics.explain import scores  # noqa: F401 - registers the explainers
        from analytics.reports import api as reports
        from analytics.reports import log_words
        from analytics.segments import registration as segments

        attributes.register()
        menu.register()
        tiers.register()
        privacy.register()
        segments.register()
        alerts.register()
        reports.register()
        explain.register()
        log_words.register()
