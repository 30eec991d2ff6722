"""Planned and made contacts of a month by relationship class, and the customers who are still waiting."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from crm.accounts import access
from crm.accounts.models import Company
from crm.records.filters import EARLIEST, LATEST
from crm.records.views import RecordView
from customers.models import Customer
from customers.standards.models import contact_intervals
from interactions.contacts.kinds import CONTACT
from interactions.contacts.models import ContactPlan, Interaction
from interactions.contacts.overdue import last_contacts

SHOWN = 50
MOST_PLANNED = 1_000_000


@dataclass(frozen=True)
class PlanRow:
    """One class in one month: customers it has, those to be contacted and those who were."""

    code: str
    label: Any
    customers: int
    planned: int | None
    done: int
    contacts: int
    overdue: int

    @property
    def share(self) -> Decimal | None:
        return Decimal(self.done) / self.planned if self.planned else None


class PlanForm(forms.Form):
    """How many customers of each class are to be contacted in the month; an empty one has no plan."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, label in Customer.RelationClass.choices:
            self.fields[code] = forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST_PLANNED)


class PlanView(RecordView):
    kind = CONTACT

    def get(self, request: HttpRequest) -> HttpResponse:
        if not access.may_view_any("contact", self.user) or not access.may_view_any("customer", self.user):
            raise Http404
        month = month_of(request.GET.get("month", ""))
        return self._shown(month, PlanForm(initial=_planned(month)))

    def post(self, request: HttpRequest) -> HttpResponse:
        """For whoever sets goals."""
        if not access.may_create("target", self.user):
            raise Http404
        month = month_of(request.POST.get("month", ""))
        form = PlanForm(request.POST)
        if not form.is_valid():
            return self._shown(month, form)
        with transaction.atomic():
            for code, planned in form.cleaned_data.items():
                if planned is None:
                    ContactPlan.objects.filter(relation_class=code, month=month).delete()
                else:
                    ContactPlan.objects.update_or_create(
                        relation_class=code, month=month, defaults={"planned": planned}
                    )
        messages.success(request, _("The plan is saved."))
        return redirect(f"{reverse('interactions:contact_plan')}?month={month:%Y-%m}")

    def _shown(self, month: datetime.date, form: PlanForm) -> HttpResponse:
        code = self.request.GET.get("class", Customer.RelationClass.KEY)
        code = code if code in Customer.RelationClass.values else Customer.RelationClass.KEY
        customers, contacts = Customer.objects.visible_to(self.user), Interaction.objects.visible_to(self.user)
        waiting = not_contacted(customers.filter(relation_class=code), month)
        context = {
            "month": month,
            "before": (month - datetime.timedelta(days=1)).replace(day=1),
            "after": _next(month),
            "rows": plan(customers, contacts, month),
            "form": form,
            "may_plan": access.may_create("target", self.user),
            "chosen": code,
            "chosen_label": Customer.RelationClass(code).label,
            "waiting": list(waiting[:SHOWN]),
            "more": max(waiting.count() - SHOWN, 0),
            "may_log": access.may_create("contact", self.user),
        }
        return self.page("interactions/contact_plan.html", context)


def plan(customers: QuerySet, contacts: QuerySet, month: datetime.date) -> list[PlanRow]:
    """`customers` and `contacts`: those the reader may see. Lost customers are nobody's plan."""
    start, end = _moments(month)
    customers = customers.filter(lost_on__isnull=True).order_by()
    have = dict(customers.values_list("relation_class").annotate(count=Count("pk")))
    overdue = dict(customers.filter(_is_overdue()).values_list("relation_class").annotate(count=Count("pk")))
    made = {
        each["customer__relation_class"]: each
        for each in contacts.filter(occurred_at__gte=start, occurred_at__lt=end, customer__lost_on__isnull=True)
        .order_by()
        .values("customer__relation_class")
        .annotate(customers=Count("customer", distinct=True), contacts=Count("pk"))
    }
    planned = _planned(month)
    return [
        PlanRow(
            code,
            label,
            have.get(code, 0),
            planned.get(code),
            made.get(code, {}).get("customers", 0),
            made.get(code, {}).get("contacts", 0),
            overdue.get(code, 0),
        )
        for code, label in Customer.RelationClass.choices
    ]


def not_contacted(customers: QuerySet, month: datetime.date) -> QuerySet:
    """Customers without a contact in the month, the longest silent first; `last` is the moment of the last one."""
    start, end = _moments(month)
    contacted = Interaction.objects.kept().filter(customer=OuterRef("pk"), occurred_at__gte=start, occurred_at__lt=end)
    rows = customers.filter(~Exists(contacted), lost_on__isnull=True).annotate(last=Subquery(last_contacts()))
    return rows.select_related("owner").order_by("last", "name", "pk")


def month_of(text: str) -> datetime.date:
    """The first day of `2026-05`; of this month where the address says none or nonsense."""
    today = Company.objects.current().today()
    try:
        first = datetime.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return today.replace(day=1)
    return first if EARLIEST <= first <= LATEST else today.replace(day=1)


def _planned(month: datetime.date) -> dict[str, int]:
    return dict(ContactPlan.objects.filter(month=month).values_list("relation_class", "planned"))


def _is_overdue() -> Q:
    """Contacted before, but not within the days of the class."""
    company = Company.objects.current()
    found = Q(pk__in=[])
    for code, days in contact_intervals().items():
        since = company.today() - datetime.timedelta(days=days)
        limit = datetime.datetime.combine(since, datetime.time(), tzinfo=company.zone)
        contacts = Interaction.objects.kept().filter(customer=OuterRef("pk"))
        late = ~Q(Exists(contacts.filter(occurred_at__gte=limit)))
        found |= Q(relation_class=code) & late & Q(Exists(contacts))
    return found


def _next(month: datetime.date) -> datetime.date:
    return (month + datetime.timedelta(days=31)).replace(day=1)


def _moments(month: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
    zone, midnight = Company.objects.current().zone, datetime.time()
    return (
        datetime.datetime.combine(month, midnight, tzinfo=zone),
        datetime.datetime.combine(_next(month), midnight, tzinfo=zone),
    )


urlpatterns: list[URLPattern] = [path("contacts/plan/", PlanView.as_view(), name="contact_plan")]
