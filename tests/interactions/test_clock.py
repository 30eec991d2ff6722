"""Working time, by hand-checked moments of a desk in Shanghai and one in Berlin."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from interactions.cases.clock import AlwaysOn, BusinessHours

HOUR = 3600
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
WEEK = {day: [(time(9), time(18))] for day in range(5)}


def at(*moment, zone=SHANGHAI):
    return datetime(*moment, tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(2024, 5, 6, 10), 4, at(2024, 5, 6, 14)),  # a Monday
        (at(2024, 5, 6, 16), 4, at(2024, 5, 7, 11)),  # goes on the next morning
        (at(2024, 5, 10, 17), 2, at(2024, 5, 13, 10)),  # over the weekend
        (at(2024, 5, 11, 12), 1, at(2024, 5, 13, 10)),  # begins on a Saturday
        (at(2024, 5, 6, 9), 9, at(2024, 5, 6, 18)),  # the whole day: its end, not the next morning
        (at(2024, 5, 6, 20), 0, at(2024, 5, 7, 9)),
    ],
)
def test_only_business_hours_pass(start, hours, end):
    assert BusinessHours(SHANGHAI, WEEK).after(start, hours * HOUR) == end


def test_a_holiday_is_passed_over_and_a_worked_saturday_counts():
    special = {date(2024, 5, 1): [], date(2024, 5, 11): [(time(9), time(12))]}
    clock = BusinessHours(SHANGHAI, WEEK, special)
    assert clock.after(at(2024, 4, 30, 17), 2 * HOUR) == at(2024, 5, 2, 10)
    assert clock.after(at(2024, 5, 10, 17), 2 * HOUR) == at(2024, 5, 11, 10)


def test_a_break_at_noon_is_not_worked():
    clock = BusinessHours(SHANGHAI, {0: [(time(9), time(12)), (time(13), time(18))]})
    assert clock.after(at(2024, 5, 6, 11), 2 * HOUR) == at(2024, 5, 6, 14)
    assert clock.between(at(2024, 5, 6, 11), at(2024, 5, 6, 14)) == 2 * HOUR


def test_between_is_the_way_back():
    clock = BusinessHours(SHANGHAI, WEEK)
    start = at(2024, 5, 9, 15, 30)
    for seconds in (1, HOUR, 9 * HOUR, 30 * HOUR):
        assert clock.between(start, clock.after(start, seconds)) == seconds
    assert clock.between(at(2024, 5, 11), at(2024, 5, 12)) == 0
    assert clock.between(at(2024, 5, 7), at(2024, 5, 6)) == 0
    assert AlwaysOn().between(at(2024, 5, 7), at(2024, 5, 6)) == 0


def test_an_hour_stays_an_hour_when_clocks_change():
    """Berlin, 31 March 2024: at 2 o'clock it is 3. A desk open from 0 to 6 works five hours that day."""
    clock = BusinessHours(BERLIN, {6: [(time(0), time(6))], 0: [(time(0), time(6))]})
    start = at(2024, 3, 31, 0, zone=BERLIN)
    assert clock.between(start, at(2024, 4, 1, 0, zone=BERLIN)) == 5 * HOUR
    assert clock.after(start, 3 * HOUR) == datetime(2024, 3, 31, 2, tzinfo=UTC)  # 4 o'clock there


def test_a_desk_that_never_opens_counts_every_hour():
    start = at(2024, 5, 6, 10)
    assert BusinessHours(SHANGHAI, {}).after(start, HOUR) == at(2024, 5, 6, 11)
