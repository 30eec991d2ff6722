"""Rankings with shares: best sellers and weak products (R-033)."""

import numpy as np
import pandas as pd

from analytics.analysis.contract import require_columns


def share_ranking(items: pd.DataFrame, *, measure: str) -> pd.DataFrame:
    """Items by a measure, largest first, each with its rank and share.

    items:   one row per item; `measure` a count or cents
    returns: the columns of `items` and rank (equal values share the better rank: 1, 2, 2, 4), share and
             cumulative_share (fractions of the sum, NaN when the sum is not positive); equal values keep the
             order in which they came
    """
    require_columns(items, measure)
    ranked = items.sort_values(measure, ascending=False, kind="stable").reset_index(drop=True)
    total = ranked[measure].sum()
    base = total if total > 0 else np.nan
    return ranked.assign(
        rank=ranked[measure].rank(method="min", ascending=False).astype("int64"),
        share=ranked[measure] / base,
        cumulative_share=ranked[measure].cumsum() / base,
    )
