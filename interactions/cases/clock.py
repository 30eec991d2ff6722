"""Working time: which moment is so many working seconds after another, and how many lie between two. Pure."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

Span = tuple[datetime.time, datetime.time]
LONGEST_DAYS = 3_700  # a desk that never opens within ten years has no business hours


class Clock(Protocol):
    def after(self, start: datetime.datetime, seconds: int) -> datetime.datetime: ...

    def between(self, start: datetime.datetime, end: datetime.datetime) -> int: ...


class AlwaysOn:
    """Every hour counts."""

    def after(self, start: datetime.datetime, seconds: int) -> datetime.datetime:
        return start + datetime.timedelta(seconds=seconds)

    def between(self, start: datetime.datetime, end: datetime.datetime) -> int:
        """Whole seconds, 0 when `end` is before `start`."""
        return max(int((end - start).total_seconds()), 0)


@dataclass(frozen=True)
class BusinessHours:
    """Only the hours of the desk count.

    week     weekday (0 is Monday) -> spans of local time
    special  day -> its spans, none for a holiday; they replace those of the weekday
    """

    zone: datetime.tzinfo
    week: Mapping[int, Sequence[Span]]
    special: Mapping[datetime.date, Sequence[Span]] = field(default_factory=dict)

    def after(self, start: datetime.datetime, seconds: int) -> datetime.datetime:
        """The first moment by which `seconds` of work have passed since `start`, in UTC."""
        left = float(seconds)
        for opens, closes in self._spans(start):
            length = (closes - opens).total_seconds()
            if left <= length:
                return opens + datetime.timedelta(seconds=left)
            left -= length
        return AlwaysOn().after(start, seconds)

    def between(self, start: datetime.datetime, end: datetime.datetime) -> int:
        """Whole working seconds, 0 when `end` is before `start`."""
        total = 0.0
        for opens, closes in self._spans(start):
            if opens >= end:
                break
            total += (min(closes, end) - opens).total_seconds()
        return int(total)

    def _spans(self, start: datetime.datetime) -> Iterator[tuple[datetime.datetime, datetime.datetime]]:
        """Working spans from `start` on, in UTC: across a change of the clocks an hour stays an hour."""
        day = start.astimezone(self.zone).date()
        for _each in range(LONGEST_DAYS):
            for opens_at, closes_at in self.special.get(day, self.week.get(day.weekday(), ())):
                opens, closes = (
                    datetime.datetime.combine(day, at, self.zone).astimezone(datetime.UTC)
                    for at in (opens_at, closes_at)
                )
                if closes > start:
                    yield max(opens, start.astimezone(datetime.UTC)), closes
            day += datetime.timedelta(days=1)
