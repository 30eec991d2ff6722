"""A question as page and API write it: `?from=2026-01-01&by=region,month&region=east`; read in one place for both."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from analytics.reports import engine, registry
from analytics.reports.engine import Asked
from analytics.reports.errors import ReportError
from analytics.reports.registry import Report
from analytics.reports.source import Source
from analytics.reports.vocabulary import vocabulary
from analytics.reports.vocabulary.members import MEMBER_OF
from crm.accounts.models import User

CELL = "cell."
CONTROLS = {"as_of", "from", "to", "period", "compare", "against", "by", "limit"}
# how an answer is shown, not what is asked
SURFACE = {"sort", "measure", "page", "view", "format", "job", "of", "part"}


def ask(
    slug: str, query: QueryDict, *, user: User | None, limit: int | None = None, published: Source | None = None
) -> Asked:
    """The checked question of an address; a key that the report does not know is an error, not a silence."""
    report = registry.get(slug, user)
    return engine.ask(
        slug,
        user=user,
        as_of=_text(query, "as_of") or None,
        period=_period(query),
        comparison=_text(query, "compare") or None,
        filters=_filters(report, query),
        by=[part for text in query.getlist("by") for part in text.split(",") if part],
        limit=_limit(query, limit),
        against=[part for text in query.getlist("against") for part in text.replace("\0", "").split(",")],
        published=published,
    )


def cell(query: QueryDict, report: Report) -> dict[str, str]:
    """Where in the answer somebody clicked: `cell.region=east`; an empty value stands for "not stated"."""
    found = {key.removeprefix(CELL): query.get(key, "") for key in query if key.startswith(CELL)}
    for key in found:
        if key not in vocabulary.dimensions and key not in report.builder.own_cells:
            raise ReportError(_("Unknown dimension “%(name)s”.") % {"name": key})
    return {key: str(value) for key, value in found.items()}


def without(query: QueryDict, *keys: str) -> QueryDict:
    """The same question without these parts of its address."""
    copy = query.copy()
    for key in list(copy):
        if key in keys or copy.getlist(key) == [""] and not key.startswith(CELL):
            del copy[key]
    return copy


def _text(query: QueryDict, key: str) -> str:
    return str(query.get(key, "")).replace("\0", "").strip()


def _period(query: QueryDict) -> Mapping[str, Any] | str | None:
    start, end = _text(query, "from"), _text(query, "to")
    if start or end:
        return {"from": start or None, "to": end or None}
    return _text(query, "period") or None


def _filters(report: Report, query: QueryDict) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in query:
        if key in CONTROLS or key in SURFACE or key.startswith(CELL):
            continue
        if report.parameter(key):
            found[key] = _text(query, key)
            continue
        values = [part for text in query.getlist(key) for part in text.replace("\0", "").split(",") if part.strip()]
        if values or (key not in report.filters and key not in {"amount_basis", "customer", MEMBER_OF}):
            found[key] = ",".join(values) if key in {"amount_basis", "customer"} else values or [""]
    return found


def _limit(query: QueryDict, limit: int | None) -> Any:
    return _text(query, "limit") or limit
