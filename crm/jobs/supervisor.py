"""Keeps web, worker and scheduler running as children of one process.

Each child leads a session of its own, so a signal to the supervisor's process group does not reach it: Celery's worker
hangs for good when its children get the signal as well. A stop goes to each main process only; what is left of its
group after the grace is killed. Children that end by themselves are started again, with growing pauses.
"""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from crm.jobs import guarded

GRACE_SECONDS = 15.0
LOOK_SECONDS = 0.1
FIRST_PAUSE_SECONDS = 0.5
ECHO_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 10.0
STEADY_SECONDS = 60.0  # who ran for so long starts again without a pause

_log = logging.getLogger(__name__)


@dataclass
class Service:
    """One child: `module` with its arguments, run as `python -m module`."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    failures: int = 0

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def service(name: str, module: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Service:
    command = [sys.executable, "-m", "crm.jobs.guarded", module, *arguments]
    return Service(name, command, environment or {})


class Supervisor:
    def __init__(
        self,
        services: list[Service],
        *,
        folder: Path,
        grace_seconds: float = GRACE_SECONDS,
        when_started: Callable[[], bool] | None = None,
    ) -> None:
        """`when_started` is asked again and again until it says True, e.g. to announce the address once it answers."""
        self.services = services
        self.folder = folder
        self.grace_seconds = grace_seconds
        self.when_started = when_started
        self.stop_signals = 0
        self._last_signal_at = -ECHO_SECONDS

    def run(self) -> None:
        """Until a stop signal comes; nothing is left running when this returns."""
        before = {number: signal.signal(number, self._on_signal) for number in _stop_signals()}
        try:
            while not self.stop_signals:
                self.look()
                time.sleep(LOOK_SECONDS)
        finally:
            self.stop()
            for number, handling in before.items():
                signal.signal(number, handling)

    def look(self) -> None:
        """Start what does not run."""
        now = time.monotonic()
        for each in self.services:
            if each.is_running:
                continue
            if each.process is not None:
                self._note_end(each, now)
            if now >= each.start_again_at and not self.stop_signals:
                self._start(each, now)
        if self.when_started and self.when_started():
            self.when_started = None

    def stop(self) -> None:
        """Ask every main process to end; after the grace, or at a second signal, kill what is left of the groups."""
        running = [each for each in self.services if each.process is not None]
        for each in running:
            if each.is_running:
                _signal_process(each, signal.SIGTERM)
        deadline = time.monotonic() + self.grace_seconds
        while any(each.is_running for each in running) and time.monotonic() < deadline and self.stop_signals < 2:
            time.sleep(LOOK_SECONDS / 2)
        for each in running:
            if each.is_running:
                _log.warning("%s did not stop by itself and is killed.", each.name)
            _end_group(each)

    def _start(self, each: Service, now: float) -> None:
        environment = {**os.environ, **each.environment, guarded.PARENT: str(os.getpid())}
        each.process = subprocess.Popen(  # noqa: S603 - our own command
            each.command, cwd=self.folder, env=environment, start_new_session=True, stdin=subprocess.DEVNULL
        )
        each.started_at = now

    def _note_end(self, each: Service, now: float) -> None:
        """A child ended without being asked to: clear away its group, choose when to start it again."""
        assert each.process is not None
        code = each.process.returncode
        _end_group(each)
        each.failures = 0 if now - each.started_at >= STEADY_SECONDS else each.failures + 1
        pause = pause_seconds(each.failures)
        each.start_again_at = now + pause
        _log.warning("%s ended (code %s); it starts again in %.1f s.", each.name, code, pause)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        """Make passes on a signal its group has had already: what comes at once is one wish, a second one is haste."""
        now = time.monotonic()
        if now - self._last_signal_at >= ECHO_SECONDS:
            self.stop_signals += 1
        self._last_signal_at = now


def pause_seconds(failures: int) -> float:
    """Before a child is started again: longer with each quick end."""
    if failures <= 1:
        return FIRST_PAUSE_SECONDS
    return min(FIRST_PAUSE_SECONDS * 2.0 ** (failures - 1), LONGEST_PAUSE_SECONDS)


def _stop_signals() -> list[signal.Signals]:
    return [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def _signal_process(each: Service, number: signal.Signals) -> None:
    assert each.process is not None
    each.process.send_signal(number)


def _end_group(each: Service) -> None:
    """Kill whatever still lives in the session of a child, and forget the child."""
    assert each.process is not None
    with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody left
        os.killpg(each.process.pid, signal.SIGKILL)
    each.process.wait()
    each.process = None
