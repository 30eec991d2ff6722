from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.analysis.baskets import RuleLimits, TooManySets, frequent_sets, rules

A, B, C, D = 1, 2, 3, 4


def baskets(*contents: tuple[int, ...]) -> pd.DataFrame:
    rows = [(number, item) for number, items in enumerate(contents) for item in items]
    return pd.DataFrame(rows, columns=["basket", "item"], dtype="int64")


def rule(lines: pd.DataFrame, left: tuple, right: tuple, **limits) -> dict:
    chosen = RuleLimits(**limits)
    table = rules(frequent_sets(lines, chosen), chosen)
    found = table[(table["left"] == left) & (table["right"] == right)]
    assert len(found) == 1
    return found.iloc[0].to_dict()


def test_R_062_worked_example():
    contents = [(A, B)] * 60 + [(A,)] * 40 + [(B,)] * 140 + [(C,)] * 760
    found = rule(baskets(*contents), (A,), (B,))
    assert found["baskets"] == 60
    assert (found["support"], found["confidence"], found["lift"]) == (0.06, 0.6, 3.0)
    assert found["leverage"] == pytest.approx(0.06 - 0.1 * 0.2)
    assert found["conviction"] == pytest.approx(0.8 / 0.4)
    square = [[60, 40], [140, 760]]
    assert found["p_value"] == pytest.approx(stats.fisher_exact(square, alternative="greater").pvalue)
    assert found["q_value"] == pytest.approx(found["p_value"])  # both directions of the one pair are as clear


def test_a_confidence_of_exactly_the_limit_is_enough():
    contents = [(A, B)] * 8 + [(A,)] * 2 + [(B,)] * 3
    assert rule(baskets(*contents), (A,), (B,), min_confidence="0.8")["confidence"] == 0.8
    nearly = RuleLimits(min_confidence=Fraction(8, 10) + Fraction(1, 10**15))
    assert (A,) not in rules(frequent_sets(baskets(*contents), nearly), nearly)["left"].tolist()


def test_a_support_of_exactly_the_limit_is_enough():
    contents = [(A, B)] * 7 + [(C,)] * 93  # 0.07 * 100 is a little more than 7 in floating point
    assert RuleLimits(min_support="0.07").least(100) == 7
    assert rule(baskets(*contents), (A,), (B,), min_support="0.07")["support"] == 0.07
    assert frequent_sets(baskets(*contents), RuleLimits(min_support="0.08")).counts == {(C,): 93}


def test_an_item_twice_in_a_basket_counts_once():
    assert frequent_sets(baskets((A, A, B), (A,), (B, B))).counts == {(A,): 2, (B,): 2, (A, B): 1}


def test_both_sides_may_have_several_items():
    contents = [(A, B, C)] * 3 + [(A, B)] + [(C,)]
    assert rule(baskets(*contents), (A, B), (C,), max_items=3)["confidence"] == 0.75
    assert rule(baskets(*contents), (A,), (B, C), max_items=3)["confidence"] == 0.75
    assert rule(baskets(*contents), (C,), (A, B), max_items=3)["lift"] == pytest.approx(0.75 / 0.8)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sets(st.integers(1, 7), min_size=1), min_size=1, max_size=25),
    st.integers(1, 6),
    st.integers(2, 4),
)
def test_every_frequent_set_is_found_and_no_other(contents, least, most):
    limits = RuleLimits(min_support=Fraction(least, len(contents)) if least < len(contents) else 1, max_items=most)
    wanted = limits.least(len(contents))
    found = frequent_sets(baskets(*(tuple(each) for each in contents)), limits)
    expected = {}
    for size in range(1, most + 1):
        for items in combinations(sorted(set().union(*contents)), size):
            number = sum(set(items) <= each for each in contents)
            if number >= wanted:
                expected[items] = number
    assert found.counts == expected
    assert found.baskets == len(contents)


def test_more_items_than_are_counted_at_a_time():
    everything = tuple(range(700))
    found = frequent_sets(baskets(everything, everything[:300], (5, 650)), RuleLimits(min_support="0.6", max_items=2))
    assert found.counts[5, 650] == 2
    assert (299, 300) not in found.counts
    assert found.counts[298, 299] == 2
    assert len(found.counts) == 301 + 300 * 299 // 2 + 1


def test_equal_rules_have_a_fixed_order():
    contents = [(A, B), (C, D)]
    table = rules(frequent_sets(baskets(*contents)))
    shuffled = rules(frequent_sets(baskets(*contents).iloc[::-1]))
    assert table["left"].tolist() == shuffled["left"].tolist() == [(A,), (B,), (C,), (D,)]


def test_small_companies_have_no_rules():
    for lines in (baskets(), baskets((A,)), baskets((A,), (A,))):
        assert rules(frequent_sets(lines)).empty
    whole = rules(frequent_sets(baskets((A, B))))
    assert whole["lift"].tolist() == [1.0, 1.0]
    assert np.isnan(whole["conviction"]).all()
    assert whole["p_value"].tolist() == [1.0, 1.0]


def test_too_many_sets_are_refused_before_memory_is():
    with pytest.raises(TooManySets):
        frequent_sets(baskets(tuple(range(60))), RuleLimits(max_items=4, most_sets=1_000))


@pytest.mark.parametrize(
    "given", [{"min_support": "1.1"}, {"min_confidence": -1}, {"max_items": 5}, {"max_items": 1}, {"most_sets": 0}]
)
def test_nonsense_is_refused_with_the_name_of_the_field(given):
    with pytest.raises(ValueError, match=next(iter(given))):
        RuleLimits(**given)
