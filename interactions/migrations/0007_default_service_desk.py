"""Targets, hours and replies that every company starts with, and the jobs that watch deadlines and the mailbox."""

import datetime

from django.db import migrations

TARGETS = [
    # kind, tier, severity, first reply within hours, solved within hours
    ("complaint", "", "", "24", "48"),
    ("complaint", "", "low", None, "72"),
    ("complaint", "", "high", None, "24"),
    ("enquiry", "", "", "24", "24"),
    ("", "high", "", "4", "24"),
    ("", "low", "", "48", None),
]

REPLIES = [
    # name, language, subject, text
    (
        "Received", "en", "We have received your message",
        "Dear {customer},\n\nThank you for writing to us. Your case has the number {number}; we will come back to you by"
        " {due}.\n\nKind regards\n{agent}\n{company}",
    ),
    (
        "Received", "zh-hans", "您的来信已收到",
        "尊敬的{customer}：\n\n感谢您的来信。您的事项编号为{number}，我们将在{due}之前回复您。\n\n此致\n{agent}\n{company}",
    ),
    (
        "Received", "zh-hant", "您的來信已收到",
        "尊敬的{customer}：\n\n感謝您的來信。您的事項編號為{number}，我們將在{due}之前回覆您。\n\n此致\n{agent}\n{company}",
    ),
    (
        "Question", "en", "One question about {number}",
        "Dear {customer},\n\nBefore we can go on with “{title}” we need to know:\n\n\n\nKind regards\n{agent}\n{company}",
    ),
    (
        "Question", "zh-hans", "关于{number}的一个问题",
        "尊敬的{customer}：\n\n在处理“{title}”之前，我们需要向您了解：\n\n\n\n此致\n{agent}\n{company}",
    ),
    (
        "Question", "zh-hant", "關於{number}的一個問題",
        "尊敬的{customer}：\n\n在處理「{title}」之前，我們需要向您了解：\n\n\n\n此致\n{agent}\n{company}",
    ),
    (
        "Solved", "en", "Your case {number} is solved",
        "Dear {customer},\n\nWe have solved “{title}”. If anything is still open, simply answer this mail.\n\nKind regards"
        "\n{agent}\n{company}",
    ),
    (
        "Solved", "zh-hans", "您的事项{number}已解决",
        "尊敬的{customer}：\n\n“{title}”已经解决。如仍有问题，直接回复本邮件即可。\n\n此致\n{agent}\n{company}",
    ),
    (
        "Solved", "zh-hant", "您的事項{number}已解決",
        "尊敬的{customer}：\n\n「{title}」已經解決。如仍有問題，直接回覆本郵件即可。\n\n此致\n{agent}\n{company}",
    ),
]  # fmt: skip

SCHEDULES = {
    # name -> task, minutes between two runs
    "Escalation of overdue cases": ("interactions.watch_deadlines", 5),
    "Reading of the service mailbox": ("interactions.watch_mailbox", 1),
}


def create(apps, schema_editor):
    Target = apps.get_model("interactions", "ServiceTarget")
    for kind, tier, severity, reply, solve in TARGETS:
        Target.objects.get_or_create(
            kind=kind, tier=tier, severity=severity, defaults={"reply_hours": reply, "solve_hours": solve}
        )
    Hours = apps.get_model("interactions", "OpenHours")
    if not Hours.objects.exists():
        for weekday in range(5):
            Hours.objects.create(weekday=weekday, opens_at=datetime.time(9), closes_at=datetime.time(18))
    Reply = apps.get_model("interactions", "SavedReply")
    for name, language, subject, text in REPLIES:
        Reply.objects.get_or_create(name=name, language=language, defaults={"subject": subject, "text": text})
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    Interval = apps.get_model("django_celery_beat", "IntervalSchedule")
    for name, (task, every) in SCHEDULES.items():
        interval = Interval.objects.filter(every=every, period="minutes").first()
        interval = interval or Interval.objects.create(every=every, period="minutes")
        PeriodicTask.objects.get_or_create(
            name=name, defaults={"task": task, "interval": interval, "expire_seconds": 60 * every}
        )


def remove(apps, schema_editor):
    """The tables go with the migration before this one; what stays elsewhere are the schedules."""
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    PeriodicTask.objects.filter(name__in=SCHEDULES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("interactions", "0006_service_desk"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]
    operations = [migrations.RunPython(create, remove)]
