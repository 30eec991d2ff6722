"""What the parts of the bench share: the best of several runs, the highest memory, the machine."""

import os
import platform
import resource
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings


def best(step: Callable[[], Any], times: int = 3) -> float:
    """Seconds of the quickest run."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - started)
    return round(min(seconds), 3)


class Peak:
    """The largest resident memory while the block runs, of this process alone, in MB."""

    def __enter__(self) -> "Peak":
        self.megabytes = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.05):
            self.megabytes = max(self.megabytes, _resident_megabytes())


def machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "processors": os.cpu_count(),
        "memory_mb": memory,
        "load": [round(each, 1) for each in os.getloadavg()],
        "python": platform.python_version(),
        "memory_limit": settings.ANALYTICS_MEMORY_LIMIT,
    }


def _resident_megabytes() -> int:
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() // 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
