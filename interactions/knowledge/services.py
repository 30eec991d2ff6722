"""Rating an account and matching persons at its levels."""

from django.db import transaction
from django.utils import timezone

from crm.accounts.models import User
from customers.models import ContactPerson, Customer
from interactions.knowledge.models import LevelPair, TradingRating


def rate(customer: Customer, item: str, *, grade: str, note: str, user: User | None) -> TradingRating | None:
    """A new rating of today; None when it says what the current one says. What was thought before stays."""
    with transaction.atomic():
        rows = TradingRating.objects.select_for_update(of=("self",)).filter(customer=customer, item=item)
        current = rows.filter(is_current=True).first()
        if current and (current.grade, current.note) == (grade, note):
            return None
        if current:
            current.is_current = False
            current.save(update_fields=["is_current"])
        return TradingRating.objects.create(
            customer=customer, item=item, grade=grade, note=note, rated_by=user, rated_at=timezone.now()
        )


def match(customer: Customer, level: str, *, staff: User, person: ContactPerson) -> LevelPair:
    """Put a pair in charge of a level, instead of the one before."""
    pair, _created = LevelPair.objects.update_or_create(
        customer=customer, level=level, defaults={"staff": staff, "person": person}
    )
    return pair
