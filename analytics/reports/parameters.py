"""Numbers and words that a reader may put into a report beside its filters: a planned spend, a least support.

They are written like filters (`?planned=750000`, `--filter planned=750000`), checked against their declaration, and
told with the filters of the answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from analytics.reports.errors import ReportError
from analytics.reports.vocabulary import Pairs, Text

PERCENT_SIGNS = ("%", "％")
MOST_LETTERS = 200


class Kind(StrEnum):
    WHOLE = "whole"
    NUMBER = "number"
    RATIO = "ratio"  # a fraction, 0.4; 40% is understood as well
    MONEY = "money"  # of the base currency
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True)
class Parameter:
    """One of them.

    default      what counts when nothing is given: the value itself, or None for what the builder then takes
    least, most  limits of a number, both allowed
    choices      codes and labels of a choice
    help         shown in the empty field
    """

    key: str
    label: Text
    kind: Kind = Kind.NUMBER
    default: Any = None
    least: float | None = None
    most: float | None = None
    choices: Callable[[], Pairs] | None = None
    help: Text = ""

    def read(self, given: Any) -> Any:
        """The value of what was written; ReportError says what is wrong with it."""
        text = str(given).strip()
        if not text:
            return self.default
        if self.kind == Kind.CHOICE:
            return self._chosen(text)
        if self.kind == Kind.TEXT:
            return text[:MOST_LETTERS]
        number = self._number(text)
        self._check_limits(number, text)
        return int(number) if self.kind == Kind.WHOLE else float(number)

    def pairs(self) -> list[tuple[str, Text]]:
        return list(self.choices()) if self.choices else []

    def _chosen(self, text: str) -> str:
        known = dict(self.pairs())
        if text not in known:
            raise ReportError(
                _("There is no %(name)s “%(value)s”. Known: %(known)s.")
                % {"name": str(self.label).lower(), "value": text, "known": ", ".join(known)}
            )
        return text

    def _number(self, text: str) -> Decimal:
        plain = text
        is_percent = self.kind == Kind.RATIO and text.endswith(PERCENT_SIGNS)
        if is_percent:
            plain = text[:-1].strip()
        try:
            number = Decimal(plain)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or (self.kind == Kind.WHOLE and number != number.to_integral_value()):
            raise ReportError(self._refusal(text))
        return number / 100 if is_percent else number

    def _check_limits(self, number: Decimal, text: str) -> None:
        if self.least is not None and number < Decimal(str(self.least)):
            raise ReportError(
                _("“%(name)s” must be at least %(limit)s.") % {"name": self.label, "limit": self._limit(self.least)}
            )
        if self.most is not None and number > Decimal(str(self.most)):
            raise ReportError(
                _("“%(name)s” must be at most %(limit)s.") % {"name": self.label, "limit": self._limit(self.most)}
            )
        if abs(number) >= 10**15:
            raise ReportError(self._refusal(text))

    def _limit(self, value: float) -> str:
        return f"{value:g}"

    def _refusal(self, text: str) -> str:
        said = {"value": text, "name": self.label}
        if self.kind == Kind.WHOLE:
            return _("“%(value)s” is not a whole number for “%(name)s”.") % said
        return _("“%(value)s” is not a number for “%(name)s”.") % said
