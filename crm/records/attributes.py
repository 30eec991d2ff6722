"""What is known of a record, declared once.

List columns, filters, segment rules, import mapping, export, API, masks and help texts all read these declarations.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Sensitivity

Text = str | Promise


class Type(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"  # whole numbers and decimals
    MONEY = "money"
    RATIO = "ratio"  # a fraction 0-1, shown as per cent
    DATE = "date"
    MOMENT = "moment"
    BOOLEAN = "boolean"
    CHOICE = "choice"  # one of `choices`; values are codes
    RELATION = "relation"  # another record or a row of the company's trees


@dataclass(frozen=True)
class Attribute:
    """One thing known of a record.

    key          stable code: snake_case, the same in URLs, JSON, files and every language
    source       ORM lookup from the kind's model, "region__name" through a relation; a computed attribute names here
                 the annotation that `rules.with_figures` gives it, and its column in `figure`
    facts        column of the kind's facts table that holds the same thing; empty when facts do not know it
    derived      a function that gives the SQL expression of what is made of the record itself, under `source`
    figure       column of the figures that analysis saves per customer ("frequency"); empty for recorded things
    unit         points, ratio, count, days, or "currency" for the base currency
    formula      how a computed attribute is made, for the reader
    related      key of the related kind, or "user", "unit", "region", "category", "channel" … for RELATION
    choices      (code, label) pairs or a function that returns them
    is_multiple  a RELATION to several rows at once (tags)
    is_column    whether lists and exports offer it as a column
    """

    key: str
    label: Text
    type: Type = Type.TEXT
    source: str = ""
    facts: str = ""
    derived: Callable[[], Any] | None = None
    figure: str = ""
    unit: str = ""
    sensitivity: str = Sensitivity.PUBLIC
    formula: Text = ""
    related: str = ""
    choices: Iterable[tuple[str, Text]] | Callable[[], Iterable[tuple[str, Text]]] = ()
    is_filterable: bool = True
    is_sortable: bool = True
    is_importable: bool = True
    is_multiple: bool = False
    is_column: bool = True
    is_custom = False  # an administrator added it; see crm.records.custom
    lies_in_json = False  # under a key of a JSON column; `value_of` knows where, `source` reads it in SQL

    @property
    def facts_path(self) -> str:
        """The key under which `facts`, a JSON column, holds it; empty where the column is the value."""
        return ""

    @property
    def field_name(self) -> str:
        """The name of its field on the form of its kind."""
        return self.source

    @property
    def is_computed(self) -> bool:
        return bool(self.figure or self.derived)

    def choice_pairs(self) -> list[tuple[str, Text]]:
        return list(self.choices() if callable(self.choices) else self.choices)

    def is_for(self, record: Any) -> bool:
        """Whether this record has such a field at all."""
        return True

    def label_of(self, code: Any) -> Text:
        """The label of a choice; the code itself where it is not (or no longer) one."""
        return dict(self.choice_pairs()).get(code, code)

    def value_of(self, record: Any) -> Any:
        """The raw value on a record, following `source`; None where the way breaks off."""
        value = record
        for step in self.source.split("__"):
            value = getattr(value, step, None)
            if value is None:
                return None
        return value


def countries() -> list[tuple[str, str]]:
    """ISO codes with the names of the reader's language."""
    from django_countries import countries as known

    return [(each.code, each.name) for each in known]


def provenance() -> tuple[Attribute, ...]:
    """What every kind knows of its own rows. Nobody imports or edits them."""
    return (
        Attribute("created_at", _("created"), Type.MOMENT, source="created_at", is_importable=False),
        Attribute(
            "created_by", _("created by"), Type.RELATION, source="created_by", related="user", is_importable=False
        ),
        Attribute("modified_at", _("changed"), Type.MOMENT, source="modified_at", is_importable=False),
    )
