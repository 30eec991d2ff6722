"""Prospects who resemble the core."""

import numpy as np
import pandas as pd
import pytest

from analytics.analysis import look_alikes

ATTRIBUTES = ("region", "industry")


def customers() -> tuple[pd.DataFrame, np.ndarray]:
    """20 of the core, most of them hotels in the east; 80 others, most of them shops, anywhere."""
    rows = [("east", "hotel")] * 15 + [("west", "hotel")] * 3 + [("east", "shop")] * 2
    rows += [("east", "shop")] * 30 + [("west", "shop")] * 40 + [("west", "hotel")] * 10
    return pd.DataFrame(rows, columns=list(ATTRIBUTES)), np.arange(100) < 20


def prospects(*rows: tuple[str | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(ATTRIBUTES)).assign(customer_id=range(1, len(rows) + 1))


def test_R_112_prospects_are_ranked_by_what_they_share_with_the_core():
    profile = look_alikes.fit(*customers(), ATTRIBUTES)
    found = look_alikes.apply(
        prospects(("west", "shop"), ("east", "hotel"), ("east", "shop"), (None, "hotel")), profile
    )
    ranking = found["similarity"].sort_values(ascending=False).index.tolist()
    assert ranking == [2, 4, 3, 1]
    assert found.loc[2, "shared"] == ("industry", "region")
    assert found.loc[1, "shared"] == ()


def test_the_evidence_of_the_attributes_adds_up_to_the_similarity():
    profile = look_alikes.fit(*customers(), ATTRIBUTES)
    found = look_alikes.apply(prospects(("east", "hotel")), profile).loc[1]
    expected = {
        "region": np.log((17 + 1) / 22) - np.log((30 + 1) / 82),
        "industry": np.log((18 + 1) / 22) - np.log((10 + 1) / 82),
    }
    for name, evidence in expected.items():
        assert found[f"evidence_{name}"] == pytest.approx(evidence)
    assert found["similarity"] == pytest.approx(1 / (1 + np.exp(-sum(expected.values()))), abs=1e-8)


def test_what_nobody_knows_is_no_evidence():
    profile = look_alikes.fit(*customers(), ATTRIBUTES)
    found = look_alikes.apply(prospects((None, None), ("moon", "")), profile)
    assert found["similarity"].tolist() == [0.5, 0.5]


def test_R_112_the_follow_up_compares_12_percent_of_the_first_50_with_4_percent_of_the_rest():
    similarity = pd.Series(np.linspace(1, 0, 500), index=range(500))
    converted = np.zeros(500, dtype=bool)
    converted[[0, 5, 10, 20, 30, 49]] = True
    converted[np.arange(50, 500, 25)] = True
    found = look_alikes.follow_up(similarity, converted, top=50)
    assert (found.top_share, found.rest_share) == (0.12, 0.04)


def test_without_a_core_or_without_others_there_is_nothing_to_compare():
    table, is_core = customers()
    none = look_alikes.fit(table, np.zeros(100, dtype=bool), ATTRIBUTES)
    alone = look_alikes.fit(table[is_core], np.ones(20, dtype=bool), ATTRIBUTES)
    assert (none.notes, alone.notes) == (("no_core",), ("no_others",))
    assert look_alikes.apply(prospects(("east", "hotel")), none)["similarity"].tolist() == [0.5]
    assert look_alikes.apply(prospects(), look_alikes.fit(table, is_core, ATTRIBUTES)).empty
    assert look_alikes.follow_up(pd.Series(dtype="float64"), np.zeros(0, dtype=bool)).top_share is None
