"""What the home pages show. Work lists are live rows; figures come from the published snapshot, all of one run."""

import datetime
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.models import Alert, CustomerFigures
from analytics.reports import charts, engine, registry
from analytics.reports.errors import ReportError
from analytics.reports.source import Source
from crm.accounts import access
from crm.accounts.models import Company, Role, User
from crm.records.kinds import kinds
from crm.records.templatetags.shell import short_money
from customers.models import Customer
from customers.standards.models import contact_intervals
from interactions.models import Complaint, Enquiry, Interaction, SalesTarget, Task

SHOWN, SHOWN_IN_QUEUE, MOST_TARGETS = 8, 15, 4
DUE_WITHIN_DAYS = 7


@dataclass(frozen=True)
class Progress:
    """A sales target and how far it is. `expected` is what comes of it when the rest goes as the days so far."""

    target: SalesTarget
    actual: float
    expected: float | None
    url: str

    @property
    def share(self) -> float | None:
        return self.actual / float(self.target.amount) if self.target.amount else None

    @property
    def gap(self) -> float:
        return round(max(float(self.target.amount) - self.actual, 0.0), 2)

    @property
    def tone(self) -> str:
        if self.expected is None:
            return ""
        return "good" if self.expected >= float(self.target.amount) else "warn"


def rep(user: User, source: Source | None) -> dict[str, Any]:
    """Targets, my tasks, customers due, my alerts, last contacts (R-272)."""
    today = Company.objects.current().today()
    mine = Task.objects.visible_to(user).due_for(user).select_related("customer")
    counts = _task_counts(user)
    return {
        "targets": _targets(user, source, today),
        "currency": Company.objects.current().currency,
        "tasks": mine[:SHOWN],
        "task_counts": counts,
        "tasks_url": kinds["task"].url("list"),
        "due_orders": _due_orders(user, source, today),
        "contacts_overdue": _contacts_overdue(user, source, today),
        "alerts": _alerts(user)[:SHOWN],
        "contacts": Interaction.objects.visible_to(user)
        .filter(staff=user)
        .select_related("customer", "channel")[:SHOWN],
        "has_customers": Customer.objects.visible_to(user).exists(),
    }


def service(user: User) -> dict[str, Any]:
    """Complaints and enquiries by deadline, overdue first, with what is open, overdue and solved today (R-273)."""
    models = [(Complaint, "complaint"), (Enquiry, "enquiry")]
    queues: list[QuerySet] = []
    stats = []
    for model, key in models:
        visible = model.objects.visible_to(user)
        queues.append(visible.open().select_related("customer", "staff").by_deadline()[:SHOWN_IN_QUEUE])
        stats.append({"kind": kinds[key], "url": kinds[key].url("list"), **_case_counts(visible)})
    late = datetime.datetime.max.replace(tzinfo=datetime.UTC)
    waiting = sorted(chain(*queues), key=lambda case: (case.next_deadline or late, case.pk))
    counted = {name: sum(each[name] for each in stats) for name in ("open", "overdue", "solved_today")}
    return {
        "queue": list(islice(waiting, SHOWN_IN_QUEUE)),
        "stats": stats,
        "counts": counted,
        "may_create": {key: access.may_create(key, user) for _model, key in models},
        "create_urls": {key: kinds[key].url("create") for _model, key in models},
        "tasks": Task.objects.visible_to(user).due_for(user).select_related("customer")[:SHOWN],
        "queue_url": reverse("interactions:case_queue"),
    }


