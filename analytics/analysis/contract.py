"""The few checks and conversions that every analysis makes on the frames it is handed."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def require_columns(frame: pd.DataFrame, *names: str) -> None:
    """Raise ValueError naming the columns that `frame` lacks."""
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise ValueError(f"missing columns: {', '.join(missing)}")


def calendar_day(as_of: pd.Timestamp) -> np.datetime64:
    """`as_of` as a plain day; ValueError when it has a time zone, for days here are the company's."""
    if as_of.tzinfo is not None:
        raise ValueError("as_of must be a calendar day without a time zone")
    return np.datetime64(as_of.date(), "D")


def days(column: "pd.Series[Any]") -> npt.NDArray[np.datetime64]:
    """A date column as numpy days, NaT kept."""
    return pd.to_datetime(column).to_numpy().astype("datetime64[D]")


def up_to(events: pd.DataFrame, as_of: pd.Timestamp, column: str = "occurred_on") -> pd.DataFrame:
    """The events that count: those of `as_of` and before."""
    require_columns(events, column)
    return events[days(events[column]) <= calendar_day(as_of)]


def days_since(column: "pd.Series[Any]", as_of: pd.Timestamp) -> Floats:
    """Days from each date to `as_of`, NaN where there is no date.

    A date after `as_of` means that the frame was built as of another day: ValueError.
    """
    dates = days(column)
    known = ~np.isnat(dates)
    elapsed = np.full(len(dates), np.nan)
    elapsed[known] = (calendar_day(as_of) - dates[known]).astype(np.int64)
    if (elapsed < 0).any():
        raise ValueError(f"{column.name} lies after as_of")
    return elapsed


def whole(column: "pd.Series[Any]") -> Integers:
    """A count or cents column as int64, also when a database handed it over as floating point."""
    return column.to_numpy(dtype=np.int64)


def floats(column: "pd.Series[Any]") -> Floats:
    """A column as float64, missing values as NaN."""
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def countable(column: Floats) -> pd.arrays.IntegerArray:
    """Whole numbers held as float64 as an Int64 column, NaN as missing."""
    is_missing = np.isnan(column)
    return pd.arrays.IntegerArray(np.where(is_missing, 0, column).astype(np.int64), is_missing)


def quantile(rising: Integers, share: float) -> float:
    """The value at `share` of a sorted, non-empty array, between two values by linear interpolation.

    The place is worked out in whole numbers: floating point may miss a value that lies exactly at the share, and who
    has this value would then be scored differently from one company size to the next.
    """
    place = _place(len(rising), share)
    below = place.numerator // place.denominator
    low, high = int(rising[below]), int(rising[min(below + 1, len(rising) - 1)])
    return float(low + (high - low) * (place - below))


def quantiles(values: Integers, shares: Sequence[float]) -> tuple[float, ...]:
    """`quantile` at several shares of a non-empty array in any order; only the places asked for are sorted out."""
    last = len(values) - 1
    below = [place.numerator // place.denominator for place in (_place(len(values), share) for share in shares)]
    rising = np.partition(values, sorted({*below, *(min(place + 1, last) for place in below)}))
    return tuple(quantile(rising, share) for share in shares)


def _place(length: int, share: float) -> Fraction:
    return Fraction(str(share)) * (length - 1)


def flags(frame: pd.DataFrame, name: str) -> Flags:
    """An optional yes/no column; absent or missing counts as no."""
    if name not in frame.columns:
        return np.zeros(len(frame), dtype=np.bool_)
    return frame[name].astype("boolean").fillna(False).to_numpy(dtype=np.bool_)


def chosen(codes: Sequence[str], positions: npt.NDArray[np.integer[Any]]) -> Any:
    """The code at each position as a string column; position -1 gives a missing value."""
    known: Any = pd.array(list(codes), dtype="str")
    return known.take(positions, allow_fill=True)


def customer_index(frame: pd.DataFrame) -> "pd.Index[Any]":
    """The index of a result: the customers of `frame`, in its order."""
    require_columns(frame, "customer_id")
    return pd.Index(frame["customer_id"], name="customer_id")
