"""Why an alert was opened, in words of the active language. Alerts keep codes and numbers, never sentences."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Reason = Mapping[str, Any]


def reason(given: Reason) -> str:
    """One reason as a sentence; a code of a later version is shown as it stands."""
    say = _SENTENCES.get(given.get("code", ""))
    return say(given) if say else str(given.get("code", ""))


def reasons(given: Iterable[Reason]) -> list[str]:
    return [reason(each) for each in given]


def _silence(given: Reason) -> str:
    days = int(given["days"])
    numbers = {"days": formats.number_format(days)}
    if given.get("cycle") is None or given.get("ratio") is None:
        return ngettext("Last order %(days)s day ago.", "Last order %(days)s days ago.", days) % numbers
    numbers |= {"times": _one_decimal(given["ratio"]), "cycle": _plain(given["cycle"])}
    if given.get("cycle_source") == "assumed":
        return (
            ngettext(
                "Last order %(days)s day ago, %(times)s times the %(cycle)s days that customers usually take.",
                "Last order %(days)s days ago, %(times)s times the %(cycle)s days that customers usually take.",
                days,
            )
            % numbers
        )
    return (
        ngettext(
            "Last order %(days)s day ago, %(times)s times the usual %(cycle)s days.",
            "Last order %(days)s days ago, %(times)s times the usual %(cycle)s days.",
            days,
        )
        % numbers
    )


def _open_complaint(given: Reason) -> str:
    return _("A complaint is not solved yet.")


def _named_competitor(given: Reason) -> str:
    return _("Named a competitor in the last 180 days.")


def _falling_amount(given: Reason) -> str:
    return _("Spent %(last)s in the last 180 days, %(previous)s in the 180 days before.") % {
        "last": _money(given["last"]),
        "previous": _money(given["previous"]),
    }


def _lost_by_user(given: Reason) -> str:
    day = parse_date(str(given.get("on", "")))
    return _("Was marked as lost on %(day)s.") % {"day": formats.date_format(day, "SHORT_DATE_FORMAT") if day else ""}


def _one_decimal(value: float) -> str:
    """3.17 -> 3.2, half away from zero as people round."""
    return formats.number_format(round(Decimal(str(value)) + Decimal("1e-9"), 1), 1)


def _plain(value: float) -> str:
    return formats.number_format(value, 0 if float(value).is_integer() else 1)


def _money(cents: int) -> str:
    return formats.number_format(Decimal(int(cents)) / 100, 2, force_grouping=True)


_SENTENCES = {
    "silence": _silence,
    "open_complaint": _open_complaint,
    "named_competitor": _named_competitor,
    "falling_amount": _falling_amount,
    "lost_by_user": _lost_by_user,
}
