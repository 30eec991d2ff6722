"""Effects are rows of Group, whose name is unique: a second time would raise."""

import time

from django.contrib.auth.models import Group
from django.db import transaction

from crm.jobs.registry import JobContext, Message, handler, subscriber


@handler("floor.count", label="Count")
def count(job: JobContext) -> dict:
    for step in range(job.payload["steps"]):
        job.progress(step, job.payload["steps"], f"Step {step}")
        time.sleep(0.05)
    with transaction.atomic():
        job.assert_mine()
        Group.objects.create(name=f"job {job.id}")
    return {"fence": job.fence}


@subscriber("floor.saved")
def effect(message: Message) -> None:
    Group.objects.create(name=f"effect {message.payload['n']}")
