"""What runs by itself. A data migration creates these once; afterwards their table is the truth."""

from crm.accounts.models import Company

NIGHTLY = (
    "Nightly recompute",
    "Nightly reconcile",
    "Nightly search for duplicates",
    "Nightly reminder of overdue contacts",
    "Purge of old jobs",
    "Daily mails of what is new",
)


def follow_company(company: Company) -> None:
    """Nightly means at night where the company is: keep hour and minute, take its time zone."""
    from django_celery_beat.models import CrontabSchedule, PeriodicTask

    for task in PeriodicTask.objects.filter(name__in=NIGHTLY, crontab__isnull=False).select_related("crontab"):
        old = task.crontab
        if str(old.timezone) == company.time_zone:
            continue
        task.crontab, _created = CrontabSchedule.objects.get_or_create(
            minute=old.minute,
            hour=old.hour,
            day_of_week=old.day_of_week,
            day_of_month=old.day_of_month,
            month_of_year=old.month_of_year,
            timezone=company.time_zone,
        )
        task.save()
