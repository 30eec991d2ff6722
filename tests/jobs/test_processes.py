"""Several processes on one SQLite file."""

import json

import pytest

CLAIM = """
import json, time
from crm.jobs import services as jobs
from crm.jobs.models import Job
time.sleep(max(0, float(sys.argv[1]) - time.time()))
mine = []
for job_id in Job.objects.order_by("id").values_list("pk", flat=True):
    if jobs.claim(job_id):
        mine.append(job_id)
print(json.dumps(mine))
"""

WRITE = """
import time
from django.db import OperationalError, transaction
from crm.jobs import services as jobs
from crm.jobs.models import Outbox
name, seconds = sys.argv[1], float(sys.argv[2])
end, saved, locked = time.monotonic() + seconds, 0, 0
while time.monotonic() < end:
    try:
        with transaction.atomic():
            Outbox.objects.filter(key=name).count()
            job = jobs.enqueue("floor.count", payload={"steps": 1}, key=f"{name}-{saved % 20}")
            jobs.announce("floor.saved", {"n": f"{name}-{saved}"}, key=name)
            job.text = f"{saved}"
            job.save()
        saved += 1
    except OperationalError as error:
        locked += 1
        sys.stderr.write(f"{error}\\n")
print(saved, locked)
"""


def test_a_claim_is_exclusive_among_processes(house):
    house.run("from crm.jobs import services as jobs\nfor n in range(60): jobs.enqueue('floor.count')")
    at = _soon()
    racers = [house.start(CLAIM, at) for _racer in range(4)]
    claimed = [json.loads(racer.communicate(timeout=120)[0]) for racer in racers]

    everything = sorted(job_id for mine in claimed for job_id in mine)
    assert len(everything) == 60
    assert len(set(everything)) == 60


@pytest.mark.slow
def test_eight_writers_at_once_for_a_minute(house):
    _eight_writers(house, seconds=60)


def _eight_writers(house, seconds):
    writers = [house.start(WRITE, f"writer{number}", seconds) for number in range(8)]
    counts = [tuple(map(int, writer.communicate(timeout=300)[0].split())) for writer in writers]
    assert [locked for _saved, locked in counts] == [0] * 8
    assert all(saved > 0 for saved, _locked in counts)


def _soon():
    import time

    return time.time() + 4
