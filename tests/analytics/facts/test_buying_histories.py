"""The SQL of buying histories against its definition in small."""

import datetime

import pandas as pd
import pytest

from analytics.analysis import buying_histories as analysis
from analytics.facts import engine
from analytics.facts.refresh import refresh
from analytics.facts.statistics import buying_histories
from tests.analytics.facts import records

pytestmark = pytest.mark.django_db
AS_OF = datetime.date(2024, 6, 30)


def ordered(day: int, price: str, *, customer=None, kind: str = "sale", month: int = 3) -> None:
    line = {"kind": kind, "unit_price": price}
    records.order(line, customer=customer, at=f"2024-{month:02}-{day:02} 10:00")


@pytest.mark.parametrize("time_unit", ["week", "day"])
def test_sql_and_definition_agree(time_unit):
    records.company()
    often, once, never = records.customer(), records.customer(), records.customer()
    for day, price in ((1, "10.00"), (9, "3.00"), (9, "4.00"), (20, "5.00")):
        ordered(day, price, customer=often)
    ordered(25, "8.00", customer=often, month=7)  # after as_of
    ordered(4, "7.00", customer=once)
    ordered(5, "0.00", customer=once, kind="free")
    ordered(6, "2.00", customer=never, kind="free")
    ordered(7, "9.00")  # of nobody
    with engine.reader(refresh().id, user=None) as facts:
        found = buying_histories(facts, AS_OF, time_unit=time_unit)
        rows = facts.frame("SELECT customer_id, occurred_on, gross_amount, is_purchase FROM orders")
    expected = analysis.buying_histories(
        rows.assign(customer_id=rows["customer_id"].astype("Int64")), as_of=pd.Timestamp(AS_OF), time_unit=time_unit
    )
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    unit = analysis.DAYS[time_unit]
    assert found.to_numpy().tolist()[0] == [often.pk, 2, 19 / unit, 121 / unit, 600]
    assert found["customer_id"].tolist() == [often.pk, once.pk]


def test_no_orders_are_no_histories():
    records.company()
    with engine.reader(refresh().id, user=None) as facts:
        assert buying_histories(facts, AS_OF).empty
