"""What a report can be asked: for the catalogue of the API and `report SLUG --describe`."""

from typing import TYPE_CHECKING, Any

from analytics.reports.arguments import COMPARISONS, PRESETS
from analytics.reports.registry import SUBJECTS, Report
from analytics.reports.vocabulary import Basis, vocabulary

if TYPE_CHECKING:
    from crm.accounts.models import User


def brief(report: Report) -> dict[str, Any]:
    return {
        "report": report.slug,
        "subject": report.subject,
        "subject_label": str(SUBJECTS[report.subject]),
        "title": str(report.title),
        "question": str(report.question),
    }


def report(report: Report, user: "User | None" = None) -> dict[str, Any]:
    filters: list[dict[str, Any]] = []
    if report.basis:
        filters.append({"key": "amount_basis", "values": [str(each) for each in Basis], "default": str(report.basis)})
    default = "known" if report.known_only else "any"
    filters.append({"key": "customer", "values": ["known", "any", "<customer number>"], "default": default})
    for key in report.restrictions(user):
        dimension = vocabulary.dimension(key)
        described: dict[str, Any] = {"key": key, "label": str(dimension.label)}
        if dimension.offered:
            described["values"] = [code for code, _label in dimension.pairs_for(user)]
        elif dimension.labels:
            described["values"] = [code for code, _label in dimension.pairs()]
        filters.append(described)
    for each in report.parameters:
        described = {"key": each.key, "label": str(each.label), "type": str(each.kind), "default": each.default}
        if each.choices:
            described["values"] = [code for code, _label in each.pairs()]
        filters.append(described)
    return {
        **brief(report),
        "by": [{"key": key, "label": str(vocabulary.dimension(key).label)} for key in report.splits(user)],
        "default_by": list(report.default_split(user)),
        "measures": [{"key": key, "label": str(label)} for key, label in report.builder.measure_keys()],
        "filters": filters,
        "periods": list(PRESETS) if report.has_period else [],
        "against": ["all", "<code of a segment>"] if report.builder.knows_members else [],
        "comparisons": list(COMPARISONS) if report.has_period else [],
        "formula": str(report.formula),
    }
