"""Retention: cohorts by first purchase, and from one period to the next (R-040, D-01).

Works on *activity*: the distinct (customer_id, period) pairs in which a customer bought. A database makes
this frame much smaller than the orders. It must hold the whole history: a filtered start would make old
customers look new.
"""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.analysis.contract import Integers, calendar_day, days, require_columns, up_to

Unit = Literal["month", "quarter"]

MONTHS: dict[str, int] = {"month": 1, "quarter": 3}

COHORT_TYPES = {
    "cohort": "str",
    "cohort_size": "int64",
    "period_number": "int64",
    "period": "str",
    "customers": "int64",
    "retention_rate": "float64",
    "is_partial": "bool",
}


def activity(purchases: pd.DataFrame, *, as_of: pd.Timestamp, unit: Unit = "month") -> pd.DataFrame:
    """In which periods each customer bought.

    purchases: customer_id, occurred_on, gross_amount (cents; only rows above zero are purchases)
    returns:   customer_id, period (first day of the month or quarter), each pair once
    """
    require_columns(purchases, "customer_id", "occurred_on", "gross_amount")
    known = up_to(purchases, as_of)
    bought = known[known["gross_amount"] > 0]
    pairs = bought[["customer_id"]].assign(period=_first_day(_period(bought["occurred_on"], unit), unit))
    return pairs.dropna().drop_duplicates().reset_index(drop=True)


def cohort_table(activity: pd.DataFrame, *, as_of: pd.Timestamp, unit: Unit = "month") -> pd.DataFrame:
    """How many of each cohort bought in a later period, period by period up to the one of `as_of`, periods with
    nobody included.

    activity: customer_id, period (any day of the period); the first period of a customer is its cohort
    returns:  cohort (2010-12 or 2010-Q4), cohort_size, period_number (0 is the cohort's own period), period,
              customers, retention_rate (fraction of cohort_size), is_partial (the last day of the period is
              after as_of)
    """
    known = _known(activity, as_of, unit)
    if known is None:
        return _no_cohorts()
    customers, periods, first, last = known
    origin = int(first.min())
    span = last - origin + 1
    pairs = pd.unique(customers * span + periods - origin)
    cells = (first[pairs // span] - origin) * span + pairs % span
    bought = np.bincount(cells, minlength=span * span).reshape(span, span)
    return _cohorts(bought, origin, as_of, unit)


def survivor_table(activity: pd.DataFrame, *, as_of: pd.Timestamp, unit: Unit = "month") -> pd.DataFrame:
    """How many of each cohort bought in a period or any later one up to `as_of`.

    Frame in and out as in `cohort_table`, `customers` being those who were still to buy; numbers never rise along a
    cohort. The latest periods understate: who will buy again after as_of is not known yet.
    """
    known = _known(activity, as_of, unit)
    if known is None:
        return _no_cohorts()
    customers, periods, first, last = known
    origin = int(first.min())
    span = last - origin + 1
    final = np.full(len(first), origin)
    np.maximum.at(final, customers, periods)
    ends = np.bincount((first - origin) * span + final - origin, minlength=span * span).reshape(span, span)
    return _cohorts(ends[:, ::-1].cumsum(axis=1)[:, ::-1], origin, as_of, unit)


def against_previous(cohorts: pd.DataFrame) -> pd.DataFrame:
    """A cohort table whose retention_rate is of the customers of the period before instead of the whole cohort; in
    period 0 and after a period with nobody it is NaN."""
    require_columns(cohorts, *COHORT_TYPES)
    before = cohorts.groupby("cohort")["customers"].shift(1)
    return cohorts.assign(retention_rate=cohorts["customers"] / before.where(before > 0))


def _known(activity: pd.DataFrame, as_of: pd.Timestamp, unit: Unit) -> tuple[Integers, Integers, Integers, int] | None:
    """Number of the customer and of the period of each row up to as_of, the first period of each customer, the last
    period there is; None when nobody bought."""
    require_columns(activity, "customer_id", "period")
    periods = _period(activity["period"], unit)
    last = int(_period(pd.Series([as_of]), unit)[0])
    counts_until_now = periods <= last
    customers, _ = pd.factorize(activity["customer_id"][counts_until_now])
    periods = periods[counts_until_now]
    if not len(periods):
        return None
    first = np.full(customers.max() + 1, last)
    np.minimum.at(first, customers, periods)
    return customers, periods, first, last


def _no_cohorts() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COHORT_TYPES.items()})


