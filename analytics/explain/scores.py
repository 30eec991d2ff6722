"""The scores of every recompute, explained from the figures of the run and the records behind them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from analytics.attributes import FIGURES
from analytics.explain.terms import Part, Question, Score, register
from analytics.models import ModelFit
from crm.records import values
from crm.records.templatetags.shell import days, money, number, percent

ATTRIBUTES = {each.key: each for each in FIGURES}
ORDERS = """
    SELECT order_id AS id, occurred_on, is_purchase, net_amount FROM orders
    WHERE customer_id = $customer AND occurred_on <= $day ORDER BY occurred_on DESC, order_id DESC
"""
CONTACTS = """
    SELECT contact_id AS id FROM contacts
    WHERE customer_id = $customer AND occurred_on <= $day AND occurred_on > CAST($day AS DATE) - 180
    ORDER BY occurred_on DESC, contact_id DESC
"""
CASES = """
    SELECT case_id AS id, outcome = 'solved' AND CAST(resolved_at AS DATE) <= $day
        AND (due_at IS NULL OR resolved_at <= due_at) AS in_time
    FROM {table}
    WHERE customer_id = $customer AND occurred_on <= $day AND occurred_on > CAST($day AS DATE) - 365
        AND (CAST(resolved_at AS DATE) <= $day OR CAST(due_at AS DATE) <= $day)
    ORDER BY occurred_on DESC, case_id DESC
"""
OPEN_COMPLAINTS = """
    SELECT case_id AS id FROM complaints
    WHERE customer_id = $customer AND occurred_on <= $day
        AND ((status <> 'closed' AND resolved_at IS NULL) OR CAST(resolved_at AS DATE) > $day)
    ORDER BY occurred_on DESC, case_id DESC
"""
INVOICES = """
    SELECT order_id AS id, paid_on <= due_on AND paid_on <= $day AS in_time FROM orders
    WHERE customer_id = $customer AND type = 'sale' AND invoiced_on <= $day
        AND invoiced_on > CAST($day AS DATE) - 365 AND (paid_on <= $day OR due_on < $day) AND due_on IS NOT NULL
    ORDER BY invoiced_on DESC, order_id DESC
