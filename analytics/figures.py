"""The row of figures of every customer: each analysis in its turn over one frame of statistics.

The names that analysis uses are its own; here they become the columns of CustomerFigures.
"""

import datetime
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from analytics.analysis import abc, churn, lifecycle, loyalty, purchase_cycle, rfm, value_tiers
from analytics.facts.contract import figures_columns
from customers.standards.models import contact_intervals

MONTHS_OF_CONTACTS = 3  # a month is 30 days


class Analyses:
    """Runs the analyses of one frame, one step after the other; `notes` says (analysis, code) what was too little.

    known:     result of facts.statistics.customer_statistics, one row per customer
    intervals: the company's purchase intervals
    settings:  AnalysisSettings.values: per analysis the arguments of its rule, such as {"churn": {"high_ratio": 2.5}}
    """

    def __init__(
        self, known: pd.DataFrame, intervals: pd.DataFrame, *, as_of: datetime.date, settings: dict[str, Any]
    ) -> None:
        self.known, self.intervals, self.settings = known, intervals, settings
        self.as_of = pd.Timestamp(as_of)
        self.known["has_open_complaint"] = self.known["open_complaints"] > 0
        self.notes: list[tuple[str, str]] = []
        self.columns: dict[str, Any] = {}

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        return [
            ("rfm", self._rfm),
            ("abc", self._abc),
            ("value_tiers", self._value_tiers),
            ("churn", self._churn),
            ("loyalty", self._loyalty),
        ]

    def figures(self) -> pd.DataFrame:
        """The columns of `facts.contract.figures_columns`, one row per customer."""
        known = self.known
        columns = {
            "customer_id": known["customer_id"],
            "orders": known["orders"],
            "first_on": known["first_on"],
            "last_on": known["last_on"],
            "gross_amount": known["gross_amount"],
            "average_order_value": _mean(known["amount"], known["orders"]),
            "orders_12_months": known["orders_last_365"],
            "amount_12_months": known["amount_last_365"],
            "amount_last_180_days": known["amount_last_180"],
            "amount_previous_180_days": known["amount_previous_180"],
            **{
                name: known[name]
                for name in (
                    "contacts_90_days",
                    "contacts_180_days",
                    "last_contact_on",
                    "open_complaints",
                    "complaints_90_days",
                )
            },
            "contacts_per_month": known["contacts_90_days"] / MONTHS_OF_CONTACTS,
            "main_concern": _codes(known["main_concern"]),
            "main_concern_share": known["main_concern_share"],
            **self.columns,
        }
        plain = {name: _values(column) for name, column in columns.items()}
        return pd.DataFrame({name: plain[name] for name in figures_columns()})

    def _rfm(self) -> None:
        given = dict(self.settings.get("rfm", {}))
        rules = [rfm.SegmentRule(**_tuples(rule)) for rule in given.pop("rules", [])] or rfm.DEFAULT_RULES
        thresholds = rfm.fit_thresholds(self.known, self.as_of)
        if given and thresholds.customers:
            thresholds = rfm.RfmThresholds(
                **{
                    name: tuple(given.get(name, getattr(thresholds, name)))
                    for name in ("recency_days", "frequency", "monetary_value")
                },
                customers=thresholds.customers,
                notes=thresholds.notes,
            )
        self._note("rfm", thresholds.notes)
        scored = rfm.score(self.known, thresholds, self.as_of, rules)
        scores = {name: scored[name].astype("Int16") for name in ("r_score", "f_score", "m_score")}
        self.columns |= {name: column.mask(column == 0) for name, column in scores.items()}
        self.columns |= {name: scored[name] for name in ("recency_days", "frequency", "monetary_value")}
        self.columns["rfm_segment"] = _codes(scored["segment"])

    def _abc(self) -> None:
        parameters = abc.fit(self.known, abc.AbcLimits(**self.settings.get("abc", {})))
        self._note("abc", parameters.notes)
        self.columns["abc_class"] = _codes(abc.apply(self.known, parameters)["abc_class"])

    def _value_tiers(self) -> None:
        limits = value_tiers.ValueTierLimits(**_tuples(self.settings.get("value_tiers", {})))
        parameters = value_tiers.fit(self.known, limits)
        self._note("value_tiers", parameters.notes)
        self.columns["value_tier"] = _codes(value_tiers.apply(self.known, parameters)["value_tier"])

    def _churn(self) -> None:
        """Rhythm, risk of leaving, and the stage that follows from both."""
        parameters = purchase_cycle.fit(self.intervals, **self.settings.get("purchase_cycle", {}))
        self._note("churn", parameters.notes)
        cycles = purchase_cycle.apply(self.known, parameters)
        risk = churn.apply(self.known, cycles, as_of=self.as_of, rule=churn.ChurnRule(**self.settings.get("churn", {})))
        rule = lifecycle.LifecycleRule(**self.settings.get("lifecycle", {}))
        stage = lifecycle.apply(self.known, risk, as_of=self.as_of, rule=rule)
        self.columns |= {
            "cycle_days": cycles["cycle_days"],
            "cycle_is_assumed": cycles["cycle_source"].eq(purchase_cycle.CycleSource.ASSUMED).fillna(False),
            "next_order_on": cycles["next_expected_on"],
            "silence_ratio": risk["silence_ratio"],
            "churn_risk": _codes(risk["churn_risk"]),
            "lifecycle_stage": _codes(stage["lifecycle_stage"]),
        }

    def _loyalty(self) -> None:
        given = self.settings.get("loyalty", {})
        raw = self.known[["customer_id", "invoices", "invoices_on_time", "cases_due", "cases_solved_in_time"]].assign(
            contacts_last_180=self.known["contacts_180_days"],
            contact_interval_days=self.known["relation_class"].map(
                given.get("contact_interval_days", contact_intervals())
            ),
            silence_ratio=np.asarray(self.columns["silence_ratio"], dtype=np.float64),
        )
        parts = loyalty.components(raw)
        rule = loyalty.LoyaltySettings(**_tuples({name: given[name] for name in ("weights", "bands") if name in given}))
        whole = loyalty.composite(parts, rule)
        self.columns |= {name: parts[name] for name in loyalty.COMPONENTS}
        self.columns["loyalty"] = whole["loyalty_score"]
        self.columns["loyalty_coverage"] = whole["coverage"]
        self.columns["loyalty_band"] = _codes(whole["loyalty_band"])

    def _note(self, analysis: str, codes: tuple[str, ...]) -> None:
        self.notes += [(analysis, code) for code in codes]


def _values(column: Any) -> Any:
    """Rows are in the same order everywhere; the analyses index by customer, the statistics do not."""
    return column.array if isinstance(column, pd.Series) else column


def _codes(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Codes as text; empty where there is none."""
    return column.astype("str").where(column.notna(), "")


def _mean(amount: "pd.Series[int]", orders: "pd.Series[int]") -> "pd.Series[Any]":
    bought = orders > 0
    mean = (amount / orders.where(bought, 1)).round().astype("Int64")
    return mean.where(bought)


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
