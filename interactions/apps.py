from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InteractionsConfig(AppConfig):
    name = "interactions"
    verbose_name = _("What happened")

    def ready(self) -> None:
        from interactions import dossier, kinds, panels, privacy, settings  # noqa: F401  registers the kinds of every room, what they show

        privacy.register()
        settings.register()
