"""What happened with customers, as rules may ask of it: a closed vocabulary over the fact tables.

What events are narrowed down by are the attributes of their kind that the facts hold, under the access rule of that
kind. In the SQL `e` is the event and `:day` the day that the rule is asked as of.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from analytics.facts import contract
from analytics.facts.contract import FactTable
from crm.accounts import access
from crm.accounts.models import User
from crm.records.attributes import Attribute, Text, Type
from crm.records.kinds import Kind, kinds
from crm.records.rules import may_ask

NOT_ASKED = {"number", "customer", "occurred_at", "order"}
OPERATORS = ("gte", "lte", "gt", "lt", "is", "between")


@dataclass(frozen=True)
class Measure:
    """What is compared.

    sql      aggregate expression over the events of one customer
    nothing  its value for a customer without such an event; None where it then has none, and no comparison holds
    """

    key: str
    label: Text
    sql: str
    type: Type = Type.NUMBER
    unit: str = "count"
    nothing: int | None = 0
    help: Text = ""


@dataclass(frozen=True)
class Event:
    """One sort of thing that happens with customers.

    table     the fact table it is read from, whose kind says who may ask
    measures  the first is offered first
    more      attributes beyond those of the kind
    counted   condition of every event that the measures look at
    single    condition of the rows that are one event each: what "the last three" and "since the last" count
    since     how "since the last such event" is said; empty where other events are not reckoned from it
    last      how "of the last N" is said; empty where rows are not events
    """

    key: str
    label: Text
    table: FactTable
    measures: tuple[Measure, ...]
    more: tuple[Attribute, ...] = ()
    counted: str = ""
    single: str = ""
    since: Text = ""
    last: Text = ""

    @property
    def kind(self) -> Kind:
        return kinds[self.table.kind]

    @cached_property
    def attributes(self) -> tuple[Attribute, ...]:
        own = [each for each in self.kind.attributes if each.facts in self.table.columns and each.key not in NOT_ASKED]
        return (*self.more, *(each for each in own if each.type not in {Type.MOMENT, Type.LONG_TEXT}))

    @cached_property
    def by_key(self) -> dict[str, Attribute]:
        return {each.key: each for each in self.attributes}

    @cached_property
    def measure_by_key(self) -> dict[str, Measure]:
        return {each.key: each for each in self.measures}

    def askable(self, user: User | None) -> list[Attribute]:
        """What this reader may narrow events down by."""
        asked = AskedOfEvent(self)
        return [each for each in self.attributes if may_ask(asked, each, user)]


@dataclass(frozen=True)
class AskedOfEvent:
    """An event as `crm.records.rules` wants what conditions are about: attributes under the access of a kind."""

    event: Event

    @property
    def key(self) -> str:
        return self.event.table.kind

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        return self.event.attributes

    @property
    def by_key(self) -> dict[str, Attribute]:
        return self.event.by_key


_events: dict[str, Event] = {}


def register(*events: Event) -> None:
    for event in events:
        if event.key in _events:
            raise ValueError(f"Event {event.key} is declared twice.")
        _events[event.key] = event


def get(key: str, user: User | None = None) -> Event | None:
    """The event, if there is one that this reader may ask about."""
    found = _events.get(key)
    return found if found and _may_ask(found, user) else None


def offered(user: User | None) -> list[Event]:
    return [each for each in _events.values() if _may_ask(each, user)]


def anchors(event: Event) -> Iterable[Event]:
    """Events that this one may be counted since."""
    return [each for each in _events.values() if each.since and each.table.kind != event.table.kind]


def _may_ask(event: Event, user: User | None) -> bool:
    return access.may_view_any(event.table.kind, user)


# ------------------------------------------------------------------------------------------------------------------

MONEY = {"type": Type.MONEY, "unit": "currency"}
DAYS = {"unit": "days", "nothing": None}
PRODUCT = Attribute("product", _("product"), Type.RELATION, source="product", facts="product_id", related="product")
CATEGORY = Attribute(
    "category", _("product type"), Type.RELATION, source="product__category", facts="category_id", related="category"
)
SINCE_LAST, SINCE_FIRST = "date_diff('day', MAX(e.occurred_on), :day)", "date_diff('day', MIN(e.occurred_on), :day)"

NOT_YET_SOLVED = "(e.status <> 'closed' AND e.resolved_at IS NULL) OR CAST(e.resolved_at AS DATE) > :day"

CASE_MEASURES = (
    Measure(
        "open",
        _("of them not yet solved"),
        f"COUNT(*) FILTER (WHERE {NOT_YET_SOLVED})",
    ),
    Measure(
        "late",
        _("of them not solved in time"),
        "COUNT(*) FILTER (WHERE NOT e.is_solved_in_time)",
    ),
    Measure(
        "mean_hours",
        _("mean hours to resolve"),
        "AVG(e.hours_to_resolve)",
        unit="hours",
        nothing=None,
        help=_("Of the solved ones"),
    ),
)

register(
    Event(
        "order",
        _("orders"),
        contract.ORDERS,
        (
            Measure("count", _("number of orders"), "COUNT(*) FILTER (WHERE e.is_purchase)"),
            Measure("amount", _("net amount of orders"), "SUM(e.net_amount)", **MONEY, help=_("Less returns")),
            Measure("gross_amount", _("gross amount of orders"), "SUM(e.gross_amount)", **MONEY),
            Measure(
                "mean_amount",
                _("mean amount of an order"),
                "SUM(e.net_amount) / NULLIF(COUNT(*) FILTER (WHERE e.is_purchase), 0)",
                type=Type.MONEY,
                unit="currency",
                nothing=None,
            ),
            Measure("largest", _("largest order"), "MAX(e.net_amount)", **MONEY | {"nothing": None}),
            Measure("returns", _("number of returns"), "COUNT(*) FILTER (WHERE e.type = 'return')"),
            Measure("late", _("number of orders delivered late"), "COUNT(*) FILTER (WHERE e.days_late > 0)"),
            Measure(
                "unpaid",
                _("number of invoices overdue"),
                "COUNT(*) FILTER (WHERE e.due_on < :day AND (e.paid_on IS NULL OR e.paid_on > :day))",
            ),
            Measure(
                "days_since_last",
                _("days since the last order"),
                "date_diff('day', MAX(e.occurred_on) FILTER (WHERE e.is_purchase), :day)",
                **DAYS,
            ),
            Measure(
                "days_since_first",
                _("days since the first order"),
                "date_diff('day', MIN(e.occurred_on) FILTER (WHERE e.is_purchase), :day)",
                **DAYS,
            ),
        ),
        single="e.is_purchase",
        since=_("since the last order"),
        last=_("of the last %(count)s orders"),
    ),
    Event(
        "order_line",
        _("products bought"),
        contract.ORDER_LINES,
        (
            Measure(
                "times",
                _("number of orders with these products"),
                "COUNT(DISTINCT e.order_id) FILTER (WHERE e.is_gross)",
            ),
            Measure("quantity", _("quantity bought"), "SUM(e.quantity)", help=_("Less returns")),
            Measure("amount", _("amount spent on these products"), "SUM(e.amount)", **MONEY, help=_("Less returns")),
            Measure(
                "products", _("number of different products"), "COUNT(DISTINCT e.product_id) FILTER (WHERE e.is_gross)"
            ),
            Measure(
                "categories",
                _("number of different product types"),
                "COUNT(DISTINCT e.category_id) FILTER (WHERE e.is_gross)",
            ),
            Measure(
                "days_since_last",
                _("days since these products were last bought"),
                "date_diff('day', MAX(e.occurred_on) FILTER (WHERE e.is_gross), :day)",
                **DAYS,
            ),
        ),
        more=(
            CATEGORY,
            PRODUCT,
            Attribute(
                "novelty",
                _("new product"),
                Type.CHOICE,
                source="novelty",
                facts="novelty",
                choices=(("new", _("New: up to 180 days after the launch")), ("established", _("Established"))),
            ),
            Attribute(
                "quantity", _("quantity of the line"), Type.NUMBER, source="quantity", facts="quantity", unit="count"
            ),
            Attribute("amount", _("amount of the line"), Type.MONEY, source="amount", facts="amount", unit="currency"),
        ),
        counted="e.is_product",
    ),
    Event(
        "contact",
        _("contacts"),
        contract.CONTACTS,
        (
            Measure("count", _("number of contacts"), "COUNT(*)"),
            Measure("answered", _("number of contacts that were answered"), "COUNT(*) FILTER (WHERE e.is_answered)"),
            Measure(
                "unanswered",
                _("number of contacts that were not answered"),
                "COUNT(*) FILTER (WHERE NOT e.is_answered)",
            ),
            Measure("days_since_last", _("days since the last contact"), SINCE_LAST, **DAYS),
        ),
        more=(CATEGORY,),
        single="TRUE",
        since=_("since the last contact"),
        last=_("of the last %(count)s contacts"),
    ),
    Event(
        "complaint",
        _("complaints"),
        contract.COMPLAINTS,
        (
            Measure("count", _("number of complaints"), "COUNT(*)"),
            *CASE_MEASURES,
            Measure("days_since_last", _("days since the last complaint"), SINCE_LAST, **DAYS),
        ),
        more=(CATEGORY,),
        single="TRUE",
        since=_("since the last complaint"),
        last=_("of the last %(count)s complaints"),
    ),
    Event(
        "enquiry",
        _("enquiries"),
        contract.ENQUIRIES,
        (
            Measure("count", _("number of enquiries"), "COUNT(*)"),
            *CASE_MEASURES,
            Measure("days_since_last", _("days since the last enquiry"), SINCE_LAST, **DAYS),
        ),
        more=(CATEGORY,),
        single="TRUE",
        since=_("since the last enquiry"),
        last=_("of the last %(count)s enquiries"),
    ),
    Event(
        "after_sales",
        _("after-sales"),
        contract.AFTER_SALES,
        (
            Measure("count", _("number of after-sales records"), "COUNT(*)"),
            Measure("cost", _("cost of after-sales"), "SUM(e.cost)", **MONEY),
            Measure("days_since_last", _("days since the last after-sales record"), SINCE_LAST, **DAYS),
        ),
        more=(CATEGORY,),
        single="TRUE",
        last=_("of the last %(count)s after-sales records"),
    ),
)
