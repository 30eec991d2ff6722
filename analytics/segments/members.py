"""Who belongs to which segment, and since when.

`find` asks the facts for the members of every segment in use; `publish` compares them with the stays that are open and
writes who entered and who left, within the transaction that publishes the run. So members are always those of the
published run, and the same run twice changes nothing.
"""

import logging
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.db import connection

from analytics.models import Publication, Run, Segment, SegmentMembership
from crm.records import bulk
from crm.records.rules import RuleError
from customers.models import Customer

if TYPE_CHECKING:
    from analytics.facts.engine import Reader

log = logging.getLogger(__name__)

PARAMETERS = 10_000
Members = dict[int, set[int]]


def find(facts: "Reader", segments: Iterable[Segment] | None = None, *, run: Run) -> Members:
    """segment id -> customer ids, of the run that `facts` belongs to.

    A rule that can no longer be read (its region was removed) is left out: its members stay as they are.
    """
    from analytics.segments import compiler

    chosen = Segment.objects.active().order_by("pk") if segments is None else segments
    found: Members = {}
    for segment in chosen:
        try:
            found[segment.pk] = set(compiler.members(facts, segment.rule, as_of=run.as_of))
        except RuleError as error:
            log.warning("Segment %s keeps its members, its rule cannot be read: %s", segment.code, error)
    return found


def publish(run: Run, found: Members) -> dict[str, int]:
    """Write who entered and left the segments of `found`. Belongs into the transaction that publishes the run."""
    if not connection.in_atomic_block:
        raise RuntimeError("Members are published within the transaction of their run.")
    open_stays = SegmentMembership.objects.filter(left_on__isnull=True, segment__in=list(found))
    staying: Members = {segment_id: set() for segment_id in found}
    leaving: list[int] = []
    for stay, segment_id, customer_id in open_stays.values_list("pk", "segment_id", "customer_id").iterator():
        if customer_id in found[segment_id]:
            staying[segment_id].add(customer_id)
        else:
            leaving.append(stay)
    _leave(run, leaving)
    entering = [
        (segment_id, customer_id)
        for segment_id, customers in sorted(found.items())
        for customer_id in sorted(_existing(customers - staying[segment_id]))
    ]
    _enter(run, entering)
    return {"entered": len(entering), "left": len(leaving)}


def fill(segment: Segment) -> dict[str, int]:
    """Bring one segment up to its rule on the published facts, when it is made or changed between two runs."""
    from analytics.facts import engine, store

    held = Publication.objects.select_for_update().filter(pk=1).first()  # no run is published meanwhile
    run = held.run if held else None
    if run is None or not run.facts or not segment.is_active:
        return {"entered": 0, "left": 0}
    try:
        with engine.reader(run.facts, user=None) as facts:
            found = publish(run, find(facts, [segment], run=run))
    except store.SnapshotMissing:
        return {"entered": 0, "left": 0}
    Segment.objects.filter(pk=segment.pk).update(filled_run=run)
    return found


def _enter(run: Run, entering: list[tuple[int, int]]) -> None:
    if not entering:
        return
    segments, customers = zip(*entering, strict=True)
    bulk.append(
        SegmentMembership,
        {
            "segment_id": list(segments),
            "customer_id": list(customers),
            "entered_on": run.as_of,
            "left_on": None,
            "entered_run_id": run.pk,
            "left_run_id": None,
        },
    )


def _leave(run: Run, stays: list[int]) -> None:
    """A stay never ends before it began, also when an earlier day is computed again."""
    for part in _parts(stays):
        rows = SegmentMembership.objects.filter(pk__in=part)
        rows.filter(entered_on__lte=run.as_of).update(left_on=run.as_of, left_run=run)
        rows.filter(left_on__isnull=True).delete()


def _existing(customers: set[int]) -> Iterator[int]:
    """The facts may still know customers who were purged since."""
    for part in _parts(sorted(customers)):
        yield from Customer.objects.filter(pk__in=part).values_list("pk", flat=True)


def _parts(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), PARAMETERS):
        yield ids[start : start + PARAMETERS]
