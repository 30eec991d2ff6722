"""Churn: who is about to leave, who has left, and how many leave in a period (R-042, R-044, D-01, D-03)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.analysis.contract import (
    Flags,
    Floats,
    calendar_day,
    chosen,
    countable,
    customer_index,
    days,
    days_since,
    flags,
    floats,
    require_columns,
    whole,
)
from analytics.analysis.purchase_cycle import CycleSource

Reasons = list[dict[str, Any]]


class ChurnRisk(StrEnum):
    """Bands from best to worst. `lost` is no alert any more; `unknown` means that no cycle can be told."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    LOST = "lost"
    UNKNOWN = "unknown"


ALERTS = (ChurnRisk.MEDIUM, ChurnRisk.HIGH)


@dataclass(frozen=True)
class ChurnRule:
    """medium_ratio, high_ratio: silence / cycle from which the risk is medium, high (inclusive).

    A customer is lost after more than lost_cycles x its own cycle, at least least_lost_days and at most
    most_lost_days; without an own cycle (fewer than 3 purchases) after more than most_lost_days.
    """

    medium_ratio: float = 1.5
    high_ratio: float = 2.0
    lost_cycles: float = 6.0
    least_lost_days: int = 90
    most_lost_days: int = 365

    def __post_init__(self) -> None:
        if not 0 < self.medium_ratio <= self.high_ratio:
            raise ValueError("the ratios of the churn rule must satisfy 0 < medium <= high")
        if not 0 < self.least_lost_days <= self.most_lost_days:
            raise ValueError("the days of the churn rule must satisfy 0 < least <= most")


def apply(
    statistics: pd.DataFrame, cycles: pd.DataFrame, *, as_of: pd.Timestamp, rule: ChurnRule | None = None
) -> pd.DataFrame:
    """Churn risk of each customer by the default rule.

    statistics: customer_id, last_on; optional: has_open_complaint (an unsolved one), has_named_competitor
                (yes/no: either lifts the risk by one band, both together no further), lost_by_user_on (day a
                person set the customer to lost; a later purchase wins it back)
    cycles:     cycle_days, cycle_source of the same customers in the same order (`purchase_cycle.apply`)
    returns:    silence_days (Int64), cycle_days, cycle_source, silence_ratio (silence / cycle, NaN without a
                cycle), lost_after_days (float), lost_on (first day of being lost, NaT when not lost),
                churn_risk (code, missing for a prospect), is_alert, lifted (a complaint or competitor raised
                the band), indexed by customer_id
    raises:     ValueError when a purchase lies after as_of or the two frames are of different customers
    """
    require_columns(statistics, "last_on")
    require_columns(cycles, "cycle_days", "cycle_source")
    rule = rule or ChurnRule()
    index = customer_index(statistics)
    if not cycles.index.equals(index):
        raise ValueError("statistics and cycles are of different customers")
    silence, cycle = days_since(statistics["last_on"], as_of), floats(cycles["cycle_days"])
    ratio = silence / cycle
    lost_after = _lost_after(silence, cycle, (cycles["cycle_source"] == CycleSource.OWN).to_numpy(np.bool_), rule)
    lost_on = _lost_on(statistics, silence > lost_after, lost_after, as_of)
    is_lost = ~np.isnat(lost_on)
    lifts = flags(statistics, "has_open_complaint") | flags(statistics, "has_named_competitor")
    band = np.select([ratio >= rule.high_ratio, ratio >= rule.medium_ratio], [2, 1], 0)
    lifted = lifts & (band < 2) & ~is_lost & ~np.isnan(ratio)
    position = np.select([is_lost, np.isnan(silence), np.isnan(ratio)], [3, -1, 4], band + lifted)
    return pd.DataFrame(
        {
            "silence_days": countable(silence),
            "cycle_days": cycle,
            "cycle_source": cycles["cycle_source"].array,
            "silence_ratio": ratio,
            "lost_after_days": lost_after,
            "lost_on": lost_on.astype("datetime64[s]"),
            "churn_risk": chosen(list(ChurnRisk), position),
            "is_alert": (position == 1) | (position == 2),
            "lifted": lifted,
        },
        index=index,
    )


def lost_after(cycle_days: "pd.Series[Any]", is_own: "pd.Series[Any]", rule: ChurnRule | None = None) -> Floats:
    """Days of silence after which a buyer is lost.

    cycle_days: purchase cycle (NaN: none);  is_own: whether it is the customer's own, not one that is assumed
    """
    cycle = floats(cycle_days)
    own = is_own.astype("boolean").fillna(False).to_numpy(dtype=np.bool_) & ~np.isnan(cycle)
    return _lost_after(np.zeros(len(cycle)), cycle, own, rule or ChurnRule())


