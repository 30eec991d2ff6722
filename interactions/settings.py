"""What the rooms add to the settings pages and to the words of the access log."""

from django.utils.translation import gettext_lazy as _

from crm.accounts import log_words, settings_pages


def register() -> None:
    settings_pages.register(
        "interactions:service_settings",
        _("Service desk"),
        rank=40,
        below=("interactions:service_setting", "interactions:saved_reply_"),
    )
    settings_pages.register("interactions:deal_settings", _("Deals"), rank=41, below=("interactions:deal_setting",))
    settings_pages.register("interactions:talk_settings", _("Talks"), rank=42, below=("interactions:talk_setting",))
    for kind, label in (
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