def manager(user: User, source: Source | None) -> dict[str, Any]:
    """Sales, customers at risk, loyalty, segments, service and contacts on one page; each opens its report (R-274)."""
    if source is None:
        return {"panels": [], "stats": []}
    asked = (
        ("orders-summary", "net_amount", {"period": "last_12_months", "comparison": "year_earlier", "by": ["month"]}),
        ("churn-alerts", "customers", {}),
        ("loyalty", "customers", {}),
        ("rfm", "customers", {}),
        ("complaints", "complaints", {"period": "last_12_months"}),
        ("contacts", "contacts", {"period": "last_90_days"}),
    )
    allowed = {report.slug for report in registry.reports() if report.is_for(user)}
    panels = [_panel(slug, measure, user, source, chosen) for slug, measure, chosen in asked if slug in allowed]
    return {
        "panels": panels,
        "stats": [stat for panel in panels for stat in panel["stats"]],
        "alerts": _alerts(user)[:SHOWN],
        "tasks": Task.objects.visible_to(user).due_for(user).select_related("customer")[:SHOWN],
    }


def kind_of_home(user: User) -> str:
    return user.role.home if user.role else Role.Home.MANAGER if user.is_superuser else Role.Home.REP


def _targets(user: User, source: Source | None, today: datetime.date) -> list[Progress]:
    current = SalesTarget.objects.visible_to(user).filter(staff=user, starts_on__lte=today, ends_on__gte=today)
    found = list(current.select_related("category").order_by("ends_on", "id")[:MOST_TARGETS])
    return [_progress(target, user, source, today) for target in found]


def _progress(target: SalesTarget, user: User, source: Source | None, today: datetime.date) -> Progress:
    slug, key = ("product-distribution", "amount") if target.category_id else ("orders-summary", "net_amount")
    filters = {"staff": user.username, "customer": "any"}
    if target.category:
        filters["category"] = target.category.number
    query = {**filters, "from": target.starts_on.isoformat(), "to": target.ends_on.isoformat()}
    url = reverse("analytics:report_detail", args=[slug]) + "?" + "&".join(f"{k}={v}" for k, v in query.items())
    if source is None or source.as_of < target.starts_on:
        return Progress(target, 0.0, None, url)
    period = {"from": target.starts_on, "to": target.ends_on}
    by = ["category"] if target.category_id else ["month"]
    try:
        result = engine.run(slug, user=user, period=period, filters=filters, by=by, published=source)
    except ReportError:  # somebody new: not yet in the snapshot
        return Progress(target, 0.0, None, url)
    actual = result.totals[key] or 0.0
    passed = (min(source.as_of, target.ends_on) - target.starts_on).days + 1
    length = (target.ends_on - target.starts_on).days + 1
    return Progress(target, actual, round(actual * length / passed, 2), url)


def _task_counts(user: User) -> dict[str, int]:
    now = timezone.now()
    end = timezone.localtime(now).replace(hour=23, minute=59, second=59, microsecond=999999)
    return (
        Task.objects.visible_to(user)
        .due_for(user)
        .order_by()
        .aggregate(
            overdue=Count("pk", filter=Q(due_at__lt=now)),
            today=Count("pk", filter=Q(due_at__gte=now, due_at__lte=end)),
            open=Count("pk"),
        )
    )


def _own_figures(user: User, source: Source) -> QuerySet:
    visible = Customer.objects.visible_to(user).filter(owner=user)
    return CustomerFigures.objects.filter(run_id=source.run, customer__in=visible).select_related("customer")


def _due_orders(user: User, source: Source | None, today: datetime.date) -> list[CustomerFigures]:
    """Customers whose own rhythm says that they order within a week."""
    if source is None:
        return []
    last = today + datetime.timedelta(days=DUE_WITHIN_DAYS)
    found = _own_figures(user, source).filter(next_order_on__gte=today, next_order_on__lte=last)
    return list(found.order_by("next_order_on", "customer_id")[:SHOWN])


def _contacts_overdue(user: User, source: Source | None, today: datetime.date) -> list[CustomerFigures]:
    """Buyers whom nobody has contacted for longer than their relationship class wants."""
    if source is None:
        return []
    late = Q()
    for relation_class, days in contact_intervals().items():
        limit = today - datetime.timedelta(days=days)
        late |= Q(customer__relation_class=relation_class, last_contact_on__lt=limit)
    found = _own_figures(user, source).filter(late, orders__gt=0)
    return list(found.order_by(F("amount_12_months").desc(), "customer_id")[:SHOWN])


