"""Customers who have not been contacted for longer than their relationship class wants come to their owner's list.

Once in a silence: a task that was closed by hand does not come again before the customer was contacted. Silences that
lasted long before anybody looked are left alone, so that an import alarms nobody.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.accounts.models import Company
from customers.models import Customer
from customers.standards.models import contact_intervals
from interactions.contacts.models import Interaction
from interactions.work.models import Task
from interactions.work.services import create_task, finish_task

LOOK_BACK = datetime.timedelta(days=90)
DUE = datetime.time(18)
AT_ONCE = 500
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Silence:
    """A customer, the day of the last contact, and since when another one is due."""

    customer: Customer
    last_on: datetime.date
    due_on: datetime.date

    def days(self, today: datetime.date) -> int:
        return (today - self.due_on).days


def remind(progress: Tell = lambda done, total: None) -> dict[str, int]:
    """Bring the tasks up to date: close, count on, make. Safe to repeat."""
    today = Company.objects.current().today()
    closed, counted = _look_after_open_ones(today)
    made = 0
    for silence in list(_silences(today)):
        _make(silence, today)
        made += 1
        progress(made, 0)
    return {"made": made, "closed": closed, "counted_on": counted}


def close_after(contact: Interaction) -> None:
    """The customer was contacted: what asked for it is done, if it was recent enough."""
    today = Company.objects.current().today()
    interval = contact_intervals().get(contact.customer.relation_class)
    if interval is None or _day(contact.occurred_at) + datetime.timedelta(days=interval) < today:
        return
    for task in _open_tasks().filter(customer=contact.customer_id):
        finish_task(task, user=None, outcome=_("Contacted: %(number)s") % {"number": contact.number})


def last_contacts(of: str = "pk") -> QuerySet:
    """The moment of a customer's last contact, as a subquery."""
    rows = Interaction.objects.kept().filter(customer=OuterRef(of)).order_by("-occurred_at")
    return rows.values("occurred_at")[:1]


def _silences(today: datetime.date) -> Iterator[Silence]:
    """Those that nobody was told of yet."""
    zone = Company.objects.current().zone
    about = Task.objects.filter(customer=OuterRef("pk"), source=Task.Source.CONTACT_DUE)
    for code, days in contact_intervals().items():
        latest = datetime.datetime.combine(today - datetime.timedelta(days=days), datetime.time(), tzinfo=zone)
        rows = Customer.objects.kept().filter(relation_class=code, lost_on__isnull=True, owner__is_active=True)
        rows = rows.annotate(last=Subquery(last_contacts())).filter(last__lt=latest, last__gte=latest - LOOK_BACK)
        rows = rows.annotate(told=Subquery(about.order_by("-due_at").values("due_at")[:1]))
        rows = rows.filter(~Exists(about.filter(status__in=Task.OPEN, deleted_at__isnull=True)))
        for customer in rows.select_related("owner__unit", "region", "unit").iterator(AT_ONCE):
            last_on = _day(customer.last)
            due_on = last_on + datetime.timedelta(days=days)
            if customer.told is None or _day(customer.told) < due_on:
                yield Silence(customer, last_on, due_on)


def _make(silence: Silence, today: datetime.date) -> None:
    owner = silence.customer.owner
    assert owner is not None
    with translation.override(owner.language or Company.objects.current().language):
        create_task(
            title=_title(silence.days(today)),
            customer=silence.customer,
            staff=owner,
            due_at=datetime.datetime.combine(silence.due_on, DUE, tzinfo=Company.objects.current().zone),
            source=Task.Source.CONTACT_DUE,
            description=_("Last contact on %(day)s.") % {"day": silence.last_on.isoformat()},
        )


def _look_after_open_ones(today: datetime.date) -> tuple[int, int]:
    """Close those whose customer was contacted (also by an import or a mail); the others count on."""
    intervals, closed = contact_intervals(), 0
    changed: list[Task] = []
    rows = _open_tasks().filter(customer__isnull=False).annotate(last=Subquery(last_contacts("customer")))
    for task in list(_with_people(rows)):
        days = intervals.get(task.customer.relation_class)
        if task.last is None or days is None:
            continue
        overdue = (today - _day(task.last)).days - days
        if overdue <= 0 or task.customer.lost_on:
            finish_task(Task.objects.get(pk=task.pk), user=None)
            closed += 1
            continue
        language = (task.staff.language if task.staff else "") or Company.objects.current().language
        with translation.override(language):
            title = _title(overdue)
        if title != task.title:
            task.title = title
            changed.append(task)
    Task.objects.bulk_update(changed, ["title"], batch_size=AT_ONCE)  # one day more is no change that history keeps
    return closed, len(changed)


def _with_people(rows: QuerySet) -> QuerySet:
    return rows.select_related("customer", "staff")


def _open_tasks() -> QuerySet:
    return Task.objects.kept().open().filter(source=Task.Source.CONTACT_DUE)


def _title(days: int) -> str:
    text = ngettext("Contact overdue by %(days)d day", "Contact overdue by %(days)d days", days)
    return text % {"days": days}


def _day(moment: datetime.datetime) -> datetime.date:
    return moment.astimezone(Company.objects.current().zone).date()
