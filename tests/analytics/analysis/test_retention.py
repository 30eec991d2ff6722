import pandas as pd
import pytest

from analytics.analysis.retention import activity, cohort_table, period_retention
from tests.analytics.analysis.frames import frame


def quarters() -> pd.DataFrame:
    """40 customers buy in the first quarter, the first 30 of them again in the second."""
    first = pd.DataFrame({"customer_id": range(40), "occurred_on": pd.Timestamp("2026-02-10")})
    second = pd.DataFrame({"customer_id": range(30), "occurred_on": pd.Timestamp("2026-05-20")})
    return pd.concat([first, second, second]).assign(gross_amount=100)


def test_R_040_30_of_40_customers_are_75_per_cent():
    as_of = pd.Timestamp("2026-06-30")
    bought = activity(quarters(), as_of=as_of, unit="quarter")
    assert len(bought) == 70
    between = period_retention(bought, as_of=as_of, unit="quarter")
    assert between.to_dict("records") == [
        {"period": "2026-Q1", "customers": 40, "retained": 30, "retention_rate": 0.75, "is_partial": False}
    ]
    table = cohort_table(bought, as_of=as_of, unit="quarter")
    assert table["cohort"].tolist() == ["2026-Q1", "2026-Q1"]
    assert table["period"].tolist() == ["2026-Q1", "2026-Q2"]
    assert table["retention_rate"].tolist() == [1.0, 0.75]
    assert table["cohort_size"].tolist() == [40, 40]


MONTHS = """
    customer_id  occurred_on  gross_amount
              1  2025-12-01           100
              1  2026-02-28           100
              2  2025-12-31           100
              2  2026-01-01           100
              3  2026-02-01           100
              3  2026-02-10          -100
              4  2026-02-10          -100
              5  2026-03-01           100
"""


def test_cohorts_by_month_with_empty_and_partial_periods():
    as_of = pd.Timestamp("2026-02-27")
    table = cohort_table(activity(frame(MONTHS), as_of=as_of), as_of=as_of)
    columns = ["cohort", "cohort_size", "period_number", "period", "customers", "retention_rate", "is_partial"]
    assert table.columns.tolist() == columns
    assert table.to_numpy().tolist() == [
        ["2025-12", 2, 0, "2025-12", 2, 1.0, False],
        ["2025-12", 2, 1, "2026-01", 1, 0.5, False],
        ["2025-12", 2, 2, "2026-02", 0, 0.0, True],
        ["2026-02", 1, 0, "2026-02", 1, 1.0, True],
    ]


def test_a_month_that_ends_with_as_of_is_whole():
    as_of = pd.Timestamp("2026-02-28")
    table = cohort_table(activity(frame(MONTHS), as_of=as_of), as_of=as_of)
    assert not table["is_partial"].any()
    assert table.iloc[2]["customers"] == 1


def test_activity_after_as_of_does_not_count():
    pairs = frame("""
        customer_id  period_on
                  1  2026-01-01
                  1  2026-03-01
                  2  2026-03-01
    """).rename(columns={"period_on": "period"})
    table = cohort_table(pairs, as_of=pd.Timestamp("2026-02-15"))
    assert table["cohort_size"].tolist() == [1, 1]
    assert table["customers"].tolist() == [1, 0]


def test_row_order_and_repeated_pairs_do_not_matter():
    as_of = pd.Timestamp("2026-03-31")
    pairs = activity(frame(MONTHS), as_of=as_of)
    twice = pd.concat([pairs, pairs]).sample(frac=1, random_state=5)
    pd.testing.assert_frame_equal(cohort_table(pairs, as_of=as_of), cohort_table(twice, as_of=as_of))


def test_retention_by_region():
    as_of = pd.Timestamp("2026-06-30")
    bought = activity(quarters(), as_of=as_of, unit="quarter")
    bought["region"] = ["east" if number < 20 else "south" for number in bought["customer_id"]]
    result = period_retention(bought, as_of=as_of, unit="quarter", by=["region"])
    assert result["retention_rate"].tolist() == [1.0, 0.5]
    assert result["region"].tolist() == ["east", "south"]


def test_nobody_and_one_day():
    as_of = pd.Timestamp("2026-01-15")
    nothing = activity(frame("customer_id occurred_on gross_amount"), as_of=as_of)
    table = cohort_table(nothing, as_of=as_of)
    assert table.empty
    assert table["customers"].dtype == "int64"
    assert period_retention(nothing, as_of=as_of).empty
    one_day = pd.DataFrame({"customer_id": [7], "period": [as_of]})
    assert cohort_table(one_day, as_of=as_of).to_numpy().tolist() == [["2026-01", 1, 0, "2026-01", 1, 1.0, True]]
    assert period_retention(one_day, as_of=as_of).empty


def test_an_unknown_unit_is_refused():
    day = pd.Timestamp("2026-01-01")
    with pytest.raises(ValueError, match="month, quarter"):
        cohort_table(pd.DataFrame({"customer_id": [1], "period": [day]}), as_of=day, unit="week")
