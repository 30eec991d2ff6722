from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from crm.accounts import settled
        from customers import kinds, panels  # noqa: F401  registers the kinds of this floor and what they show
        from customers.addresses import registration as addresses
        from customers.duplicates import registration  # noqa: F401  and that customers may be known already
        from customers.models import Channel
        from customers.privacy import registration as privacy

        settled.watch(Channel)
        addresses.register()
        privacy.register()
