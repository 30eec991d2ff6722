"""The fields of customer files with what depends on them: data quality and its effect on analyses."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.reports.builders.base import Context
from analytics.reports.builders.cross_table import CrossTable
from analytics.reports.result import Column, Table
from analytics.reports.vocabulary import vocabulary


class FieldQuality(CrossTable):
    """Split by field alone each row says which reports cannot count the customers that lack it."""

    def __init__(self) -> None:
        measures = ("customers", "filled", "missing", "completeness", "invalid", "duplicates", "newest", "oldest")
        super().__init__("customer_fields", measures)

    def table(self, context: Context) -> Table:
        found = super().table(context)
        if context.arguments.by == ("field",):
            effects = _effects(context)
            for row in found.rows:
                row["affects"] = effects.get(row["field"], "")
            found.columns.append(Column("affects", _("Needed for"), help=_("Analyses that leave out who lacks it")))
        return found


def _effects(context: Context) -> dict[str, str]:
    """Field -> what is made of it, with the number of reports of this reader that may be split by it."""
    from analytics.reports import registry

    known = [each for each in registry.reports() if each.is_for(context.user) and each is not context.report]
    found: dict[str, list[str]] = {}
    for dimension in vocabulary.dimensions.values():
        reports = sum(dimension.key in each.splits(context.user) for each in known) if dimension.needs else 0
        if reports:
            text = ngettext("%(what)s (%(number)d report)", "%(what)s (%(number)d reports)", reports)
            found.setdefault(dimension.needs, []).append(text % {"what": dimension.label, "number": reports})
    return {key: ", ".join(texts) for key, texts in found.items()}