def _cohorts(bought: Integers, origin: int, as_of: pd.Timestamp, unit: Unit) -> pd.DataFrame:
    """The table of a square of counts, cohort by period; cohorts without anybody are left out."""
    span = len(bought)
    cohorts, later = np.nonzero((np.diag(bought) > 0)[:, None] & np.triu(np.ones((span, span), dtype=np.bool_)))
    sizes = np.diag(bought)[cohorts]
    return pd.DataFrame(
        {
            "cohort": _labels(origin + cohorts, unit),
            "cohort_size": sizes,
            "period_number": later - cohorts,
            "period": _labels(origin + later, unit),
            "customers": bought[cohorts, later],
            "retention_rate": bought[cohorts, later] / sizes,
            "is_partial": _last_day(origin + later, unit) > calendar_day(as_of),
        }
    ).astype(COHORT_TYPES)


def period_retention(
    activity: pd.DataFrame, *, as_of: pd.Timestamp, unit: Unit = "month", by: Sequence[str] = ()
) -> pd.DataFrame:
    """Of the customers who bought in a period, the share that bought in the next period as well.

    activity: customer_id, period and the columns named in `by` (region, segment, rep; one value per customer)
    returns:  the columns of `by`, period, customers, retained, retention_rate (fraction), is_partial (of the
              next period); only pairs of which the next period has begun by as_of
    """
    require_columns(activity, "customer_id", "period", *by)
    last = int(_period(pd.Series([as_of]), unit)[0])
    seen = activity[["customer_id", *by]].assign(number=_period(activity["period"], unit))
    seen = seen[seen["number"] <= last].drop_duplicates(["customer_id", "number"])
    again = seen[["customer_id", "number"]].assign(number=seen["number"] - 1, retained=1)
    pairs = seen[seen["number"] < last].merge(again, how="left", on=["customer_id", "number"])
    groups = pairs.groupby([*by, "number"], dropna=False)
    result = groups.agg(customers=("customer_id", "size"), retained=("retained", "sum")).reset_index()
    numbers = result.pop("number").to_numpy(dtype=np.int64)
    result.insert(len(by), "period", _labels(numbers, unit))
    return result.assign(
        retained=result["retained"].astype("int64"),
        retention_rate=result["retained"] / result["customers"],
        is_partial=_last_day(numbers + 1, unit) > calendar_day(as_of),
    )


def _period(column: "pd.Series[Any]", unit: Unit) -> npt.NDArray[np.int64]:
    """Number of the month or quarter, counted from 1970."""
    if unit not in MONTHS:
        raise ValueError(f"unit must be one of {', '.join(MONTHS)}")
    dates = days(column)
    if np.isnat(dates).any():
        raise ValueError(f"{column.name} has missing days")
    return dates.astype("datetime64[M]").astype(np.int64) // MONTHS[unit]


def _first_day(numbers: npt.NDArray[np.int64], unit: Unit) -> npt.NDArray[np.datetime64]:
    return (numbers * MONTHS[unit]).astype("datetime64[M]").astype("datetime64[s]")


def _last_day(numbers: npt.NDArray[np.int64], unit: Unit) -> Any:
    return _first_day(numbers + 1, unit).astype("datetime64[D]") - np.timedelta64(1, "D")


def _labels(numbers: npt.NDArray[np.int64], unit: Unit) -> Any:
    per_year = 12 // MONTHS[unit]
    years, places = 1970 + numbers // per_year, numbers % per_year + 1
    template = "{}-{:02d}" if unit == "month" else "{}-Q{}"
    names = [template.format(year, place) for year, place in zip(years.tolist(), places.tolist(), strict=True)]
    return pd.array(names, dtype="str")
