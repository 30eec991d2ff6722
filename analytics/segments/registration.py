"""What the segments add to other rooms: a stage of every recompute, and what relations may point at."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from analytics import snapshots
from analytics.models import Segment
from analytics.segments import members
from analytics.snapshots import RunContext
from crm.records import lookups
from customers.duplicates import relations

if TYPE_CHECKING:
    import pyarrow as pa


def register() -> None:
    snapshots.register(snapshots.Stage("segments", _find, _publish))
    relations.register("analytics.SegmentMembership.customer", relations.Rule(settle=_left))
    relations.register(
        "analytics.CustomerFigures.customer", relations.Rule(stays="computed anew by the next recompute")
    )
    lookups.register(
        lookups.Lookup(
            "segment", Segment, search=("name", "code"), is_small=True, rows=lambda user: Segment.objects.active()
        )
    )


def _left() -> dict[str, Any]:
    """Of two stays of one customer in a segment, after a merge, the survivor's goes on."""
    return {"left_on": timezone.localdate()}


def _find(context: RunContext) -> members.Members:
    found = members.find(context.facts, run=context.run)
    context.members = _table(found)
    return found


def _publish(context: RunContext, found: members.Members) -> dict[str, int]:
    return members.publish(context.run, found)


def _table(found: members.Members) -> "pa.Table":
    """What the engine reads as `members`."""
    import pyarrow as pa

    pairs = [(segment, customer) for segment in sorted(found) for customer in sorted(found[segment])]
    columns = list(zip(*pairs, strict=True)) or [(), ()]
    return pa.table(
        {
            name: pa.array(values, pa.int64())
            for name, values in zip(("segment_id", "customer_id"), columns, strict=True)
        }
    )
