"""How long customers stay where nobody cancels: from the first purchase to the last, once silence says it was the last.

A customer is lost after more than so many days of silence (see churn). Whoever bought within these days before `as_of`
may still leave, or have left without being missed yet. So each customer is watched up to the last day whose leavers are
known by now, its own horizon: as_of less the days of silence it takes. Who bought after the horizon was there on it;
who did not, left with the last purchase. Without the horizon the last months would count leavers as still there.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.analysis.contract import Floats, calendar_day, customer_index, days, floats, require_columns, whole
from analytics.analysis.retention import MONTHS, Unit

SURVIVOR_TYPES = {"cohort": "int64", "period": "int64", "customers": "int64"}


def spells(customers: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """What is known of each customer's stay: input of `survival.kaplan_meier` and `survival.log_rank`.

    customers: customer_id, first_on, last_on, lost_after_days (NaN: never bought); optional: lost_by_user_on (a person
               said that the customer has left; a later purchase takes it back)
    returns:   duration (days), has_ended (left), indexed by customer_id; customers who never bought, and those who came
               after their horizon, are not in it
    """
    first, last, horizon, has_left = _watched(customers, as_of)
    end = np.where(has_left, last, horizon)
    duration = (end - first).astype(np.int64)
    is_known = ~np.isnat(first) & ~np.isnat(horizon) & (has_left | (first <= horizon))
    frame = pd.DataFrame({"duration": duration.astype(np.float64), "has_ended": has_left}, customer_index(customers))
    return frame[is_known]


def survivors(customers: pd.DataFrame, *, as_of: pd.Timestamp, unit: Unit = "month") -> pd.DataFrame:
    """How many were still there period by period: input of `shifted_beta_geometric.fit`.

    customers: as in `spells`
    returns:   cohort (for how many whole periods after the first its customers are watched), period (0 is that of the
               first purchase), customers (who bought in it or later, or were there on their horizon)

    A customer counts as there in every period up to that of the last purchase.
    """
    periods = stays(customers, as_of=as_of, unit=unit)
    watched, final = whole(periods["watched"]), whole(periods["there_until"])
    if not len(periods):
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in SURVIVOR_TYPES.items()})
    span = int(watched.max()) + 1
    # Who is there at the end of what is watched stays on; who left is there up to the last period with a purchase.
    ends = np.bincount(watched * span + final, minlength=span * span).reshape(span, span)
    there = ends[:, ::-1].cumsum(axis=1)[:, ::-1]
    cohort, period = np.nonzero((there[:, :1] > 0) & np.tri(span, dtype=np.bool_))
    return pd.DataFrame({"cohort": cohort, "period": period, "customers": there[cohort, period]}).astype(SURVIVOR_TYPES)


def stays(customers: pd.DataFrame, *, as_of: pd.Timestamp, unit: Unit = "month") -> pd.DataFrame:
    """The stay of each customer in periods, counted from that of the first purchase.

    customers: as in `spells`
    returns:   watched (the last period up to which is known whether the customer is there), there_until (the last one
               with the customer there), indexed by customer_id; the same customers as in `spells`
    """
    first, last, horizon, has_left = _watched(customers, as_of)
    is_known = ~np.isnat(first) & ~np.isnat(horizon) & (has_left | (first <= horizon))
    begin, seen = _period(first[is_known], unit), _period(horizon[is_known], unit)
    final = np.where(has_left[is_known], _period(last[is_known], unit), seen) - begin
    columns = {"watched": np.maximum(seen - begin, final), "there_until": final}
    return pd.DataFrame(columns, customer_index(customers)[is_known])


def observed(survivors: pd.DataFrame) -> pd.DataFrame:
    """The curve that survivors of unequally long watched cohorts give together, by the product of their rates.

    survivors: result of `survivors`
    returns:   period, at_risk (there in the period before and watched in this one; in period 0 all), customers (of them
               there in this one), retention_rate (customers / at_risk, NaN for period 0), survival
    """
    require_columns(survivors, *SURVIVOR_TYPES)
    ordered = survivors.sort_values(["cohort", "period"])
    before = ordered.groupby("cohort")["customers"].shift(1)
    rows = ordered.assign(at_risk=before.fillna(ordered["customers"]).astype("int64"))
    sums = rows.groupby("period")[["at_risk", "customers"]].sum().reset_index()
    at_risk = floats(sums["at_risk"])
    rate = np.where(sums["period"] > 0, floats(sums["customers"]) / np.where(at_risk > 0, at_risk, np.nan), np.nan)
    survival = np.cumprod(np.where(sums["period"] > 0, rate, 1.0))
    return sums.assign(retention_rate=rate, survival=survival)


def too_young(customers: pd.DataFrame, *, as_of: pd.Timestamp) -> int:
    """Buyers of whom nothing can be told yet: their first purchase lies after their horizon."""
    first, _last, horizon, has_left = _watched(customers, as_of)
    return int((~np.isnat(first) & ~(has_left | (first <= horizon))).sum())


def _watched(
    customers: pd.DataFrame, as_of: pd.Timestamp
) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.datetime64], npt.NDArray[np.datetime64], npt.NDArray[np.bool_]]:
    """First and last purchase, horizon, and who has left; a customer is lost after *more* than lost_after_days."""
    require_columns(customers, "first_on", "last_on", "lost_after_days")
    first, last = days(customers["first_on"]), days(customers["last_on"])
    after: Floats = floats(customers["lost_after_days"])
    step = (np.floor(np.nan_to_num(after)) + 1).astype("timedelta64[D]")
    horizon = np.where(np.isnan(after), np.datetime64("NaT", "D"), calendar_day(as_of) - step)
    has_left = last <= horizon
    if "lost_by_user_on" in customers.columns:
        said = days(customers["lost_by_user_on"])
        has_left |= (said <= calendar_day(as_of)) & ~(last > said)
    return first, last, horizon, has_left & ~np.isnat(last)


def _period(dates: npt.NDArray[np.datetime64], unit: Unit) -> npt.NDArray[np.int64]:
    return dates.astype("datetime64[M]").astype(np.int64) // MONTHS[unit]
