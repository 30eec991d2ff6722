"""Which process this is, whether another one of this machine still lives, and the signs of life they give."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path

import psutil
from django.db import DatabaseError, connections
from django.utils import timezone

from crm.jobs.models import Pulse

PULSE_SECONDS = 10.0
ALIVE = timedelta(seconds=35)

_log = logging.getLogger(__name__)


def identity() -> str:
    """Machine, process and start time, so that a reused process number is not mistaken for the old process."""
    pid = os.getpid()
    return f"{_machine()}|{pid}|{_started(pid)}"


def is_gone(process: str) -> bool:
    """Whether the process ran on this machine and has ended. Of other machines nothing is known: False."""
    machine, _, rest = process.partition("|")
    pid, _, started = rest.partition("|")
    if machine != _machine() or not pid.isdigit():
        return False
    return _started(int(pid)) != started


def lives_here(process: str) -> bool:
    return process.partition("|")[0] == _machine() and not is_gone(process)


def pulse(name: str) -> None:
    """Note that this process lives."""
    Pulse.objects.update_or_create(name=name, process=identity(), defaults={"at": timezone.now()})


def forget_old_pulses() -> None:
    Pulse.objects.filter(at__lt=timezone.now() - timedelta(hours=1)).delete()


def living(name: str) -> int:
    """How many processes of this name gave a sign of life lately (and have not ended since)."""
    fresh = Pulse.objects.filter(name=name, at__gte=timezone.now() - ALIVE).values_list("process", flat=True)
    return sum(not is_gone(process) for process in fresh)


class Pulsing(threading.Thread):
    """Gives a sign of life every ten seconds for as long as the process lives."""

    def __init__(self, name: str, first: Callable[[], object] | None = None) -> None:
        """`first` is done once, before the first sign of life."""
        super().__init__(name=f"pulse-{name}", daemon=True)
        self.pulse_name = name
        self.first = first
        self.ended = threading.Event()

    def run(self) -> None:
        while True:
            try:
                if self.first:
                    self.first()
                    self.first = None
                pulse(self.pulse_name)
            except DatabaseError as error:
                _log.warning("No sign of life could be written: %s", error)
            finally:
                connections.close_all()
            if self.ended.wait(PULSE_SECONDS):
                return


def _started(pid: int) -> str:
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return f"{process.create_time():.2f}"
    except psutil.Error:
        return ""


@cache
def _machine() -> str:
    """Host name, boot and process namespace: two containers of one host do not see each other's processes."""
    parts = [socket.gethostname()]
    for read in (_boot_id, _namespace):
        try:
            parts.append(read())
        except OSError:  # not Linux
            parts.append("")
    return "/".join(parts)


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]


def _namespace() -> str:
    return str(Path("/proc/self/ns/pid").stat().st_ino)
