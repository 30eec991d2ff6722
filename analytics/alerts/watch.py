"""Churn alerts of a run: found from its figures, opened, updated and closed with its publication.

`find` only reads. `publish` writes alerts and their tasks within the transaction that publishes the run, so a run that
fails or is superseded leaves nothing behind, and one that is tried again makes each alert and task once.

An alert is about one silence, which began with `last_order_on`. There is one open alert per customer and kind; a
silence that a person has dealt with (kept, lost, dismissed) opens none again.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from analytics.alerts import words
from analytics.alerts.jobs import index_tasks_later
from analytics.models import Alert, CustomerFigures, Run
from crm.accounts.models import Company
from crm.records import bulk
from crm.records.models import Sequence as Numbers
from crm.records.models import numbered
from customers.models import Customer
from interactions.models import Task

if TYPE_CHECKING:
    from analytics.facts.engine import Reader

AT_RISK = Path(__file__).parent / "at_risk.sql"
WORKING_DAYS = {Alert.Band.HIGH: 3, Alert.Band.MEDIUM: 7}
PRIORITIES = {Alert.Band.HIGH: Task.Priority.HIGH, Alert.Band.MEDIUM: Task.Priority.NORMAL}
END_OF_WORK = datetime.time(18)
BATCH = 500
PARAMETERS = 10_000
Reasons = list[dict[str, Any]]


@dataclass(frozen=True)
class Finding:
    """A customer at risk. `last_on` is the last order: the day on which the silence began."""

    customer_id: int
    band: str
    last_on: datetime.date
    reasons: Reasons


@dataclass(frozen=True)
class _Owned:
    """What an alert and its task take from the customer as it is now."""

    name: str
    owner_id: int | None
    unit_id: int | None
    region_id: int | None


def find(facts: "Reader", *, as_of: datetime.date) -> list[Finding]:
    """Everybody at risk as of a day, by the figures of the run that `facts` belongs to."""
    from analytics.analysis import churn

    frame = facts.frame(AT_RISK.read_text(encoding="utf-8"), {"as_of": as_of})
    if frame.empty:
        return []
    judged = frame.set_index("customer_id").assign(is_alert=True)
    judged["silence_days"] = judged["silence_days"].astype("Int64")
    why = churn.reasons(frame, judged)
    last_days = frame["last_on"].dt.date
    rows = zip(frame["customer_id"].tolist(), frame["churn_risk"].tolist(), last_days, why, strict=True)
    return [Finding(customer, band, last_on, reasons) for customer, band, last_on, reasons in rows]


def publish(run: Run, found: Sequence[Finding]) -> dict[str, int]:
    """Bring the alerts up to what the run has found. Belongs into the transaction that publishes the run."""
    if not connection.in_atomic_block:
        raise RuntimeError("Alerts are published within the transaction of their run.")
    company = Company.objects.current()
    with translation.override(company.language):
        desk = _Desk(run, company)
        open_alerts = list(Alert.objects.open().filter(kind=Alert.Kind.CHURN).select_for_update().order_by("pk"))
        at_risk = {each.customer_id: each for each in found}
        counts = desk.close_or_update(open_alerts, at_risk)
        having = {each.customer_id for each in open_alerts if each.status == Alert.Status.OPEN}
        fresh = [each for each in found if each.customer_id not in having]
        counts["opened"] = desk.open(_not_dealt_with(fresh))
    return counts


def due_on(opened_on: datetime.date, band: str) -> datetime.date:
    """Monday to Friday are worked; public holidays are not known."""
    day, left = opened_on, WORKING_DAYS[Alert.Band(band)]
    while left:
        day += datetime.timedelta(days=1)
        left -= day.weekday() < 5
    return day


class _Desk:
    """The writing of one publication."""

    def __init__(self, run: Run, company: Company) -> None:
        self.run, self.company = run, company

    def open(self, found: list[Finding]) -> int:
        """New alerts, each with its task for the owner of the customer."""
        owned = _customers(each.customer_id for each in found)
        found = [each for each in found if each.customer_id in owned]
        if not found:
            return 0
        tasks = self._tasks(found, owned)
        alerts = Alert.objects.bulk_create(
            [
                Alert(
                    customer_id=each.customer_id,
                    band=each.band,
                    reasons=each.reasons,
                    owner_id=task.staff_id,
                    opened_on=self.run.as_of,
                    due_on=due_on(self.run.as_of, each.band),
                    last_order_on=each.last_on,
                    task=task,
                    run=self.run,
                )
                for each, task in zip(found, tasks, strict=True)
            ],
            batch_size=BATCH,
        )
        self._point_at_alerts(tasks, alerts)
        index_tasks_later(self.run.pk)
        Task.history.bulk_history_create(tasks, batch_size=BATCH)
        return len(found)

    def close_or_update(self, alerts: list[Alert], at_risk: dict[int, Finding]) -> dict[str, int]:
        """Each open alert: closed for what has happened since, or brought up to its present reasons and owner."""
        watched = Alert.objects.open().filter(kind=Alert.Kind.CHURN).values("customer")
        figures = CustomerFigures.objects.filter(run=self.run, customer__in=watched)
        known = {row[0]: row[1:] for row in figures.values_list("customer_id", "last_on", "churn_risk")}
        owned = _customers(each.customer_id for each in alerts)
        ended: dict[tuple[str, str], list[Alert]] = {}
        changed: list[Alert] = []
        for alert in alerts:
            last_on, risk = known.get(alert.customer_id, (None, ""))
            finding = at_risk.get(alert.customer_id) if alert.customer_id in owned else None
            end = self._end(alert, last_on, risk, finding)
            if end:
                ended.setdefault(end, []).append(alert)
            elif self._update(alert, finding, owned[alert.customer_id].owner_id):
                changed.append(alert)
        self._write_updates(changed)
        counts = {"updated": len(changed), "kept": 0, "lost": 0, "cleared": 0}
        for (status, outcome), group in ended.items():
            self._close(group, status, outcome)
            counts[status] += len(group)
        return counts

    def _end(
        self, alert: Alert, last_on: datetime.date | None, risk: str, finding: Finding | None
    ) -> tuple[str, str] | None:
        """Status and result of an alert that is over; None while it goes on."""
        if last_on and (alert.last_order_on is None or last_on > alert.last_order_on):
            day = formats.date_format(last_on, "SHORT_DATE_FORMAT")
            return Alert.Status.KEPT, _("Ordered again on %(day)s.") % {"day": day}
        if risk == "lost":
            return Alert.Status.LOST, _("Silent for so long that the customer counts as lost.")
        if finding is None:
            return Alert.Status.CLEARED, _("No longer at risk.")
        return None

    def _update(self, alert: Alert, finding: Finding | None, owner_id: int | None) -> bool:
        """Whether anything changed. A higher band is due sooner, never later."""
        if finding is None:
            return False
        before = (alert.band, alert.reasons, alert.owner_id)
        if finding.band == Alert.Band.HIGH != alert.band:
            sooner = due_on(self.run.as_of, finding.band)
            alert.due_on = min(alert.due_on or sooner, sooner)
        alert.band, alert.reasons, alert.owner_id = finding.band, finding.reasons, owner_id
        return before != (alert.band, alert.reasons, alert.owner_id)

    def _write_updates(self, alerts: list[Alert]) -> None:
        for alert in alerts:
            alert.run = self.run
        bulk.update(alerts, ["band", "reasons", "owner", "due_on", "run"])
        by_id = {alert.task_id: alert for alert in alerts if alert.task_id}
        tasks = []
        for task in _open_tasks(by_id):
            alert = by_id[task.pk]
            wanted = (alert.owner_id or task.staff_id, PRIORITIES[Alert.Band(alert.band)], self._due_at(alert.due_on))
            if wanted != (task.staff_id, task.priority, task.due_at):
                task.staff_id, task.priority, task.due_at = wanted
                tasks.append(task)
        self._save_tasks(tasks, ["staff", "priority", "due_at"])

    def _close(self, alerts: list[Alert], status: str, outcome: str) -> None:
        for alert in alerts:
            alert.status, alert.outcome, alert.closed_on, alert.run = status, outcome, self.run.as_of, self.run
        bulk.update(alerts, ["status", "outcome", "closed_on", "run"])
        tasks = list(_open_tasks(each.task_id for each in alerts if each.task_id))
        for task in tasks:
            end_task(task, is_done=status == Alert.Status.KEPT, outcome=outcome)
        self._save_tasks(tasks, ["status", "outcome", "completed_at"])

    def _tasks(self, found: list[Finding], owned: dict[int, _Owned]) -> list[Task]:
        first = Numbers.take(Task.NUMBER_PREFIX, len(found))
        now = timezone.now()
        return Task.objects.bulk_create(
            [
                Task(
                    number=numbered(Task.NUMBER_PREFIX, first + place),
                    customer_id=each.customer_id,
                    occurred_at=now,
                    staff_id=customer.owner_id,
                    unit_id=customer.unit_id,
                    region_id=customer.region_id,
                    title=(_("Churn warning: %(customer)s") % {"customer": customer.name})[:200],
                    source=Task.Source.CHURN_ALERT,
                    priority=PRIORITIES[Alert.Band(each.band)],
                    due_at=self._due_at(due_on(self.run.as_of, each.band)),
                    description=playbook(each.reasons),
                    about_type=ContentType.objects.get_for_model(Alert),
                )
                for place, each in enumerate(found)
                for customer in [owned[each.customer_id]]
            ],
            batch_size=BATCH,
        )

    def _point_at_alerts(self, tasks: list[Task], alerts: list[Alert]) -> None:
        """Alerts know their tasks; now the tasks learn which alert they are about."""
        for task, alert in zip(tasks, alerts, strict=True):
            task.about_id = alert.pk
        bulk.update(tasks, ["about_id"])

    def _save_tasks(self, tasks: list[Task], fields: list[str]) -> None:
        now = timezone.now()
        for task in tasks:
            task.version += 1
            task.modified_at = now
        bulk.update(tasks, [*fields, "version", "modified_at"])
        Task.history.bulk_history_create(tasks, batch_size=BATCH, update=True)

    def _due_at(self, day: datetime.date | None) -> datetime.datetime | None:
        return datetime.datetime.combine(day, END_OF_WORK, self.company.zone) if day else None


def end_task(task: Task, *, is_done: bool, outcome: str) -> None:
    """Finish or cancel the task of an alert that is over, with the reason; the caller saves it."""
    task.status = Task.Status.DONE if is_done else Task.Status.CANCELLED
    task.completed_at = timezone.now() if is_done else None
    task.outcome = f"{task.outcome}\n{outcome}".strip()


def playbook(reasons: Reasons) -> str:
    """What the owner is asked to do, in the active language."""
    steps = [
        _("Call the customer and ask how things are going."),
        _("Solve the open complaint first, then talk about the next order.")
        if _has(reasons, "open_complaint")
        else _("Ask what would make the next order easy."),
        _("Ask what the other supplier does better and what we could offer.")
        if _has(reasons, "named_competitor")
        else _("Offer something that fits what the customer has bought so far."),
        _("Log the contact and record the result on the alert: kept, lost or dismissed."),
    ]
    return "\n".join([*words.reasons(reasons), "", *(f"{place}. {step}" for place, step in enumerate(steps, start=1))])


def _has(reasons: Reasons, code: str) -> bool:
    return any(each.get("code") == code for each in reasons)


def _not_dealt_with(found: list[Finding]) -> list[Finding]:
    """Those whose present silence no person has dealt with yet."""
    settled = Alert.objects.filter(
        kind=Alert.Kind.CHURN, status__in=[Alert.Status.KEPT, Alert.Status.LOST, Alert.Status.DISMISSED]
    )
    silences = set(settled.values_list("customer_id", "last_order_on"))
    return [each for each in found if (each.customer_id, each.last_on) not in silences]


def _customers(ids: Iterable[int]) -> dict[int, _Owned]:
    """Those of the customers that are still there, as they are now."""
    columns = ("pk", "name", "owner_id", "unit_id", "region_id", "owner__unit_id")
    rows = (row for part in _chunks(ids) for row in Customer.objects.kept().filter(pk__in=part).values_list(*columns))
    return {pk: _Owned(name, owner, own_unit or unit, region) for pk, name, owner, unit, region, own_unit in rows}


def _open_tasks(ids: Iterable[int]) -> Iterator[Task]:
    for part in _chunks(ids):
        yield from Task.objects.open().filter(pk__in=part)


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """So few at a time that every database takes them as parameters."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), PARAMETERS):
        yield wanted[start : start + PARAMETERS]


__all__ = ["Finding", "due_on", "end_task", "find", "playbook", "publish"]
