"""A process of the installation under test that does what it is told on standard input, one line an order.

recompute AS_OF    ask for a recompute, answers the job's number
job NUMBER         its status
save N PREFIX      save N customers through the record service, answers how many
effects PREFIX     how many search rows and how many customers there are of PREFIX
"""

import json
import os
import sys
import time

import django


def answer(order: str, *arguments: str) -> object:
    from crm.jobs import services as jobs
    from crm.jobs.models import Job, Outbox
    from crm.records import services
    from customers.models import Customer

    if order == "recompute":
        return jobs.enqueue("analytics.recompute", payload={"as_of": arguments[0]}, key=f"chaos-{time.monotonic()}").pk
    if order == "job":
        job = Job.objects.get(pk=arguments[0])
        return {"status": job.status, "losses": job.losses, "fence": job.fence, "error": job.error[-500:]}
    if order == "save":
        for number in range(int(arguments[0])):
            services.save(Customer(name=f"{arguments[1]} {number}"), user=None)
        return int(arguments[0])
    if order == "waiting":
        return Outbox.objects.exclude(status=Outbox.Status.DELIVERED).count()
    raise ValueError(order)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()
for line in sys.stdin:
    sys.stdout.write(json.dumps(answer(*line.split())) + "\n")
    sys.stdout.flush()
