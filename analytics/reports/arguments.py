"""What a reader chose, checked: period, comparison, filters, split. Unknown words are answered in words."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.reports.errors import ReportError
from analytics.reports.registry import Report
from analytics.reports.vocabulary import Basis, vocabulary
from analytics.reports.vocabulary.members import MEMBER_OF

if TYPE_CHECKING:
    from crm.accounts.models import User

ANY_CUSTOMER, KNOWN_CUSTOMERS = "any", "known"
PRESETS = {
    "all": gettext_lazy("All time"),
    "this_month": gettext_lazy("This month"),
    "last_month": gettext_lazy("Last month"),
    "this_quarter": gettext_lazy("This quarter"),
    "last_quarter": gettext_lazy("Last quarter"),
    "this_year": gettext_lazy("This year"),
    "last_year": gettext_lazy("Last year"),
    "last_30_days": gettext_lazy("Last 30 days"),
    "last_90_days": gettext_lazy("Last 90 days"),
    "last_12_months": gettext_lazy("Last 12 months"),
}
COMPARISONS = {
    "previous": gettext_lazy("The period before"),
    "year_earlier": gettext_lazy("A year earlier"),
}
EVERYBODY = "all"
MOST_AGAINST = 4
NONE = ""  # value of a filter or cell that stands for "not stated"


@dataclass(frozen=True)
class Period:
    """Days from and to, both counted; an open start means from the first record on."""

    start: datetime.date | None
    end: datetime.date

    def as_dict(self) -> dict[str, str | None]:
        return {"from": self.start.isoformat() if self.start else None, "to": self.end.isoformat()}


@dataclass(frozen=True)
class Arguments:
    """A question put to a report, with every choice checked."""

    as_of: datetime.date
    period: Period
    comparison: Period | None = None
    basis: str = Basis.NET
    customer: str = KNOWN_CUSTOMERS
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    parameters: tuple[tuple[str, Any], ...] = ()
    by: tuple[str, ...] = ()
    limit: int | None = None
    against: tuple[str, ...] = ()  # codes of segments, or "all": whose totals stand beside the answer
    given: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def for_comparison(self) -> "Arguments":
        if self.comparison is None:
            raise ValueError("No comparison was asked for.")
        return replace(self, period=self.comparison, comparison=None, limit=None, against=())

    def for_segment(self, code: str) -> "Arguments":
        """The same question of the members of another segment, or of everybody."""
        others = tuple(pair for pair in self.filters if pair[0] != MEMBER_OF)
        chosen = others if code == EVERYBODY else tuple(sorted((*others, (MEMBER_OF, (code,)))))
        return replace(self, filters=chosen, comparison=None, limit=None, against=())

    def parameter(self, key: str) -> Any:
        return dict(self.parameters)[key]

    def key(self) -> str:
        asked = (self.as_of, self.period, self.comparison, self.basis, self.customer, self.filters, self.parameters)
        return repr((*asked, self.by, self.limit, self.against))


def read(
    report: Report,
    *,
    as_of: datetime.date,
    period: Mapping[str, Any] | str | None = None,
    comparison: str | None = None,
    filters: Mapping[str, Any] | None = None,
    by: Iterable[str] | None = None,
    limit: int | None = None,
    against: Iterable[str] = (),
    user: "User | None" = None,
) -> Arguments:
    """Check every choice against what the report declares and this reader may choose."""
    given = {key: value for key, value in (filters or {}).items() if value not in (None, [], ())}
    basis = _basis(report, given.pop("amount_basis", None))
    customer = str(given.pop("customer", "") or (KNOWN_CUSTOMERS if report.known_only else ANY_CUSTOMER))
    parameters = tuple((each.key, each.read(_one(given.pop(each.key, "")))) for each in report.parameters)
    chosen = _period(report, as_of, period)
    return Arguments(
        as_of=as_of,
        period=chosen,
        comparison=_comparison(report, chosen, comparison),
        basis=basis,
        customer=customer,
        filters=tuple(sorted((key, _values(report, key, value, user)) for key, value in given.items())),
        parameters=parameters,
        by=_split(report, by, user),
        limit=_limit(limit),
        against=_against(report, against, user),
        given=dict(filters or {}),
    )


def read_day(text: Any, name: str) -> datetime.date:
    if isinstance(text, datetime.date):
        return text
    try:
        return datetime.date.fromisoformat(str(text))
    except ValueError:
        raise ReportError(
            _("“%(text)s” is not a day for “%(name)s”: write it as 2026-01-31.") % {"text": text, "name": name}
        ) from None


def preset(name: str, as_of: datetime.date) -> Period:
    """The days a preset means on a given day."""
    month = as_of.replace(day=1)
    quarter = month.replace(month=(as_of.month - 1) // 3 * 3 + 1)
    year = month.replace(month=1)
    a_day = datetime.timedelta(days=1)
    starts: dict[str, Period] = {
        "all": Period(None, as_of),
        "this_month": Period(month, as_of),
        "last_month": Period((month - a_day).replace(day=1), month - a_day),
        "this_quarter": Period(quarter, as_of),
        "last_quarter": Period(_months_before(quarter, 3), quarter - a_day),
        "this_year": Period(year, as_of),
        "last_year": Period(year.replace(year=year.year - 1), year - a_day),
        "last_30_days": Period(as_of - 29 * a_day, as_of),
        "last_90_days": Period(as_of - 89 * a_day, as_of),
        "last_12_months": Period(_year_before(as_of) + a_day, as_of),
    }
    try:
        return starts[name]
    except KeyError:
        raise ReportError(_unknown(_("period"), name, PRESETS)) from None


def _basis(report: Report, value: Any) -> str:
    if value in (None, ""):
        return report.basis or Basis.NET
    if value not in set(Basis) or not report.basis:
        raise ReportError(_unknown("amount_basis", value, list(Basis) if report.basis else []))
    return Basis(str(value))


def _period(report: Report, as_of: datetime.date, period: Mapping[str, Any] | str | None) -> Period:
    if isinstance(period, str) and period:
        found = preset(period, as_of)
    elif period:
        start, end = period.get("from"), period.get("to")
        found = Period(read_day(start, "from") if start else None, min(read_day(end, "to"), as_of) if end else as_of)
    else:
        return Period(None, as_of)
    if not report.has_period and found.start:
        raise ReportError(_("This report looks at everything up to a day: choose “as of” instead of a period."))
    if found.start and found.start > found.end:
        raise ReportError(_("The period ends before it starts."))
    return found


def _comparison(report: Report, period: Period, comparison: str | None) -> Period | None:
    if not comparison:
        return None
    if comparison not in COMPARISONS:
        raise ReportError(_unknown(_("comparison"), comparison, COMPARISONS))
    if not report.has_period or period.start is None:
        raise ReportError(_("A comparison needs a period with a first day."))
    if comparison == "year_earlier":
        return Period(_year_before(period.start), _year_before(period.end))
    if period.start.day == 1 and (months := _whole_months(period)):
        start = _months_before(period.start, months)
        return Period(start, period.start - datetime.timedelta(days=1))
    length = period.end - period.start
    end = period.start - datetime.timedelta(days=1)
    return Period(end - length, end)


def _whole_months(period: Period) -> int:
    """How many whole months a period is; 0 when it ends inside a month."""
    after = period.end + datetime.timedelta(days=1)
    if after.day != 1 or period.start is None:
        return 0
    return (after.year - period.start.year) * 12 + after.month - period.start.month


def _one(value: Any) -> Any:
    """A parameter has one value, also where it came as a list."""
    return value[0] if isinstance(value, (list, tuple)) and value else value


def _values(report: Report, key: str, value: Any, user: "User | None") -> tuple[str, ...]:
    allowed = report.restrictions(user)
    if key not in allowed:
        known = ["amount_basis", "customer", *allowed, *(each.key for each in report.parameters)]
        raise ReportError(_unknown(_("filter"), key, known))
    parts = value if isinstance(value, (list, tuple, set)) else str(value).split(",")
    texts = tuple(sorted({str(part).strip() for part in parts}))
    if len(texts) > 500:
        raise ReportError(_("Choose at most %(number)d values.") % {"number": 500})
    if key == MEMBER_OF:
        _check_segments(texts, user)
    return texts


def _against(report: Report, codes: Iterable[str], user: "User | None") -> tuple[str, ...]:
    """What the answer is laid beside: segments that this reader may know, or everybody."""
    chosen = tuple(dict.fromkeys(each.strip() for each in codes if each.strip()))
    if not chosen:
        return ()
    if MEMBER_OF not in report.restrictions(user):
        raise ReportError(_("This report cannot be compared by segment."))
    if len(chosen) > MOST_AGAINST:
        raise ReportError(_("Choose at most %(number)d values.") % {"number": MOST_AGAINST})
    _check_segments([each for each in chosen if each != EVERYBODY], user)
    return chosen


def _check_segments(codes: Iterable[str], user: "User | None") -> None:
    wanted = list(codes)
    known = dict(vocabulary.dimension(MEMBER_OF).pairs_for(user)) if wanted else {}
    for code in wanted:
        if code not in known:
            raise ReportError(_unknown(_("segment"), code, [*known][:20]))


def _split(report: Report, by: Iterable[str] | None, user: "User | None") -> tuple[str, ...]:
    chosen = tuple(part for part in (by or ()) if part)
    if not chosen:
        return report.default_split(user)
    allowed = report.splits(user)
    for key in chosen:
        if key not in allowed:
            raise ReportError(_unknown(_("dimension"), key, allowed))
    if len(set(chosen)) != len(chosen):
        raise ReportError(_("A dimension can only be used once."))
    if len(chosen) > report.most_dimensions:
        raise ReportError(_("Choose at most %(number)d dimensions.") % {"number": report.most_dimensions})
    return chosen


def _limit(limit: Any) -> int | None:
    if limit in (None, ""):
        return None
    try:
        number = int(limit)
    except (TypeError, ValueError):
        number = 0
    if number < 1:
        raise ReportError(_("The limit must be a whole number above zero."))
    return number


def _unknown(what: Any, value: Any, known: Iterable[str]) -> str:
    names = ", ".join(str(each) for each in known)
    if not names:
        return _("This report knows no %(what)s.") % {"what": what}
    return _("Unknown %(what)s “%(value)s”. Known: %(names)s.") % {"what": what, "value": value, "names": names}


def _months_before(first: datetime.date, months: int) -> datetime.date:
    number = first.year * 12 + first.month - 1 - months
    return datetime.date(number // 12, number % 12 + 1, 1)


def _year_before(day: datetime.date) -> datetime.date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)
