"""Loyalty index 0-100 from five measured components (R-064, R-065, D-07).

A component without data stays NaN and its weight is spread over the others; with fewer than two there is no
score.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pandas as pd

from analytics.analysis.contract import Floats, chosen, customer_index, floats, require_columns

TRUST = "trust"
CONTACT_FREQUENCY = "contact_frequency"
SERVICE_EFFECT = "service_effect"
SATISFACTION = "satisfaction"
CONTINUE_LIKELIHOOD = "continue_likelihood"
COMPONENTS = (TRUST, CONTACT_FREQUENCY, SERVICE_EFFECT, SATISFACTION, CONTINUE_LIKELIHOOD)

CONTACT_WINDOW_DAYS = 180
LEAST_INVOICES = 3
LEAST_COMPONENTS = 2


class LoyaltyBand(StrEnum):
    """From 80, from 60 (R-064 calls 75.0 loyal), from 40, below."""

    VERY_LOYAL = "very_loyal"
    LOYAL = "loyal"
    WAVERING = "wavering"
    AT_RISK = "at_risk"


@dataclass(frozen=True)
class LoyaltySettings:
    """weights: numbers >= 0, only proportions matter; bands: lowest scores of the three upper bands."""

    weights: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(COMPONENTS, 20.0))
    bands: tuple[float, float, float] = (80.0, 60.0, 40.0)

    def __post_init__(self) -> None:
        unknown = set(self.weights) - set(COMPONENTS)
        if unknown:
            raise ValueError(f"unknown loyalty components: {', '.join(sorted(unknown))}")
        if min(self.weights.values(), default=0) < 0 or sum(self.weights.values()) <= 0:
            raise ValueError("loyalty weights must not be negative and not all zero")
        if list(self.bands) != sorted(self.bands, reverse=True):
            raise ValueError("loyalty bands must fall")


def components(raw: pd.DataFrame) -> pd.DataFrame:
    """The five components, each 0-100 or NaN without data.

    raw: customer_id and, each optional (an absent column is no data), counted over the 365 days that end with
         as_of: mean_trust_answer (1-5); invoices, invoices_on_time (counts);
         contacts_last_180 (both directions, 180 days), contact_interval_days (wanted for the relationship
         class); cases_due (closed or due), cases_solved_in_time (in time and successfully);
         mean_csat (1-5), csat_answers, mean_nps (0-10), nps_answers (counts);
         continue_probability (0-1, of an order in the next 90 days), silence_ratio (silence / cycle)
    returns: trust, contact_frequency, service_effect, satisfaction, continue_likelihood, indexed by
             customer_id
    """
    values = {
        TRUST: trust(raw),
        CONTACT_FREQUENCY: contact_frequency(raw),
        SERVICE_EFFECT: service_effect(raw),
        SATISFACTION: satisfaction(raw),
        CONTINUE_LIKELIHOOD: continue_likelihood(raw),
    }
    return pd.DataFrame(values, index=customer_index(raw))


def composite(parts: pd.DataFrame, settings: LoyaltySettings | None = None) -> pd.DataFrame:
    """Weighted mean of the components that have data.

    parts:   the five component columns (`components`), 0-100 or NaN, indexed by customer_id
    returns: loyalty_score (0-100, NaN with fewer than two components), coverage (share of the weight that has
             data, 0-1), components_with_data (int8, only those with a weight), loyalty_band (code, missing
             without a score)
    """
    require_columns(parts, *COMPONENTS)
    settings = settings or LoyaltySettings()
    weights = np.array([settings.weights.get(name, 0.0) for name in COMPONENTS])
    values = parts[list(COMPONENTS)].to_numpy(dtype=np.float64, na_value=np.nan)
    has_data = ~np.isnan(values) & (weights > 0)
    available = has_data @ weights
    total = np.where(has_data, values, 0.0) @ weights
    count = has_data.sum(axis=1)
    with np.errstate(invalid="ignore"):
        score = np.where(count >= LEAST_COMPONENTS, (total / available).round(10), np.nan)
    band = np.select([score >= limit for limit in settings.bands], [0, 1, 2], 3)
    return pd.DataFrame(
        {
            "loyalty_score": score,
            "coverage": (available / weights.sum()).round(10),
            "components_with_data": count.astype(np.int8),
            "loyalty_band": chosen(list(LoyaltyBand), np.where(np.isnan(score), -1, band)),
        },
        index=parts.index,
    )


def trust(raw: pd.DataFrame) -> Floats:
    """(mean trust answer - 1) / 4; without answers the share of invoices paid on time, from 3 invoices on."""
    answered = (_column(raw, "mean_trust_answer") - 1) / 4
    invoices = _column(raw, "invoices")
    paid = _share(_column(raw, "invoices_on_time"), np.where(invoices >= LEAST_INVOICES, invoices, np.nan))
    return _points(np.where(np.isnan(answered), paid, answered))


def contact_frequency(raw: pd.DataFrame) -> Floats:
    """Contacts in 180 days / the contacts that the relationship class wants in that time, at most 1."""
    wanted = _share(np.full(len(raw), float(CONTACT_WINDOW_DAYS)), _column(raw, "contact_interval_days"))
    return _points(_share(_column(raw, "contacts_last_180"), wanted))


def service_effect(raw: pd.DataFrame) -> Floats:
    """Cases solved in time and successfully / cases closed or due."""
    return _points(_share(_column(raw, "cases_solved_in_time"), _column(raw, "cases_due")))


def satisfaction(raw: pd.DataFrame) -> Floats:
    """Mean over all answers: a CSAT answer counts (answer - 1) / 4, an NPS answer counts answer / 10."""
    parts = (
        ((_column(raw, "mean_csat") - 1) / 4, _column(raw, "csat_answers")),
        (_column(raw, "mean_nps") / 10, _column(raw, "nps_answers")),
    )
    answers, total = np.zeros(len(raw)), np.zeros(len(raw))
    for level, count in parts:
        counts = ~np.isnan(level) & (count > 0)
        answers += np.where(counts, count, 0.0)
        total += np.where(counts, level * count, 0.0)
    return _points(_share(total, answers))


def continue_likelihood(raw: pd.DataFrame) -> Floats:
    """Probability of an order in the next 90 days; without a model 1 to one cycle of silence, 0 from three."""
    modelled = _column(raw, "continue_probability")
    by_silence = 1 - (_column(raw, "silence_ratio") - 1) / 2
    return _points(np.where(np.isnan(modelled), by_silence, modelled))


def _column(raw: pd.DataFrame, name: str) -> Floats:
    return floats(raw[name]) if name in raw.columns else np.full(len(raw), np.nan)


def _share(part: Floats, whole: Floats) -> Floats:
    return part / np.where(whole > 0, whole, np.nan)


def _points(share: Floats) -> Floats:
    return np.clip(share, 0.0, 1.0) * 100
