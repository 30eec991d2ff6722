"""BG/NBD: how often customers will buy, and whether they have left, told from when they bought.

Fader, Hardie and Lee, "Counting your customers" the easy way, Marketing Science 24 (2005). While a customer stays it
buys at random at its own rate, and after every repeat purchase it leaves with its own probability. Who never bought
again has had no chance to leave, so it is alive with certainty: where many buy once only, prefer MBG/NBD.
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
class BgNbd(BetaGeometric):
    first_chance: ClassVar[int] = 0  # nobody leaves before a repeat purchase


def fit(histories: pd.DataFrame, *, time_unit: TimeUnit = "week", minimum_customers: int = MINIMUM_CUSTOMERS) -> BgNbd:
    """The parameters by maximum likelihood.

    histories: repeat_purchases, time_to_last, time_observed (`buying_histories`); optional: customers (weight of a row)
    time_unit: of these times; it is noted with the parameters and changes nothing but alpha
    raises:    ValueError for histories that cannot be, such as a last purchase after the end of observation
    """
    return beta_geometric.fitted(BgNbd, histories, time_unit, minimum_customers)


def apply(histories: pd.DataFrame, parameters: BgNbd, *, horizon: float) -> pd.DataFrame:
    """What each customer is expected to do within `horizon` after as_of.

    histories: customer_id, repeat_purchases, time_to_last, time_observed
    horizon:   in the time unit of the parameters
    returns:   probability_alive (has not left by as_of), expected_purchases (repeat purchase days within the horizon),
               probability_of_no_order (within the horizon), indexed by customer_id; NaN unless the fit is ok

        P(alive) = 1 / {1 + [x > 0] a / (b + x - 1) * ((alpha + T) / (alpha + t_x))^(r + x)}
        E[Y(t)]  = P(alive) * (a + b + x - 1) / (a - 1) * {1 - (1 - z)^(r + x) 2F1(r + x, b + x; a + b + x - 1; z)}
        P(none)  = 1 - P(alive) * {1 - (1 - z)^(r + x)},   z = t / (alpha + T + t)
    """
    return beta_geometric.forecast(histories, parameters, horizon)


def expected_repeat_purchases(histories: pd.DataFrame, parameters: BgNbd, *, horizons: Sequence[float]) -> pd.DataFrame:
    """Repeat purchases that all these customers together are expected to have made, told without looking at what each
    has bought: against the real number this is the tracking plot.

    histories: time_observed with the other columns of `buying_histories`; optional: customers
    horizons:  times after as_of; negative ones lie before it, when who had not yet come counts nothing
    returns:   horizon, expected_repeat_purchases (cumulative since each customer's first purchase)

        E[X(t)] = (a + b - 1) / (a - 1) * {1 - (alpha / (alpha + t))^r 2F1(r, b; a + b - 1; t / (alpha + t))}
    """
    return beta_geometric.cumulative(histories, parameters, horizons)
