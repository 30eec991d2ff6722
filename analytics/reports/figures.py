"""Figures of customers as of any day, computed from a snapshot when the published run does not hold them.

Thresholds come from the whole company, so the reader given here is the house's own; what a user may see of it is
decided by the engine that the figures are handed to.
"""

import datetime
from typing import TYPE_CHECKING, Any

from analytics.reports.composition import Reader
from analytics.reports.vocabulary import Basis

if TYPE_CHECKING:
    import pandas as pd

ORDERS = """
SELECT customer_id, occurred_on, gross_amount, net_amount FROM orders
WHERE customer_id IS NOT NULL AND occurred_on <= $day"""
CUSTOMERS = "SELECT customer_id, relation_class, lost_on FROM customers"
OPEN_COMPLAINTS = """
SELECT customer_id, COUNT(*) AS open_complaints FROM complaints
WHERE occurred_on <= $day AND (status <> 'closed' OR CAST(resolved_at AS DATE) > $day) AND customer_id IS NOT NULL
GROUP BY customer_id"""


def figures(reader: Reader, *, as_of: datetime.date, basis: str) -> "pd.DataFrame":
    """One row per customer of the company, with those columns of CustomerFigures that sales and cases can tell."""
    import pandas as pd

    from analytics.analysis import abc, churn, lifecycle, purchase_cycle, rfm, value_tiers
    from analytics.analysis.statistics import purchase_intervals

    day = {"day": as_of}
    purchases = reader.frame(ORDERS, day).assign(occurred_on=lambda frame: pd.to_datetime(frame["occurred_on"]))
    customers = reader.frame(CUSTOMERS, None)
    moment = pd.Timestamp(as_of)
    known = _statistics(purchases, customers, moment)
    open_complaints = reader.frame(OPEN_COMPLAINTS, day).set_index("customer_id")["open_complaints"]
    known["has_open_complaint"] = known["customer_id"].map(open_complaints).fillna(0).gt(0)
    known["lost_by_user_on"] = pd.to_datetime(known["lost_on"])
    judged = known.assign(amount=known["gross_amount"]) if basis == Basis.GROSS else known
    cycles = purchase_cycle.apply(known, purchase_cycle.fit(purchase_intervals(purchases, moment)))
    risk = churn.apply(known, cycles, as_of=moment)
    scored = rfm.score(judged, rfm.fit_thresholds(judged, moment), moment)
    parts = {
        "abc_class": abc.apply(judged, abc.fit(judged))["abc_class"],
        "value_tier": value_tiers.apply(known, value_tiers.fit(known))["value_tier"],
        "lifecycle_stage": lifecycle.apply(known, risk, as_of=moment)["lifecycle_stage"],
    }
    by_customer = known.set_index("customer_id")
    result = pd.DataFrame(
        {
            "orders": by_customer["orders"],
            "first_on": by_customer["first_on"],
            "last_on": by_customer["last_on"],
            "recency_days": scored["recency_days"],
            "frequency": scored["frequency"],
            "gross_amount": by_customer["gross_amount"],
            "monetary_value": scored["monetary_value"],
            "orders_12_months": by_customer["orders_last_365"],
            "amount_12_months": by_customer["amount_last_365"],
            "amount_last_180_days": by_customer["amount_last_180"],
            "amount_previous_180_days": by_customer["amount_previous_180"],
            **{name: scored[name].where(scored[name] > 0) for name in ("r_score", "f_score", "m_score")},
            "rfm_segment": _texts(scored["segment"]),
            **{name: _texts(column) for name, column in parts.items()},
            "cycle_days": cycles["cycle_days"],
            "cycle_is_assumed": (cycles["cycle_source"] == "assumed").fillna(False).astype(bool),
            "next_order_on": cycles["next_expected_on"],
            "silence_ratio": risk["silence_ratio"],
            "churn_risk": _texts(risk["churn_risk"]),
            "open_complaints": by_customer["has_open_complaint"].astype("int64"),
        }
    )
    return result.rename_axis("customer_id").reset_index()


def _statistics(purchases: "pd.DataFrame", customers: "pd.DataFrame", as_of: "pd.Timestamp") -> "pd.DataFrame":
    """The statistics of every customer, those without a purchase too."""
    from analytics.analysis.statistics import STATISTICS_TYPES, customer_statistics

    bought = customer_statistics(purchases, as_of)
    every = customers.merge(bought, how="left", on="customer_id").sort_values("customer_id", ignore_index=True)
    counted = {name: kind for name, kind in STATISTICS_TYPES.items() if kind == "int64"}
    return every.fillna(dict.fromkeys(counted, 0)).astype(counted)


def _texts(column: Any) -> Any:
    return column.astype("object").where(column.notna(), "")
