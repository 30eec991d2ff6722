"""The supervisor with children of a few lines: what it starts again, and that nothing is left behind."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from crm.jobs import supervisor
from crm.jobs.supervisor import Service, Supervisor, pause_seconds

ROOT = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 10.0


def child(name, program, *arguments):
    return Service(name, [sys.executable, "-S", "-c", textwrap.dedent(program), *map(str, arguments)])


SLEEPER = "import time\ntime.sleep(60)"
STUBBORN = """
    import os, signal, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        pass
    open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
    time.sleep(60)
"""


def test_pauses_grow_with_each_quick_end():
    assert [pause_seconds(failures) for failures in (0, 1, 2, 3, 20)] == [0.5, 0.5, 1.0, 2.0, 10.0]


def test_a_child_that_dies_is_started_again(tmp_path):
    one = child("one", SLEEPER)
    house = Supervisor([one], folder=tmp_path)
    house.look()
    first = one.process.pid
    os.kill(first, signal.SIGKILL)
    _until(lambda: not one.is_running)

    house.look()
    assert one.process is None, "not before its pause is over"
    one.start_again_at = 0
    house.look()
    assert one.process.pid != first
    assert one.failures == 1
    house.stop()
    assert not psutil.pid_exists(one.process.pid if one.process else first)


def test_a_child_that_ran_for_long_starts_again_without_a_growing_pause(tmp_path):
    one = child("one", "")
    house = Supervisor([one], folder=tmp_path)
    one.failures = 5
    house.look()
    one.started_at -= supervisor.STEADY_SECONDS
    _until(lambda: not one.is_running)
    house.look()
    assert one.failures == 0


def test_who_does_not_stop_is_killed_with_its_whole_group(tmp_path):
    pids = tmp_path / "pids"
    house = Supervisor([child("stubborn", STUBBORN, pids)], folder=tmp_path, grace_seconds=0.3)
    house.look()
    _until(lambda: pids.exists() and len(pids.read_text().split()) == 2)

    house.stop()
    _until(lambda: not any(_lives(int(pid)) for pid in pids.read_text().split()))


def test_a_signal_that_make_repeats_is_one_and_a_later_one_is_haste(tmp_path):
    house = Supervisor([], folder=tmp_path)
    house._on_signal(signal.SIGTERM, None)
    house._on_signal(signal.SIGTERM, None)
    assert house.stop_signals == 1
    house._last_signal_at -= supervisor.ECHO_SECONDS
    house._on_signal(signal.SIGINT, None)
    assert house.stop_signals == 2


def test_children_of_a_child_that_died_are_cleared_away(tmp_path):
    pids = tmp_path / "pids"
    one = child("stubborn", STUBBORN, pids)
    house = Supervisor([one], folder=tmp_path)
    house.look()
    _until(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    os.kill(one.process.pid, signal.SIGKILL)
    _until(lambda: not one.is_running)

    house.look()
    _until(lambda: not any(_lives(int(pid)) for pid in pids.read_text().split()))


def test_when_started_is_asked_until_it_says_yes(tmp_path):
    answers = [False, False, True]
    house = Supervisor([], folder=tmp_path, when_started=lambda: answers.pop(0))
    for _look in range(5):
        house.look()
    assert answers == []


PROGRAM = """
import sys
from pathlib import Path
from crm.jobs.supervisor import Supervisor, service
sys.path.insert(0, sys.argv[1])
children = [service(name, "sleeping", name) for name in "ab"]
Supervisor(children, folder=Path(sys.argv[1]), grace_seconds=3).run()
"""
SLEEPING = """
import os, sys, time
open(f"{sys.argv[1]}.pid", "w").write(str(os.getpid()))
time.sleep(60)
"""


@pytest.fixture
def program(tmp_path):
    """A supervisor in a process (and process group) of its own, with two children."""
    (tmp_path / "sleeping.py").write_text(SLEEPING)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], env=environment, start_new_session=True, cwd=ROOT
    )
    _until(lambda: all((tmp_path / f"{name}.pid").exists() for name in "ab"))
    time.sleep(0.1)
    pids = [int((tmp_path / f"{name}.pid").read_text()) for name in "ab"]
    yield process, pids
    for pid in (process.pid, *pids):
        if _lives(pid):
            os.kill(pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_whole_group_leaves_nothing_behind(program, number):
    process, pids = program
    os.killpg(process.pid, number)
    assert process.wait(timeout=WAIT_SECONDS) == 0
    assert not any(_lives(pid) for pid in pids)


def test_children_end_when_the_supervisor_is_killed_outright(program):
    process, pids = program
    process.kill()
    process.wait()
    _until(lambda: not any(_lives(pid) for pid in pids))


def _lives(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _until(happened):
    deadline = time.monotonic() + WAIT_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
