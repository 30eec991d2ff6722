import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analytics.analysis.significance import benjamini_hochberg, enrichment_p, two_sided_p


@st.composite
def tables(draw):
    n = draw(st.integers(1, 400))
    first, second = draw(st.integers(0, n)), draw(st.integers(0, n))
    return n, first, second, draw(st.integers(max(0, first + second - n), min(first, second)))


@given(tables())
def test_the_tail_is_that_of_fishers_exact_test(table):
    n, first, second, both = table
    square = [[both, first - both], [second - both, n - first - second + both]]
    assert enrichment_p(*table)[()] == pytest.approx(stats.fisher_exact(square, alternative="greater").pvalue, abs=1e-9)
    less = stats.fisher_exact(square, alternative="less").pvalue
    greater = stats.fisher_exact(square, alternative="greater").pvalue
    assert two_sided_p(*table)[()] == pytest.approx(min(1, 2 * min(less, greater)), abs=1e-9)


def test_very_large_companies_are_tested_as_exactly():
    found = enrichment_p(10_000_000, np.array([100_000, 50_000]), 200_000, np.array([2_100, 1_000]))
    assert found == pytest.approx(stats.hypergeom.sf([2_099, 999], 10_000_000, 200_000, [100_000, 50_000]), rel=1e-6)


def test_impossible_counts_are_refused():
    for table in ((10, 3, 3, 4), (10, 11, 3, 3), (10, 8, 8, 1)):
        with pytest.raises(ValueError, match="cannot be more"):
            enrichment_p(*table)


def test_q_values_are_those_of_benjamini_and_hochberg():
    p = [0.01, 0.04, 0.03, 0.5, 0.005]
    assert benjamini_hochberg(p) == pytest.approx(stats.false_discovery_control(p))
    assert len(benjamini_hochberg([])) == 0
    assert benjamini_hochberg([1.0, 1.0]).tolist() == [1.0, 1.0]
