"""What a customer has bought: counts, days and money, as the statistics say them."""

from typing import Any

import pandas as pd

from analytics.figures.work import Columns, FigureSet, Work


def _purchases(work: Work) -> Columns:
    known = work.known
    return {
        "orders": known["orders"],
        "first_on": known["first_on"],
        "last_on": known["last_on"],
        "gross_amount": known["gross_amount"],
        "average_order_value": _mean(known["amount"], known["orders"]),
        "orders_12_months": known["orders_last_365"],
        "amount_12_months": known["amount_last_365"],
        "amount_last_180_days": known["amount_last_180"],
        "amount_previous_180_days": known["amount_previous_180"],
    }


def _mean(amount: "pd.Series[int]", orders: "pd.Series[int]") -> "pd.Series[Any]":
    bought = orders > 0
    mean = (amount / orders.where(bought, 1)).round().astype("Int64")
    return mean.where(bought)


PURCHASES = FigureSet("purchases", _purchases)
