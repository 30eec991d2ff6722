"""Who bears what of the marketing costs: every cost entry shared by its customers, made with every run.

It is made with the eyes of the house, so that a customer's part does not depend on who looks at it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from analytics.facts.contract import COST_SHARES, TIME

if TYPE_CHECKING:
    import pyarrow as pa

    from analytics.facts.engine import Reader

SQL = (Path(__file__).parent / "sql" / "views" / "cost_shares.sql").read_text()
STAYS = ("segment_id", "customer_id", "entered_on", "left_on")


def cost_shares(facts: "Reader") -> "pa.Table":
    """The columns of `contract.COST_SHARES`: one row per entry and customer. An entry for nobody has no row."""
    facts.bring("stays", _stays())
    casts = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in COST_SHARES.items())
    shares = SQL.format(time=", ".join(f"e.{name}" for name in TIME))
    return facts.arrow(f"SELECT {casts} FROM ({shares}) ORDER BY entry_id, customer_id")


def _stays() -> "pa.Table":
    """When customers were in the segments that cost entries are for."""
    import pyarrow as pa

    from analytics.costs.models import CostEntry
    from analytics.models import SegmentMembership

    wanted = CostEntry.objects.kept().filter(segment__isnull=False).values("segment")
    rows = SegmentMembership.objects.filter(segment__in=wanted).order_by().values_list(*STAYS)
    columns = list(zip(*rows.iterator(), strict=True)) or [(), (), (), ()]
    types = (pa.int64(), pa.int64(), pa.date32(), pa.date32())
    return pa.table({name: pa.array(values, kind) for name, values, kind in zip(STAYS, columns, types, strict=True)})
