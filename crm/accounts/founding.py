"""What else the first-run page offers: floors above register a choice and what becomes of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User

Text = str | Promise


@dataclass(frozen=True)
class Offer:
    """choices: (code, label) in the reader's language; act: what is done with the one that was chosen"""

    name: str
    label: Text
    help_text: Text
    choices: Callable[[], Iterable[tuple[str, Text]]]
    act: Callable[[str, User], Any]


_offers: dict[str, Offer] = {}


def register(
    name: str,
    label: Text,
    *,
    choices: Callable[[], Iterable[tuple[str, Text]]],
    act: Callable[[str, User], Any],
    help_text: Text = "",
) -> None:
    _offers[name] = Offer(name, label, help_text, choices, act)


class OffersForm(forms.Form):
    """A choice for each offer; none need be made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for offer in _offers.values():
            label: Any = offer.label
            help_text: Any = offer.help_text
            self.fields[offer.name] = forms.ChoiceField(
                label=label,
                help_text=help_text,
                required=False,
                choices=[("", _("none")), *offer.choices()],
            )

    def act(self, user: User) -> None:
        for name, value in self.cleaned_data.items():
            if value:
                _offers[name].act(value, user)
