"""The registry of reports. A report is a declaration in a file of its subject, beside this one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analytics.reports.errors import UnknownReport
from analytics.reports.parameters import Parameter
from analytics.reports.vocabulary import Basis, vocabulary
from analytics.reports.vocabulary.members import MEMBER_OF

if TYPE_CHECKING:
    from analytics.reports.builders import Builder
    from crm.accounts.models import User

Text = str | Promise

SUBJECTS: dict[str, Text] = {
    "sales": _("Sales"),
    "products": _("Products and recommendations"),
    "value": _("Customer value"),
    "customers": _("Customers and segments"),
    "retention": _("Retention and churn"),
    "loyalty": _("Loyalty"),
    "service": _("Complaints and enquiries"),
    "contacts": _("Contacts"),
}
# In order of import, one a line, so that a subject is added without touching the others.
MODULES = (
    "sales",
    "orders",
    "products",
    "customers",
    "retention",
    "loyalty",
    "forecasts",
    "service",
    "contacts",
    "quality",
    "value",
)
TIME_FILTERS = ("from", "to")


@dataclass(frozen=True)
class Chart:
    """type: bar, line, stacked, pie, heatmap, curve, lines; x: dimension or column; y: measures drawn; series:
    dimension; dashed: measures whose line is dashed, such as what is only expected."""

    type: str
    x: str
    y: tuple[str, ...]
    series: str = ""
    dashed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """One report, declared.

    question     the question it answers, in the words of whoever asks it
    builder      how its rows are made (analytics.reports.builders), with its measures
    by           dimensions it may be split by;  default_by: those it is split by unless others are chosen
    filters      dimensions it may be filtered by
    parameters   numbers and words of its own that a reader may put in
    kinds        further kinds of record that its reader must be allowed to see
    reads        (kind, sensitivity) of fields that its reader must see in full: what is made of them would tell them
    basis        amount basis unless another is chosen; empty when the report has no money on a basis
    known_only   sales without a known customer are left out unless `customer=any` is asked for
    formula      how its figures are made;  notes: what the reader should know of it
    """

    slug: str
    subject: str
    title: Text
    question: Text
    builder: "Builder"
    by: tuple[str, ...] = ()
    default_by: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    basis: str = Basis.NET
    has_period: bool = True
    known_only: bool = True
    chart: Chart | None = None
    formula: Text = ""
    notes: tuple[tuple[str, Text], ...] = ()
    icon: str = "chart-bar"
    most_dimensions: int = 3
    kinds: tuple[str, ...] = ()
    reads: tuple[tuple[str, str], ...] = ()
    is_live: bool = False  # reads rows that people change, so answers are not kept

    def parameter(self, key: str) -> Parameter | None:
        return next((each for each in self.parameters if each.key == key), None)

    def splits(self, user: "User | None") -> tuple[str, ...]:
        """Dimensions that this reader may split it by."""
        return self._readable(self.by, user)

    def restrictions(self, user: "User | None") -> tuple[str, ...]:
        """Dimensions that this reader may filter it by."""
        found = self._readable(self.filters, user)
        return (*found, MEMBER_OF) if self.builder.knows_members else found

    def default_split(self, user: "User | None") -> tuple[str, ...]:
        """What it is split by unless others are chosen; the first that the reader may see instead of one he may not."""
        allowed = self.splits(user)
        found = tuple(key for key in self.default_by if key in allowed)
        return found or (allowed[:1] if self.default_by else ())

    def _readable(self, keys: tuple[str, ...], user: "User | None") -> tuple[str, ...]:
        base = self.builder.base
        return tuple(key for key in keys if vocabulary.dimension(key).is_readable(base, user))

    def is_for(self, user: "User | None") -> bool:
        """Whether the reader may open it: reports at all, the kinds of record it counts, the fields it is made of."""
        from crm.accounts import access

        kinds = ("report", self.builder.base.kind, *self.kinds)
        return user is None or (
            all(access.may_view_any(kind, user) for kind in kinds)
            and all(access.may_read_fully(kind, sensitivity, user) for kind, sensitivity in self.reads)
        )


_reports: dict[str, Report] = {}


def register(*reports: Report) -> None:
    for report in reports:
        if report.slug in _reports:
            raise ValueError(f"Report {report.slug} is registered twice.")
        if report.subject not in SUBJECTS:
            raise ValueError(f"Report {report.slug} has an unknown subject {report.subject!r}.")
        if taken := {each.key for each in report.parameters} & {*report.filters, "customer", "amount_basis"}:
            raise ValueError(f"Report {report.slug} has a filter and a parameter called {', '.join(sorted(taken))}.")
        report.builder.check(report)
        _reports[report.slug] = report


def reports() -> Iterator[Report]:
    _load()
    return iter(_reports.values())


def get(slug: str, user: "User | None" = None) -> Report:
    """The report, if there is one that this reader may see."""
    _load()
    found = _reports.get(slug)
    if found is None or not found.is_for(user):
        raise UnknownReport(slug)
    return found


def by_subject(user: "User | None") -> Iterable[tuple[Text, list[Report]]]:
    """The catalogue as this reader sees it; subjects without a report are left out."""
    for key, label in SUBJECTS.items():
        found = [each for each in reports() if each.subject == key and each.is_for(user)]
        if found:
            yield label, found


def _load() -> None:
    for name in MODULES:
        import_module(f"analytics.reports.{name}")
