"""Tags and filters every page uses: icons, badges, numbers in the reader's format, moments in words.

{% load shell %}
{% icon "phone" %}  {% icon "phone" label=_("Phone") %}  {% badge text "green" %}  {% status "open" label %}
{{ amount|money }}  {{ amount|money:"EUR" }}  {{ figures.monetary_value|cents|money }}
{{ 0.366|percent }}  {{ 12|days }}  {{ moment|since }}  {% asset "css/clientele.css" %}
"""

import datetime
import json
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext

register = template.Library()

NOTHING = "–"
TONES = ("blue", "azure", "indigo", "purple", "pink", "red", "orange", "yellow", "green", "teal", "grey")

# What a code means to the reader: calm, in work, done, wrong. Codes are the same on every kind of record.
TONE_OF_CODE = {
    "open": "blue", "new": "blue", "confirmed": "blue", "draft": "grey", "in_work": "indigo", "waiting": "yellow",
    "delivered": "green", "done": "green", "closed": "green", "won": "green", "solved": "green", "partly": "yellow",
    "not_solved": "red", "cancelled": "grey", "correction": "grey", "return": "orange", "sale": "blue",
    "overdue": "red", "late": "red", "low": "grey", "normal": "blue", "high": "orange", "very_high": "red",
    "critical": "red", "urgent": "red", "positive": "green", "neutral": "grey", "negative": "red",
    "key": "purple", "ordinary": "grey", "organisational": "azure", "person": "azure", "organisation": "indigo",
    "waiting_customer": "yellow", "waiting_for_customer": "yellow", "running": "indigo", "queued": "grey",
    "failed": "red", "succeeded": "green", "finished": "green", "acknowledged": "indigo", "resolved": "green",
    "churn_alert": "red", "follow_up": "azure", "manual": "grey", "case": "orange", "remedy": "pink",
    "outbound": "azure", "inbound": "teal",
    # segments
    "champions": "green", "loyal": "teal", "loyal_customers": "teal", "potential_loyalists": "azure",
    "new_customers": "blue", "promising": "indigo", "need_attention": "yellow", "needs_attention": "yellow",
    "about_to_sleep": "orange", "at_risk": "orange", "cannot_lose": "red", "cannot_lose_them": "red",
    "hibernating": "grey", "lost": "grey",
    "a": "green", "b": "azure", "c": "grey",
}  # fmt: skip

# From which amount on, divided by what, with which letter: how people of a language shorten large numbers.
SHORT_STEPS = {
    "en": [(10**9, 10**9, "B"), (10**6, 10**6, "M"), (10**4, 10**3, "k")],
    "zh-hans": [(10**8, 10**8, "亿"), (10**4, 10**4, "万")],
    "zh-hant": [(10**8, 10**8, "億"), (10**4, 10**4, "萬")],
}


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """A symbol of the sprite: decoration, unless `label` says what it means."""
    accessible = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" {} focusable="false"><use href="{}#{}"></use></svg>', css, accessible, _sprite(), name
    )


@register.simple_tag
def asset(path: str) -> str:
    """Address of a static file with its age, so that a browser never keeps an old one."""
    return f"{static(path)}?v={_version(path)}" if settings.DEBUG else _versioned(path)


@register.simple_tag
def badge(text: Any, tone: str = "grey", icon_name: str = "") -> SafeString:
    tone = tone if tone in TONES else "grey"
    symbol = icon(icon_name) if icon_name else ""
    return format_html('<span class="badge tone-{}">{}{}</span>', tone, symbol, text)


@register.simple_tag
def status(code: Any, text: Any = "") -> SafeString:
    """A badge in the colour that the code has everywhere."""
    return badge(capfirst(str(text or code)), tone_of(code))


@register.filter
def tone_of(code: Any) -> str:
    return TONE_OF_CODE.get(str(code).lower(), "grey")


@register.simple_tag
def choice(record: Any, field: str) -> SafeString | str:
    """The choice field of a record as a badge: {% choice complaint "status" %}."""
    code = getattr(record, field, "")
    return status(code, getattr(record, f"get_{field}_display")()) if code else ""


@register.filter
def cents(value: Any) -> Decimal | None:
    """Whole cents, as facts keep money, to an amount."""
    return None if value in (None, "") else Decimal(int(value)) / 100


@register.filter
def money(value: Any, currency: str = "") -> str:
    """An amount with two decimals in the reader's format; more decimals only where a price has them."""
    amount = _decimal(value)
    if amount is None:
        return NOTHING
    rounded = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    shown = formats.number_format(rounded if rounded == amount else amount.normalize(), force_grouping=True)
    shown = shown.replace("-", "−", 1)
    return f"{shown} {currency}".rstrip()


@register.filter
def short_money(value: Any, currency: str = "") -> str:
    """For cards: 1.28M, in Chinese 128.4万."""
    amount = _decimal(value)
    if amount is None:
        return NOTHING
    for least, divisor, letter in SHORT_STEPS.get(get_language() or "en", SHORT_STEPS["en"]):
        if abs(amount) >= least:
            return f"{_written(amount / divisor, 1)}{letter} {currency}".rstrip()
    return f"{_written(amount, 0)} {currency}".rstrip()


@register.filter
def number(value: Any, decimals: int | None = None) -> str:
    """A count or measure with separators of thousands."""
    amount = _decimal(value)
    if amount is None:
        return NOTHING
    if decimals is None and amount == amount.to_integral_value():
        decimals = 0
    return _written(amount, decimals)


@register.filter
def percent(value: Any, decimals: int = 1) -> str:
    """A fraction 0–1 as per cent."""
    amount = _decimal(value)
    return NOTHING if amount is None else f"{_written(amount * 100, decimals)}%"


