"""What an answer leaves out because it was never recorded: said on every report, by the engine.

A dimension declares what records without a code lack. "Customers: 45 without age." then stands on whatever is split or
filtered by age group, counted in the same rows as the answer.
"""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from sqlglot import exp

from analytics.reports.builders import Context
from analytics.reports.composition import parsed
from analytics.reports.result import Note
from analytics.reports.vocabulary import Dimension, vocabulary
from crm.records.kinds import kinds


def gaps(context: Context) -> Iterable[Note]:
    """A note for each dimension of the question that some of the records lack."""
    base = context.report.builder.base
    for key in dict.fromkeys((*context.arguments.by, *dict(context.arguments.filters))):
        dimension = vocabulary.dimension(key)
        number = _lacking(context, dimension) if dimension.lack else 0
        if number:
            words = {"records": capfirst(kinds[base.kind].label_plural), "number": number, "what": dimension.lack}
            yield Note(f"without_{key}", _("%(records)s: %(number)d without %(what)s.") % words)


def _lacking(context: Context, dimension: Dimension) -> int:
    """Records that the answer would count if the dimension were not filtered by, and that have no code of it."""
    filters = tuple(pair for pair in context.arguments.filters if pair[0] != dimension.key)
    builder = context.report.builder
    question = builder.counted(replace(context, arguments=replace(context.arguments, filters=filters)))
    question.conditions.append(exp.Is(this=question.code(dimension), expression=exp.Null()))
    counted = question.select().select(parsed(f"COUNT(DISTINCT f.{builder.base.record}) AS n"))
    return int(question.ask(counted)[0]["n"])
