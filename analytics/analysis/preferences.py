"""What a group of customers buys differently from the others (R-111)."""

from typing import Any

import numpy as np
import pandas as pd

from analytics.analysis.contract import flags, floats, require_columns


def preference_lift(purchases: pd.DataFrame) -> pd.DataFrame:
    """The mix of the core group against that of the others, largest lift first.

    purchases: item (product type, channel, hour …), is_core, amount (cents), customers (who bought it): one row for
               each item and group
    returns:   item, core_amount, other_amount (cents), core_customers, core_share, other_share (fractions of what the
               group spends; amounts below zero count nothing), lift (core share / other share, NaN where the others buy
               none), sorted by lift, undefined ones after the others, equal ones by the core's share, then by item
    """
    require_columns(purchases, "item", "is_core", "amount", "customers")
    is_core = flags(purchases, "is_core")
    counted = purchases.assign(amount=np.maximum(floats(purchases["amount"]), 0.0))
    core, others = (_sums(counted[chosen]) for chosen in (is_core, ~is_core))
    items = core.index.union(others.index)
    core, others = core.reindex(items, fill_value=0), others.reindex(items, fill_value=0)
    core_share, other_share = _shares(core["amount"]), _shares(others["amount"])
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = np.where(other_share > 0, core_share / other_share, np.nan)
    found = pd.DataFrame(
        {
            "item": items,
            "core_amount": floats(core["amount"]),
            "other_amount": floats(others["amount"]),
            "core_customers": floats(core["customers"]).astype(np.int64),
            "core_share": core_share,
            "other_share": other_share,
            "lift": lift,
        }
    )
    order = ["lift", "core_share", "item"]
    return found.sort_values(order, ascending=[False, False, True], na_position="last").reset_index(drop=True)


def _sums(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.groupby("item")[["amount", "customers"]].sum()


def _shares(amounts: "pd.Series[Any]") -> Any:
    values = floats(amounts)
    total = values.sum()
    return values / total if total > 0 else np.zeros(len(values))
