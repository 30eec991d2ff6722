"""Scores and classes by value: RFM, ABC, value tiers."""

from analytics.analysis import abc, rfm, value_tiers
from analytics.figures.work import Columns, FigureSet, Work, codes, tuples

THRESHOLDS = ("recency_days", "frequency", "monetary_value")


def _rfm(work: Work) -> Columns:
    given = work.settings("rfm")
    rules = [rfm.SegmentRule(**tuples(rule)) for rule in given.pop("rules", ())] or rfm.DEFAULT_RULES
    thresholds = rfm.fit_thresholds(work.known, work.as_of)
    if given and thresholds.customers:
        limits = {name: tuple(given.get(name, getattr(thresholds, name))) for name in THRESHOLDS}
        thresholds = rfm.RfmThresholds(**limits, customers=thresholds.customers, notes=thresholds.notes)
    work.note("rfm", thresholds.notes)
    scored = rfm.score(work.known, thresholds, work.as_of, rules)
    scores = {name: scored[name].astype("Int16") for name in ("r_score", "f_score", "m_score")}
    return {
        **{name: column.mask(column == 0) for name, column in scores.items()},
        **{name: scored[name] for name in THRESHOLDS},
        "rfm_segment": codes(scored["segment"]),
    }


def _abc(work: Work) -> Columns:
    parameters = abc.fit(work.known, abc.AbcLimits(**work.settings("abc")))
    work.note("abc", parameters.notes)
    return {"abc_class": codes(abc.apply(work.known, parameters)["abc_class"])}


def _value_tiers(work: Work) -> Columns:
    parameters = value_tiers.fit(work.known, value_tiers.ValueTierLimits(**work.settings("value_tiers")))
    work.note("value_tiers", parameters.notes)
    return {"value_tier": codes(value_tiers.apply(work.known, parameters)["value_tier"])}


RFM = FigureSet("rfm", _rfm)
ABC = FigureSet("abc", _abc)
VALUE_TIERS = FigureSet("value_tiers", _value_tiers)
