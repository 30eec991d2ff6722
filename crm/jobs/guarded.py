"""Run a module as a program that does not outlive the process that started it.

    python -m crm.jobs.guarded celery -A crm.celery worker

A supervisor that is killed outright cannot stop its children; so each of them looks for itself, once a second.
"""

import os
import runpy
import signal
import sys
import threading
import time
from collections.abc import Callable

PARENT = "SUPERVISOR_PID"
GRACE_SECONDS = 15.0
LOOK_SECONDS = 1.0


def when_parent_ends(parent: int, then: Callable[[], None]) -> threading.Thread:
    """Call `then` from a thread once `parent` is no longer the parent of this process."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        then()

    thread = threading.Thread(target=watch, name="parent-watch", daemon=True)
    thread.start()
    return thread


def stop_own_group(grace_seconds: float = GRACE_SECONDS) -> None:
    """What the supervisor would have done: ask the main process to stop, then kill the whole session."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace_seconds)
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    parent = os.environ.get(PARENT)
    if parent:
        when_parent_ends(int(parent), stop_own_group)
    del sys.argv[0]
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - as `python -m MODULE` itself would
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
