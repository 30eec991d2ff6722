"""What customers are worth, side by side: ranks, classes by bands, four models, one combined figure (R-132 to R-135,
R-130, R-153, R-156, R-128, R-041, R-136).

Lifetime value is always profit and contribution and potential value are always amounts (A-06); they meet only as ranks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from analytics.analysis.contract import Floats, chosen, customer_index, floats, require_columns


class ValueClass(StrEnum):
    TOP = "top"
    MIDDLE = "middle"
    BASE = "base"


class Quadrant(StrEnum):
    """Growing or not, at risk or not."""

    GROWING_SAFE = "growing_safe"
    GROWING_AT_RISK = "growing_at_risk"
    STEADY_SAFE = "steady_safe"
    STEADY_AT_RISK = "steady_at_risk"


# model -> the measures it is made of; those a company does not know are left out
MODELS: dict[str, tuple[str, ...]] = {
    "financial": ("lifetime_value",),
    "loyalty": ("loyalty", "probability_of_order"),
    "behaviour": ("orders_12_months", "amount_12_months"),
    "potential": ("potential_value", "wallet_gap"),
}


@dataclass(frozen=True)
class ValueBands:
    """Shares of the customers, best first: up to `top` the top class, up to `middle` the middle one."""

    top: float = 0.1
    middle: float = 0.4

    def __post_init__(self) -> None:
        if not 0 < self.top <= self.middle <= 1:
            raise ValueError("top and middle must satisfy 0 < top <= middle <= 1")


@dataclass(frozen=True)
class ContributionWeights:
    """What purchasing power, loyalty and lifetime value count for in the economic contribution."""

    power: float = 1.0
    loyalty: float = 1.0
    lifetime: float = 1.0

    def __post_init__(self) -> None:
        for name in ("power", "loyalty", "lifetime"):
            if not 0 <= getattr(self, name) <= 1000:
                raise ValueError(f"{name} must lie between 0 and 1000")
        if not self.power + self.loyalty + self.lifetime:
            raise ValueError("power, loyalty and lifetime must not all be 0")


@dataclass(frozen=True)
class GrowthRule:
    """growth: by how much the forecast of 12 months is above the last 12 months, as a fraction, to be a growth
    customer; change: of the last half year against the one before to count as growing; least_amount: cents a forecast
    must come to, so that pennies that double are not growth."""

    growth: float = 0.25
    change: float = 0.1
    least_amount: int = 10_000

    def __post_init__(self) -> None:
        for name in ("growth", "change"):
            if not 0 <= getattr(self, name) <= 100:
                raise ValueError(f"{name} must lie between 0 and 100")
        if self.least_amount < 0:
            raise ValueError("least_amount must be 0 or more")


def ranked(values: "pd.Series[Any]") -> pd.DataFrame:
    """Rank and percentile of each customer.

    values:  any number per customer; missing ones have no rank
    returns: rank (Int64, 1 the highest; equal values share the better rank), percentile (0-100: the share of customers
             below, equal ones counted half, so that the middle is 50 however many are equal), index of `values`
    """
    known = values.notna().to_numpy()
    count = int(known.sum())
    rank = values.rank(method="min", ascending=False)
    middle = values.rank(method="average")
    percentile = (floats(middle) - 0.5) / max(count, 1) * 100
    return pd.DataFrame({"rank": rank.astype("Int64"), "percentile": percentile}, index=values.index)


def value_classes(values: "pd.Series[Any]", bands: ValueBands | None = None) -> "pd.Series[Any]":
    """The class of each customer by the band its rank lies in; equal values are in one class, that of the first.

    values:  any number per customer; missing ones have no class
    returns: codes of ValueClass, index of `values`
    """
    bands = bands or ValueBands()
    rank = floats(ranked(values)["rank"])
    count = int(np.sum(~np.isnan(rank)))
    # rounding first: 0.1 * 30 is not 3 to the last bit
    limits = [round(share * count, 9) for share in (bands.top, bands.middle)]
    place = np.select([np.isnan(rank), rank <= limits[0], rank <= limits[1]], [-1, 0, 1], 2)
    return pd.Series(chosen(list(ValueClass), place), index=values.index, name="value_class")


def model_scores(customers: pd.DataFrame) -> pd.DataFrame:
    """How each of the four models sees each customer.

    customers: customer_id and the measures of MODELS that are known; absent columns are not known of anybody
    returns:   <model> (0-100: mean percentile of the model's measures that are known of the customer, missing where
               none is) and <model>_rank (Int64) for each model, indexed by customer_id
    """
    found = pd.DataFrame(index=customer_index(customers))
    for model, measures in MODELS.items():
        present = [name for name in measures if name in customers.columns]
        percentiles = [floats(ranked(pd.Series(floats(customers[name])))["percentile"]) for name in present]
        score = pd.Series(_mean(percentiles, len(customers)), index=found.index)
        # ranks of means of percentiles: equal customers must not differ in the last bit
        found[model] = score.round(9)
        found[f"{model}_rank"] = ranked(found[model])["rank"]
    return found


def economic_contribution(
    power: "pd.Series[Any]",
    loyalty: "pd.Series[Any]",
    lifetime: "pd.Series[Any]",
    weights: ContributionWeights | None = None,
) -> "pd.Series[float]":
    """Purchasing power, loyalty and lifetime value in one figure, 0-100, each of them 0-100.

    The weight of a part that is not known is shared by the others; with fewer than two parts there is no figure.
    """
    weights = weights or ContributionWeights()
    parts = np.array([floats(each) for each in (power, loyalty, lifetime)]).reshape(3, -1)
    weight = np.array([weights.power, weights.loyalty, weights.lifetime])[:, None]
    known = ~np.isnan(parts)
    total = (weight * known).sum(axis=0)
    is_told = (known.sum(axis=0) >= 2) & (total > 0)
    mean = np.where(known, parts, 0.0) * weight
    found = np.where(is_told, mean.sum(axis=0) / np.where(is_told, total, 1.0), np.nan)
    return pd.Series(found, index=power.index, name="economic_contribution")


def potential_by_rhythm(
    orders_per_month: "pd.Series[Any]",
    order_value: "pd.Series[Any]",
    continuing: "pd.Series[Any]",
    *,
    months: int = 12,
) -> "pd.Series[float]":
    """Expected purchases where no model of the customer base tells: orders x value x likelihood to continue.

    orders_per_month: of the customer's own rhythm; order_value: cents; continuing: fraction for the whole time
    """
    found = floats(orders_per_month) * months * floats(order_value) * floats(continuing)
    return pd.Series(found, index=orders_per_month.index, name="potential_value")


def growth_customers(customers: pd.DataFrame, rule: GrowthRule | None = None) -> pd.DataFrame:
    """Customers of whom more is expected than they bring today, and what speaks against them.

    customers: customer_id; amount_12_months, potential_value, amount_last_180_days, amount_previous_180_days (cents);
               churn_risk (code); overdue (count of unpaid invoices past their day) and profit_12_months (cents) where
               known
    returns:   growth (forecast / last 12 months - 1, NaN where nothing was bought), is_growth_customer,
               change (half year against the one before, NaN where there was none), risk_churn, risk_credit, risk_cost,
               quadrant (code), indexed by customer_id

    A customer without a purchase in 12 months is a growth customer when the forecast alone reaches the least amount.
    """
    require_columns(customers, "amount_12_months", "potential_value", "amount_last_180_days")
    rule = rule or GrowthRule()
    now, later = floats(customers["amount_12_months"]), floats(customers["potential_value"])
    growth = _change(later, now)
    is_growth = (later >= rule.least_amount) & ((growth >= rule.growth) | ((now <= 0) & (later > 0)))
    change = _change(floats(customers["amount_last_180_days"]), floats(customers["amount_previous_180_days"]))
    risks = {
        "risk_churn": customers["churn_risk"].isin(["medium", "high", "lost"]).to_numpy(),
        "risk_credit": _above(customers, "overdue", 0),
        "risk_cost": _below(customers, "profit_12_months", 0),
    }
    at_risk = np.any(list(risks.values()), axis=0)
    is_growing = (change >= rule.change) | is_growth
    place = np.where(is_growing, 0, 2) + at_risk
    return pd.DataFrame(
        {
            "growth": growth,
            "is_growth_customer": is_growth,
            "change": change,
            **risks,
            "quadrant": chosen(list(Quadrant), place),
        },
        index=customer_index(customers),
    )


def share_of_wallet(sales: "pd.Series[Any]", demand: "pd.Series[Any]") -> pd.DataFrame:
    """Our share of what a customer needs, and what we do not sell of it.

    sales, demand: cents of the same year by customer; a demand that is missing or not positive tells nothing
    returns:       share (fraction, above 1 where the estimate is too low), gap (cents, never negative), same index
    """
    bought, needed = floats(sales), floats(demand)
    known = needed > 0
    share = np.where(known, bought / np.where(known, needed, 1.0), np.nan)
    gap = np.where(known, np.maximum(needed - bought, 0.0), np.nan)
    return pd.DataFrame({"share": share, "gap": gap}, index=sales.index)


@dataclass(frozen=True)
class CostPerCustomer:
    """Money of the amounts handed in; None where nobody was won or kept, or nothing was spent to keep."""

    per_new: float | None
    per_kept: float | None
    ratio: float | None


def cost_per_customer(*, acquisition: float, new: int, care: float, kept: int) -> CostPerCustomer:
    """What it costs to win a customer and to keep one, and how many can be kept for the price of one won."""
    per_new = acquisition / new if new else None
    per_kept = care / kept if kept else None
    return CostPerCustomer(per_new, per_kept, per_new / per_kept if per_new is not None and per_kept else None)


def allocation(groups: pd.DataFrame) -> pd.DataFrame:
    """Shares of profit and of a resource, and what the resource would be if it followed the profit.

    groups:  profit (cents), resource (hours, money), one row per group
    returns: profit_share, resource_share (fractions; of the profits above zero), ratio (profit share / resource share;
             above 1 the group gets less than it brings), proposed (resource by profit share), index of `groups`
    """
    require_columns(groups, "profit", "resource")
    profit = np.maximum(floats(groups["profit"]), 0.0)
    resource = np.nan_to_num(floats(groups["resource"]))
    profit_share, resource_share = _share(profit), _share(resource)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(resource_share > 0, profit_share / resource_share, np.nan)
    proposed = profit_share * resource.sum()
    columns = {"profit_share": profit_share, "resource_share": resource_share, "ratio": ratio, "proposed": proposed}
    return pd.DataFrame(columns, index=groups.index)


def high_value_moves(months: pd.DataFrame) -> pd.DataFrame:
    """Who came into the high-value customers, who stayed and who left, month by month.

    months:  month (text that sorts by time), customer_id: one row for each customer who was of high value at its end
    returns: month, at_start, entered, left, at_end, retention_rate (kept / at start, NaN without any), one row for each
             month but the first, of which nobody knows who was there before
    """
    require_columns(months, "month", "customer_id")
    found: list[dict[str, Any]] = []
    before: set[Any] | None = None
    for month, group in months.groupby("month", sort=True):
        now = set(group["customer_id"].dropna())
        if before is not None:
            found.append(_move(month, before, now))
        before = now
    columns = ["month", "at_start", "entered", "left", "at_end", "retention_rate"]
    return pd.DataFrame(found, columns=columns)


def _move(month: Any, before: set[Any], now: set[Any]) -> dict[str, Any]:
    return {
        "month": month,
        "at_start": len(before),
        "entered": len(now - before),
        "left": len(before - now),
        "at_end": len(now),
        "retention_rate": len(before & now) / len(before) if before else np.nan,
    }


def _mean(columns: Iterable[Floats], length: int) -> Floats:
    """Mean of the values that are known, row by row; NaN where none is."""
    table = np.vstack([np.empty((0, length)), *columns])
    known = ~np.isnan(table)
    count = known.sum(axis=0)
    total = np.where(known, table, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _change(later: Floats, earlier: Floats) -> Floats:
    known = earlier > 0
    return np.where(known, later / np.where(known, earlier, 1.0) - 1, np.nan)


def _share(values: Floats) -> Floats:
    total = values.sum()
    return values / total if total > 0 else np.full(len(values), np.nan)


def _above(frame: pd.DataFrame, name: str, limit: float) -> Any:
    return floats(frame[name]) > limit if name in frame.columns else np.zeros(len(frame), dtype=np.bool_)


def _below(frame: pd.DataFrame, name: str, limit: float) -> Any:
    return floats(frame[name]) < limit if name in frame.columns else np.zeros(len(frame), dtype=np.bool_)


__all__ = [
    "MODELS",
    "ContributionWeights",
    "CostPerCustomer",
    "GrowthRule",
    "Quadrant",
    "ValueBands",
    "ValueClass",
    "allocation",
    "cost_per_customer",
    "economic_contribution",
    "growth_customers",
    "high_value_moves",
    "model_scores",
    "potential_by_rhythm",
    "ranked",
    "share_of_wallet",
    "value_classes",
]
