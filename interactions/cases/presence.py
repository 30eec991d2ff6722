"""Who has the page of a case open just now. The page says so every half minute; who stops saying it is gone."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.accounts.models import User
from interactions.cases.desk_models import CasePresence
from interactions.cases.models import Complaint, Enquiry

COUNTS_FOR = datetime.timedelta(seconds=75)


def say(case: Complaint | Enquiry, user: User) -> None:
    """This user has the case open. One statement, a second one the first time."""
    now = timezone.now()
    row = {"kind": case.Access.kind, "object_id": case.pk, "user": user}
    if CasePresence.objects.filter(**row).update(seen_at=now):
        return
    try:
        with transaction.atomic():
            CasePresence.objects.create(**row, seen_at=now)
    except IntegrityError:
        pass  # the same page in a second window was quicker


def others(case: Complaint | Enquiry, user: User) -> list[User]:
    """Who else has it open, in one query."""
    rows = CasePresence.objects.filter(kind=case.Access.kind, object_id=case.pk)
    seen = rows.filter(seen_at__gte=timezone.now() - COUNTS_FOR).exclude(user=user)
    return [each.user for each in seen.select_related("user").order_by("user__username")]


def forget() -> int:
    """Remove what counts no more."""
    return CasePresence.objects.filter(seen_at__lt=timezone.now() - COUNTS_FOR).delete()[0]
