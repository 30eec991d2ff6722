"""How good probabilities of a yes-or-no outcome are, judged on cases that the model has not seen.

Area under the curve by ranks (Hanley and McNeil, The meaning and use of the area under a ROC curve, Radiology 143
(1982)), its standard error by DeLong, DeLong and Clarke-Pearson (Biometrics 44 (1988)), error of a probability by Brier
(Monthly Weather Review 78 (1950)). Equal scores are treated alike everywhere: no figure depends on the order of rows.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from analytics.analysis.contract import Flags, Floats, floats

BINS = 10
BEST_SHARE = 0.1
FARTHEST_LOGIT = 36.0


@dataclass(frozen=True)
class ModelQuality:
    """Of one model on one set of cases. A figure is None where it does not exist (nobody left, or everybody).

    auc                     probability that a case of the outcome has the higher score; equal scores count half
    auc_low, auc_high       its 95 % interval
    brier, log_loss         mean squared and mean logarithmic error of the probability, smaller is better
    calibration_error       mean over customers of |share found - probability told| in 10 bins of equal counts
    lift_at_10_percent      share of the outcome among the tenth with the highest scores / share among all
    precision_at_10_percent the former of these two shares
    """

    cases: int
    positives: int
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    brier: float | None
    log_loss: float | None
    calibration_error: float | None
    lift_at_10_percent: float | None
    precision_at_10_percent: float | None

    @property
    def tells_apart(self) -> bool:
        """Whether the scores are better than drawing lots: the interval of the area lies above one half."""
        return self.auc_low is not None and self.auc_low > 0.5

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def quality(outcome: "pd.Series[Any]", probability: "pd.Series[Any]") -> ModelQuality:
    """outcome: yes/no; probability: 0 to 1, of the same cases in the same order, none missing."""
    happened, told = _checked(outcome, probability)
    positives = int(happened.sum())
    if len(told) == 0:
        return ModelQuality(0, 0, *(None,) * 8)
    area, error = area_under_curve(happened, told)
    known = not np.isnan(area)
    reach = special.ndtri(0.975) * error
    precision = precision_at(happened, told)
    return ModelQuality(
        cases=len(told),
        positives=positives,
        auc=area if known else None,
        auc_low=max(area - reach, 0.0) if known else None,
        auc_high=min(area + reach, 1.0) if known else None,
        brier=float(((told - happened) ** 2).mean()),
        log_loss=log_loss(happened, told),
        calibration_error=calibration_error(calibration(outcome, probability)),
        lift_at_10_percent=precision * len(told) / positives if positives else None,
        precision_at_10_percent=precision,
    )


def area_under_curve(happened: Flags, score: Floats) -> tuple[float, float]:
    """The area and its standard error; NaN, NaN unless there are both outcomes.

    The error of a perfect separation is zero by DeLong; one case that ranks half wrong is then taken instead, so that
    three cases on each side prove nothing.
    """
    high, low = score[happened], score[~happened]
    if not len(high) or not len(low):
        return np.nan, np.nan
    ranks = stats.rankdata(score)
    above = (ranks[happened] - stats.rankdata(high)) / len(low)  # share of the others that each one passes
    below = 1 - (ranks[~happened] - stats.rankdata(low)) / len(high)
    area = float(above.mean())
    spread = _variance(above) / len(high) + _variance(below) / len(low)
    least = 0.5 / (len(high) * len(low)) * (1 / len(high) + 1 / len(low))
    return area, float(np.sqrt(max(spread, least)))


def log_loss(happened: Flags, told: Floats) -> float:
    safe = np.clip(told, special.expit(-FARTHEST_LOGIT), special.expit(FARTHEST_LOGIT))
    return float(-np.where(happened, np.log(safe), np.log1p(-safe)).mean())


def precision_at(happened: Flags, score: Floats, share: float = BEST_SHARE) -> float:
    """Share of the outcome among the highest scores, ceil(share x cases) of them.

    Of those who share the score at the limit so many count as there is room for, at the mean of their group.
    """
    room = int(np.ceil(share * len(score) - 1e-9))
    limit = np.sort(score)[len(score) - room]
    above, equal = score > limit, score == limit
    rest = room - int(above.sum())
    return float((happened[above].sum() + rest * happened[equal].mean()) / room)


def calibration(outcome: "pd.Series[Any]", probability: "pd.Series[Any]", *, bins: int = BINS) -> pd.DataFrame:
    """Told against found in `bins` groups of equal counts, from the lowest probabilities to the highest.

    returns: bin (from 1), cases, low, high (least and greatest probability told), told (their mean), found (share of
             the outcome), found_low, found_high (95 % interval of the share by Wilson); empty bins are left out.
             Equal probabilities are in one bin, so bins are of equal counts only where there are no ties.
    """
    happened, told = _checked(outcome, probability)
    place = np.minimum((stats.rankdata(told) - 0.5) / max(len(told), 1) * bins, bins - 1e-9).astype(np.int64)
    groups = pd.DataFrame({"bin": place + 1, "told": told, "found": happened.astype(np.float64)}).groupby("bin")
    table = groups.agg(
        cases=("told", "size"),
        low=("told", "min"),
        high=("told", "max"),
        told=("told", "mean"),
        found=("found", "mean"),
    ).reset_index()
    low, high = wilson(floats(table["found"]) * floats(table["cases"]), floats(table["cases"]))
    return table.assign(found_low=low, found_high=high)


def calibration_error(table: pd.DataFrame) -> float:
    """Mean over cases of |told - found|, of a table of `calibration`; NaN of an empty one."""
    cases = table["cases"].to_numpy(np.float64)
    if not cases.sum():
        return np.nan
    return float((np.abs(floats(table["told"]) - floats(table["found"])) * cases).sum() / cases.sum())


def wilson(happened: Any, cases: Any) -> tuple[Floats, Floats]:
    """95 % interval of a share (Wilson, JASA 22 (1927)); NaN of no cases."""
    z = special.ndtri(0.975)
    k, n = np.asarray(happened, dtype=np.float64), np.asarray(cases, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = k / n
        middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        reach = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return np.clip(middle - reach, 0, 1), np.clip(middle + reach, 0, 1)


def _checked(outcome: "pd.Series[Any]", probability: "pd.Series[Any]") -> tuple[Flags, Floats]:
    told = np.asarray(probability, dtype=np.float64)
    happened = np.asarray(outcome)
    if len(told) != len(happened):
        raise ValueError("outcome and probability are of different cases")
    if not (np.isfinite(told) & (told >= 0) & (told <= 1)).all():
        raise ValueError("probability must lie between 0 and 1")
    if pd.isna(happened).any():
        raise ValueError("outcome is missing")
    return happened.astype(np.bool_), told


def _variance(shares: Floats) -> float:
    return float(shares.var(ddof=1)) if len(shares) > 1 else float(shares.mean() * (1 - shares.mean()))
