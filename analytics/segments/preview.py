"""How many customers a rule chooses while it is being made, and some of them."""

from dataclasses import dataclass, field

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.models import Publication, Run
from analytics.segments import compiler, words
from crm.accounts.models import User
from crm.records.rules import Rule
from customers.models import Customer

SHOWN = 5


@dataclass(frozen=True)
class Preview:
    """`text` says it all; the others are there when a rule was counted."""

    text: str
    said: str = ""
    count: int | None = None
    of_all: int = 0
    some: list[Customer] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Fraction of the customers that the reader sees."""
        return (self.count or 0) / self.of_all if self.of_all else 0


def of_rule(rule: Rule | None, user: User) -> Preview:
    """What the rule chooses among the customers of this reader, as of the published run."""
    from analytics.facts import engine, store

    run = Publication.current_run()
    if run is None or not run.facts:
        return Preview(_("Customers are counted after the first recompute."))
    if rule is None:
        return Preview(_("Complete every line to see how many customers it chooses."))
    try:
        with engine.reader(run.facts, user=user) as facts:
            count, of_all, ids = compiler.looked_at(facts, rule, as_of=run.as_of, shown=SHOWN)
    except store.SnapshotMissing:
        return Preview(_("Customers are counted after the next recompute."))
    some = Customer.objects.visible_to(user).filter(pk__in=ids).order_by("name", "pk")
    return Preview(_text(count, run), words.sentence(rule), count, of_all, list(some))


def _text(count: int, run: Run) -> str:
    text = ngettext(
        "%(count)s customer as of %(day)s, snapshot %(run)s",
        "%(count)s customers as of %(day)s, snapshot %(run)s",
        count,
    )
    return text % {
        "count": formats.number_format(count, force_grouping=True),
        "day": formats.date_format(run.as_of, "SHORT_DATE_FORMAT"),
        "run": run.pk,
    }
