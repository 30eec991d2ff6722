"""Prospects who resemble the core group (R-112).

    evidence of a value = ln( share of the value among the core / its share among the other customers )

Shares are smoothed: every value an attribute has is counted once more in both groups, so that a value seen once decides
nothing. The evidence of all attributes known of a prospect is added up; similarity says what share of such people would
be of the core if there were as many core customers as others: 1 / (1 + exp(-evidence)). Attributes are taken one by
one, as if they did not depend on each other, so that each one's part can be shown. What is missing is no evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analytics.analysis.contract import Flags, customer_index, require_columns


@dataclass(frozen=True)
class CoreProfile:
    """evidence: attribute -> value -> what it speaks for the core (above 0) or against it; notes: `no_core`,
    `no_others`: then there is nothing to compare and no evidence."""

    evidence: dict[str, dict[Any, float]] = field(default_factory=dict)
    core: int = 0
    others: int = 0
    notes: tuple[str, ...] = ()


def fit(customers: pd.DataFrame, is_core: Flags, attributes: Sequence[str]) -> CoreProfile:
    """What tells the core from the other customers.

    customers:  the attributes, one row for each customer who bought; is_core: whether it is of the core, row by row
    attributes: columns whose values are compared; missing values are left out
    """
    require_columns(customers, *attributes)
    core, others = int(is_core.sum()), int((~is_core).sum())
    if not core or not others:
        return CoreProfile(core=core, others=others, notes=("no_core" if not core else "no_others",))
    return CoreProfile({name: _evidence(customers[name], is_core) for name in attributes}, core, others)


def apply(prospects: pd.DataFrame, profile: CoreProfile) -> pd.DataFrame:
    """How much each prospect resembles the core.

    prospects: customer_id and the attributes of the profile; a value that no customer has is no evidence
    returns:   similarity (0-1; 0.5 says nothing either way), one column evidence_<attribute> for each attribute, and
               shared (the attributes that speak for the core, strongest first, as tuples), indexed by customer_id
    """
    found = pd.DataFrame(index=customer_index(prospects))
    for name, evidence in profile.evidence.items():
        found[f"evidence_{name}"] = [evidence.get(value, 0.0) for value in prospects[name].tolist()]
    table = found.to_numpy(dtype=np.float64)
    found["similarity"] = np.round(1 / (1 + np.exp(-table.sum(axis=1))), 9)
    names = np.array(list(profile.evidence), dtype=object)
    found["shared"] = [tuple(str(names[at]) for at in np.argsort(-row, kind="stable") if row[at] > 0) for row in table]
    return found


@dataclass(frozen=True)
class FollowUp:
    """How those ranked first did against the rest; shares are None where nobody is."""

    top: int
    top_converted: int
    rest: int
    rest_converted: int

    @property
    def top_share(self) -> float | None:
        return self.top_converted / self.top if self.top else None

    @property
    def rest_share(self) -> float | None:
        return self.rest_converted / self.rest if self.rest else None


def follow_up(similarity: "pd.Series[Any]", converted: Flags, *, top: int = 50) -> FollowUp:
    """Conversion of the `top` most similar prospects against the others; of equal ones those with the lower id first.

    similarity: by customer_id, as it was when the ranking was made; converted: whether each bought afterwards
    """
    order = np.lexsort((similarity.index.to_numpy(), -similarity.to_numpy(dtype=np.float64)))
    first, rest = order[:top], order[top:]
    return FollowUp(len(first), int(converted[first].sum()), len(rest), int(converted[rest].sum()))


def _evidence(column: "pd.Series[Any]", is_core: Flags) -> dict[Any, float]:
    known = column.notna().to_numpy() & (column.astype("object") != "").to_numpy()
    values = column[known]
    kinds = values.drop_duplicates().tolist()
    core = values[is_core[known]].value_counts()
    others = values[~is_core[known]].value_counts()
    totals = core.sum() + len(kinds), others.sum() + len(kinds)
    return {
        kind: float(np.log((core.get(kind, 0) + 1) / totals[0]) - np.log((others.get(kind, 0) + 1) / totals[1]))
        for kind in kinds
    }
