"""A house of real processes on a database of its own."""

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
STRANGE = ("DATABASE_URL", "CELERY_BROKER_URL", "CLIENTELE_TEST_DATA", "SUPERVISOR_PID", "DEMO")


class House:
    """An installation in a folder: run its commands, start and watch its processes."""

    def __init__(self, folder: Path, broker: str = "") -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if name not in STRANGE}
        self.environment = {**kept, "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "tests.jobs.floor.settings"}
        if broker:
            self.environment["CELERY_BROKER_URL"] = broker
        self.port = free_port()
        self.supervisor: subprocess.Popen | None = None

    def run(self, program: str, *arguments: object) -> str:
        """What a program prints that runs with Django set up."""
        return self.start(program, *arguments).communicate(timeout=300)[0].decode()

    def start(self, program: str, *arguments: object) -> subprocess.Popen:
        setup = "import sys, django; django.setup()\n"
        command = [sys.executable, "-c", setup + program, *map(str, arguments)]
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE)

    def ask(self, sql: str, *values: object) -> list[tuple]:
        """Rows of the database, without waiting for a process to start."""
        with contextlib.closing(sqlite3.connect(self.folder / "clientele.sqlite3", timeout=20)) as connection:
            return connection.execute(sql, values).fetchall()

    def manage(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "manage.py", *arguments], env=self.environment, cwd=ROOT, check=True)

    def serve(self) -> None:
        with (self.folder / "serve.log").open("ab") as log:
            command = [sys.executable, "manage.py", "serve", "--port", str(self.port)]
            self.supervisor = subprocess.Popen(
                command, env=self.environment, cwd=ROOT, start_new_session=True, stdout=log, stderr=log
            )
        until(self.answers, START_SECONDS)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as response:
                return json.load(response)["status"] == "ok"
        except (OSError, urllib.error.URLError):
            return False

    def processes(self) -> list[psutil.Process]:
        """Every process of this house, whoever its parent is now."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                theirs = process.environ().get("DATA_DIR") == str(self.folder)
                if theirs and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def leaders(self, word: str) -> list[psutil.Process]:
        """The leaders of the sessions of one part: "worker", "beat" or "crm.jobs.web"."""
        found = []
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                if word in process.cmdline() and os.getsid(process.pid) == process.pid:
                    found.append(process)
        return found

    def is_working(self) -> bool:
        """Whether both workers have shown that they live."""
        pids = {f"%|{process.pid}|%" for process in self.leaders("worker")}
        seen = [self.ask("SELECT 1 FROM jobs_pulse WHERE name = 'worker' AND process LIKE ?", pid) for pid in pids]
        return len(seen) == 2 and all(seen)

    def end(self) -> None:
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                process.send_signal(signal.SIGKILL)
        if self.supervisor:
            self.supervisor.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(happened, seconds=30.0, pause=0.1):
    deadline = time.monotonic() + seconds
    while not (result := happened()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(pause)
    return result


@pytest.fixture(scope="session")
def migrated(tmp_path_factory, migrated_file):
    """A folder with an empty database, made once: copied from the one of the tests where that is SQLite too."""
    folder = tmp_path_factory.mktemp("migrated")
    house = House(folder)
    if migrated_file:
        shutil.copy(migrated_file, folder / "clientele.sqlite3")
    else:
        house.manage("migrate", "-v0")
    house.run("from crm.accounts.models import Company; Company(name='Floor', language='en').save()")
    return folder


@pytest.fixture
def house(migrated, tmp_path):
    shutil.copytree(migrated, tmp_path / "house")
    made = House(tmp_path / "house")
    yield made
    made.end()
