"""The sufficient statistics that analysis works on, one row per customer, by SQL over a snapshot."""

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from analytics.analysis.buying_histories import TimeUnit
    from analytics.facts.engine import Reader

SQL = Path(__file__).parent / "sql" / "statistics"
PURCHASES, GAPS, SIGNALS, HISTORIES = (
    (SQL / f"{name}.sql").read_text() for name in ("purchases", "gaps", "signals", "histories")
)
COUNTED = (
    "orders",
    "amount",
    "gross_amount",
    "orders_last_365",
    "amount_last_365",
    "amount_last_180",
    "amount_previous_180",
)


def purchase_statistics(reader: "Reader", as_of: datetime.date) -> "pd.DataFrame":
    """Customers with an order or return up to `as_of`: the columns of analysis.statistics.customer_statistics, without
    the median interval."""
    found = reader.frame(f"SELECT * FROM ({PURCHASES}) ORDER BY customer_id", {"day": as_of})
    return found.assign(amount_previous_180=found["amount_last_360"] - found["amount_last_180"]).drop(
        columns="amount_last_360"
    )


def buying_histories(reader: "Reader", as_of: datetime.date, *, time_unit: "TimeUnit" = "week") -> "pd.DataFrame":
    """Customers with a purchase up to `as_of`: the columns of analysis.buying_histories.buying_histories."""
    from analytics.analysis.buying_histories import DAYS

    found = reader.frame(HISTORIES, {"day": as_of, "unit": DAYS[time_unit]})
    return found.astype({"repeat_purchases": "int64", "mean_repeat_amount": "float64"})


def customer_statistics(reader: "Reader", as_of: datetime.date) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Every customer of the snapshot with what analysis wants to know, sorted by customer_id; and the company's
    purchase intervals.

    returns: (customer_id; the columns of customer_statistics, zero counts and no days for who never bought;
             median_interval_days; relation_class, lost_by_user_on, contacts_90_days, contacts_180_days,
             last_contact_on, main_concern, main_concern_share, open_complaints, complaints_90_days,
             has_named_competitor, cases_due, cases_solved_in_time, invoices, invoices_on_time), (days, intervals)
    """
    day = {"day": as_of}
    reader.keep("gaps", GAPS, day)
    medians = reader.frame("SELECT customer_id, median(gap) AS median_interval_days FROM gaps GROUP BY customer_id")
    intervals = reader.frame("SELECT gap AS days, count(*) AS intervals FROM gaps GROUP BY gap ORDER BY gap")
    signals = reader.frame(f"SELECT * FROM ({SIGNALS}) ORDER BY customer_id", day)
    bought = purchase_statistics(reader, as_of)
    found = signals.merge(bought, how="left", on="customer_id").merge(medians, how="left", on="customer_id")
    found = found.fillna(dict.fromkeys(COUNTED, 0)).astype(dict.fromkeys(COUNTED, "int64"))
    return found, intervals.astype({"days": "int64", "intervals": "int64"})
