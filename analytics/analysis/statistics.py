"""The customer statistics frame from order rows.

On large data the same figures come from SQL over the facts snapshot; this is their definition in small.
"""

import pandas as pd

from analytics.analysis.contract import require_columns, up_to

YEAR_DAYS = 365
HALF_YEAR_DAYS = 180

STATISTICS_TYPES = {
    "orders": "int64",
    "amount": "int64",
    "gross_amount": "int64",
    "median_interval_days": "float64",
    "orders_last_365": "int64",
    "amount_last_365": "int64",
    "amount_last_180": "int64",
    "amount_previous_180": "int64",
}


def customer_statistics(purchases: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """One row per customer, sorted by customer_id, from everything up to and including `as_of`.

    purchases: customer_id, occurred_on (calendar day), gross_amount and net_amount (cents); one row per order
               or return. A row with a positive gross_amount is a purchase; any other row (return, correction)
               only moves money. Rows without a customer are left out.
    returns:   customer_id, orders, first_on, last_on, amount, gross_amount, median_interval_days as the
               package says, and orders_last_365, amount_last_365 (the 365 days that end with as_of),
               amount_last_180 (the last 180 days), amount_previous_180 (the 180 days before those); amounts
               net cents, dated by their own row.

    Intervals run between different purchase days: two orders of one day are one visit, not a cycle of zero
    days.
    """
    require_columns(purchases, "customer_id", "occurred_on", "gross_amount", "net_amount")
    known = up_to(purchases, as_of)
    bought = known[known["gross_amount"] > 0]
    dates = bought.groupby("customer_id")["occurred_on"]
    year = _after(known, as_of, YEAR_DAYS)
    half_year = _after(known, as_of, HALF_YEAR_DAYS)
    two_halves = _after(known, as_of, 2 * HALF_YEAR_DAYS)
    columns = {
        "orders": dates.size(),
        "first_on": dates.min(),
        "last_on": dates.max(),
        "amount": _sum(known, "net_amount"),
        "gross_amount": _sum(bought, "gross_amount"),
        "median_interval_days": _gaps(bought).groupby("customer_id")["days"].median(),
        "orders_last_365": _after(bought, as_of, YEAR_DAYS).groupby("customer_id").size(),
        "amount_last_365": _sum(year, "net_amount"),
        "amount_last_180": _sum(half_year, "net_amount"),
    }
    customers = known.groupby("customer_id").size().index
    result = pd.DataFrame({name: column.reindex(customers) for name, column in columns.items()}, index=customers)
    result["amount_previous_180"] = _sum(two_halves, "net_amount") - result["amount_last_180"].fillna(0)
    counted = [name for name, kind in STATISTICS_TYPES.items() if kind == "int64"]
    return result.fillna(dict.fromkeys(counted, 0)).astype(STATISTICS_TYPES).reset_index()


def purchase_intervals(purchases: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """How often each interval between two consecutive purchase days of a customer occurs in the company.

    purchases: customer_id, occurred_on, gross_amount (cents)
    returns:   days, intervals (count), sorted by days; counts of several partitions may simply be added
    """
    require_columns(purchases, "customer_id", "occurred_on", "gross_amount")
    known = up_to(purchases, as_of)
    counts = _gaps(known[known["gross_amount"] > 0]).groupby("days").size()
    return counts.rename("intervals").reset_index().astype({"days": "int64", "intervals": "int64"})


def _gaps(bought: pd.DataFrame) -> pd.DataFrame:
    visits = bought[["customer_id", "occurred_on"]].dropna().drop_duplicates()
    visits = visits.sort_values(["customer_id", "occurred_on"])
    gaps = visits.groupby("customer_id")["occurred_on"].diff().dt.days
    return visits.assign(days=gaps)[["customer_id", "days"]].dropna(subset=["days"]).astype({"days": "int64"})


def _after(events: pd.DataFrame, as_of: pd.Timestamp, window: int) -> pd.DataFrame:
    return events[events["occurred_on"] > as_of.normalize() - pd.Timedelta(days=window)]


def _sum(events: pd.DataFrame, column: str) -> "pd.Series[int]":
    return events.groupby("customer_id")[column].sum()
