"""The probability that a customer leaves in the days to come: trained on past quarters, judged on the last (R-226,
R-050).

Three candidates are fitted on quarters whose outcomes are known and compared on one held out: a recency rule (share of
those who left by silence / cycle), a logistic regression, and a small tree. The one with the least Brier score is the
champion, the rule where it is as good; then all are fitted again with the held-out quarter, whose outcomes are newest.
What is too little to learn from is a status, never a number.
"""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analytics.analysis import decision_tree, leakage, logistic
from analytics.analysis.churn_features import INPUTS, REASONS, by_reason
from analytics.analysis.contract import Floats, floats, require_columns
from analytics.analysis.decision_tree import Node, TreeSettings
from analytics.analysis.logistic import LogisticFit
from analytics.analysis.model_quality import ModelQuality, calibration, quality

RATIO = "silence"  # the input that the recency rule reads
LIMITS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
PRIOR_CASES = 5.0  # of the overall share, added to each band of the rule


class ChurnModelStatus(StrEnum):
    """ok, or why there is no model and the rule of silence alone stands."""

    OK = "ok"
    TOO_FEW_QUARTERS = "too_few_quarters"
    TOO_FEW_CUSTOMERS = "too_few_customers"
    TOO_FEW_OUTCOMES = "too_few_outcomes"
    NO_SIGNAL = "no_signal"


class Candidate(StrEnum):
    RULE = "rule"
    LOGISTIC = "logistic"
    TREE = "tree"


@dataclass(frozen=True)
class ChurnModelSettings:
    """horizon_days: how far ahead leaving is told; quarters: most past quarters learned from; fading: weight of a
    quarter against the one after it; penalty, tree_depth: of the regression and the tree.

    least_customers, least_outcomes: customers, and of them who left and who stayed, below which nothing is learned.
    medium, high: probabilities from which the band is medium, high. give_away: area under the curve above which a
    single input is refused. most_cases: above, a sample of the customers is learned from. retrain_days: age of a
    model after which a recompute trains a new one.
    """

    horizon_days: int = 90
    quarters: int = 8
    fading: float = 0.6
    penalty: float = 1.0
    tree_depth: int = 4
    least_customers: int = 100
    least_outcomes: int = 30
    medium: float = 0.3
    high: float = 0.6
    give_away: float = leakage.TOO_GOOD
    most_cases: int = 200_000
    retrain_days: int = 30

    def __post_init__(self) -> None:
        if not 7 <= self.horizon_days <= 730:
            raise ValueError("horizon_days must lie between 7 and 730")
        if not 1 <= self.quarters <= 40:
            raise ValueError("quarters must lie between 1 and 40")
        if not 0 < self.fading <= 1:
            raise ValueError("fading must lie above 0 and at most at 1")
        if not self.penalty > 0:
            raise ValueError("penalty must be above zero")
        TreeSettings(depth=self.tree_depth)
        if self.least_customers < 1 or self.least_outcomes < 1:
            raise ValueError("least_customers and least_outcomes must be 1 or more")
        if not 0 < self.medium <= self.high < 1:
            raise ValueError("medium and high must satisfy 0 < medium <= high < 1")
        if not 0.5 < self.give_away <= 1:
            raise ValueError("give_away must lie above 0.5 and at most at 1")
        if self.most_cases < 1_000:
            raise ValueError("most_cases must be 1000 or more")
        if self.retrain_days < 1:
            raise ValueError("retrain_days must be 1 or more")


@dataclass(frozen=True)
class RuleFit:
    """Share of those who left by silence / cycle: up to limits[0], up to limits[1], ..., above the last; and of all."""

    limits: tuple[float, ...]
    shares: tuple[float, ...]
    cases: tuple[int, ...]
    overall: float


