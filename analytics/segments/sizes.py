"""How many members segments have and had, counting only customers that the reader may see."""

import datetime
from collections import Counter
from itertools import accumulate
from typing import Any

from django.db.models import Count, Q, QuerySet

from analytics.models import Run, Segment, SegmentMembership
from analytics.segments.events import vocabulary
from crm.accounts.models import User
from crm.records import rules
from crm.records.kinds import kinds
from customers.models import Customer

MOST_POINTS = 60


def stays(user: User | None) -> QuerySet[SegmentMembership]:
    """Stays of customers that the reader may see."""
    return SegmentMembership.objects.filter(customer__in=Customer.objects.visible_to(user).order_by().values("pk"))


def readable(user: User | None) -> list[Segment]:
    """Segments in use whose members the reader may know."""
    return [each for each in Segment.objects.active() if may_see_members(each, user)]


def may_see_members(segment: Segment, user: User | None) -> bool:
    """Whether the reader sees in full what the rule asks: who belongs to it would tell it otherwise."""
    return _may_ask(segment.rule, kinds["customer"], user)


def _may_ask(tree: Any, about: rules.Asked, user: User | None) -> bool:
    if isinstance(tree, list):
        return all(_may_ask(each, about, user) for each in tree)
    if not isinstance(tree, dict):
        return True
    if "event" in tree:
        event = vocabulary.get(str(tree["event"]), user)
        return event is not None and _may_ask(tree.get("where"), vocabulary.AskedOfEvent(event), user)
    if "attribute" in tree:
        attribute = about.by_key.get(str(tree["attribute"]))
        return attribute is not None and rules.may_ask(about, attribute, user)
    return _may_ask(list(tree.values()), about, user)


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
