"""The rhythm of a customer's purchases, the risk of leaving, and the stage that follows from both."""

import dataclasses
import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.analysis import churn, lifecycle, purchase_cycle, shifted_beta_geometric, tenure
from analytics.analysis.likelihood import FitStatus
from analytics.facts.statistics import customer_statistics
from analytics.figures.work import Columns, FigureSet, Work, codes

if TYPE_CHECKING:
    from analytics.facts.engine import Reader


def _churn(work: Work) -> Columns:
    parameters = purchase_cycle.fit(work.intervals, **work.settings("purchase_cycle"))
    work.note("churn", parameters.notes)
    cycles = purchase_cycle.apply(work.known, parameters)
    risk = churn.apply(work.known, cycles, as_of=work.as_of, rule=churn.ChurnRule(**work.settings("churn")))
    rule = lifecycle.LifecycleRule(**work.settings("lifecycle"))
    stage = lifecycle.apply(work.known, risk, as_of=work.as_of, rule=rule)
    return {
        "cycle_days": cycles["cycle_days"],
        "cycle_is_assumed": cycles["cycle_source"].eq(purchase_cycle.CycleSource.ASSUMED).fillna(False),
        "next_order_on": cycles["next_expected_on"],
        "silence_ratio": risk["silence_ratio"],
        "churn_risk": codes(risk["churn_risk"]),
        "lifecycle_stage": codes(stage["lifecycle_stage"]),
    }


def staying_model(
    known: pd.DataFrame, cycles: pd.DataFrame, as_of: pd.Timestamp, rule: churn.ChurnRule
) -> shifted_beta_geometric.ShiftedBetaGeometric:
    """How the customers of the company leave, month by month.

    known: customer_id, first_on, last_on, lost_by_user_on;  cycles: cycle_days, cycle_is_assumed, in the same order
    """
    after = churn.lost_after(cycles["cycle_days"], ~cycles["cycle_is_assumed"], rule)
    customers = known[["customer_id", "first_on", "last_on", "lost_by_user_on"]].assign(lost_after_days=after)
    fitted = shifted_beta_geometric.fit(tenure.survivors(customers, as_of=as_of))
    return dataclasses.replace(fitted, time_unit="month")


def staying_as_of(
    reader: "Reader", as_of: datetime.date, given: dict[str, Any]
) -> shifted_beta_geometric.ShiftedBetaGeometric:
    """The same for a day on which no run looked; `given`: AnalysisSettings.values."""
    known, intervals = customer_statistics(reader, as_of)
    cycles = purchase_cycle.apply(known, purchase_cycle.fit(intervals, **given.get("purchase_cycle", {})))
    own = cycles["cycle_source"].eq(purchase_cycle.CycleSource.ASSUMED).fillna(False).to_numpy(dtype=bool)
    columns = pd.DataFrame({"cycle_days": cycles["cycle_days"].to_numpy(), "cycle_is_assumed": own})
    return staying_model(known, columns, pd.Timestamp(as_of), churn.ChurnRule(**given.get("churn", {})))


def _staying(work: Work) -> Columns:
    """No columns: a model for whoever projects how many will be there."""
    columns = {name: work.columns[name].array for name in ("cycle_days", "cycle_is_assumed")}
    rule = churn.ChurnRule(**work.settings("churn"))
    fitted = work.fits["sbg"] = staying_model(work.known, pd.DataFrame(columns), work.as_of, rule)
    if fitted.status != FitStatus.OK:
        work.note("sbg", (str(fitted.status),))
    return {}


CHURN = FigureSet("churn", _churn)
STAYING = FigureSet("staying", _staying)
