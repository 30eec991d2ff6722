"""What an explanation is made of, and the register of those who can give one."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from analytics.models import CustomerFigures, Run
from crm.accounts.models import User
from customers.models import Customer

if TYPE_CHECKING:
    from analytics.facts.engine import Reader

Text = str | Promise


@dataclass(frozen=True)
class Part:
    """One number that a score is made of.

    value    as a number or code, for scripts;  shown: for people
    weight   its share of the score, 0-1, where the score is a weighted mean
    kind     kind of the records it was counted from, `records` their ids, the latest first
    """

    key: str
    label: Text
    value: Any
    shown: str
    weight: float | None = None
    kind: str = ""
    records: tuple[int, ...] = ()


@dataclass(frozen=True)
class Score:
    """One score of a customer with everything it was made of; `model` names model and version where one was used."""

    key: str
    label: Text
    value: Any
    shown: str
    formula: Text = ""
    parts: tuple[Part, ...] = ()
    note: str = ""
    model: str = ""


@dataclass
class Question:
    """Whom an explanation is about. `facts` shows what the asking user may see, `house` the whole company."""

    customer: Customer
    figures: CustomerFigures
    run: Run
    user: User | None
    facts: "Reader"
    house: "Reader"
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def as_of(self) -> datetime.date:
        return self.run.as_of

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Facts of this customer up to the day of the run: `$customer` and `$day` are bound."""
        wanted = {"customer": self.customer.pk, "day": self.as_of}
        return self.facts.rows(sql, {name: value for name, value in wanted.items() if f"${name}" in sql})


Explainer = Callable[[Question], Score | None]
explainers: list[Explainer] = []


def register(explainer: Explainer) -> Explainer:
    """`explainer(question)` gives a Score, or None where there is nothing to explain; in the order of registration."""
    if explainer not in explainers:
        explainers.append(explainer)
    return explainer