@dataclass(frozen=True)
class ChurnFit:
    """What a training brought. Everything that describes it is there whatever the status; the models only when ok.

    customers, cases, positives: different customers, cases and cases that left, of training and held-out quarter
    held_out_cases, held_out_positives: of the latter alone
    left_out:  customers on as_of whose outcome is not known yet
    share_learned: part of the customers that were learned from, 1 unless there are very many
    qualities: by candidate, on the held-out quarter, of the fit that has not seen it
    calibration: by candidate, the table of `model_quality.calibration` as records
    refused:   inputs that told the outcome apart alone, with the area under their curve
    """

    status: ChurnModelStatus
    as_of: str
    horizon_days: int
    trained_from: str | None
    held_out_on: str | None
    quarters: int
    customers: int
    cases: int
    positives: int
    held_out_cases: int
    held_out_positives: int
    left_out: int
    share_learned: float = 1.0
    champion: Candidate | None = None
    qualities: dict[str, ModelQuality] = field(default_factory=dict)
    calibration: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refused: dict[str, float] = field(default_factory=dict)
    rule: RuleFit | None = None
    logistic: LogisticFit | None = None
    tree: Node | None = None

    @property
    def quality(self) -> ModelQuality | None:
        return self.qualities.get(self.champion) if self.champion else None

    def as_dict(self) -> dict[str, Any]:
        """As JSON can hold it; `from_dict` reads it back."""
        return asdict(self) | {
            "logistic": self.logistic.as_dict() if self.logistic else None,
            "tree": self.tree.as_dict() if self.tree else None,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "ChurnFit":
        rule: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in (values["rule"] or {}).items()}
        champion = values["champion"]
        return cls(
            **{
                **values,
                "status": ChurnModelStatus(values["status"]),
                "champion": Candidate(champion) if champion else None,
                "qualities": {name: ModelQuality(**each) for name, each in values["qualities"].items()},
                "rule": RuleFit(**rule) if rule else None,
                "logistic": LogisticFit.from_dict(values["logistic"]) if values["logistic"] else None,
                "tree": Node.from_dict(values["tree"]) if values["tree"] else None,
            }
        )


@dataclass(frozen=True)
class Scores:
    """probability and its logit: by customer; base: logit of the usual customer; added: what each reason adds to the
    logit of each customer. base + the sum of a row is the logit."""

    probability: "pd.Series[float]"
    logit: "pd.Series[float]"
    base: float
    added: pd.DataFrame


def train(
    cases: pd.DataFrame,
    *,
    as_of: pd.Timestamp,
    left_out: int = 0,
    share_learned: float = 1.0,
    settings: ChurnModelSettings | None = None,
) -> ChurnFit:
    """cases: t0, customer_id, has_left (yes/no, none missing) and the INPUTS; the last t0 is the one held out"""
    settings = settings or ChurnModelSettings()
    require_columns(cases, "t0", "customer_id", "has_left", *INPUTS)
    outcome = cases["has_left"].astype("bool")
    days = sorted(pd.to_datetime(cases["t0"].unique()))
    held_out = (cases["t0"] == days[-1]).to_numpy() if days else np.zeros(0, dtype=np.bool_)
    told: dict[str, Any] = {
        "as_of": str(as_of.date()),
        "horizon_days": settings.horizon_days,
        "trained_from": str(days[0].date()) if days else None,
        "held_out_on": str(days[-1].date()) if days else None,
        "quarters": len(days),
        "customers": int(cases["customer_id"].nunique()),
        "cases": len(cases),
        "positives": int(outcome.sum()),
        "held_out_cases": int(held_out.sum()),
        "held_out_positives": int(outcome[held_out].sum()),
        "left_out": left_out,
        "share_learned": share_learned,
    }
    if problem := _too_little(cases, outcome, held_out, settings):
        return ChurnFit(problem, **told)
    judged = [name for name, reason in REASONS.items() if reason != REASONS[RATIO]]  # silence is what the rule reads
    refused = leakage.give_aways(cases.loc[held_out, judged], outcome[held_out], limit=settings.give_away)
    used = [name for name in INPUTS if name not in refused]
    before = _fit(cases[~held_out], outcome[~held_out], used, settings)
    unseen = cases[held_out]
    probabilities = {name: _probability(unseen, name, before) for name in Candidate}
    qualities = {str(name): quality(outcome[held_out], each) for name, each in probabilities.items()}
    champion = min(Candidate, key=lambda name: (round(qualities[name].brier or 0, 6), list(Candidate).index(name)))
    told |= {
        "qualities": qualities,
        "calibration": {
            str(name): calibration(outcome[held_out], each).round(6).to_dict("records")
            for name, each in probabilities.items()
        },
        "refused": refused,
    }
    if not qualities[champion].tells_apart:
        return ChurnFit(ChurnModelStatus.NO_SIGNAL, **told)
    rule, regression, tree = _fit(cases, outcome, used, settings)
    return ChurnFit(ChurnModelStatus.OK, **told, champion=champion, rule=rule, logistic=regression, tree=tree)


def score(inputs: pd.DataFrame, fitted: ChurnFit, *, by: Candidate | None = None) -> Scores:
    """inputs: INPUTS, indexed by customer; by: another candidate than the champion

    raises: ValueError when the training brought no model
    """
    chosen = by or fitted.champion
    if chosen is None or fitted.rule is None or fitted.logistic is None or fitted.tree is None:
        raise ValueError(f"there is no model: {fitted.status}")
    probability = _probability(inputs, chosen, (fitted.rule, fitted.logistic, fitted.tree))
    if chosen == Candidate.LOGISTIC:
        added = by_reason(logistic.contributions(inputs, fitted.logistic))
        return Scores(probability, logistic.logit(inputs, fitted.logistic), fitted.logistic.intercept, added)
    logit = pd.Series(special.logit(probability.to_numpy()), index=inputs.index, name="logit")
    if chosen == Candidate.TREE:
        added = by_reason(decision_tree.contributions(inputs, fitted.tree))
        return Scores(probability, logit, float(special.logit(fitted.tree.rate)), added)
    base = float(special.logit(fitted.rule.overall))
    return Scores(probability, logit, base, pd.DataFrame({REASONS[RATIO]: logit - base}))


