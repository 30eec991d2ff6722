"""What may be counted of complaints and enquiries."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from analytics.reports.vocabulary.terms import RATE, Measure, Text, Unit, vocabulary

CLOSED = "(f.status = 'closed' AND (f.resolved_at IS NULL OR CAST(f.resolved_at AS DATE) <= :as_of))"
SOLVED = f"({CLOSED} AND f.outcome = 'solved')"
DUE = f"({CLOSED} OR (f.due_at IS NOT NULL AND CAST(f.due_at AS DATE) <= :as_of))"
IN_TIME = f"({CLOSED} AND f.is_solved_in_time)"


def _of_cases(base: str, key: str, label: Text) -> Iterable[Measure]:
    """Complaints and enquiries are counted alike."""
    yield Measure(key, label, base, "COUNT(*)", is_additive=True)
    for name, name_label, condition, help_text in (
        ("open", _("Open"), f"NOT {CLOSED}", _("Not closed on the day of the report")),
        ("closed", _("Closed"), CLOSED, ""),
        ("solved", _("Solved"), SOLVED, _("Closed with the outcome solved")),
        ("partly_solved", _("Partly solved"), f"({CLOSED} AND f.outcome = 'partly')", ""),
        ("not_solved", _("Not solved"), f"({CLOSED} AND f.outcome = 'not_solved')", ""),
    ):
        yield Measure(
            name,
            name_label,
            base,
            f"COUNT(CASE WHEN {condition} THEN 1 END)",
            records=condition,
            is_additive=True,
            help=help_text,
        )
    yield Measure(
        "solved_share",
        _("Solved share"),
        base,
        f"COUNT(CASE WHEN {SOLVED} THEN 1 END) / NULLIF(COUNT(CASE WHEN {CLOSED} THEN 1 END) * 1.0, 0)",
        **RATE,
        records=SOLVED,
        help=_("Solved / closed"),
    )
    yield Measure(
        "in_time_share",
        _("Solved in time"),
        base,
        f"COUNT(CASE WHEN {IN_TIME} THEN 1 END) / NULLIF(COUNT(CASE WHEN {DUE} THEN 1 END) * 1.0, 0)",
        **RATE,
        records=IN_TIME,
        help=_("Solved within the target / closed or due"),
    )
    yield Measure(
        "median_hours_to_resolve",
        _("Median hours to resolve"),
        base,
        f"MEDIAN(CASE WHEN {CLOSED} THEN f.hours_to_resolve END)",
        unit=Unit.HOURS,
        decimals=1,
        records=f"{CLOSED} AND f.hours_to_resolve IS NOT NULL",
        help=_("From receipt to resolution, of closed cases only: while cases are open the true time is longer"),
    )


vocabulary.add(
    *_of_cases("complaints", "complaints", _("Complaints")), *_of_cases("enquiries", "enquiries", _("Enquiries"))
)
