"""The pages of this floor in the navigation."""

from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.accounts.models import User
from crm.records import menu


def register() -> None:
    menu.register_item("home", group="work", label=_("Home"), url_name="analytics:home", icon="home", order=1)
    for order, (key, label, url_name, icon) in enumerate(
        (
            ("report", _("Reports"), "analytics:report_list", "chart-bar"),
            ("segment", _("Segments"), "analytics:segment_list", "chart-pie"),
            ("alert", _("Alerts"), "analytics:alert_list", "bell"),
        ),
        start=10,
    ):
        menu.register_item(
            key,
            group="analysis",
            label=label,
            url_name=url_name,
            icon=icon,
            order=order,
            is_visible=_may_view(key),
        )


def _may_view(kind: str) -> menu.Visible:
    def is_visible(user: User) -> bool:
        return access.may_view_any(kind, user)

    return is_visible
