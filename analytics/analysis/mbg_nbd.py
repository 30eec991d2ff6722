"""MBG/NBD: BG/NBD in which a customer may also leave right after its first purchase.

Batislam, Denizel and Filiztekin, Empirical validation and comparison of models for customer base analysis,
International Journal of Research in Marketing 24 (2007); Hoppe and Wagner, Customer base analysis: the case for a
central variant of the Betageometric/NBD model, Marketing Journal of Research and Management 3 (2007).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from analytics.analysis import beta_geometric
from analytics.analysis.beta_geometric import BetaGeometric
from analytics.analysis.buying_histories import TimeUnit
from analytics.analysis.customer_base import MINIMUM_CUSTOMERS


@dataclass(frozen=True)
class MbgNbd(BetaGeometric):
    first_chance: ClassVar[int] = 1  # the first purchase already is a chance to leave


def fit(histories: pd.DataFrame, *, time_unit: TimeUnit = "week", minimum_customers: int = MINIMUM_CUSTOMERS) -> MbgNbd:
    """The parameters by maximum likelihood.

    histories: repeat_purchases, time_to_last, time_observed (`buying_histories`); optional: customers (weight of a row)
    time_unit: of these times; it is noted with the parameters and changes nothing but alpha
    raises:    ValueError for histories that cannot be, such as a last purchase after the end of observation
    """
    return beta_geometric.fitted(MbgNbd, histories, time_unit, minimum_customers)


def apply(histories: pd.DataFrame, parameters: MbgNbd, *, horizon: float) -> pd.DataFrame:
    """What each customer is expected to do within `horizon` after as_of.

    histories: customer_id, repeat_purchases, time_to_last, time_observed
    horizon:   in the time unit of the parameters
    returns:   probability_alive (has not left by as_of), expected_purchases (repeat purchase days within the horizon),
               probability_of_no_order (within the horizon), indexed by customer_id; NaN unless the fit is ok

        P(alive) = 1 / {1 + a / (b + x) * ((alpha + T) / (alpha + t_x))^(r + x)}
        E[Y(t)]  = P(alive) * (a + b + x) / (a - 1) * {1 - (1 - z)^(r + x) 2F1(r + x, b + x + 1; a + b + x; z)}
        P(none)  = 1 - P(alive) * {1 - (1 - z)^(r + x)},   z = t / (alpha + T + t)
    """
    return beta_geometric.forecast(histories, parameters, horizon)


def expected_repeat_purchases(
    histories: pd.DataFrame, parameters: MbgNbd, *, horizons: Sequence[float]
) -> pd.DataFrame:
    """Repeat purchases that all these customers together are expected to have made, told without looking at what each
    has bought: against the real number this is the tracking plot.

    histories: time_observed with the other columns of `buying_histories`; optional: customers
    horizons:  times after as_of; negative ones lie before it, when who had not yet come counts nothing
    returns:   horizon, expected_repeat_purchases (cumulative since each customer's first purchase)

        E[X(t)] = b / (a - 1) * {1 - (alpha / (alpha + t))^r 2F1(r, b + 1; a + b; t / (alpha + t))}
    """
    return beta_geometric.cumulative(histories, parameters, horizons)
