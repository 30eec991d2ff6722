"""What is known of a customer on a day, as inputs of a model of leaving, and what came of it (R-226).

A case is a customer on a day t0. Inputs look at records up to and including t0, nothing later; the outcome looks at the
`horizon` days after t0. A customer has left when it bought nothing in them. Cases whose outcome is not known yet,
because t0 + horizon lies after as_of, are left out of fits and counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.analysis import churn, purchase_cycle
from analytics.analysis.churn import ChurnRisk, ChurnRule
from analytics.analysis.contract import (
    Flags,
    Floats,
    calendar_day,
    days,
    days_since,
    flags,
    floats,
    require_columns,
    up_to,
)
from analytics.analysis.purchase_cycle import CycleSource
from analytics.analysis.statistics import customer_statistics, purchase_intervals

QUARTER_DAYS = 90
MOST_RATIO = 8.0  # longer silences, in cycles, count alike
BENDS = (0.5, 1.0, 1.5, 2.0, 3.0)  # of the curve of silence / cycle
COUNTS = ("orders_last_90", "orders_previous_90", "outbound_180", "answered_180", "unsolved_365")

# Input -> what it is about, in the words that reasons are told with.
REASONS: dict[str, str] = {
    "silence": "silence",
    **{f"silence_above_{bend:g}": "silence" for bend in BENDS},
    "silence_in_long_cycle": "silence",
    "silence_after_one_order": "silence",
    "silence_after_one_order_above_1": "silence",
    "one_order": "few_orders",
    "two_orders": "few_orders",
    "orders": "few_orders",
    "cycle": "rhythm",
    "cycle_beyond_horizon": "rhythm",
    "cycle_is_own": "rhythm",
    "orders_of_late": "fewer_orders",
    "orders_trend": "fewer_orders",
    "amount_trend": "falling_amount",
    "returned_share": "returns",
    "open_complaint": "open_complaint",
    "unsolved_complaints": "complaints",
    "complaints_of_late": "complaints",
    "named_competitor": "named_competitor",
    "contacts": "contacts",
    "unanswered_share": "unanswered",
    "late_cases": "late_cases",
    "late_payments": "late_payments",
    "age": "age",
}
INPUTS = tuple(REASONS)


@dataclass(frozen=True)
class Days:
    """The days t0 of a training: `training` in rising order, then the one held out, whose outcome is known last."""

    training: tuple[pd.Timestamp, ...]
    held_out: pd.Timestamp


def quarters(as_of: pd.Timestamp, *, horizon: int, first_on: pd.Timestamp, most: int) -> Days:
    """Days t0, a quarter of 90 days apart, whose outcomes are known on as_of.

    The horizon of the last one ends on as_of; those of the others end on its t0 or before, so that no outcome that a
    model is fitted on reaches into the days it is judged on. first_on: of the company's records; a day needs a
    quarter of them.
    """
    held_out = as_of.normalize() - pd.Timedelta(days=horizon)
    step = -(-horizon // QUARTER_DAYS) * QUARTER_DAYS
    backwards = [held_out - pd.Timedelta(days=step + QUARTER_DAYS * number) for number in range(most)]
    earliest = first_on + pd.Timedelta(days=QUARTER_DAYS)
    return Days(tuple(sorted(day for day in backwards if day >= earliest)), held_out)


def history(
    purchases: pd.DataFrame, contacts: pd.DataFrame, complaints: pd.DataFrame, *, t0: pd.Timestamp
) -> pd.DataFrame:
    """Customers with an order up to t0 and what is known of them on that day.

    purchases:  customer_id, occurred_on, gross_amount, net_amount (cents), as for `statistics.customer_statistics`
    contacts:   customer_id, occurred_on, direction, is_answered, competitor
    complaints: customer_id, occurred_on, resolved_on (NaT while open), outcome, competitor
    returns:    the columns of `customer_statistics` and orders_last_90, orders_previous_90, contacts_180_days,
                outbound_180, answered_180 (outbound contacts that were answered), has_named_competitor (in 180 days),
                open_complaints, complaints_90_days, unsolved_365 (of 365 days, ended without being solved)

    On large data the same comes from SQL over the facts; this is its definition in small.
    """
    known = customer_statistics(purchases, t0)
    bought = up_to(purchases[purchases["gross_amount"] > 0], t0)
    talks, cases = up_to(contacts, t0), up_to(complaints, t0)
    lately, cases_lately = _after(talks, t0, 180), _after(cases, t0, 180)
    ours = lately[lately["direction"] == "outbound"]
    is_ended = days(cases["resolved_on"]) <= calendar_day(t0)
    ended = cases[is_ended & (cases["outcome"] != "solved")]
    recent, half_year = _after(bought, t0, 90), _after(bought, t0, 180)
    counted = {
        "orders_last_90": recent,
        "orders_previous_90": half_year.drop(recent.index),
        "contacts_180_days": lately,
        "outbound_180": ours,
        "answered_180": ours[flags(ours, "is_answered")],
        "open_complaints": cases[~is_ended],
        "complaints_90_days": _after(cases, t0, 90),
        "unsolved_365": _after(ended, t0, 365),
    }
    naming = pd.concat([each[each["competitor"] != ""]["customer_id"] for each in (lately, cases_lately)])
    counts = {
        name: rows.groupby("customer_id").size().reindex(known["customer_id"], fill_value=0).to_numpy()
        for name, rows in counted.items()
    }
    return known.assign(**counts, has_named_competitor=known["customer_id"].isin(naming))


def standing(known: pd.DataFrame, intervals: pd.DataFrame, *, t0: pd.Timestamp, rule: ChurnRule) -> pd.DataFrame:
    """Rhythm and silence of the customers of `history` on t0: the result of `churn.apply`."""
    cycles = purchase_cycle.apply(known, purchase_cycle.fit(intervals))
    return churn.apply(known.assign(has_open_complaint=known["open_complaints"] > 0), cycles, as_of=t0, rule=rule)


def is_case(risk: pd.DataFrame) -> Flags:
    """Whose leaving may be told: who has bought and is not lost already."""
    return risk["churn_risk"].isin([ChurnRisk.LOW, ChurnRisk.MEDIUM, ChurnRisk.HIGH, ChurnRisk.UNKNOWN]).to_numpy()


def inputs(known: pd.DataFrame, risk: pd.DataFrame, *, t0: pd.Timestamp, horizon: int) -> pd.DataFrame:
    """The inputs of the model, none missing.

    known:   `history` or its twin of the facts; optional: cases_due, cases_solved_in_time, invoices, invoices_on_time
    risk:    `standing` of the same customers in the same order
    returns: INPUTS (float), indexed by customer_id; in the same order
    """
    require_columns(known, *COUNTS, "contacts_180_days", "open_complaints", "complaints_90_days")
    if not risk.index.equals(pd.Index(known["customer_id"])):
        raise ValueError("history and standing are of different customers")
    orders = np.maximum(floats(known["orders"]), 1)
    one, own = orders == 1, (risk["cycle_source"] == CycleSource.OWN).to_numpy(np.bool_)
    cycle = floats(risk["cycle_days"])
    cycle = np.where(np.isnan(cycle) | (cycle <= 0), float(horizon), cycle)
    ratio = np.minimum(np.nan_to_num(days_since(known["last_on"], t0)) / cycle, MOST_RATIO)
    long = np.log(cycle)
    gross, net = floats(known["gross_amount"]), floats(known["amount"])
    columns = {
        "silence": ratio,
        **{f"silence_above_{bend:g}": np.maximum(ratio - bend, 0) for bend in BENDS},
        "silence_in_long_cycle": np.minimum(ratio, 3) * long,
        "silence_after_one_order": one * ratio,
        "silence_after_one_order_above_1": one * np.maximum(ratio - 1, 0),
        "one_order": one,
        "two_orders": orders == 2,
        "orders": np.log(orders),
        "cycle": long,
        "cycle_beyond_horizon": np.clip(cycle / horizon - 0.7, 0, 3),
        "cycle_is_own": own,
        "orders_of_late": np.log1p(floats(known["orders_last_90"])),
        "orders_trend": np.log((floats(known["orders_last_90"]) + 0.5) / (floats(known["orders_previous_90"]) + 0.5)),
        "amount_trend": _change(floats(known["amount_last_180"]), floats(known["amount_previous_180"])),
        "returned_share": np.clip((gross - net) / np.maximum(gross, 1), 0, 1),
        "open_complaint": floats(known["open_complaints"]) > 0,
        "unsolved_complaints": np.minimum(floats(known["unsolved_365"]), 3),
        "complaints_of_late": np.minimum(floats(known["complaints_90_days"]), 3),
        "named_competitor": flags(known, "has_named_competitor"),
        "contacts": np.log1p(floats(known["contacts_180_days"])),
        "unanswered_share": (floats(known["outbound_180"]) - floats(known["answered_180"]) + 0.5)
        / (floats(known["outbound_180"]) + 1),
        "late_cases": _missed(known, "cases_due", "cases_solved_in_time"),
        "late_payments": _missed(known, "invoices", "invoices_on_time"),
        "age": np.log1p(np.nan_to_num(days_since(known["first_on"], t0))),
    }
    index = pd.Index(known["customer_id"], name="customer_id")
    return pd.DataFrame({name: np.asarray(columns[name], dtype=np.float64) for name in INPUTS}, index=index)


def cases(
    purchases: pd.DataFrame,
    contacts: pd.DataFrame,
    complaints: pd.DataFrame,
    *,
    t0: pd.Timestamp,
    horizon: int,
    rule: ChurnRule | None = None,
) -> pd.DataFrame:
    """Inputs of everybody whose leaving may be told on t0, straight from the records (see `history`)."""
    known = history(purchases, contacts, complaints, t0=t0)
    risk = standing(known, purchase_intervals(purchases, t0), t0=t0, rule=rule or ChurnRule())
    return inputs(known, risk, t0=t0, horizon=horizon)[is_case(risk)]


def has_left(
    customers: Iterable[Any], purchases: pd.DataFrame, *, t0: pd.Timestamp, horizon: int, as_of: pd.Timestamp
) -> "pd.Series[Any]":
    """Whether each customer bought nothing from the day after t0 to t0 + horizon; missing for all while that lies after
    as_of, also for those who have bought already: they would be counted and the silent ones not."""
    index = pd.Index(list(customers), name="customer_id")
    first, last = calendar_day(t0), calendar_day(t0) + np.timedelta64(horizon, "D")
    if last > calendar_day(as_of):
        return pd.Series(pd.array([pd.NA] * len(index), dtype="boolean"), index=index, name="has_left")
    on = days(purchases["occurred_on"])
    bought = purchases[(purchases["gross_amount"] > 0) & (on > first) & (on <= last)]
    return pd.Series(~index.isin(bought["customer_id"]), index=index, name="has_left").astype("boolean")


def by_reason(added: pd.DataFrame) -> pd.DataFrame:
    """What inputs add to a logit, added up to what they are about; columns in the order of REASONS."""
    found: dict[str, Any] = {}
    for name in added.columns:
        reason = REASONS.get(name, name)
        found[reason] = found[reason] + added[name] if reason in found else added[name]
    return pd.DataFrame(found, index=added.index)


def _after(events: pd.DataFrame, t0: pd.Timestamp, window: int) -> pd.DataFrame:
    return events[days(events["occurred_on"]) > calendar_day(t0) - np.timedelta64(window, "D")]


def _change(last: Floats, previous: Floats) -> Floats:
    """From -1 (nothing any more) to 1 (all of it new); 0 when nothing was spent in either."""
    last, previous = np.maximum(last, 0), np.maximum(previous, 0)
    return (last - previous) / np.maximum(last + previous, 1)


def _missed(known: pd.DataFrame, of: str, kept: str) -> Floats:
    if of not in known.columns:
        return np.zeros(len(known))
    missed = np.nan_to_num(floats(known[of])) - np.nan_to_num(floats(known[kept]))
    return np.minimum(np.maximum(missed, 0), 3)
