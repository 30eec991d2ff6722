"""The queue of the service desk: open complaints and enquiries together, what is due first on top."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import CharField, Count, F, Q, QuerySet, Value
from django.utils import timezone

from crm.accounts import access
from crm.accounts.models import Unit, User
from crm.records import privacy
from crm.records.kinds import kinds
from interactions.cases.models import Complaint, Enquiry

PER_PAGE = 50
MODELS: dict[str, type[Complaint] | type[Enquiry]] = {"complaint": Complaint, "enquiry": Enquiry}
WHOSE = ("", "mine", "unit", "unassigned")


@dataclass(frozen=True)
class Row:
    """A case in the queue. `next_at` is what is due next: the first reply or the solution."""

    case: Complaint | Enquiry
    kind: Any
    may_change: bool

    @property
    def next_at(self) -> Any:
        return self.case.next_deadline

    @property
    def take_url(self) -> str:
        return self.kind.url("take", self.case.pk)

    @property
    def assign_url(self) -> str:
        return self.kind.url("assign", self.case.pk)


class _Counted(Paginator):
    """Pages of what has been counted already."""

    def __init__(self, keys: Any, count: int) -> None:
        super().__init__(keys, PER_PAGE)
        self.count = count  # type: ignore[misc]  # takes the place of a query


@dataclass(frozen=True)
class Queue:
    rows: list[Row]
    page: Page
    counts: dict[str, int]


def queue(user: User, *, whose: str = "", kind: str = "", page: Any = 1) -> Queue:
    """One page of the queue; as many queries at five cases as at five thousand."""
    visible = {
        key: _chosen(model, user, whose)
        for key, model in MODELS.items()
        if kind in {"", key} and access.may_view_any(key, user)
    }
    parts = [_keys(rows, key) for key, rows in visible.items()]
    counts = _counts(user, kind)
    if not parts:
        return Queue([], Paginator([], PER_PAGE).get_page(1), counts)
    keys = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    keys = keys.order_by(F("next_at").asc(nulls_last=True), "kind", "pk")
    shown = _Counted(keys, counts.get(whose or "all", 0)).get_page(page)
    return Queue(_rows(list(shown.object_list), user), shown, counts)


def _chosen(model: type[Complaint] | type[Enquiry], user: User, whose: str) -> QuerySet:
    return model.objects.visible_to(user).open().filter(_of(user, whose))


def _of(user: User, whose: str) -> Q:
    if whose == "mine":
        return Q(staff=user)
    if whose == "unassigned":
        return Q(staff__isnull=True)
    if whose == "unit":
        return Q(receiving_unit__in=Unit.objects.below(user.unit)) | Q(unit__in=Unit.objects.below(user.unit))
    return Q()


def _keys(rows: QuerySet, key: str) -> QuerySet:
    named = rows.with_next_deadline().annotate(kind=Value(key, output_field=CharField()))
    return named.order_by().values("pk", "kind", "next_at")


def _rows(keys: list[dict[str, Any]], user: User) -> list[Row]:
    found: dict[tuple[str, int], Row] = {}
    for key, model in MODELS.items():
        ids = [each["pk"] for each in keys if each["kind"] == key]
        if ids:
            cases = model.objects.filter(pk__in=ids).select_related("customer", "staff", "receiving_unit", "product")
            for case in cases:
                found[key, case.pk] = Row(case, kinds[key], privacy.may_act(case, user, "change"))
    return [found[each["kind"], each["pk"]] for each in keys if (each["kind"], each["pk"]) in found]


def _counts(user: User, kind: str) -> dict[str, int]:
    """How many cases each filter would show, and how many of all are late or were solved today."""
    now = timezone.now()
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    total: dict[str, int] = {}
    for key, model in MODELS.items():
        if kind not in {"", key} or not access.may_view_any(key, user):
            continue
        is_open = Q(status__in=model.OPEN)
        late = Q(due_at__lt=now) | Q(first_reply_at__isnull=True, reply_due_at__lt=now)
        figures = {each or "all": Count("pk", filter=is_open & _of(user, each)) for each in WHOSE}
        figures |= {
            "late": Count("pk", filter=is_open & late),
            "solved_today": Count("pk", filter=Q(outcome=model.Outcome.SOLVED, resolved_at__gte=start)),
        }
        recent = model.objects.visible_to(user).filter(is_open | Q(resolved_at__gte=start))
        for name, count in recent.order_by().aggregate(**figures).items():
            total[name] = total.get(name, 0) + count
    return total
