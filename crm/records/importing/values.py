"""Text of a cell into a value: numbers, dates, yes and no, as people write them in English and Chinese."""

import datetime
import re
import unicodedata
import zoneinfo
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

from django.utils.translation import gettext as _

from crm.records.importing.problems import BadValue

DayFirst = Literal["dmy", "mdy", ""]

PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?")
THOUSANDS_COMMA = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
THOUSANDS_POINT = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+")
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
MONEY_SIGNS = re.compile(r"[¥£€$元圆]|CNY|RMB|HKD|TWD|USD|GBP|EUR|US\$|HK\$|NT\$|\s|'", re.IGNORECASE)

TIME = (
    r"(?:[ T]+(?P<half_before>上午|下午)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>am|pm)?\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?)?"
)
YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?" + TIME,
    re.IGNORECASE,
)
COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})" + TIME,
    re.IGNORECASE,
)
YEAR_LAST = re.compile(
    r"(?P<first>\d{1,2})[-/.](?P<second_part>\d{1,2})[-/.](?P<year>\d{4}|\d{2})" + TIME,
    re.IGNORECASE,
)
DAY_NAMED = re.compile(
    r"(?P<day>\d{1,2})[- ](?P<name>[A-Za-z]{3,9})\.?[- ,]+(?P<year>\d{4}|\d{2})" + TIME,
    re.IGNORECASE,
)
MONTH_NAMED = re.compile(
    r"(?P<name>[A-Za-z]{3,9})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})" + TIME,
    re.IGNORECASE,
)
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES, 1)}

YES = {"1", "y", "yes", "true", "t", "x", "on", "是", "对", "對", "有", "真"}
NO = {"0", "n", "no", "false", "f", "off", "否", "不", "无", "無", "没有", "沒有", "假", "-"}


def cleaned(text: str) -> str:
    """Without outer blanks; full-width letters and digits as their plain ones."""
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def folded(text: str) -> str:
    """For comparing names: no case, no blanks, no punctuation."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


@lru_cache(maxsize=100_000)
def parse_number(text: str) -> Decimal:
    plain = cleaned(text)
    if not PLAIN_NUMBER.fullmatch(plain):
        plain = MONEY_SIGNS.sub("", plain)
        if plain.startswith("(") and plain.endswith(")"):
            plain = f"-{plain[1:-1]}"
        if THOUSANDS_COMMA.fullmatch(plain):
            plain = plain.replace(",", "")
        elif THOUSANDS_POINT.fullmatch(plain):
            plain = plain.replace(".", "").replace(",", ".")
        elif DECIMAL_COMMA.fullmatch(plain):
            plain = plain.replace(",", ".")
    if not PLAIN_NUMBER.fullmatch(plain):
        raise BadValue(_("“%(text)s” is not a number.") % {"text": _short(text)})
    try:
        number = Decimal(plain)
    except InvalidOperation as error:
        raise BadValue(_("“%(text)s” is not a number.") % {"text": _short(text)}) from error
    if number and number.adjusted() > 15:
        raise BadValue(_("“%(text)s” is too large.") % {"text": _short(text)})
    return number


def parse_ratio(text: str) -> Decimal:
    """A fraction; "15 %" is 0.15."""
    plain = cleaned(text)
    if plain.endswith("%"):
        return parse_number(plain[:-1]) / 100
    return parse_number(plain)


def parse_boolean(text: str) -> bool:
    word = cleaned(text).casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise BadValue(_("“%(text)s” is neither yes nor no.") % {"text": _short(text)})


def dates_read(style: DayFirst, zone: zoneinfo.ZoneInfo) -> Callable[[str], datetime.datetime]:
    """A function that reads a moment; wall time of `zone` where the text names no other."""

    @lru_cache(maxsize=50_000)
    def read(text: str) -> datetime.datetime:
        moment = _wall_time(text, style)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return moment.astimezone(datetime.UTC)

    return read


def parse_date(text: str, style: DayFirst = "") -> datetime.date:
    return _wall_time(text, style).date()


def day_or_month_first(texts: Iterable[str]) -> DayFirst:
    """Whether 1/12/2010 means December or January, from texts that leave no choice; "" while all leave it open."""
    day_first = month_first = 0
    for text in texts:
        found = YEAR_LAST.fullmatch(cleaned(text))
        if found is None:
            continue
        day_first += int(found["first"]) > 12
        month_first += int(found["second_part"]) > 12
    if day_first == month_first:
        return ""
    return "dmy" if day_first > month_first else "mdy"


def needs_a_choice(texts: Iterable[str]) -> bool:
    """Whether any of the texts is a date that starts with day or month."""
    return any(YEAR_LAST.fullmatch(cleaned(text)) for text in texts)


def _wall_time(text: str, style: DayFirst) -> datetime.datetime:
    plain = cleaned(text)
    found = YEAR_FIRST.fullmatch(plain) or COMPACT.fullmatch(plain) or DAY_NAMED.fullmatch(plain)
    found = found or MONTH_NAMED.fullmatch(plain) or YEAR_LAST.fullmatch(plain)
    if found is None:
        raise _no_date(text)
    parts = found.groupdict()
    if "first" in parts:
        if not style:
            raise BadValue(_("“%(text)s” can be two dates: say whether day or month comes first.") % {"text": text})
        day, month = (parts["first"], parts["second_part"])[:: 1 if style == "dmy" else -1]
    else:
        day = parts["day"]
        month = parts.get("month") or MONTHS.get(parts["name"][:3].lower(), 0)
    year = int(parts["year"])
    if year < 100:
        year += 2000 if year < 70 else 1900
    if not 1800 <= year <= 2200:
        raise _no_date(text)
    try:
        return datetime.datetime(  # noqa: DTZ001  the zone follows where the time is used
            year, int(month), int(day), *_clock(parts), tzinfo=_offset(parts.get("offset"))
        )
    except ValueError as error:
        raise _no_date(text) from error


def _clock(parts: dict[str, str | None]) -> tuple[int, int, int]:
    hour = int(parts.get("hour") or 0)
    half = (parts.get("half") or parts.get("half_before") or "").lower()
    if half in {"pm", "下午"} and hour < 12:
        hour += 12
    if half in {"am", "上午"} and hour == 12:
        hour = 0
    return hour, int(parts.get("minute") or 0), int(parts.get("second") or 0)


def _offset(text: str | None) -> datetime.tzinfo | None:
    if not text:
        return None
    if text in "Zz":
        return datetime.UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return datetime.timezone(datetime.timedelta(minutes=minutes if text[0] == "+" else -minutes))


def _no_date(text: str) -> BadValue:
    return BadValue(_("“%(text)s” is not a date.") % {"text": _short(text)})


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