def reasons(statistics: pd.DataFrame, churn: pd.DataFrame) -> "pd.Series[Any]":
    """Why a customer is at risk or lost, as codes and numbers for every alert and every lost customer.

    statistics, churn: the frame given to `apply` and its result; optional in statistics: amount_last_180 and
                       amount_previous_180 (cents), which add a falling amount as a remark that moves no band
    returns: lists of dicts, the main reason first, indexed by customer_id (only alerts and lost customers):
             {"code": "silence", "days": 95, "cycle": 30.0, "ratio": 3.17, "cycle_source": "own"} (cycle, ratio
             and cycle_source are None without a cycle); {"code": "lost_by_user", "on": "2026-05-01"};
             {"code": "open_complaint"}; {"code": "named_competitor"};
             {"code": "falling_amount", "last": 1200, "previous": 5000}
    """
    wanted = (churn["is_alert"] | (churn["churn_risk"] == ChurnRisk.LOST)).to_numpy(np.bool_)
    rows = zip(
        _lost_by_user(statistics[wanted], churn[wanted]),
        _silences(churn[wanted]),
        flags(statistics, "has_open_complaint")[wanted].tolist(),
        flags(statistics, "has_named_competitor")[wanted].tolist(),
        _falling_amounts(statistics[wanted]),
        strict=True,
    )
    found = [
        [
            *said,
            *silence,
            *([{"code": "open_complaint"}] if complaint else []),
            *([{"code": "named_competitor"}] if competitor else []),
            *falling,
        ]
        for said, silence, complaint, competitor, falling in rows
    ]
    return pd.Series(found, index=churn.index[wanted], name="reasons", dtype=object)


def churn_rate(
    customers: pd.DataFrame, *, start: pd.Timestamp, end: pd.Timestamp, by: Sequence[str] = ()
) -> pd.DataFrame:
    """Customers lost from `start` to `end` (both included) / customers active at the start (D-01).

    customers: customer_id, first_on, lost_on (NaT when not lost) and the columns named in `by` (region, tier,
               rep, ...)
    returns:   the columns of `by`, active_at_start, lost, churn_rate (fraction, NaN when nobody was active);
               one row without `by`. Active at the start: first purchase before `start` and not lost before
               it. Only they count as lost, so that the rate is a share; who came and went within the period
               is not in it.
    """
    require_columns(customers, "first_on", "lost_on", *by)
    if calendar_day(end) < calendar_day(start):
        raise ValueError("the period ends before it starts")
    first, lost = days(customers["first_on"]), days(customers["lost_on"])
    is_active = (first < calendar_day(start)) & (np.isnat(lost) | (lost >= calendar_day(start)))
    is_lost = is_active & (lost <= calendar_day(end))
    counted = customers[list(by)].assign(active_at_start=is_active.astype(np.int64), lost=is_lost.astype(np.int64))
    totals = ["active_at_start", "lost"]
    if by:
        result = counted.groupby(list(by), dropna=False)[totals].sum().reset_index()
    else:
        result = pd.DataFrame({name: [int(counted[name].sum())] for name in totals})
    active = result["active_at_start"].astype("float64")
    return result.assign(churn_rate=result["lost"] / active.where(active > 0))


def _lost_after(silence: Floats, cycle: Floats, is_own: Flags, rule: ChurnRule) -> Floats:
    own = np.clip(rule.lost_cycles * cycle, rule.least_lost_days, rule.most_lost_days)
    limit = np.where(is_own, own, float(rule.most_lost_days))
    return np.where(np.isnan(silence), np.nan, limit)


def _lost_on(
    statistics: pd.DataFrame, is_silent: Flags, lost_after: Floats, as_of: pd.Timestamp
) -> npt.NDArray[np.datetime64]:
    last = days(statistics["last_on"])
    step = (np.floor(np.nan_to_num(lost_after)) + 1).astype("timedelta64[D]")
    by_silence = np.where(is_silent, last + step, np.datetime64("NaT", "D"))
    if "lost_by_user_on" not in statistics.columns:
        return by_silence
    said = days(statistics["lost_by_user_on"])
    holds = (said <= calendar_day(as_of)) & ~(last > said)
    return np.fmin(by_silence, np.where(holds, said, np.datetime64("NaT", "D")))


def _silences(churn: pd.DataFrame) -> Iterator[Reasons]:
    silence, ratio = floats(churn["silence_days"]), floats(churn["silence_ratio"]).round(2)
    columns = (silence.tolist(), floats(churn["cycle_days"]).tolist(), ratio.tolist(), churn["cycle_source"].tolist())
    for days_silent, cycle, share, source in zip(*columns, strict=True):
        if days_silent != days_silent:  # NaN: never bought
            yield []
            continue
        known = cycle == cycle
        yield [
            {
                "code": "silence",
                "days": int(days_silent),
                "cycle": cycle if known else None,
                "ratio": share if known else None,
                "cycle_source": source if known else None,
            }
        ]


def _lost_by_user(statistics: pd.DataFrame, churn: pd.DataFrame) -> Iterator[Reasons]:
    if "lost_by_user_on" not in statistics.columns:
        yield from ([] for _ in range(len(statistics)))
        return
    said, last = days(statistics["lost_by_user_on"]), days(statistics["last_on"])
    holds = (churn["churn_risk"] == ChurnRisk.LOST).to_numpy(np.bool_) & ~np.isnat(said) & ~(last > said)
    for day, applies in zip(said, holds.tolist(), strict=True):
        yield [{"code": "lost_by_user", "on": str(day)}] if applies else []


def _falling_amounts(statistics: pd.DataFrame) -> Iterator[Reasons]:
    if not {"amount_last_180", "amount_previous_180"} <= set(statistics.columns):
        yield from ([] for _ in range(len(statistics)))
        return
    columns = (whole(statistics["amount_last_180"]).tolist(), whole(statistics["amount_previous_180"]).tolist())
    for last, previous in zip(*columns, strict=True):
        yield [{"code": "falling_amount", "last": last, "previous": previous}] if last < previous else []
