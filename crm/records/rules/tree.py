"""What a rule is made of: conditions on attributes, groups of them, and conditions of other vocabularies."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from crm.records.attributes import Attribute, Type

DEEPEST = 6
MOST_CONDITIONS = 60
MOST_VALUES = 200
LONGEST_TEXT = 200
LARGEST_NUMBER = Decimal(10) ** 15
MOST_DAYS = 36_500

LABELS: dict[str, str | Promise] = {
    "is": gettext_lazy("is"),
    "is_not": gettext_lazy("is not"),
    "in": gettext_lazy("is one of"),
    "not_in": gettext_lazy("is none of"),
    "contains": gettext_lazy("contains"),
    "gte": gettext_lazy("is at least"),
    "lte": gettext_lazy("is at most"),
    "gt": gettext_lazy("is more than"),
    "lt": gettext_lazy("is less than"),
    "between": gettext_lazy("is between"),
    "before": gettext_lazy("is before"),
    "after": gettext_lazy("is after"),
    "on": gettext_lazy("is on"),
    "last_days": gettext_lazy("is within the last … days"),
    "not_last_days": gettext_lazy("is not within the last … days"),
    "next_days": gettext_lazy("is within the next … days"),
    "is_empty": gettext_lazy("is empty"),
    "is_not_empty": gettext_lazy("is not empty"),
}
SYMBOLS = {"=": "is", "==": "is", "!=": "is_not", ">=": "gte", "<=": "lte", ">": "gt", "<": "lt"}
EMPTINESS = ("is_empty", "is_not_empty")
COUNTS_OF_DAYS = ("last_days", "not_last_days", "next_days")
ORDERED = ("is", "is_not", "gte", "lte", "gt", "lt", "between", *EMPTINESS)
DAYS = ("on", "before", "after", "between", *COUNTS_OF_DAYS, *EMPTINESS)
OPERATORS: dict[Type, tuple[str, ...]] = {
    Type.TEXT: ("is", "is_not", "in", "not_in", "contains", *EMPTINESS),
    Type.LONG_TEXT: ("contains", *EMPTINESS),
    Type.NUMBER: ORDERED,
    Type.MONEY: ORDERED,
    Type.RATIO: ORDERED,
    Type.DATE: DAYS,
    Type.MOMENT: DAYS,
    Type.BOOLEAN: ("is",),
    Type.CHOICE: ("is", "is_not", "in", "not_in", *EMPTINESS),
    Type.RELATION: ("is", "is_not", "in", "not_in", *EMPTINESS),
}
NEGATIONS = {"is_not": "is", "not_in": "in", "not_last_days": "last_days", "is_not_empty": "is_empty"}


class RuleError(ValueError):
    """A rule that cannot be: `path` says where in the tree ("all.1.value"), the text says why."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.message, self.path = message, path


@dataclass(frozen=True)
class Condition:
    """One question. `value` is typed: str, Decimal, bool, date, int, or a tuple of them."""

    attribute: Attribute
    op: str
    value: Any = None


class Leaf:
    """A condition of another vocabulary than the attributes of the record; only who reads it can compile it."""

    def tree(self) -> dict[str, Any]:
        """As JSON keeps it."""
        raise NotImplementedError


@dataclass(frozen=True)
class Group:
    """`all`, `any` or `not` (of exactly one)."""

    mode: str
    rules: tuple["Condition | Leaf | Group", ...]


Rule = Condition | Leaf | Group


def operators(attribute: Attribute) -> tuple[str, ...]:
    return OPERATORS[attribute.type]


def parts(rule: Rule) -> Iterator[Condition | Leaf]:
    """Every condition of a rule, whatever its groups."""
    if isinstance(rule, Group):
        for each in rule.rules:
            yield from parts(each)
    else:
        yield rule


def conditions(rule: Rule) -> Iterator[Condition]:
    """The conditions on attributes of the record itself."""
    return (each for each in parts(rule) if isinstance(each, Condition))


def leaves(rule: Rule) -> Iterator[Leaf]:
    return (each for each in parts(rule) if isinstance(each, Leaf))


def below(path: str, part: str) -> str:
    return f"{path}.{part}" if path else part