def bands(probability: "pd.Series[float]", settings: ChurnModelSettings) -> "pd.Series[Any]":
    """low, medium or high of each probability; missing where it is."""
    told = floats(probability)
    found = np.select([told >= settings.high, told >= settings.medium], ["high", "medium"], "low")
    return pd.Series(found, index=probability.index, dtype="str").where(~np.isnan(told))


def top_reasons(scores: Scores, *, most: int = 3) -> "pd.Series[Any]":
    """The reasons that move a customer farthest from the usual one in its own direction, as (code, added to the logit):
    what speaks for leaving where the probability is above the usual, what speaks against it where it is below."""
    added = scores.added.to_numpy(dtype=np.float64)
    direction = np.where(added.sum(axis=1) >= 0, 1.0, -1.0)
    order = np.argsort(-added * direction[:, None], axis=1, kind="stable")[:, :most]
    sizes = np.take_along_axis(added, order, axis=1)
    names = np.array(scores.added.columns, dtype=object)[order]
    found = [
        [(name, size) for name, size in zip(row_names, row_sizes, strict=True) if size * way > 0]
        for row_names, row_sizes, way in zip(names.tolist(), sizes.tolist(), direction.tolist(), strict=True)
    ]
    return pd.Series(found, index=scores.added.index, dtype=object, name="reasons")


def drivers(fitted: ChurnFit, inputs: pd.DataFrame) -> "pd.Series[float]":
    """How much each reason moves the probabilities of these customers: mean |added to the logit| as a share of all."""
    sizes = score(inputs, fitted).added.abs().mean()
    found = sizes / sizes.sum() if sizes.sum() else sizes
    return found.sort_values(ascending=False, kind="stable")


def _too_little(
    cases: pd.DataFrame, outcome: "pd.Series[Any]", held_out: Any, settings: ChurnModelSettings
) -> ChurnModelStatus | None:
    training = outcome[~held_out]
    if not len(training) or not held_out.any():
        return ChurnModelStatus.TOO_FEW_QUARTERS
    if cases.loc[~held_out, "customer_id"].nunique() < settings.least_customers:
        return ChurnModelStatus.TOO_FEW_CUSTOMERS
    rarest = min(int(training.sum()), int((~training).sum()))
    rarest_unseen = min(int(outcome[held_out].sum()), int((~outcome[held_out]).sum()))
    if rarest < settings.least_outcomes or rarest_unseen * 3 < settings.least_outcomes:
        return ChurnModelStatus.TOO_FEW_OUTCOMES
    return None


def _fit(
    cases: pd.DataFrame, outcome: "pd.Series[Any]", used: list[str], settings: ChurnModelSettings
) -> tuple[RuleFit, LogisticFit, Node]:
    quarter = pd.Series(pd.factorize(cases["t0"], sort=True)[0], index=cases.index)
    weights = settings.fading ** (quarter.max() - quarter)
    inputs = cases[used]
    regression = logistic.fit(inputs, outcome, weights=weights, penalty=settings.penalty, groups=cases["customer_id"])
    tree = decision_tree.fit(inputs, outcome, TreeSettings(depth=settings.tree_depth))
    return _fit_rule(floats(cases[RATIO]), outcome.to_numpy(np.bool_)), regression, tree


def _fit_rule(ratio: Floats, left: Any) -> RuleFit:
    band = np.searchsorted(LIMITS, ratio, side="left")
    cases = np.bincount(band, minlength=len(LIMITS) + 1)
    positives = np.bincount(band[left], minlength=len(LIMITS) + 1)
    overall = float(left.mean())
    shares = (positives + PRIOR_CASES * overall) / (cases + PRIOR_CASES)
    return RuleFit(LIMITS, tuple(shares.tolist()), tuple(cases.tolist()), overall)


def _probability(inputs: pd.DataFrame, name: Candidate, fits: tuple[RuleFit, LogisticFit, Node]) -> "pd.Series[float]":
    rule, regression, tree = fits
    if name == Candidate.LOGISTIC:
        return logistic.probability(inputs, regression)
    if name == Candidate.TREE:
        return decision_tree.probability(inputs, tree)
    shares = np.array(rule.shares)[np.searchsorted(rule.limits, floats(inputs[RATIO]), side="left")]
    return pd.Series(shares, index=inputs.index, name="probability")
