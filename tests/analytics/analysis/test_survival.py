import numpy as np
import pandas as pd
import pytest

from analytics.analysis.survival import kaplan_meier, log_rank, median_duration

# Weeks of remission of 21 patients each (Freireich and others 1963); a plus: still in remission.
TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def spells(text: str, group: str = "a") -> pd.DataFrame:
    words = text.split()
    return pd.DataFrame(
        {
            "duration": [float(word.strip("+")) for word in words],
            "has_ended": [not word.endswith("+") for word in words],
            "group": group,
        }
    )


BOTH = pd.concat([spells(TREATED, "treated"), spells(PLACEBO, "placebo")])


def test_the_6_mp_patients_have_a_median_of_23_weeks_and_the_published_curve():
    curve = kaplan_meier(spells(TREATED)).set_index("duration")
    assert curve.index.tolist() == [0, 6, 7, 10, 13, 16, 22, 23]
    assert curve["at_risk"].tolist() == [21, 21, 17, 15, 12, 11, 7, 6]
    assert curve["ended"].tolist() == [0, 3, 1, 1, 1, 1, 1, 1]
    assert curve["survival"].round(4).tolist() == [1, 0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve["standard_error"].round(4).tolist() == [0, 0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert median_duration(curve.reset_index()) == 23


def test_the_median_of_the_placebo_is_8_weeks_and_its_curve_ends_at_nobody():
    curve = kaplan_meier(spells(PLACEBO))
    assert median_duration(curve) == 8
    last = curve.iloc[-1]
    assert (last["survival"], last["standard_error"]) == (0, 0)
    assert np.isnan([last["low"], last["high"]]).all()


def test_limits_lie_around_the_curve_and_within_0_and_1():
    curve = kaplan_meier(spells(TREATED))
    assert (curve["low"] <= curve["survival"]).all()
    assert (curve["survival"] <= curve["high"]).all()
    assert curve[["low", "high"]].stack().between(0, 1).all()
    week_10 = curve.set_index("duration").loc[10]
    # log(-log S) plus and minus 1.96 x error / (S |log S|)
    middle, reach = np.log(-np.log(0.752941)), 1.959964 * 0.096350 / (0.752941 * -np.log(0.752941))
    assert week_10["low"] == pytest.approx(np.exp(-np.exp(middle + reach)), abs=1e-4)
    assert week_10["high"] == pytest.approx(np.exp(-np.exp(middle - reach)), abs=1e-4)


def test_the_log_rank_test_of_both_groups_is_16_79():
    found = log_rank(BOTH, by="group")
    assert found.statistic == pytest.approx(16.793, abs=0.001)
    assert found.degrees_of_freedom == 1
    assert found.p_value == pytest.approx(4.17e-5, abs=1e-7)
    groups = found.groups.set_index("group")
    assert groups["ended"].to_dict() == {"placebo": 21, "treated": 9}
    assert groups["expected_ended"].round(2).to_dict() == {"placebo": 10.75, "treated": 19.25}
    assert groups["customers"].tolist() == [21, 21]


def test_three_groups_of_which_two_are_alike():
    three = pd.concat([BOTH, spells(PLACEBO, "second placebo"), spells(PLACEBO, "none").assign(group=None)])
    found = log_rank(three, by="group")
    assert found.degrees_of_freedom == 2
    groups = found.groups.set_index("group")
    assert groups.loc["placebo", "expected_ended"] == groups.loc["second placebo", "expected_ended"]
    assert groups["expected_ended"].sum() == pytest.approx(groups["ended"].sum())
    merged = log_rank(three.assign(group=three["group"].replace("second placebo", "placebo")), by="group")
    assert found.statistic == pytest.approx(merged.statistic)


def test_equal_groups_do_not_differ():
    found = log_rank(pd.concat([spells(TREATED, "a"), spells(TREATED, "b")]), by="group")
    assert (found.statistic, found.p_value) == pytest.approx((0, 1))


def test_weights_are_repeated_rows_and_order_does_not_matter():
    weighted = BOTH.groupby(["duration", "has_ended", "group"], as_index=False).size()
    weighted = weighted.rename(columns={"size": "customers"}).sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(kaplan_meier(weighted), kaplan_meier(BOTH))
    assert log_rank(weighted, by="group").statistic == pytest.approx(log_rank(BOTH, by="group").statistic)


def test_nobody_one_customer_and_nobody_who_left():
    nobody = spells("")
    assert kaplan_meier(nobody).to_numpy().tolist() == [[0, 0, 0, 1, 0, 1, 1]]
    assert np.isnan(median_duration(kaplan_meier(nobody)))
    assert log_rank(nobody, by="group").degrees_of_freedom == 0
    assert kaplan_meier(spells("5"))["survival"].tolist() == [1, 0]
    assert median_duration(kaplan_meier(spells("5"))) == 5
    still_there = kaplan_meier(spells("5+ 6+"))
    assert still_there["survival"].tolist() == [1]
    assert np.isnan(log_rank(pd.concat([spells("5+"), spells("6+", "b")]), by="group").p_value)
    assert np.isnan(log_rank(spells(TREATED), by="group").p_value)


def test_half_is_reached_exactly():
    assert median_duration(kaplan_meier(spells("1 2 3 4 5 6"))) == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"duration": -1.0}, "missing, infinite or negative"),
        ({"duration": np.nan}, "missing, infinite or negative"),
        ({"has_ended": None}, "has_ended is missing"),
        ({"customers": -1}, "customers is missing"),
    ],
)
def test_spells_that_cannot_be_are_refused(change, words):
    with pytest.raises(ValueError, match=words):
        kaplan_meier(spells(TREATED).assign(**change))
