"""What the core group buys differently."""

import numpy as np
import pandas as pd

from analytics.analysis.preferences import preference_lift
from tests.analytics.analysis.frames import frame


def test_R_111_a_core_that_buys_half_tea_against_a_fifth_has_a_lift_of_2_5_first_in_the_list():
    found = preference_lift(
        frame("""
            item    is_core  amount  customers
            coffee     True     500          8
            tea        True     500         10
            coffee    False    1600         70
            tea       False     400         30
        """)
    )
    assert found["item"].tolist() == ["tea", "coffee"]
    assert found.loc[0, ["core_share", "other_share", "lift"]].tolist() == [0.5, 0.2, 2.5]
    assert found.loc[1, "lift"] == 0.625


def test_what_only_the_core_buys_has_no_lift_and_stands_last_and_returns_count_nothing():
    found = preference_lift(
        frame("""
            item    is_core  amount  customers
            gold       True     100          1
            tea        True     300          1
            lamp       True     -50          1
            tea       False     100          1
            lamp      False     100          1
        """)
    )
    assert found["item"].tolist() == ["tea", "lamp", "gold"]
    assert found["lift"].fillna(-1).tolist() == [1.5, 0, -1]
    assert found["core_share"].tolist() == [0.75, 0, 0.25]


def test_nothing_bought_gives_no_rows_and_one_group_alone_no_lift():
    empty = pd.DataFrame({"item": [], "is_core": [], "amount": [], "customers": []})
    assert preference_lift(empty).empty
    alone = preference_lift(frame("item is_core amount customers\n tea True 5 1"))
    assert np.isnan(alone.loc[0, "lift"])
