"""Which days of a customer's events count. Days are the company's; the last is the day that the rule is asked as of."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from analytics.reports import arguments
from analytics.reports.arguments import PRESETS
from analytics.segments.events import vocabulary
from analytics.segments.events.vocabulary import Event
from crm.records.rules import RuleError
from crm.records.rules.reading import count_of_days, day, number, pair

MOST_EVENTS = 100
PERIODS = tuple(each for each in PRESETS if each != "all" and not each.startswith("last_9") and each != "last_30_days")


@dataclass(frozen=True)
class Window:
    """`word` and what it is given.

    ever                  everything up to the day
    last_days   N         the day itself and the N - 1 before
    days_ago    (M, N)    from M to N days ago, both counted
    between     (D, D)    two days, both counted
    period      name      this or last month, quarter, year …
    since       event     later than the customer's last such event; who has none fulfils no condition
    last        N         the customer's last N events of those asked for; who has fewer fulfils no condition
    """

    word: str = "ever"
    value: Any = None

    def days(self, as_of: datetime.date) -> tuple[datetime.date | None, datetime.date]:
        """First and last day that count; none is later than `as_of`."""
        a_day = datetime.timedelta(days=1)
        match self.word:
            case "last_days":
                return as_of - (self.value - 1) * a_day, as_of
            case "days_ago":
                return as_of - self.value[1] * a_day, as_of - self.value[0] * a_day
            case "between":
                return self.value[0], min(self.value[1], as_of)
            case "period":
                found = arguments.preset(self.value, as_of)
                return found.start, found.end
        return None, as_of

    def tree(self) -> dict[str, Any] | None:
        """As JSON keeps it; None for no window at all."""
        match self.word:
            case "ever":
                return None
            case "between":
                return {"between": [each.isoformat() for each in self.value]}
            case "days_ago":
                return {"days_ago": list(self.value)}
        return {self.word: self.value}

    def said(self, event: Event) -> str:
        """In words; empty where everything counts."""
        match self.word:
            case "last_days":
                return _("in the last %(count)s days") % {"count": formats.number_format(self.value)}
            case "days_ago":
                return _("%(more)s to %(fewer)s days ago") % {"more": self.value[1], "fewer": self.value[0]}
            case "between":
                first, last = (formats.date_format(each, "SHORT_DATE_FORMAT") for each in self.value)
                return _("from %(first)s to %(last)s") % {"first": first, "last": last}
            case "period":
                return str(PRESETS[self.value]).lower()
            case "since":
                anchor = vocabulary.get(self.value)
                return str(anchor.since) if anchor else ""
            case "last":
                return str(event.last) % {"count": self.value}
        return ""


def read(given: Any, event: Event) -> Window:
    """RuleError in words for what is no window of this event."""
    if given is None:
        return Window()
    if not isinstance(given, dict) or len(given) != 1:
        raise RuleError(_("A period is one of last_days, days_ago, between, period, since and last."))
    word, value = next(iter(given.items()))
    match word:
        case "last_days":
            return Window("last_days", count_of_days(value))
        case "days_ago":
            return Window("days_ago", _days_ago(value))
        case "between":
            return Window("between", pair(value, day))
        case "period":
            if value not in PERIODS:
                raise RuleError(_("“%(value)s” is none of %(codes)s.") % _said(value, PERIODS))
            return Window("period", value)
        case "since":
            known = [each.key for each in vocabulary.anchors(event)]
            if value not in known:
                raise RuleError(_("“%(value)s” is none of %(codes)s.") % _said(value, known))
            return Window("since", value)
        case "last":
            return Window("last", _count(value, event))
    raise RuleError(_("A period is one of last_days, days_ago, between, period, since and last."))


def _days_ago(given: Any) -> tuple[int, int]:
    found = sorted(pair(given, lambda each: number(each))) if isinstance(given, list | tuple) else []
    if len(found) != 2 or any(each != each.to_integral_value() or not 0 <= each <= 36_500 for each in found):
        raise RuleError(_("give two whole numbers of days, the smaller one first."))
    return int(found[0]), int(found[1])


def _count(given: Any, event: Event) -> int:
    if not event.last:
        raise RuleError(_("of these no last ones can be counted."))
    found = number(given)
    if found != found.to_integral_value() or not 0 < found <= MOST_EVENTS:
        raise RuleError(_("give a whole number, 1 to %(count)s.") % {"count": MOST_EVENTS})
    return int(found)


def _said(value: Any, known: Any) -> dict[str, str]:
    return {"value": str(value)[:40], "codes": ", ".join(known)}
