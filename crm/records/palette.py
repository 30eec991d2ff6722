"""What can be done or opened by typing its name: pages of the menu, new records, and what rooms add, such as reports.

    palette.register(lambda user: [palette.Action(report.label, url, "chart-bar") for report in …])

An action is found by any part of its label in the reader's language, in any order of words, and a Chinese label by the
first letters of its sounds.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.records import menu, search

MOST = 6


@dataclass(frozen=True)
class Action:
    label: str | Promise
    url: str
    icon: str
    hint: str | Promise = ""


_providers: list[Callable[[User], Iterable[Action]]] = []


def register(provider: Callable[[User], Iterable[Action]]) -> None:
    """Add actions; the provider offers only what the user may do."""
    if provider not in _providers:
        _providers.append(provider)


def find(text: str, user: User) -> list[Action]:
    """The first actions whose label holds every word of `text`; those that begin with it come first.

    Without a text: what may be created.
    """
    asked = search.words(text)
    if not asked:
        return list(_new(user))[:MOST]
    found = [action for action in _every(user) if _holds(str(action.label), asked)]
    found.sort(key=lambda action: not search.normalised(action.label).startswith(search.normalised(text)))
    return found[:MOST]


def _every(user: User) -> Iterator[Action]:
    yield from _new(user)
    for group in menu.menu(user):
        for item in group.items:
            yield Action(capfirst(str(item.label)), item.url, item.icon, group.label or _("Go to"))
    for provider in _providers:
        yield from provider(user)


def _new(user: User) -> Iterator[Action]:
    for item in menu.quick_create(user):
        yield Action(capfirst(str(item.label)), item.url, "plus")


def _holds(label: str, asked: list[str]) -> bool:
    held = search.words(label)
    held += [sound for word in held for sound in search.spoken(word)]
    return all(any(word in each for each in held) for word in asked)