@register.filter
def days(value: Any) -> str:
    amount = _decimal(value)
    if amount is None:
        return NOTHING
    count = int(amount.to_integral_value())
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": formats.number_format(count)}


@register.filter
def since(value: datetime.datetime | datetime.date | None) -> SafeString | str:
    """How long ago or how far ahead, as a <time> whose title is the exact moment."""
    if not value:
        return NOTHING
    is_moment = isinstance(value, datetime.datetime)
    local = timezone.localtime(value) if is_moment else value
    exact = formats.date_format(local, "SHORT_DATETIME_FORMAT" if is_moment else "SHORT_DATE_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, _in_words(value, exact))


@register.filter
def initials(name: Any) -> str:
    """For avatars: two letters of a name, or its last two Chinese characters."""
    words = str(name).split()
    if not words:
        return "?"
    if any("\u4e00" <= letter <= "\u9fff" for letter in words[0]):
        return words[0][-2:]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


@register.filter
def avatar_tone(name: Any) -> str:
    """The same name always has the same colour."""
    coloured = TONES[:-1]
    return coloured[sum(map(ord, str(name))) % len(coloured)]


@register.filter
def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@register.simple_tag
def attributes(values: dict[str, Any] | None) -> SafeString:
    """A dict as HTML attributes; True stands alone, None and False are left out."""
    kept = [
        (key, "" if value is True else value) for key, value in (values or {}).items() if value not in (None, False)
    ]
    return format_html_join("", ' {}="{}"', ((key, conditional_escape(value)) for key, value in kept))


@register.filter
def plain(value: Any) -> str:
    """A number as machines read it, for attributes of HTML."""
    amount = _decimal(value)
    return "" if amount is None else format(amount, "f")


@dataclass(frozen=True)
class Change:
    icon: str
    word: str
    text: str
    verdict: str


@register.simple_tag
def change_of(change: Any, less_is_better: Any = False) -> Change:
    """A change as a fraction: its arrow, its word, whether it is good."""
    amount = _decimal(change) or Decimal(0)
    text = percent(abs(amount))
    if abs(amount) < Decimal("0.0005"):
        return Change("minus", gettext("unchanged"), text, "none")
    is_good = (amount > 0) != bool(less_is_better)
    verdict = "good" if is_good else "bad"
    if amount > 0:
        return Change("arrow-up-right", gettext("up"), f"+{text}", verdict)
    return Change("arrow-down-right", gettext("down"), f"−{text}", verdict)


@register.simple_tag
def chart_rows(spec: dict[str, Any]) -> dict[str, list]:
    """The figures of a chart as a table: categories down, series across."""
    if spec.get("type") == "heatmap":
        return _heat_rows(spec)
    series = spec.get("series", [])
    rows = [
        [
            category,
            *(_figure(_at_place(each["data"], place), each.get("unit") or spec.get("unit", "")) for each in series),
        ]
        for place, category in enumerate(spec.get("categories", []))
    ]
    return {"heads": [spec.get("category_label", ""), *(each["name"] for each in series)], "rows": rows}


@register.simple_tag(takes_context=True)
def panel_html(context: template.Context, panel: Any) -> SafeString:
    return panel.render(context["request"])


def _heat_rows(spec: dict[str, Any]) -> dict[str, list]:
    cells = {(x, y): value for x, y, value in spec.get("data", [])}
    across = spec.get("categories", [])
    rows = [
        [label, *(_figure(cells.get((x, y)), spec.get("unit", "")) for x in range(len(across)))]
        for y, label in enumerate(spec.get("rows", []))
    ]
    return {"heads": [spec.get("category_label", ""), *across], "rows": rows}


def _figure(value: Any, unit: str) -> str:
    if unit == "ratio":
        return percent(value)
    return money(value) if unit in {"currency", "money"} else number(value)


def _at_place(values: list, place: int) -> Any:
    return values[place] if place < len(values) else None


def _written(amount: Decimal, decimals: int | None) -> str:
    """Rounded half up first: Django's own number_format cuts the digits off."""
    if decimals is not None:
        amount = amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return formats.number_format(amount, decimals, force_grouping=True).replace("-", "−", 1)


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        amount = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _in_words(value: datetime.datetime | datetime.date, exact: str) -> str:
    """Near moments in words, far ones as their date."""
    if isinstance(value, datetime.datetime):
        seconds = (timezone.now() - value).total_seconds()
        if 0 <= seconds < 60:
            return gettext("just now")
        if 0 < seconds < 3600:
            count = int(seconds // 60)
            return ngettext("%(count)s minute ago", "%(count)s minutes ago", count) % {"count": count}
        day = timezone.localtime(value).date()
    else:
        day = value
    distance = (timezone.localdate() - day).days
    if distance == 0:
        return gettext("today") if not isinstance(value, datetime.datetime) else _at(value, gettext("today"))
    if distance == 1:
        return gettext("yesterday")
    if distance == -1:
        return gettext("tomorrow")
    if 1 < distance < 30:
        return ngettext("%(count)s day ago", "%(count)s days ago", distance) % {"count": distance}
    if -30 < distance < -1:
        return ngettext("in %(count)s day", "in %(count)s days", -distance) % {"count": -distance}
    return exact.split(" ")[0]


def _at(value: datetime.datetime, day: str) -> str:
    return f"{day} {formats.time_format(timezone.localtime(value), 'TIME_FORMAT')}"


def _sprite() -> str:
    return asset("vendor/icons.svg")


@cache
def _versioned(path: str) -> str:
    return f"{static(path)}?v={_version(path)}"


def _version(path: str) -> str:
    found = finders.find(path)
    return format(int(Path(found).stat().st_mtime), "x") if found else "0"
