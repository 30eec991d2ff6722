from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from crm.accounts import log_words, settings_pages, settled
        from customers import kinds, panels  # noqa: F401  registers the kinds of this floor and what they show
        from customers.addresses import registration as addresses
        from customers.duplicates import registration  # noqa: F401  and that customers may be known already
        from customers.models import Channel
        from customers.privacy import registration as privacy

        settled.watch(Channel)
        settings_pages.register("customers:completeness", _("Completeness"), rank=31)
        settings_pages.register("customers:standards", _("Relationship classes"), rank=32)
        log_words.register("completeness", _("completeness"), value=weight_of)
        log_words.register("relation_classes", _("relationship classes"), value=interval_of)
        addresses.register()
        privacy.register()


def weight_of(key: str, weight: Any) -> str:
    return _("weight %(weight)s") % {"weight": weight}


def interval_of(key: str, days: Any) -> str:
    return _("%(days)s days") % {"days": days}
