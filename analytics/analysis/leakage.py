"""Inputs that know what a model is to find out: too good to be true, or dated after the day of the question."""

from typing import Any

import numpy as np
import pandas as pd

from analytics.analysis.contract import calendar_day, days
from analytics.analysis.model_quality import area_under_curve

TOO_GOOD = 0.995


def give_aways(inputs: pd.DataFrame, outcome: "pd.Series[Any]", *, limit: float = TOO_GOOD) -> dict[str, float]:
    """Inputs that tell the outcome apart alone, with the area under their curve (above one half, whichever way they
    point).

    inputs: numbers, missing values as a value of their own below all others; outcome: yes/no, of cases the model has
    not seen
    """
    happened = np.asarray(outcome, dtype=np.bool_)
    found = {}
    for name in inputs.columns:
        column = inputs[name].to_numpy(dtype=np.float64, na_value=np.nan)
        area, _error = area_under_curve(happened, np.nan_to_num(column, nan=-np.inf))
        if max(area, 1 - area) > limit:
            found[str(name)] = float(max(area, 1 - area))
    return found


def dated_after(dates: pd.DataFrame, t0: pd.Timestamp) -> dict[str, int]:
    """Columns of days that hold days after t0, with how many: what they say was not known on t0."""
    late = {str(name): int((days(dates[name]) > calendar_day(t0)).sum()) for name in dates.columns}
    return {name: count for name, count in late.items() if count}
