"""Cells as people write them."""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from crm.records.importing import BadValue
from crm.records.importing.values import (
    dates_read,
    day_or_month_first,
    parse_boolean,
    parse_date,
    parse_number,
    parse_ratio,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"),
        ("-3.50", "-3.50"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1.234.567,8", "1234567.8"),
        ("3,5", "3.5"),
        ("¥ 1,200", "1200"),
        ("£2.55", "2.55"),
        ("（12）", "-12"),
        ("１２．５", "12.5"),
        ("1E-05", "0.00001"),
        (".001", "0.001"),
    ],
)
def test_numbers(text: str, number: str) -> None:
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "NaN", "inf", "1,23,4", "--1", "1e99", "99999999999999999"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(BadValue):
        parse_number(text)


def test_ratios_and_answers() -> None:
    assert parse_ratio("15 %") == Decimal("0.15")
    assert [parse_boolean(text) for text in ("是", "YES", "1", "否", "no", "沒有")] == [True] * 3 + [False] * 3
    with pytest.raises(BadValue):
        parse_boolean("perhaps")


@pytest.mark.parametrize(
    "text",
    ["2011-03-05", "2011/3/5", "20110305", "2011年3月5日", "5 Mar 2011", "05-Mar-11", "March 5, 2011", "2011.3.5"],
)
def test_dates(text: str) -> None:
    assert parse_date(text) == datetime.date(2011, 3, 5)


@pytest.mark.parametrize("text", ["2011-02-30", "31/31/2011", "0000-00-00", "yesterday", "2011", "99999999"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(BadValue):
        parse_date(text, "dmy")


def test_day_and_month_are_told_apart_by_the_file() -> None:
    assert day_or_month_first(["1/2/2010", "13/2/2010"]) == "dmy"
    assert day_or_month_first(["1/2/2010", "2/13/2010"]) == "mdy"
    assert day_or_month_first(["1/2/2010", "3/4/2010"]) == ""
    assert parse_date("1/12/2010", "dmy") == datetime.date(2010, 12, 1)
    assert parse_date("1/12/2010", "mdy") == datetime.date(2010, 1, 12)
    with pytest.raises(BadValue, match="two dates"):
        parse_date("1/12/2010")


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("2011-07-01 12:00", 11, 0),
        ("2011-01-01T12:30:59", 12, 30),
        ("2011/7/1 1:05 PM", 12, 5),
        ("2011年7月1日 下午1:05", 12, 5),
        ("2011-07-01 12:00:00+08:00", 4, 0),
        ("2011-07-01T12:00:00Z", 12, 0),
        ("2011-07-01 12:00 am", 23, 0),
    ],
)
def test_moments_are_wall_time_of_the_zone(text: str, hour: int, minute: int) -> None:
    found = dates_read("", ZoneInfo("Europe/London"))(text)
    assert (found.hour, found.minute, found.tzinfo) == (hour, minute, datetime.UTC)
