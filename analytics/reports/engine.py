"""The one way to an answer: page, API, command and files all call `run`."""

import datetime
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analytics.reports import arguments as reading
from analytics.reports import registry, source
from analytics.reports.arguments import ANY_CUSTOMER, KNOWN_CUSTOMERS, Arguments
from analytics.reports.builders import Context, CrossTable, Records
from analytics.reports.errors import ReportError
from analytics.reports.gaps import gaps
from analytics.reports.registry import Report
from analytics.reports.result import Note, ReportResult, Table
from analytics.reports.source import Source
from analytics.reports.vocabulary import Basis, vocabulary
from analytics.reports.vocabulary.members import MEMBER_OF
from crm.accounts.models import Company, User

KEPT_SECONDS = 3600


@dataclass
class Asked:
    """A checked question with the facts it is put to."""

    report: Report
    arguments: Arguments
    source: Source | None
    user: User | None

    def context(self, arguments: Arguments | None = None, cell: Iterable[str] = ()) -> Context:
        if self.source is None:
            raise ValueError("Nothing has been published yet.")
        chosen = arguments or self.arguments
        reader = self.source.reader(self.user)
        base = self.report.builder.base
        words = [
            vocabulary.dimension(key) for key in {*chosen.by, *dict(chosen.filters), *cell} & {*vocabulary.dimensions}
        ]
        if base.key == "figures" or any(each.on_figures for each in words):
            # Classes split sales by what customers are on the net basis, whatever the amounts are shown on.
            basis = chosen.basis if base.key == "figures" else Basis.NET
            reader = self.source.with_figures(reader, chosen.as_of, basis)
        currency = Company.objects.current().currency
        return Context(self.report, chosen, reader, currency, self.source.as_of, self.user, self.source)


def ask(
    slug: str,
    *,
    user: User | None,
    as_of: datetime.date | str | None = None,
    period: Mapping[str, Any] | str | None = None,
    comparison: str | None = None,
    filters: Mapping[str, Any] | None = None,
    by: Iterable[str] | None = None,
    limit: int | None = None,
    against: Iterable[str] = (),
    published: Source | None = None,
) -> Asked:
    """Check a question. Raises UnknownReport where this reader may open none, ReportError for what cannot be asked."""
    report = registry.get(slug, user)
    found = published or source.published()
    day = reading.read_day(as_of, "as_of") if as_of else (found.as_of if found else Company.objects.current().today())
    chosen = reading.read(
        report,
        as_of=day,
        period=period,
        comparison=comparison,
        filters=filters,
        by=by,
        limit=limit,
        against=against,
        user=user,
    )
    return Asked(report, chosen, found, user)


def run(
    slug: str,
    *,
    user: User | None,
    as_of: datetime.date | str | None = None,
    period: Mapping[str, Any] | str | None = None,
    comparison: str | None = None,
    filters: Mapping[str, Any] | None = None,
    by: Iterable[str] | None = None,
    limit: int | None = None,
    against: Iterable[str] = (),
    published: Source | None = None,
) -> ReportResult:
    """Answer a report for one reader.

    period     {"from": day, "to": day} or the name of a preset; nothing means everything up to `as_of`
    comparison "previous" or "year_earlier": totals of that period as well
    against    codes of segments, or "all": their totals as well
    published  the run to read, when several reports of one page are to share it
    """
    return answer(
        ask(
            slug,
            user=user,
            as_of=as_of,
            period=period,
            comparison=comparison,
            filters=filters,
            by=by,
            limit=limit,
            against=against,
            published=published,
        )
    )


def answer(asked: Asked) -> ReportResult:
    key = _cache_key(asked)
    kept = cache.get(key) if key else None
    if kept is None:
        kept = _compute(asked)
        if key:
            cache.set(key, kept, KEPT_SECONDS)
    table, compared, beside = kept
    period = asked.arguments.comparison
    return ReportResult(
        report=asked.report,
        arguments=asked.arguments,
        snapshot=asked.source.snapshot if asked.source else "",
        taken_at=asked.source.taken_at if asked.source else None,
        table=table,
        filters=stated_filters(asked.report, asked.arguments),
        comparison=(period, compared) if period is not None and compared is not None else None,
        against=beside,
    )


def records(asked: Asked, *, measure: str = "", cell: Mapping[str, str] | None = None) -> Records:
    """The records behind a figure, by the same conditions as the figure."""
    base = asked.report.builder.base
    for key in cell or {}:
        known = vocabulary.dimensions.get(key)
        if known is not None and not known.is_readable(base, asked.user):
            raise ReportError(_("Unknown dimension “%(name)s”.") % {"name": key})
    if asked.source is None:
        return Records(asked.report.builder.base.kind)
    return asked.report.builder.records(asked.context(cell=cell or ()), measure, cell or {})


def margins(asked: Asked) -> dict[str, dict[Any, dict[str, Any]]]:
    """Totals of each row and column head of a cross table of two dimensions, counted anew, never summed."""
    builder = asked.report.builder
    if asked.source is None or not isinstance(builder, CrossTable) or len(asked.arguments.by) != 2:
        return {}
    context = asked.context()
    return {key: builder.subtotals(context, key) for key in asked.arguments.by}


def stated_filters(report: Report, chosen: Arguments) -> dict[str, Any]:
    """The filters as they were applied, defaults included, with stable codes."""
    stated: dict[str, Any] = {key: values[0] if len(values) == 1 else list(values) for key, values in chosen.filters}
    stated |= {key: value for key, value in chosen.parameters if value is not None}
    if report.basis:
        stated["amount_basis"] = str(chosen.basis)
    default = KNOWN_CUSTOMERS if report.known_only else ANY_CUSTOMER
    if report.known_only or chosen.customer != default:
        stated["customer"] = chosen.customer
    return stated


def _compute(asked: Asked) -> tuple[Table, dict[str, Any] | None, list[tuple[str, dict[str, Any]]]]:
    if asked.source is None:
        text = _("Nothing has been analysed yet: refresh the data first.")
        return Table([], [], {}, notes=[Note("no_snapshot", text)]), None, []
    table = asked.report.builder.table(asked.context())
    table.notes += [*gaps(asked.context()), *(Note(code, str(text)) for code, text in asked.report.notes)]
    if (chosen := asked.arguments).as_of != asked.source.as_of and (chosen.against or _is_of_members(asked)):
        text = _("Members of segments are those of %(day)s.") % {"day": asked.source.as_of.isoformat()}
        table.notes.append(Note("members_as_now", text))
    beside = [(code, _totals(asked, chosen.for_segment(code))) for code in chosen.against]
    compared = _totals(asked, chosen.for_comparison()) if chosen.comparison else None
    return table, compared, beside


def _totals(asked: Asked, arguments: Arguments) -> dict[str, Any]:
    return asked.report.builder.table(asked.context(arguments)).totals


def _is_of_members(asked: Asked) -> bool:
    return MEMBER_OF in dict(asked.arguments.filters)


def _cache_key(asked: Asked) -> str | None:
    scope = source.scope_key(asked.user)
    # Members change between two runs, when somebody saves a segment.
    is_live = asked.report.is_live or asked.arguments.against or _is_of_members(asked)
    if asked.source is None or scope is None or is_live:
        return None
    parts = (
        asked.report.slug,
        str(asked.source.run),
        asked.source.snapshot,
        scope,
        get_language() or "",
        asked.arguments.key(),
    )
    return "report:" + hashlib.sha256("|".join(parts).encode()).hexdigest()
