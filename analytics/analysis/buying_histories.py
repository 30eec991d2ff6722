"""Purchases -> what the probability models of buying know of a customer.

x, t_x and T of the literature (Schmittlein, Morrison and Colombo 1987): how often a customer bought again, when it last
did, and how long it was watched, both counted from its first purchase. They are sufficient: two customers with the same
three numbers are the same customer to every model of this package, so fits run over the distinct ones with a weight.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.analysis.contract import Floats, calendar_day, days, flags, floats, require_columns, up_to

TimeUnit = Literal["week", "day"]

DAYS: dict[str, int] = {"week": 7, "day": 1}
COLUMNS = ["repeat_purchases", "time_to_last", "time_observed"]

Places = npt.NDArray[np.intp]


def buying_histories(purchases: pd.DataFrame, *, as_of: pd.Timestamp, time_unit: TimeUnit = "week") -> pd.DataFrame:
    """One row per customer who has bought, sorted by customer_id, from everything up to and including `as_of`.

    purchases: customer_id, occurred_on (calendar day), gross_amount (cents); a row above zero is a purchase, so a
               refund is none; optional: is_purchase (yes/no) decides instead, for data in which a gift counts as an
               order. Rows without a customer or a day are left out.
    returns:   customer_id,
               repeat_purchases (x: days with a purchase after the first such day; orders of one day count once),
               time_to_last (t_x: first to last purchase day), time_observed (T: first purchase day to as_of), both in
               exact days / 7 when time_unit is `week`,
               mean_repeat_amount (cents for each repeat purchase day, NaN without one: the first one is left out since
               it chose the customer for the data)
    """
    require_columns(purchases, "customer_id", "occurred_on", "gross_amount")
    per_unit = _days_per(time_unit)
    known = up_to(purchases, as_of)
    is_purchase = flags(known, "is_purchase") if "is_purchase" in known.columns else known["gross_amount"] > 0
    bought = known[is_purchase & known["customer_id"].notna() & known["occurred_on"].notna()]
    visits = bought.groupby(["customer_id", "occurred_on"], as_index=False)["gross_amount"].sum()
    customers = visits.groupby("customer_id")
    first = customers["occurred_on"].transform("min")
    spent_again = visits["gross_amount"].where(visits["occurred_on"] > first, 0).groupby(visits["customer_id"]).sum()
    span = customers["occurred_on"].agg(["min", "max", "size"])
    began, ended = days(span["min"]), days(span["max"])
    repeats = span["size"].to_numpy(dtype=np.int64) - 1
    bought_again = repeats > 0
    mean = np.full(len(span), np.nan)
    mean[bought_again] = floats(spent_again)[bought_again] / repeats[bought_again]
    return pd.DataFrame(
        {
            "customer_id": span.index,
            "repeat_purchases": repeats,
            "time_to_last": (ended - began).astype(np.int64) / per_unit,
            "time_observed": (calendar_day(as_of) - began).astype(np.int64) / per_unit,
            "mean_repeat_amount": mean,
        }
    )


def distinct_histories(histories: pd.DataFrame) -> pd.DataFrame:
    """The distinct histories, sorted, and how many customers share each.

    histories: repeat_purchases, time_to_last, time_observed; optional: customers (how many a row stands for, one when
               absent; rows of zero customers vanish)
    returns:   the three columns and customers (float)
    raises:    ValueError for a missing or infinite number, a negative one, a last purchase after the end of observation
               or one without a repeat purchase
    """
    known = _checked(histories)
    known = known[known["customers"] > 0]
    return known.groupby(COLUMNS)["customers"].sum().reset_index()


def distinct_places(histories: pd.DataFrame) -> tuple[pd.DataFrame, Places]:
    """The distinct histories, and for each row of `histories` the place of its own among them."""
    known = _checked(histories)
    groups = known.groupby(COLUMNS)
    return groups.size().index.to_frame(index=False), np.asarray(groups.ngroup(), dtype=np.intp)


def arrays(histories: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    """x, t_x and T as arrays."""
    x, last, observed = (floats(histories[name]) for name in COLUMNS)
    return x, last, observed


def _checked(histories: pd.DataFrame) -> pd.DataFrame:
    require_columns(histories, *COLUMNS)
    columns = {name: floats(histories[name]) for name in COLUMNS}
    weights = floats(histories["customers"]) if "customers" in histories.columns else np.ones(len(histories))
    x, last, observed = columns.values()
    everything = np.concatenate([x, last, observed, weights])
    if not np.isfinite(everything).all() or (everything < 0).any():
        raise ValueError("histories hold a missing, infinite or negative number")
    if (last > observed).any():
        raise ValueError("time_to_last lies after time_observed")
    if ((x == 0) & (last > 0)).any():
        raise ValueError("time_to_last is given without a repeat purchase")
    return pd.DataFrame({**columns, "customers": weights})


def _days_per(time_unit: str) -> int:
    if time_unit not in DAYS:
        raise ValueError(f"time_unit must be one of {', '.join(DAYS)}")
    return DAYS[time_unit]
