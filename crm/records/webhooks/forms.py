import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.records.kinds import kinds
from crm.records.webhooks import addresses
from crm.records.webhooks.models import Event, Webhook


def _kinds() -> list[tuple[str, str]]:
    return [(kind.key, capfirst(kind.label_plural)) for kind in kinds]


class WebhookForm(forms.ModelForm):
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("kinds of records"),
        choices=_kinds,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all."),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("events"),
        choices=Event.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all."),
    )

    class Meta:
        model = Webhook
        fields = ["name", "url", "kinds", "events", "is_active"]

    def clean_url(self) -> str:
        """What can be said without asking the network; where a name leads is looked at before each delivery."""
        url = str(self.cleaned_data["url"]).strip()
        schemes = ["http", "https"] if settings.WEBHOOKS_MAY_BE_LOCAL else ["https"]
        try:
            if not url.isascii() or "\\" in url:
                raise forms.ValidationError("")
            URLValidator(schemes=schemes)(url)
            parts = urlsplit(url)
            host, _port = parts.hostname or "", parts.port
        except (ValueError, forms.ValidationError):
            raise forms.ValidationError(_("Give an address that begins with https://.")) from None
        if parts.username is not None or parts.password is not None:
            raise forms.ValidationError(_("Leave name and password out of the address."))
        if not _may_be(host):
            raise forms.ValidationError(_("%(host)s leads into a private network.") % {"host": host})
        return url

    def clean(self) -> dict[str, Any]:
        return super().clean() or self.cleaned_data


def _may_be(host: str) -> bool:
    try:
        return addresses.is_allowed(ipaddress.ip_address(host))
    except ValueError:
        is_here = f".{host.rstrip('.').lower()}".endswith((".localhost", ".local", ".internal"))
        return settings.WEBHOOKS_MAY_BE_LOCAL or not is_here
