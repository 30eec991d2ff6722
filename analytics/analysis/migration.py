"""How customers move between groups from one run to the next (R-138)."""

from typing import Any

import pandas as pd

from analytics.analysis.contract import require_columns

MIGRATION_TYPES = {"group_before": "str", "group_after": "str", "customers": "int64", "has_moved": "bool"}


def migration_table(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Customers by group before and group after.

    before, after: customer_id (each once), group (code; missing or no row means: in no group)
    returns:       group_before, group_after (missing = in no group), customers, has_moved; sorted, groups
                   before none
    """
    both = _matched(before, after)
    counts = both.groupby(["group_before", "group_after"], dropna=False).size().rename("customers").reset_index()
    inside = counts[counts["group_before"].notna() | counts["group_after"].notna()]
    moved = inside["group_before"].fillna("") != inside["group_after"].fillna("")
    return inside.assign(has_moved=moved).reset_index(drop=True).astype(MIGRATION_TYPES)


def entered_and_left(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Who entered and who left a group.

    before, after: customer_id (each once), group; a customer that changes group leaves one and enters another
    returns:       customer_id, group, change (entered or left), sorted by customer and change
    """
    both = _matched(before, after)
    moved = both[both["group_before"].fillna("") != both["group_after"].fillna("")]
    sides = [
        moved[["customer_id", column]].dropna().set_axis(["customer_id", "group"], axis=1).assign(change=change)
        for column, change in (("group_after", "entered"), ("group_before", "left"))
    ]
    changes = pd.concat(sides, ignore_index=True).astype({"group": "str", "change": "str"})
    return changes.sort_values(["customer_id", "change"], kind="stable").reset_index(drop=True)


def _matched(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    for frame in (before, after):
        require_columns(frame, "customer_id", "group")
    sides: list[Any] = [frame[["customer_id", "group"]].astype({"group": "str"}) for frame in (before, after)]
    return sides[0].merge(
        sides[1], how="outer", on="customer_id", suffixes=("_before", "_after"), validate="one_to_one"
    )
