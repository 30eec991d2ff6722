"""Customer lifetime value in advance: profit within a stated horizon, at a stated discount and margin (R-131, A-06)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.analysis.buying_histories import DAYS, TimeUnit
from analytics.analysis.contract import Floats, floats

DAYS_PER_MONTH = 365.25 / 12

Forecast = Callable[[float], "pd.Series[float]"]


@dataclass(frozen=True)
class ValueTerms:
    """margin: profit of each unit of amount, as a fraction; yearly_discount: fraction; horizon_months: whole months."""

    margin: float
    horizon_months: int = 12
    yearly_discount: float = 0.1

    def __post_init__(self) -> None:
        if not -1 <= self.margin <= 1:
            raise ValueError("margin must lie between -1 and 1")
        if self.horizon_months < 1:
            raise ValueError("horizon_months must be 1 or more")
        if not self.yearly_discount >= 0:
            raise ValueError("yearly_discount must be 0 or more")


def predicted_value(
    forecast: Forecast, expected_amount: "pd.Series[float]", terms: ValueTerms, *, time_unit: TimeUnit
) -> pd.DataFrame:
    """What each customer will bring within the horizon, without what it has brought already.

    forecast:        horizon in time_unit -> expected purchases until then by customer_id, such as
                     `lambda time: bg_nbd.apply(histories, fitted, horizon=time)["expected_purchases"]`
    expected_amount: of one purchase, by customer_id (`gamma_gamma.apply`)
    returns:         expected_purchases, discounted_purchases, expected_revenue (undiscounted, money of
                     expected_amount), predicted_lifetime_value (discounted profit), indexed by customer_id

        value = margin * E(M) * sum over months k = 1..K of (E[Y(k)] - E[Y(k - 1)]) / (1 + d)^(k / 12)

    A month has 365.25 / 12 days; its purchases are paid at its end.
    """
    month = DAYS_PER_MONTH / DAYS[time_unit]
    customers = expected_amount.index
    before: Floats = np.zeros(len(customers))
    discounted: Floats = np.zeros(len(customers))
    for number in range(1, terms.horizon_months + 1):
        until_now = floats(forecast(number * month).reindex(customers))
        discounted += (until_now - before) * (1 + terms.yearly_discount) ** (-number / 12)
        before = until_now
    amount = floats(expected_amount)
    return pd.DataFrame(
        {
            "expected_purchases": before,
            "discounted_purchases": discounted,
            "expected_revenue": before * amount,
            "predicted_lifetime_value": discounted * amount * terms.margin,
        },
        index=customers,
    )


def contract_value(yearly_margin: float, *, retention_rate: float, yearly_discount: float) -> float:
    """Lifetime value at a constant retention rate, without end: m r / (1 + d - r), in the money of the margin.

    The first margin falls due a year from now, if the customer is still there.
    """
    if not 0 <= retention_rate <= 1 or not yearly_discount >= 0 or 1 + yearly_discount <= retention_rate:
        raise ValueError("retention_rate must lie between 0 and 1 and yearly_discount make the sum finite")
    return yearly_margin * retention_rate / (1 + yearly_discount - retention_rate)
