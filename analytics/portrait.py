"""A customer's figures as people read them: the panel of the customer page, and the facts beside an alert."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.alerts import querysets, words
from analytics.attributes import FIGURES
from analytics.models import Alert, CustomerFigures, Publication, Run, SegmentMembership
from analytics.segments.sizes import may_see_members
from crm.accounts.models import User
from crm.records import panels, values
from crm.records.templatetags.shell import days, number, percent
from customers.models import Customer

ATTRIBUTES = {each.key: each for each in FIGURES}
MOST_SEGMENTS = 12


@dataclass(frozen=True)
class Portrait:
    """`stats` are label, value, note and help; `segments` code, label and address, as `_portrait.html` wants them."""

    run: Run
    stats: list[dict[str, Any]]
    segments: list[tuple[str, str, str]] = field(default_factory=list)
    alert: Alert | None = None
    reasons: list[str] = field(default_factory=list)


def of(customer: Customer, user: User | None) -> Portrait | None:
    """What the published run says of a customer; None before there is one, or for a customer it does not know."""
    published = Publication.objects.values("run")[:1]
    figures = CustomerFigures.objects.filter(run=published, customer=customer).select_related("run").first()
    if figures is None:
        return None
    alert = querysets.visible_to(user).filter(customer=customer, status=Alert.Status.OPEN).first()
    return Portrait(
        figures.run,
        _stats(figures),
        _segments(customer, user),
        alert,
        words.reasons(alert.reasons) if alert else [],
    )


def panel(request: HttpRequest, customer: Customer) -> panels.Panel | None:
    found = of(customer, request.user)  # type: ignore[arg-type]
    if found is None:
        return None
    return panels.Panel(
        "figures",
        gettext_lazy("Portrait"),
        "analytics/alerts/_portrait_panel.html",
        {"portrait": found, "record": customer},
        place="portrait",
        rank=10,
    )


def _stats(figures: CustomerFigures) -> list[dict[str, Any]]:
    return [
        _stat("value_tier", _choice(figures, "value_tier"), _abc(figures)),
        _stat("rfm_segment", _choice(figures, "rfm_segment"), _scores(figures)),
        _stat("lifecycle_stage", _choice(figures, "lifecycle_stage")),
        _stat("cycle_days", days(figures.cycle_days), _next_order(figures)),
        _stat("recency_days", days(figures.recency_days), _last_order(figures)),
        _stat("contacts_per_month", number(figures.contacts_per_month, 1), _last_contact(figures)),
        _stat("main_concern", _main_concern(figures), _concern_note(figures)),
        _stat("loyalty", number(figures.loyalty, 1), _coverage(figures)),
        _stat("churn_risk", _choice(figures, "churn_risk"), _silence(figures)),
    ]


def _stat(key: str, value: Any, note: str = "") -> dict[str, Any]:
    attribute = ATTRIBUTES[key]
    return {"key": key, "label": attribute.label, "value": value or "–", "note": note, "help": attribute.formula}


def _choice(figures: CustomerFigures, key: str) -> str:
    return values.text(ATTRIBUTES[key], getattr(figures, key))


def _scores(figures: CustomerFigures) -> str:
    """5-4-5: recency, frequency, monetary value."""
    scores = (figures.r_score, figures.f_score, figures.m_score)
    return "-".join(str(each) for each in scores) if None not in scores else ""


def _abc(figures: CustomerFigures) -> str:
    return _("ABC class %(letter)s") % {"letter": figures.abc_class} if figures.abc_class else ""


def _next_order(figures: CustomerFigures) -> str:
    if figures.next_order_on is None:
        return ""
    day = formats.date_format(figures.next_order_on, "SHORT_DATE_FORMAT")
    if figures.cycle_is_assumed:
        return _("next order about %(day)s (assumed)") % {"day": day}
    return _("next order about %(day)s") % {"day": day}


def _last_order(figures: CustomerFigures) -> str:
    return formats.date_format(figures.last_on, "SHORT_DATE_FORMAT") if figures.last_on else ""


def _last_contact(figures: CustomerFigures) -> str:
    if figures.last_contact_on is None:
        return ""
    return _("last on %(day)s") % {"day": formats.date_format(figures.last_contact_on, "SHORT_DATE_FORMAT")}


def _main_concern(figures: CustomerFigures) -> str:
    """price (60%)"""
    if figures.main_concern_share is None:
        return ""
    return f"{_choice(figures, 'main_concern')} ({percent(figures.main_concern_share, 0)})"


def _concern_note(figures: CustomerFigures) -> str:
    return _("of the contacts with a concern") if figures.main_concern else ""


def _coverage(figures: CustomerFigures) -> str:
    if figures.loyalty is None:
        return _("too little data")
    parts = [_choice(figures, "loyalty_band"), _("from %(share)s of the weight") % {"share": _share(figures)}]
    return ", ".join(filter(None, parts))


def _share(figures: CustomerFigures) -> str:
    return percent(figures.loyalty_coverage, 0)


def _silence(figures: CustomerFigures) -> str:
    if figures.silence_ratio is None:
        return ""
    return _("%(times)s times the usual pause") % {"times": number(round(figures.silence_ratio, 1), 1)}


def _segments(customer: Customer, user: User | None) -> list[tuple[str, str, str]]:
    """Those it belongs to, less those whose name would tell what the reader sees masked."""
    stays = SegmentMembership.objects.filter(customer=customer, left_on__isnull=True, segment__is_active=True)
    rows = [each.segment for each in stays.select_related("segment").order_by("segment__name")[:MOST_SEGMENTS]]
    return [("segment", each.name, each.get_absolute_url()) for each in rows if may_see_members(each, user)]


__all__ = ["Portrait", "of", "panel"]
