"""Processes and brokers that are killed while there is work: nothing is lost, nothing is done twice."""

import os
import random
import shutil
import signal
import subprocess
import time

import pytest

from tests.jobs.conftest import House, free_port, until

pytestmark = pytest.mark.chaos

ENQUEUE = "from crm.jobs import services as jobs; print(jobs.enqueue('floor.count', payload={'steps': 80}).pk)"
SAVE = """
import time
from django.db import transaction
from crm.jobs import services as jobs
began = time.monotonic()
for n in range(200):
    with transaction.atomic():
        jobs.announce("floor.saved", {"n": n})
print(time.monotonic() - began)
"""
WAITING = "SELECT count(*) FROM jobs_outbox WHERE status <> 'delivered'"
EFFECTS = "SELECT count(*) FROM auth_group WHERE name LIKE 'effect %'"


@pytest.mark.parametrize("victim", ["the one that works", "all"])
def test_a_killed_worker_loses_no_job(house, victim):
    house.serve()
    until(house.is_working, 60)
    chance = random.Random(7)
    for _round in range(4):
        job = house.run(ENQUEUE).strip()
        holder = until(lambda job=job: _holder(house, job), 60)
        time.sleep(chance.uniform(0.0, 1.5))
        for process in house.leaders("worker"):
            if victim == "all" or process.pid == holder:
                process.kill()
        until(lambda job=job: _state(house, job)[0] == "done", 110)
        status, fence, losses, effects = _state(house, job)
        assert (status, effects) == ("done", 1)
        assert fence == losses + 1 == 2
        until(house.is_working, 60)


def test_a_worker_that_is_killed_while_idle_stops_nobody(house):
    house.serve()
    until(house.is_working, 60)
    for process in house.leaders("worker"):
        process.kill()
    until(house.is_working, 60)
    job = house.run(ENQUEUE).strip()
    until(lambda: _state(house, job)[0] == "done", 60)


def test_a_signal_to_the_whole_group_leaves_nothing_behind(house):
    for _time in range(5):
        house.serve()
        house.run(ENQUEUE)
        time.sleep(1)
        os.killpg(house.supervisor.pid, signal.SIGTERM)
        assert house.supervisor.wait(timeout=25) == 0
        assert house.processes() == []


def test_nothing_outlives_a_supervisor_that_is_killed(house):
    house.serve()
    until(house.is_working, 60)
    house.supervisor.kill()
    until(lambda: house.processes() == [], 25)


@pytest.mark.parametrize("word", ["crm.jobs.web", "beat"])
def test_what_dies_is_started_again(house, word):
    house.serve()
    (first,) = until(lambda: house.leaders(word))
    first.kill()
    until(lambda: [again.pid for again in house.leaders(word)] not in ([], [first.pid]), 30)
    until(house.answers, 60)


def test_effects_survive_a_broker_that_is_away(migrated, tmp_path):
    port = free_port()
    shutil.copytree(migrated, tmp_path / "house")
    house = House(tmp_path / "house", broker=f"redis://127.0.0.1:{port}/0")
    redis = _redis(port, tmp_path)
    try:
        house.serve()
        until(house.is_working, 60)
        redis.kill()
        redis.wait()
        assert float(house.run(SAVE)) < 20
        assert house.ask(WAITING)[0][0] == 200
        redis = _redis(port, tmp_path)
        until(lambda: house.ask(WAITING)[0][0] == 0, 110, pause=1)
        assert house.ask(EFFECTS)[0][0] == 200
    finally:
        house.end()
        redis.kill()
        redis.wait()


def _redis(port, folder):
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def _holder(house, job):
    """The process that does the job now."""
    rows = house.ask("SELECT worker FROM jobs_job WHERE id = ? AND status = 'running'", int(job))
    return int(rows[0][0].split("|")[1]) if rows else None


def _state(house, job):
    """Status, fence, interruptions and how often its effect is there."""
    effects = "SELECT count(*) FROM auth_group WHERE name = 'job ' || jobs_job.id"
    return house.ask(f"SELECT status, fence, losses, ({effects}) FROM jobs_job WHERE id = ?", int(job))[0]