def _alerts(user: User) -> QuerySet:
    mine = Alert.objects.open().filter(access.rows(Alert, user)).select_related("customer", "owner")
    return mine.order_by("band", F("due_on").asc(nulls_last=True), "id")  # "high" comes before "medium"


def _case_counts(visible: QuerySet) -> dict[str, int]:
    now = timezone.now()
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    is_open = Q(status__in=Complaint.OPEN)
    late = Q(due_at__lt=now) | Q(first_reply_at__isnull=True, reply_due_at__lt=now)
    return visible.order_by().aggregate(
        open=Count("pk", filter=is_open),
        overdue=Count("pk", filter=is_open & late),
        solved_today=Count("pk", filter=Q(outcome=Complaint.Outcome.SOLVED, resolved_at__gte=start)),
    )


def _panel(slug: str, measure: str, user: User, source: Source, chosen: dict[str, Any]) -> dict[str, Any]:
    from django.http import QueryDict

    from analytics.reports.page import ReportPage

    query = QueryDict(mutable=True)
    for name, key in (("period", "period"), ("comparison", "compare"), ("by", "by")):
        if name in chosen:
            query[key] = ",".join(chosen[name]) if isinstance(chosen[name], list) else chosen[name]
    page = ReportPage(engine.ask(slug, user=user, published=source, **chosen), query, user)
    stats = {stat["key"]: stat for stat in page.stats}
    cards = CARDS.get(slug, {})
    shown = [_card(stats[key], cards[key], page) for key in cards if key in stats]
    drawn = charts.chart(page.result, measure, page.records_url)
    return {
        "report": page.report,
        "id": f"chart-{slug}",
        "url": page.address("detail"),
        "chart": drawn,
        "stats": shown,
        "has_data": page.has_data,
        "caption": _("%(period)s") % {"period": page.period_text} if page.report.has_period else "",
    }


def _card(stat: dict[str, Any], words: tuple[Any, Any], page: Any) -> dict[str, Any]:
    """A total of a report as a card: named for itself, large money shortened."""
    label, note = words
    value = page.result.totals[stat["key"]]
    if stat["unit"] and value is not None and abs(value) >= LONG_MONEY:
        stat["value"] = short_money(value)
    return {
        **stat,
        "label": label,
        "note": note if stat.get("change") is None else "",
        "change_note": _("year on year"),
    }


LONG_MONEY = 1_000_000

# Which totals of a report stand as cards on the manager's page, and what they are called there.
CARDS: dict[str, dict[str, tuple[Any, Any]]] = {
    "orders-summary": {
        "net_amount": (gettext_lazy("Net sales"), gettext_lazy("12 months")),
        "orders": (gettext_lazy("Orders"), gettext_lazy("12 months")),
        "average_order_value": (gettext_lazy("Average order"), gettext_lazy("12 months")),
        "customers": (gettext_lazy("Customers who ordered"), gettext_lazy("12 months")),
    },
    "churn-alerts": {
        "customers": (gettext_lazy("Customers at risk"), gettext_lazy("medium or high")),
        "amount_12_months": (gettext_lazy("Revenue at risk"), gettext_lazy("bought in 12 months")),
    },
    "loyalty": {"mean_loyalty": (gettext_lazy("Mean loyalty"), gettext_lazy("of 100"))},
    "complaints": {
        "open": (gettext_lazy("Open complaints"), gettext_lazy("12 months")),
        "in_time_share": (gettext_lazy("Solved in time"), gettext_lazy("12 months")),
    },
    "contacts": {"contacts": (gettext_lazy("Contacts"), gettext_lazy("90 days"))},
}
