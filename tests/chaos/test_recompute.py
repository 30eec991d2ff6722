"""A recompute survives its worker: readers always see one whole run, and it completes without anybody's help."""

import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.installation import Installation

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "20"))
AS_OF = "2026-03-31"

pytestmark = pytest.mark.chaos


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    made.manage("migrate", "-v0")
    made.manage("demo", "--customers", "3000", "--until", AS_OF, "-v0")
    made.manage("recompute", "--as-of", AS_OF, "--json")
    yield made
    made.stop()


class Reader(threading.Thread):
    """Reads the published figures all the time and keeps whatever was not the one whole set."""

    def __init__(self, installation: Installation, expected: tuple[int, str]) -> None:
        super().__init__(daemon=True)
        self.installation, self.expected = installation, expected
        self.runs: list[int] = []
        self.wrong: list[tuple] = []
        self.is_over = False

    def run(self) -> None:
        while not self.is_over:
            run, count, digest = self.installation.published()
            if (count, digest) != self.expected:
                self.wrong.append((run, count))
            if not self.runs or self.runs[-1] != run:
                self.runs.append(run)
            time.sleep(0.05)


def test_kill_9_of_the_worker_at_random_moments(installation: Installation):
    first, count, digest = installation.published()
    assert count > 2000
    reader = Reader(installation, (count, digest))
    reader.start()
    installation.start()
    job = installation.ask("recompute", AS_OF)
    installation.wait_until_running(job, seconds=60)
    began = time.monotonic()
    assert installation.wait_for_job(job, seconds=120)["status"] == "done"
    usual = time.monotonic() - began

    chance = random.Random(7)
    losses, longest = 0, 0.0
    for _round in range(ROUNDS):
        job = installation.ask("recompute", AS_OF)
        installation.wait_until_running(job, seconds=60)
        time.sleep(chance.uniform(0, usual))
        assert installation.kill_workers() > 0
        began = time.monotonic()
        ended = installation.wait_for_job(job, seconds=120)
        longest = max(longest, time.monotonic() - began)
        assert ended["status"] == "done", ended
        losses += ended["losses"]
    reader.is_over = True
    reader.join()

    assert reader.wrong == []
    assert reader.runs == sorted(reader.runs)  # run numbers only grow
    assert reader.runs[-1] > first
    assert losses >= ROUNDS // 2  # the kills did hit running jobs
    assert longest < 120
    assert installation.published()[1:] == (count, digest)


def test_four_recomputes_at_once_publish_one_result(installation: Installation):
    _first, count, digest = installation.published()
    installation.start()
    asked = [installation.ask("recompute", AS_OF) for _each in range(4)]
    for job in asked:
        assert installation.wait_for_job(job, seconds=240)["status"] == "done"
    run, *rest = installation.published()
    assert rest == [count, digest]
    assert run > _first
