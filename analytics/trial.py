"""Installations to try things on: a folder of their own, one process for each step.

Time and memory of a step are those of a fresh start.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError


@dataclass
class Step:
    """One finished process."""

    code: int
    output: str
    errors: str
    seconds: float
    megabytes: float

    @property
    def answer(self) -> dict[str, Any]:
        """The whole output as JSON, or its last line."""
        text = self.output.strip()
        for part in (text, text.rpartition("\n")[2]):
            try:
                return json.loads(part)
            except ValueError:
                continue
        return {}


class Installation:
    """A fresh, empty installation of its own."""

    def __init__(self, folder: Path, *, database_url: str = "") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.environment = {**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": database_url, "LOG_LEVEL": "WARNING"}
        self.environment["CELERY_BROKER_URL"] = ""
        self.environment["DJANGO_SETTINGS_MODULE"] = "crm.settings"

    def run(self, *words: str) -> Step:
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
        started = time.monotonic()
        with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
            process = subprocess.Popen(command, stdout=output, stderr=errors, env=self.environment)  # noqa: S603
            _pid, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            errors.seek(0)
            return Step(
                process.returncode,
                output.read(),
                errors.read(),
                time.monotonic() - started,
                usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2),
            )

    def must(self, *words: str) -> Step:
        step = self.run(*words)
        if step.code:
            raise CommandError(f"{' '.join(words)} failed:\n{step.errors[-2000:]}")
        return step
