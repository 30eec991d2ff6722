"""What runs by itself. A data migration creates these once; afterwards their table is the truth."""

from typing import TYPE_CHECKING

from crm.accounts.models import Company

if TYPE_CHECKING:
    from django_celery_beat.models import CrontabSchedule

NIGHTLY = (
    "Nightly recompute",
    "Nightly reconcile",
    "Nightly search for duplicates",
    "Nightly reminder of overdue contacts",
    "Purge of old jobs",
    "Daily mails of what is new",
)
HOURS = ("minute", "hour", "day_of_week", "day_of_month", "month_of_year")


def follow_company(company: Company) -> None:
    """Nightly means at night where the company is: keep hour and minute, take its time zone."""
    from django_celery_beat.models import CrontabSchedule, PeriodicTask, PeriodicTasks

    nightly = PeriodicTask.objects.filter(name__in=NIGHTLY, crontab__isnull=False).select_related("crontab")
    moved = [task for task in nightly if str(task.crontab.timezone) != company.time_zone]
    if not moved:
        return
    there = {_hours(each): each for each in CrontabSchedule.objects.filter(timezone=company.time_zone)}
    wanted = {_hours(task.crontab) for task in moved} - set(there)
    new = [CrontabSchedule(**dict(zip(HOURS, each, strict=True)), timezone=company.time_zone) for each in wanted]
    there |= {_hours(each): each for each in CrontabSchedule.objects.bulk_create(new)}
    for task in moved:
        task.crontab = there[_hours(task.crontab)]
    PeriodicTask.objects.bulk_update(moved, ["crontab"])
    PeriodicTasks.update_changed()  # what saving them one by one would tell the scheduler


def _hours(crontab: "CrontabSchedule") -> tuple[str, ...]:
    return tuple(getattr(crontab, name) for name in HOURS)
