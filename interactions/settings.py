"""What the rooms add to the settings pages and to the words of the access log."""

from django.utils.translation import gettext_lazy as _

from crm.accounts import founding, log_words, settings_pages
from interactions.trades import services
from interactions.trades.templates import templates


def register() -> None:
    settings_pages.register(
        "interactions:service_settings",
        _("Service desk"),
        rank=40,
        below=("interactions:service_setting", "interactions:saved_reply_"),
    )
    settings_pages.register("interactions:deal_settings", _("Deals"), rank=41, below=("interactions:deal_setting",))
    settings_pages.register("interactions:talk_settings", _("Talks"), rank=42, below=("interactions:talk_setting",))
    settings_pages.register("interactions:short_lists", _("Lists"), rank=33, below=("interactions:short_list",))
    settings_pages.register(
        "interactions:trade_list", _("Templates of trades"), rank=34, below=("interactions:trade_",)
    )
    founding.register(
        "trade",
        _("Template of a trade"),
        help_text=_("Lists, fields and talk guides to begin with. All of it can be changed and taken back later."),
        choices=lambda: [(slug, str(each)) for slug, each in templates().items()],
        act=lambda slug, user: services.load(templates()[slug], user=user),
    )
    for kind, label in (
        ("trade", _("template of a trade")),
        ("list_opinion-types", _("opinion type")),
        ("list_failure-causes", _("cause of failure")),
        ("list_need-types", _("type of need")),
        ("list_channels", _("channel")),
        ("list_industries", _("industry")),
        ("service_target", _("service target")),
        ("service_hours", _("opening hours")),
        ("service_day", _("day off")),
        ("service_reply", _("saved reply")),
        ("deal_stage", _("stage of deals")),
        ("deal_reason", _("reason for losing")),
        ("deal_source", _("source of deals")),
        ("talk_observation", _("observation")),
        ("talk_objection", _("objection")),
        ("talk_answer", _("answer to an objection")),
        ("talk_guide", _("talk guide")),
    ):
        log_words.register(kind, label)
