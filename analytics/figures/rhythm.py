"""The rhythm of a customer's purchases, the risk of leaving, and the stage that follows from both."""

from analytics.analysis import churn, lifecycle, purchase_cycle
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


CHURN = FigureSet("churn", _churn)