"""


@register
def rfm(question: Question) -> Score | None:
    figures = question.figures
    if figures.r_score is None:
        return None
    limits = _limits(question)
    orders = question.rows(ORDERS)
    bought = _ids(row for row in orders if row["is_purchase"])
    parts = (
        _scored("r_score", figures.r_score, days(figures.recency_days), limits["recency_days"], bought[:1]),
        _scored("f_score", figures.f_score, number(figures.frequency), limits["frequency"], bought),
        _scored("m_score", figures.m_score, _money(figures.monetary_value), limits["monetary_value"], _ids(orders)),
    )
    shown = f"{_text(figures, 'rfm_segment')} ({figures.r_score}-{figures.f_score}-{figures.m_score})"
    return _of("rfm_segment", figures.rfm_segment, shown, parts)


@register
def abc_class(question: Question) -> Score | None:
    figures = question.figures
    if not figures.abc_class:
        return None
    orders = question.rows(ORDERS)
    parts = (
        _figure(figures, "monetary_value", _money(figures.monetary_value), "order", _ids(orders)),
        _figure(figures, "orders", number(figures.orders), "order", _ids(row for row in orders if row["is_purchase"])),
    )
    return _of("abc_class", figures.abc_class, figures.abc_class, parts)


@register
def value_tier(question: Question) -> Score | None:
    from analytics.analysis import value_tiers

    figures = question.figures
    if not figures.value_tier:
        return None
    active = question.house.frame(
        "SELECT orders_12_months AS orders_last_365, amount_12_months AS amount_last_365 FROM figures"
    )
    given = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in question.settings.get("value_tiers", {}).items()
    }
    parameters = value_tiers.fit(active, value_tiers.ValueTierLimits(**given))
    limits = parameters.limits
    first_day = question.as_of.toordinal() - 365
    recent = [row for row in question.rows(ORDERS) if _day(row).toordinal() > first_day]
    amount = figures.amount_12_months
    by_orders = sum(figures.orders_12_months >= limit for limit in limits.orders)
    by_amount = sum(amount >= limit for limit in (parameters.amount_mid, parameters.amount_high)) if amount > 0 else 0
    points = _("%(points)d of 2 points")
    parts = (
        Part(
            "orders_12_months",
            ATTRIBUTES["orders_12_months"].label,
            figures.orders_12_months,
            f"{number(figures.orders_12_months)} · {points % {'points': by_orders}}",
            0.5,
            "order",
            _ids(row for row in recent if row["is_purchase"]),
        ),
        Part(
            "amount_12_months",
            ATTRIBUTES["amount_12_months"].label,
            amount / 100,
            f"{_money(amount)} · {points % {'points': by_amount}}",
            0.5,
            "order",
            _ids(recent),
        ),
    )
    return _of("value_tier", figures.value_tier, _text(figures, "value_tier"), parts)


@register
def churn_risk(question: Question) -> Score | None:
    figures = question.figures
    if not figures.churn_risk:
        return None
    bought = [row for row in question.rows(ORDERS) if row["is_purchase"]]
    cycle = days(figures.cycle_days) or "–"
    if figures.cycle_is_assumed:
        cycle = _("%(cycle)s (assumed)") % {"cycle": cycle}
    complaints = _ids(question.rows(OPEN_COMPLAINTS))
    parts = (
        _figure(figures, "recency_days", days(figures.recency_days), "order", _ids(bought[:1])),
        _figure(figures, "cycle_days", cycle, "order", _ids(bought)),
        _figure(figures, "silence_ratio", number(figures.silence_ratio, 2)),
        _figure(figures, "open_complaints", number(figures.open_complaints), "complaint", complaints),
    )
    return _of("churn_risk", figures.churn_risk, _text(figures, "churn_risk"), parts)


@register
def lifecycle_stage(question: Question) -> Score | None:
    figures = question.figures
    if not figures.lifecycle_stage:
        return None
    first_day = question.as_of.toordinal() - 180
    orders = question.rows(ORDERS)
    recent = [row for row in orders if _day(row).toordinal() > first_day]
    before = [row for row in orders if first_day - 180 < _day(row).toordinal() <= first_day]
    parts = (
        _figure(figures, "orders", number(figures.orders), "order", _ids(row for row in orders if row["is_purchase"])),
        _figure(figures, "amount_last_180_days", _money(figures.amount_last_180_days), "order", _ids(recent)),
        _figure(figures, "amount_previous_180_days", _money(figures.amount_previous_180_days), "order", _ids(before)),
        _figure(figures, "silence_ratio", number(figures.silence_ratio, 2)),
    )
    return _of("lifecycle_stage", figures.lifecycle_stage, _text(figures, "lifecycle_stage"), parts)


@register
def loyalty(question: Question) -> Score | None:
    """Each component with the weight that it has among those with data, and the records it was counted from."""
    from analytics.analysis.loyalty import COMPONENTS, LoyaltySettings

    figures = question.figures
    given = question.settings.get("loyalty", {})
    settings = LoyaltySettings(**{name: given[name] for name in ("weights",) if name in given})
    has_data = [name for name in COMPONENTS if getattr(figures, name) is not None and settings.weights.get(name)]
    whole = sum(settings.weights[name] for name in has_data)
    parts = []
    for name in COMPONENTS:
        points = getattr(figures, name)
        kind, records, counted = _behind(question, name)
        shown = _("no data") if points is None else number(points, 1)
        weight = settings.weights[name] / whole if name in has_data else 0.0
        parts.append(Part(name, ATTRIBUTES[name].label, points, f"{shown} {counted}".strip(), weight, kind, records))
    shown = _("too little data") if figures.loyalty is None else number(figures.loyalty, 1)
    note = _("%(share)s of the weight has data.") % {"share": percent(figures.loyalty_coverage or 0, 0)}
    return _of("loyalty", figures.loyalty, shown, tuple(parts), note)


@register
def forecast(question: Question) -> Score | None:
    figures = question.figures
    if figures.probability_of_order is None:
        return None
    bought = [row for row in question.rows(ORDERS) if row["is_purchase"]]
    purchase_days = sorted({_day(row) for row in bought})
    parts = [
        Part(
            "repeat_purchases",
            _("days with a purchase after the first"),
            len(purchase_days) - 1,
            number(len(purchase_days) - 1),
            kind="order",
            records=_ids(bought),
        ),
        *(
            _figure(figures, key, shown)
            for key, shown in (
                ("probability_alive", percent(figures.probability_alive)),
                ("expected_orders", number(figures.expected_orders, 2)),
                ("expected_order_value", _money(figures.expected_order_value)),
                ("predicted_value", _money(figures.predicted_value)),
            )
        ),
    ]
    fit = ModelFit.objects.filter(run=question.run, is_used=True).exclude(model="gamma_gamma").first()
    shown = percent(figures.probability_of_order)
    return _of("probability_of_order", figures.probability_of_order, shown, tuple(parts), model=str(fit or ""))


def _of(key: str, value: Any, shown: str, parts: tuple[Part, ...], note: str = "", model: str = "") -> Score:
    attribute = ATTRIBUTES[key]
    return Score(key, attribute.label, value, shown, attribute.formula, parts, note, model)


def _figure(figures: Any, key: str, shown: str, kind: str = "", records: tuple[int, ...] = ()) -> Part:
    attribute = ATTRIBUTES[key]
    value = getattr(figures, key)
    if attribute.unit == "currency" and value is not None:
        value = value / 100
    return Part(key, attribute.label, value, shown or "–", kind=kind, records=records)


def _scored(key: str, score: int, shown: str, limits: str, records: tuple[int, ...]) -> Part:
    text = _("%(score)d: %(value)s, limits %(limits)s") % {"score": score, "value": shown, "limits": limits}
    return Part(key, ATTRIBUTES[key].label, score, text, kind="order", records=records)


def _limits(question: Question) -> Mapping[str, str]:
    """What separates the five bands of each score in this run."""
    from analytics.analysis.contract import quantiles
    from analytics.analysis.rfm import QUANTILES

    given = question.settings.get("rfm", {})
    known = question.house.frame("SELECT recency_days, frequency, monetary_value FROM figures WHERE orders > 0")
    found = {}
    for name in ("recency_days", "frequency", "monetary_value"):
        limits = given.get(name) or quantiles(known[name].to_numpy(dtype="int64"), QUANTILES)
        write = _money if name == "monetary_value" else lambda value: number(round(value, 1))
        found[name] = " · ".join(write(value) for value in limits)
    return found


def _behind(question: Question, component: str) -> tuple[str, tuple[int, ...], str]:
    """Kind and ids of the records a component was counted from, and the count in words."""
    if component == "contact_frequency":
        found = _ids(question.rows(CONTACTS))
        return "contact", found, _("(%(number)d contacts in 180 days)") % {"number": len(found)}
    if component == "service_effect":
        complaints = question.rows(CASES.format(table="complaints"))
        enquiries = question.rows(CASES.format(table="enquiries"))
        both = [*complaints, *enquiries]
        text = _("(%(solved)d of %(due)d cases solved in time)")
        solved = sum(bool(row["in_time"]) for row in both)
        kind = "complaint" if complaints else "enquiry"
        return kind, _ids(complaints or enquiries), text % {"solved": solved, "due": len(both)} if both else ""
    if component == "trust":
        invoices = question.rows(INVOICES)
        text = _("(%(paid)d of %(due)d invoices paid on time)")
        paid = sum(bool(row["in_time"]) for row in invoices)
        return "order", _ids(invoices), text % {"paid": paid, "due": len(invoices)} if invoices else ""
    return "", (), ""


def _ids(rows: Iterable[Mapping[str, Any]]) -> tuple[int, ...]:
    return tuple(row["id"] for row in rows)


def _day(row: Mapping[str, Any]) -> Any:
    found = row["occurred_on"]
    return found.date() if hasattr(found, "date") else found


def _money(cents: Any) -> str:
    return "–" if cents is None else money(round(cents) / 100)


def _text(figures: Any, key: str) -> str:
    return values.text(ATTRIBUTES[key], getattr(figures, key))


__all__ = ["abc_class", "churn_risk", "forecast", "lifecycle_stage", "loyalty", "rfm", "value_tier"]
