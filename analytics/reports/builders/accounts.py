"""The accounts of customers: what they bring, what they cost, what is left. All of it from the ledger of the facts."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from sqlglot import exp

from analytics.facts import ledger
from analytics.reports.builders.base import Context, cents
from analytics.reports.builders.cross_table import CrossTable
from analytics.reports.composition import parsed
from analytics.reports.result import Note
from analytics.reports.vocabulary import Measure, vocabulary
from crm.accounts import access
from crm.accounts.models import Sensitivity

if TYPE_CHECKING:
    from analytics.analysis.profitability import CostTerms

# Who opens a report on profit sees every part of it: from the profit the missing one could be told.
KINDS = ledger.KINDS
READS = (("order", Sensitivity.FINANCE),)


class Accounts(CrossTable):
    """Measures of the ledger by dimensions of the customers or periods."""

    def __init__(self, measures: Iterable[str], *, order_by: str = "profit") -> None:
        super().__init__("ledger", measures)
        self.order_by = vocabulary.measure("ledger", order_by)

    def _size(self) -> Measure:
        return self.order_by

    def _notes(self, context: Context, totals: Mapping[str, Any]) -> Iterable[Note]:
        yield from super()._notes(context, totals)
        yield from notes_on_costs(self._question(context), context)


def terms_of(context: Context) -> "CostTerms":
    """The terms that the ledger of this snapshot was made with."""
    from analytics.analysis.profitability import CostTerms

    snapshot = getattr(context.reader, "snapshot", None)
    return CostTerms(**snapshot.terms) if snapshot else CostTerms()


def notes_on_costs(question: Any, context: Context) -> Iterable[Note]:
    """What the figures rest on: the price of an hour, minutes that nobody noted, goods whose cost nobody knows."""
    terms = terms_of(context)
    found = question.ask(
        question.select(
            "COUNT(CASE WHEN f.is_cost_unknown THEN 1 END) AS lines",
            "SUM(CASE WHEN f.is_cost_unknown THEN f.net_amount ELSE 0 END) AS amount",
            "COUNT(CASE WHEN f.part IN ('contact', 'complaint', 'enquiry') AND NOT f.is_timed THEN 1 END) AS untimed",
            "COUNT(CASE WHEN f.part IN ('contact', 'complaint', 'enquiry') THEN 1 END) AS served",
        )
    )[0]
    said: dict[str, Any] = {
        "rate": number_format(terms.hourly_rate, 2, force_grouping=True),
        "currency": context.currency,
        "contact": terms.contact_minutes,
        "complaint": terms.complaint_minutes,
        "enquiry": terms.enquiry_minutes,
        "untimed": found["untimed"],
        "served": found["served"],
    }
    text = _("An hour of service counts %(rate)s %(currency)s.")
    if found["untimed"]:
        text = _(
            "An hour of service counts %(rate)s %(currency)s. Nobody noted the time of %(untimed)d of %(served)d"
            " contacts and cases: they count %(contact)d minutes for a contact, %(complaint)d for a complaint and"
            " %(enquiry)d for an enquiry."
        )
    yield Note("cost_terms", text % said)
    if found["lines"]:
        text = _(
            "%(lines)d order lines of products have no unit cost (net amount %(amount)s %(currency)s): profit is too"
            " high by what they cost."
        )
        amount = number_format(cents(found["amount"]) or 0, 2, force_grouping=True)
        yield Note("costs_unknown", text % {"lines": found["lines"], "amount": amount, "currency": context.currency})
    yield from _borne_by_nobody(question, context)


def _borne_by_nobody(question: Any, context: Context) -> Iterable[Note]:
    """Cost entries that were for customers whom nobody is: told where all customers are in sight."""
    if not access.scope("customer", context.user).is_everything:
        return
    period = context.arguments.period
    query = exp.select(parsed("SUM(e.amount) AS amount")).from_("cost_entries AS e")
    query = query.where(parsed("e.entry_id NOT IN (SELECT entry_id FROM cost_shares)"))
    query = query.where(exp.LTE(this=exp.column("occurred_on", "e"), expression=question.bind(period.end)))
    if period.start:
        query = query.where(exp.GTE(this=exp.column("occurred_on", "e"), expression=question.bind(period.start)))
    amount = question.ask(query)[0]["amount"]
    if amount:
        text = _("Marketing costs of %(amount)s %(currency)s were for nobody and are in no customer's profit.")
        shown = number_format(cents(amount) or 0, 2, force_grouping=True)
        yield Note("costs_for_nobody", text % {"amount": shown, "currency": context.currency})
