"""What a vocabulary is made of: bases, dimensions, measures, and the register they are looked up in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analytics.facts import contract

if TYPE_CHECKING:
    from crm.accounts.models import User

Text = str | Promise
Pairs = Iterable[tuple[str, Text]]


class Unit(StrEnum):
    NONE = ""
    COUNT = "count"
    CURRENCY = "currency"  # shown as the code of the base currency
    RATIO = "ratio"
    POINTS = "points"
    DAYS = "days"
    HOURS = "hours"


class Type(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    RATIO = "ratio"
    DATE = "date"
    BOOLEAN = "boolean"


class Basis(StrEnum):
    NET = "net"
    GROSS = "gross"


@dataclass(frozen=True)
class Base:
    """A fact table to count in, the kind of record its rows are shown as, and the time it is dated by."""

    key: str
    kind: str
    record: str  # column with the id of that record
    columns: frozenset[str]
    has_time: bool = True


def _base(table: contract.FactTable, record: str) -> Base:
    return Base(table.name, table.kind, record, frozenset(table.columns))


BASES = {
    base.key: base
    for base in (
        _base(contract.ORDERS, "order_id"),
        _base(contract.ORDER_LINES, "order_id"),
        _base(contract.CONTACTS, "contact_id"),
        _base(contract.COMPLAINTS, "case_id"),
        _base(contract.ENQUIRIES, "case_id"),
        _base(contract.AFTER_SALES, "after_sales_id"),
        Base(
            contract.CUSTOMER_FIELDS.name,
            "customer",
            "customer_id",
            frozenset(contract.CUSTOMER_FIELDS.columns),
            has_time=False,
        ),
        Base("ledger", "customer", "record_id", frozenset(contract.LEDGER)),
        Base("figures", "customer", "customer_id", frozenset({"customer_id"}), has_time=False),
    )
}


@dataclass(frozen=True)
class Dimension:
    """Something figures are split by.

    column    column of the fact table; `on_customer`, `on_figures` name it there where the fact table lacks it
    made_of   expression that makes the code of the {column}, of `:as_of` and `:as_of_year`
    names     table with code and name of the ids in the column; empty when the column holds the code itself
    is_tree   the names are a tree: a filter takes everything below as well
    output    key of the column in the result, when it is not the key of the dimension
    labels    what codes are called, in the order they are shown in; without labels rows are sorted by `order`
    order     "code" (periods, names of things) or "size" (largest first)
    restrict  condition that splitting or filtering by it brings along, per fact table: no fees among products
    lack      what records without a code lack: an answer split or filtered by it then says how many they are
    offered   codes and labels that a reader may choose, where readers differ; the codes are those of segments
    needs     key of the customer's attribute that it is made of, so that the data quality report can tell
    """

    key: str
    label: Text
    column: str = ""
    on_customer: str = ""
    on_figures: str = ""
    names: str = ""
    is_tree: bool = False
    output: str = ""
    type: Type = Type.TEXT
    labels: Callable[[], Pairs] | None = None
    order: str = "size"
    null_label: Text = _("not stated")
    restrict: tuple[tuple[str, str], ...] = ()
    made_of: str = ""
    lack: Text = ""
    offered: "Callable[[User | None], Pairs] | None" = None
    needs: str = ""

    @property
    def out(self) -> str:
        return self.output or self.key

    @property
    def id_column(self) -> str:
        """Key column of the table of names."""
        return next(iter(contract.DIMENSIONS[self.names])) if self.names in contract.DIMENSIONS else "customer_id"

    def place(self, base: Base) -> tuple[str, str] | None:
        """Alias and column it is read from when counting in `base`; None where it cannot be had."""
        if self.column and self.column in base.columns:
            return "f", self.column
        if self.on_figures:
            return ("f" if base.key == "figures" else "g"), self.on_figures
        if self.on_customer:
            return "c", self.on_customer
        return None

    def is_readable(self, base: Base, user: "User | None") -> bool:
        """Whether the reader may split and filter by it: what is masked for somebody groups nothing."""
        from analytics.facts import engine
        from crm.accounts import access

        place = self.place(base)
        if place is None:
            return False
        table = {"f": base.key, "c": "customers", "g": "figures"}[place[0]]
        sensitivity = engine.sensitivity_of(table, place[1])
        return not sensitivity or access.may_read_fully(engine.kind_of(table), sensitivity, user)

    def pairs(self) -> list[tuple[str, Text]]:
        if self.offered:
            return list(self.offered(None))
        return list(self.labels()) if self.labels else []

    def pairs_for(self, user: "User | None") -> list[tuple[str, Text]]:
        """What this reader may choose from."""
        return list(self.offered(user)) if self.offered else self.pairs()


@dataclass(frozen=True)
class Measure:
    """A figure.

    sql          aggregate expression over `f`; a mapping gives one per amount basis
    records      condition of the rows that the figure counts: what the drill-through lists; likewise by basis
    drill        kind of record the drill-through lists when it is not that of the fact table
    parts        measures of other records that it is made of; the drill-through leads from one to the next
    is_additive  parts add up to the total; totals are counted anew all the same, which a test compares
    help         how it is made, for the reader
    """

    key: str
    label: Text
    base: str
    sql: str | dict[str, str]
    unit: Unit = Unit.COUNT
    type: Type = Type.NUMBER
    records: str | dict[str, str] = ""
    drill: str = ""
    parts: tuple[str, ...] = ()
    is_additive: bool = False
    decimals: int = 0
    help: Text = ""

    def expression(self, basis: str) -> str:
        return self.sql if isinstance(self.sql, str) else self.sql[basis]

    def condition(self, basis: str) -> str:
        return self.records if isinstance(self.records, str) else self.records[basis]


@dataclass
class Vocabulary:
    dimensions: dict[str, Dimension] = field(default_factory=dict)
    measures: dict[tuple[str, str], Measure] = field(default_factory=dict)

    def add(self, *words: Dimension | Measure) -> None:
        for word in words:
            if isinstance(word, Dimension):
                if word.key in self.dimensions:
                    raise ValueError(f"Dimension {word.key} is declared twice.")
                self.dimensions[word.key] = word
            else:
                if (word.base, word.key) in self.measures:
                    raise ValueError(f"Measure {word.key} of {word.base} is declared twice.")
                self.measures[word.base, word.key] = word

    def dimension(self, key: str) -> Dimension:
        return self.dimensions[key]

    def measure(self, base: str, key: str) -> Measure:
        return self.measures[base, key]


vocabulary = Vocabulary()


def weekdays() -> Pairs:
    from django.utils.dates import WEEKDAYS

    return [(str(number + 1), name) for number, name in WEEKDAYS.items()]


def choices(path: str) -> Callable[[], Pairs]:
    """Codes and labels of a model's choices, read when they are asked for."""

    def read() -> Pairs:
        from django.utils.module_loading import import_string

        model, _dot, name = path.rpartition(".")
        return getattr(import_string(model), name).choices

    return read


def countries_by_name() -> Pairs:
    from django_countries import countries

    return list(countries)


def codes(*pairs: tuple[str, Text]) -> Callable[[], Pairs]:
    return lambda: pairs


MONEY = {"unit": Unit.CURRENCY, "type": Type.MONEY, "decimals": 2}
RATE = {"unit": Unit.RATIO, "type": Type.RATIO, "decimals": 4}


def country_name(code: str) -> str:
    return dict(countries_by_name()).get(code, code)


def label_of(dimension: Dimension, code: Any) -> str:
    """What a code without a table of names is called in the reader's language."""
    if dimension.key == "country":
        return str(country_name(code))
    return str(dict(dimension.pairs()).get(str(code), code))
