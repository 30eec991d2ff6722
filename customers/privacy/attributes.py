"""What customers agreed to, as attributes of the customer: one for each purpose, with the channels it holds for."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts import settled
from crm.records.attributes import Attribute, Type
from customers.privacy.models import Consent

LABELS = {
    Consent.Purpose.MARKETING: gettext_lazy("consent to marketing"),
    Consent.Purpose.SERVICE: gettext_lazy("consent to service messages"),
    Consent.Purpose.SURVEY: gettext_lazy("consent to surveys"),
}


@dataclass(frozen=True)
class ConsentAttribute(Attribute):
    """The channels with what was said last of each, as codes such as "email:given"."""

    purpose: str = ""
    lies_in_json = True

    @property
    def facts_path(self) -> str:
        return self.purpose

    def value_of(self, record: Any) -> list[str] | None:
        return (getattr(record, "consents", None) or {}).get(self.purpose) or None


def channels() -> list[Any]:
    """The channels that customers agree to."""
    from customers.models import Channel

    return settled.kept("channels_of_consent", lambda: list(Channel.objects.filter(for_consent=True, is_active=True)))


def choices() -> list[tuple[str, str]]:
    states = Consent.State
    return [
        (f"{channel.code}:{state.value}", _("%(channel)s: %(state)s") % {"channel": channel, "state": state.label})
        for channel in channels()
        for state in (states.GIVEN, states.WITHDRAWN)
    ]


def of_customer() -> tuple[Attribute, ...]:
    consents = (
        ConsentAttribute(
            f"consent_{purpose.value}",
            LABELS[purpose],
            Type.CHOICE,
            source=f"consents__{purpose.value}__as_text",
            facts="consents",
            choices=choices,
            is_multiple=True,
            is_sortable=False,
            is_importable=False,
            purpose=purpose.value,
        )
        for purpose in Consent.Purpose
    )
    return (
        *consents,
        Attribute(
            "erased_at",
            gettext_lazy("personal data erased"),
            Type.MOMENT,
            source="erased_at",
            is_importable=False,
        ),
    )


__all__ = ["ConsentAttribute", "channels", "choices", "of_customer"]
