"""The settings as one document: read whole, checked whole, stored whole."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from analytics.models import AnalysisSettings
from analytics.tuning.sections import sections


class SettingsRefused(Exception):
    """What is wrong with a document: by "section.setting" a message for the reader. Nothing was stored."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in faults.items()))
        self.faults = faults


def document() -> dict[str, dict[str, Any]]:
    """Every setting as it is in force now. Money in the base currency, shares 0-1, None where the data decide."""
    stored = AnalysisSettings.current()
    return {each.key: each.values(stored.get(each.key, {})) for each in sections()}


def check(given: Any) -> dict[str, dict[str, Any]]:
    """What a document says, as it is stored. Sections that it does not name stay as they are.

    raises SettingsRefused
    """
    if not isinstance(given, Mapping):
        raise SettingsRefused({"": _("an object of sections is wanted")})
    known = {each.key: each for each in sections()}
    values = {key: dict(value) for key, value in AnalysisSettings.current().items()}
    faults: dict[str, str] = {}
    for key, settings in given.items():
        if key not in known:
            faults[str(key)] = _("there is no such analysis; known: %(names)s") % {"names": ", ".join(known)}
        elif not isinstance(settings, Mapping):
            faults[key] = _("an object of settings is wanted")
        else:
            now = known[key].values(values.get(key, {}))
            found, wrong = known[key].read({**now, **settings})
            faults |= {f"{key}.{name}": text for name, text in wrong}
            values[key] = {**_of_others(known[key], values.get(key, {})), **found}
    if faults:
        raise SettingsRefused(faults)
    return {key: value for key, value in values.items() if value}


@transaction.atomic
def store(given: Any) -> list[str]:
    """Check and store; the names of the sections that changed. The next run follows them."""
    values = check(given)
    row, _made = AnalysisSettings.objects.select_for_update().get_or_create(pk=1)
    changed = sorted(key for key in {*row.values, *values} if row.values.get(key) != values.get(key))
    if changed:
        row.values = values
        row.save()
    return changed


def _of_others(section: Any, stored: Mapping[str, Any]) -> dict[str, Any]:
    """What lies in a section without being one of its settings here."""
    own = {each.key for each in section.settings}
    return {name: value for name, value in stored.items() if name not in own}
