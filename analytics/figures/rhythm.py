"""The rhythm of a customer's purchases, the risk of leaving, and the stage that follows from both."""

import dataclasses

import pandas as pd

from analytics.analysis import churn, lifecycle, purchase_cycle, shifted_beta_geometric, tenure
from analytics.analysis.likelihood import FitStatus
from analytics.figures.work import Columns, FigureSet, Work, codes


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


def _staying(work: Work) -> Columns:
    """No columns: how the customers of the company leave, month by month, as a model for whoever projects it."""
    rule = churn.ChurnRule(**work.settings("churn"))
    customers = work.known[["customer_id", "first_on", "last_on", "lost_by_user_on"]].assign(
        lost_after_days=churn.lost_after(
            pd.Series(work.columns["cycle_days"].array), ~pd.Series(work.columns["cycle_is_assumed"].array), rule
        )
    )
    fitted = shifted_beta_geometric.fit(tenure.survivors(customers, as_of=work.as_of))
    work.fits["sbg"] = dataclasses.replace(fitted, time_unit="month")
    if fitted.status != FitStatus.OK:
        work.note("sbg", (str(fitted.status),))
    return {}


CHURN = FigureSet("churn", _churn)
STAYING = FigureSet("staying", _staying)
