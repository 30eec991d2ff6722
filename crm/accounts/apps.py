from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "crm.accounts"
    label = "accounts"
    verbose_name = _("Accounts and rights")

    def ready(self) -> None:
        from crm.accounts import log_words, settings_pages, settled
        from crm.accounts.models import AccessRule, Company, FieldRight, Region, Role, Unit

        settings_pages.register_own()
        log_words.register_own()
        settled.watch(AccessRule, Company, FieldRight, Region, Role, Unit)
