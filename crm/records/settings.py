"""What this room adds to the settings pages and to the words of the access log."""

from django.utils.translation import gettext_lazy as _

from crm.accounts import log_words, settings_pages
from crm.records import lookups
from crm.records.attributes import Text
from crm.records.custom.models import CustomField
from crm.records.kinds import kinds
from crm.records.webhooks.models import Webhook

SUFFIXES = ("_from", "_to", "_min", "_max", "_empty", "_not_since", "_since", "_not")


def register() -> None:
    settings_pages.register("records:field_list", _("Fields"), rank=30, below=("records:field_",))
    settings_pages.register("records:webhook_list", _("Webhooks"), rank=80, below=("records:webhook_",))
    log_words.register("custom_field", _("field"), model=CustomField)
    log_words.register("webhook", _("webhook"), model=Webhook)
    log_words.register_attributes(attribute_label)
    log_words.register_links(link)


def attribute_label(kind: str, key: str) -> Text | None:
    """What an attribute is called, or the filter of one: `birth_date_from`."""
    if kind not in kinds:
        return None
    known = kinds[kind].by_key
    for suffix in ("", *SUFFIXES):
        if key.endswith(suffix) and (found := known.get(key[: len(key) - len(suffix)])) is not None:
            return found.label
    return {"q": _("search"), "sort": _("order")}.get(key)


def link(kind: str, object_id: str) -> str:
    """Whether the record is still there is seen when the link is followed."""
    is_record = kind in kinds and lookups.is_id(object_id)
    return kinds[kind].url("detail", int(object_id)) if is_record else ""
