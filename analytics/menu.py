"""The pages of this floor in the navigation."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.accounts.models import User
from crm.records import menu, palette


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
    menu.register_item(
        "analysis_settings",
        group="analysis",
        label=_("Analysis settings"),
        url_name="analytics:analysis_settings",
        icon="adjustments",
        order=90,
        is_visible=lambda user: user.may_manage_analysis,
    )
    palette.register(offer_reports)


def _may_view(kind: str) -> menu.Visible:
    def is_visible(user: User) -> bool:
        return access.may_view_any(kind, user)

    return is_visible


def offer_reports(user: User) -> list[palette.Action]:
    """Every report the reader may open, under its title."""
    from analytics.reports import registry

    if not access.may_view_any("report", user):
        return []
    return [
        palette.Action(each.title, reverse("analytics:report_detail", args=[each.slug]), "chart-bar", subject)
        for subject, found in registry.by_subject(user)
        for each in found
    ]
