import numpy as np
import pandas as pd
import pytest

from analytics.analysis import shifted_beta_geometric, survival
from analytics.analysis.likelihood import FitStatus
from analytics.analysis.tenure import observed, spells, survivors, too_young
from tests.analytics.analysis.frames import frame

AS_OF = pd.Timestamp("2026-06-30")

# With 90 days of silence the horizon is 31 March 2026 (lost after *more* than 90 days): who bought after it was there.
CUSTOMERS = frame("""
    customer_id  first_on    last_on     lost_after_days
              1  2026-01-10  2026-01-10               90
              2  2026-01-05  2026-02-20               90
              3  2026-01-20  2026-05-02               90
              4  2025-11-11  2026-03-31               90
              5  2026-04-15  2026-06-01               90
""")


def test_who_bought_after_the_horizon_was_there_on_it():
    found = spells(CUSTOMERS, as_of=AS_OF)
    horizon = pd.Timestamp("2026-03-31")
    assert found["duration"].to_dict() == {1: 0, 2: 46, 3: (horizon - pd.Timestamp("2026-01-20")).days, 4: 140}
    assert found["has_ended"].to_dict() == {1: True, 2: True, 3: False, 4: True}
    assert too_young(CUSTOMERS, as_of=AS_OF) == 1


def test_survivors_are_counted_for_as_long_as_their_customers_are_watched():
    found = survivors(CUSTOMERS, as_of=AS_OF)
    cells = {(row.cohort, row.period): row.customers for row in found.itertuples()}
    # three came in January and are watched until March, one in November: until March as well
    assert cells == {(2, 0): 3, (2, 1): 2, (2, 2): 1, (4, 0): 1, (4, 1): 1, (4, 2): 1, (4, 3): 1, (4, 4): 1}


def test_the_curve_of_unequally_long_watched_customers():
    curve = observed(survivors(CUSTOMERS, as_of=AS_OF))
    assert curve["at_risk"].tolist() == [4, 4, 3, 1, 1]
    assert curve["customers"].tolist() == [4, 3, 2, 1, 1]
    assert curve["survival"].round(4).tolist() == [1.0, 0.75, 0.5, 0.5, 0.5]
    assert np.isnan(curve["retention_rate"][0])


def test_a_person_said_that_the_customer_left():
    said = CUSTOMERS.assign(lost_by_user_on=pd.to_datetime([None, None, "2026-05-20", None, "2026-05-20"]))
    found = spells(said, as_of=AS_OF)
    assert found.loc[3].tolist() == [102, True]  # from 20 January to the last purchase
    assert 5 not in found.index  # bought again after it was said, and came after the horizon


def test_a_fit_on_simulated_leavers_finds_their_parameters():
    """Leavers are only known after the silence; without the horizon the last months would bend the curve upwards."""
    draw = np.random.default_rng(4)
    size, months, alpha, beta = 40_000, 30, 1.2, 4.0
    probability = draw.beta(alpha, beta, size)
    stays = draw.geometric(probability)  # leaves at the end of month `stays`: buys in months 0 .. stays - 1
    begin = draw.integers(0, months, size)
    last = np.minimum(begin + stays - 1, months - 1)
    start = np.datetime64("2023-01", "M")
    customers = pd.DataFrame(
        {
            "customer_id": np.arange(size),
            "first_on": (start + begin).astype("datetime64[D]"),
            "last_on": (start + last).astype("datetime64[D]"),
            "lost_after_days": 92.0,
        }
    )
    fitted = shifted_beta_geometric.fit(survivors(customers, as_of=pd.Timestamp("2025-06-30")))
    assert fitted.status == FitStatus.OK
    assert (fitted.alpha, fitted.beta) == pytest.approx((alpha, beta), rel=0.06)


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_small_companies(rows):
    few = CUSTOMERS.head(rows)
    assert len(spells(few, as_of=AS_OF)) == rows
    assert len(observed(survivors(few, as_of=AS_OF))) == (0 if rows == 0 else 3)
    survival.kaplan_meier(spells(few, as_of=AS_OF))


def test_who_never_bought_is_nobody():
    nobody = CUSTOMERS.assign(first_on=pd.NaT, last_on=pd.NaT, lost_after_days=np.nan)
    assert len(spells(nobody, as_of=AS_OF)) == 0
    assert len(survivors(nobody, as_of=AS_OF)) == 0
    assert too_young(nobody, as_of=AS_OF) == 0
