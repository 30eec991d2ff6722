import json

import numpy as np
import pandas as pd
import pytest
from scipy import special

from analytics.analysis import decision_tree
from analytics.analysis.decision_tree import Node, Rule, TreeSettings

SMALL = TreeSettings(depth=3, smallest_group=5)


def company() -> tuple[pd.DataFrame, pd.Series]:
    """Who is silent for over 60 days leaves; of the others those from the west whose phone is not known."""
    days = np.tile([10.0, 50.0, 60.0, 90.0], 40)
    region = np.repeat(["west", "east"], 80)
    age = np.where(np.arange(160) % 3 == 0, np.nan, 40.0)
    left = (days > 60) | ((region == "west") & np.isnan(age))
    cases = pd.DataFrame({"days": days, "region": region, "age": age})
    return cases, pd.Series(left)


def test_the_rules_are_those_that_were_planted():
    cases, left = company()
    tree = decision_tree.fit(cases, left, SMALL)
    found = decision_tree.rules(tree)
    assert found[0] == Rule(({"input": "days", "test": "more", "value": 60.0},), 40, 40)
    assert {each["input"] for each in found[1].conditions} == {"days", "region", "age"}
    assert {"input": "age", "test": "unknown", "value": None} in found[1].conditions
    assert (found[1].cases, found[1].positives) == (20, 20)
    assert sum(rule.cases for rule in found) == 160
    assert {rule.positives for rule in found[2:]} == {0}


def test_probability_is_the_share_in_the_leaf_and_never_certain():
    cases, left = company()
    told = decision_tree.probability(cases, decision_tree.fit(cases, left, SMALL))
    assert told[cases["days"] == 90].unique().tolist() == [40.5 / 41]
    assert 0 < told.min() < told.max() < 1


def test_contributions_add_up_from_the_root_to_the_leaf():
    cases, left = company()
    tree = decision_tree.fit(cases, left, SMALL)
    total = decision_tree.contributions(cases, tree).sum(axis=1) + special.logit(tree.rate)
    assert np.abs(total - special.logit(decision_tree.probability(cases, tree))).max() < 1e-9


def test_chance_is_not_asked_about():
    random = np.random.default_rng(4)
    cases = pd.DataFrame(random.normal(size=(400, 10))).add_prefix("n")
    grown = sum(decision_tree.fit(cases, pd.Series(random.random(400) < 0.3)).condition is not None for _ in range(50))
    assert grown <= 2  # one in a hundred each


def test_a_number_that_is_not_known_is_not_below_any_limit():
    tree = Node(10, 5, {"input": "age", "test": "most", "value": 30.0}, Node(5, 0), Node(5, 5))
    told = decision_tree.probability(pd.DataFrame({"age": [20.0, 40.0, np.nan]}), tree)
    assert told.tolist() == [0.5 / 6, 5.5 / 6, 5.5 / 6]


def test_limits_of_one_number_are_drawn_together():
    inner = Node(6, 3, {"input": "days", "test": "most", "value": 10.0}, Node(3, 0), Node(3, 3))
    tree = Node(12, 9, {"input": "days", "test": "most", "value": 30.0}, inner, Node(6, 6))
    assert decision_tree.rules(tree)[2] == Rule(({"input": "days", "test": "most", "value": 10.0},), 3, 0)


def test_groups_are_never_smaller_than_allowed():
    cases, left = company()
    for rule in decision_tree.rules(decision_tree.fit(cases, left, TreeSettings(depth=6, smallest_group=30))):
        assert rule.cases >= 30


@pytest.mark.parametrize("outcome", [[True] * 100, [False] * 100])
def test_everybody_alike_is_one_leaf(outcome):
    tree = decision_tree.fit(pd.DataFrame({"x": np.arange(100.0)}), pd.Series(outcome))
    assert (tree.condition, tree.cases) == (None, 100)


def test_nobody_is_one_empty_leaf():
    tree = decision_tree.fit(
        pd.DataFrame({"x": np.zeros(0), "y": np.array([], dtype=object)}), pd.Series([], dtype=bool)
    )
    assert (tree.cases, tree.condition) == (0, None)


def test_importance_is_shared_among_the_inputs_that_are_asked_about():
    cases, left = company()
    found = decision_tree.importance(decision_tree.fit(cases, left, SMALL))
    assert found.index[0] == "days"
    assert found.sum() == pytest.approx(1)


def test_a_tree_is_read_back_from_json():
    tree = decision_tree.fit(*company(), SMALL)
    assert Node.from_dict(json.loads(json.dumps(tree.as_dict()))) == tree


@pytest.mark.parametrize(("given", "named"), [({"depth": 0}, "depth"), ({"chance": 1.0}, "chance")])
def test_settings_that_make_no_sense_are_refused_by_name(given, named):
    with pytest.raises(ValueError, match=named):
        TreeSettings(**given)
