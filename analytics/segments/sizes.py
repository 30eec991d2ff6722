"""How many members segments have and had, counting only customers that the reader may see."""

import datetime
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from django.db.models import Count, Q, QuerySet

from analytics.models import Run, Segment, SegmentMembership
from crm.accounts.models import User
from crm.records import rules
from crm.records.kinds import kinds
from customers.models import Customer

MOST_POINTS = 60


def stays(user: User | None) -> QuerySet[SegmentMembership]:
    """Stays of customers that the reader may see."""
    return SegmentMembership.objects.filter(customer__in=Customer.objects.visible_to(user).order_by().values("pk"))


def may_see_members(segment: Segment, user: User | None) -> bool:
    """Whether the reader sees in full what the rule asks: who belongs to it would tell it otherwise."""
    kind = kinds["customer"]
    asked = (kind.by_key.get(key) for key in _keys(segment.rule))
    return all(each is not None and rules.may_ask(kind, each, user) for each in asked)


def _keys(tree: Any) -> Iterator[str]:
    """The attributes that a rule's tree names."""
    if isinstance(tree, list):
        for each in tree:
            yield from _keys(each)
    elif isinstance(tree, dict):
        if "attribute" in tree:
            yield str(tree["attribute"])
        else:
            yield from _keys(list(tree.values()))


def now(user: User | None, run: Run | None) -> dict[int, dict[str, int]]:
    """segment id -> members, and how many entered and left with the published run."""
    counted = (
        stays(user)
        .order_by()
        .values("segment")
        .annotate(
            members=Count("pk", filter=Q(left_on__isnull=True)),
            entered=Count("pk", filter=Q(entered_run=run)),
            left=Count("pk", filter=Q(left_run=run)),
        )
    )
    return {row.pop("segment"): row for row in counted}


def over_time(segment: Segment, user: User | None) -> list[tuple[datetime.date, int]]:
    """Members at the end of each day on which anybody came or went, the last so many days."""
    rows = stays(user).filter(segment=segment).order_by()
    changes: Counter[datetime.date] = Counter()
    for day, count in rows.values_list("entered_on").annotate(count=Count("pk")):
        changes[day] += count
    for day, count in rows.filter(left_on__isnull=False).values_list("left_on").annotate(count=Count("pk")):
        changes[day] -= count
    days = sorted(changes)
    return list(zip(days, accumulate(changes[day] for day in days), strict=True))[-MOST_POINTS:]


def chart(points: list[tuple[datetime.date, int]], title: str, series: str) -> dict[str, Any]:
    """A chart of static/js/charts.js."""
    return {
        "type": "line",
        "title": title,
        "unit": "count",
        "categories": [day.isoformat() for day, _members in points],
        "series": [{"name": series, "data": [members for _day, members in points]}],
    }
