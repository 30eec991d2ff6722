"""How a customer is best reached: the channel and the time that were answered most often."""

import zoneinfo
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

FEWEST = 3  # attempts before a share of answers says something
BANDS = ((0, 9), (9, 12), (12, 15), (15, 18), (18, 24))  # hours, the last not included


@dataclass(frozen=True)
class Answered:
    """A channel or a time with the outbound contacts and how many of them were answered."""

    key: Any
    tried: int
    answered: int

    @property
    def share(self) -> Decimal:
        return Decimal(self.answered) / self.tried


@dataclass(frozen=True)
class Reach:
    """`channels` and `times`: the best first; those tried too seldom are left out."""

    channels: list[Answered]
    times: list[Answered]

    @property
    def best(self) -> Answered | None:
        """The channel to use, if it was answered at all."""
        return self.channels[0] if self.channels and self.channels[0].answered else None

    @property
    def best_time(self) -> Answered | None:
        return self.times[0] if self.times and self.times[0].answered else None


def reach(contacts: list[dict[str, Any]], zone: zoneinfo.ZoneInfo) -> Reach:
    """contacts: direction, is_answered, channel, occurred_at. Only what we began tells whether we are answered.

    The key of a time is (weekday 1–7, first hour, hour after the last).
    """
    ours = [each for each in contacts if each["direction"] == "outbound"]
    channels = _counted((each["channel"], each["is_answered"]) for each in ours if each["channel"])
    times = _counted((_time(each["occurred_at"].astimezone(zone)), each["is_answered"]) for each in ours)
    return Reach(channels, times)


def _time(moment: Any) -> tuple[int, int, int]:
    first, last = next(band for band in BANDS if band[0] <= moment.hour < band[1])
    return (moment.isoweekday(), first, last)


def _counted(pairs: Any) -> list[Answered]:
    tried: Counter[Any] = Counter()
    answered: Counter[Any] = Counter()
    for key, is_answered in pairs:
        tried[key] += 1
        answered[key] += bool(is_answered)
    rows = [Answered(key, count, answered[key]) for key, count in tried.items() if count >= FEWEST]
    return sorted(rows, key=lambda each: (-each.share, -each.tried, str(each.key)))
