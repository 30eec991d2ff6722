"""What is known of an account as attributes of the customer: current ratings, and levels nobody covers."""

from collections.abc import Callable
from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Sensitivity
from crm.records.attributes import Attribute, Type
from crm.records.kinds import kinds
from customers.models import Customer
from interactions.knowledge.models import LevelPair, TradingRating

Item = TradingRating.Item
FINANCE = {Item.FINANCE, Item.CREDIT}  # as private as what else is known of a customer's money


def key_of(item: str) -> str:
    return f"trading_{item}"


def uncovered_levels() -> Any:
    """How many of the three levels of an organisation have no pair; NULL for persons."""
    pairs = LevelPair.objects.filter(customer=OuterRef("pk")).order_by().values("customer")
    covered = Coalesce(Subquery(pairs.annotate(count=Count("pk")).values("count")), Value(0))
    missing = Value(len(LevelPair.Level.values)) - covered
    return Case(When(type=Customer.Type.ORGANISATION, then=missing), default=Value(None), output_field=IntegerField())


def _grade(item: str) -> Callable[[], Any]:
    def current() -> Any:
        rows = TradingRating.objects.filter(customer=OuterRef("pk"), item=item, is_current=True)
        return Coalesce(Subquery(rows.values("grade")[:1]), Value(""))

    return current


kinds.extend(
    "customer",
    *(
        Attribute(
            key_of(item.value),
            format_lazy("{name} ({trading})", name=item.label, trading=_("trading status")),
            Type.CHOICE,
            source=f"derived_{key_of(item.value)}",
            derived=_grade(item.value),
            sensitivity=Sensitivity.FINANCE if item in FINANCE else Sensitivity.PUBLIC,
            choices=TradingRating.Grade.choices,
            formula=_("The newest grade given on the page of what is known of the account"),
            is_importable=False,
        )
        for item in Item
    ),
    Attribute(
        "uncovered_levels",
        _("uncovered levels"),
        Type.NUMBER,
        source="derived_uncovered_levels",
        derived=uncovered_levels,
        unit="count",
        formula=_("Levels (executives, managers, working level) of an organisation without a pair of persons"),
        is_importable=False,
    ),
)
