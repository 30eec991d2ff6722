"""A whole installation in a folder of its own, run and mistreated from outside."""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
RUN_COLUMNS = {"id", "run_id"}


class Installation:
    """Embedded: SQLite and the file broker in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "CELERY_BROKER_URL"}}
        self.environment = kept | {"DATA_DIR": str(folder), "DEMO": "1", "PYTHONPATH": str(ROOT), "WORKERS": "2"}
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.parts: subprocess.Popen | None = None
        self._asked: subprocess.Popen | None = None

    @property
    def database(self) -> Path:
        return self.folder / "clientele.sqlite3"

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"manage.py {' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
        return done.stdout

    def start(self, only: str = "worker,scheduler") -> None:
        log = (self.folder / "serve.log").open("a")
        self.parts = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--only", only],
            cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip

    def stop(self) -> None:
        for process in (self._asked, self.parts):
            if process is None or process.poll() is not None:
                continue
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()

    def workers(self) -> list[psutil.Process]:
        """Every process of the worker: the main one and its children."""
        found = []
        for process in psutil.Process(self.parts.pid).children(recursive=True) if self.parts else []:
            try:
                if "worker" in process.cmdline():
                    found.append(process)
            except psutil.NoSuchProcess:
                continue
        return found

    def kill_workers(self, *, patience: float = 30) -> int:
        """`kill -9` of all of them at once; how many there were. Waits while those killed before are being replaced."""
        end = time.monotonic() + patience
        while not (found := self.workers()) and time.monotonic() < end:
            time.sleep(0.05)
        for process in found:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        return len(found)

    def ask(self, *order: str) -> Any:
        if self._asked is None:
            self._asked = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.ask"],
                cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        self._asked.stdin.write(" ".join(order) + "\n")
        self._asked.stdin.flush()
        return json.loads(self._asked.stdout.readline())

    def wait_until_running(self, number: int, *, seconds: float) -> None:
        """Returns at the latest when the job is over."""
        end = time.monotonic() + seconds
        while self.ask("job", str(number))["status"] == "waiting":
            assert time.monotonic() < end, f"nobody takes job {number}"
            time.sleep(0.02)

    def wait_for_job(self, number: int, *, seconds: float) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while True:
            job = self.ask("job", str(number))
            if job["status"] in {"done", "failed", "cancelled"}:
                return job
            if time.monotonic() > end:
                raise AssertionError(f"job {number} is still {job['status']} after {seconds} s: {job}")
            time.sleep(0.2)

    def published(self) -> tuple[int, int, str]:
        """Number of the published run, how many customers it has figures of, and a digest of those, in one read."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30, isolation_level=None)
        try:
            connection.execute("BEGIN")
            (run,) = connection.execute("SELECT run_id FROM analytics_publication").fetchone()
            cursor = connection.execute(
                "SELECT * FROM analytics_customerfigures WHERE run_id = ? ORDER BY customer_id", (run,)
            )
            keep = [at for at, column in enumerate(cursor.description) if column[0] not in RUN_COLUMNS]
            digest, count = hashlib.sha256(), 0
            for row in cursor:
                digest.update(repr([row[at] for at in keep]).encode())
                count += 1
            return run, count, digest.hexdigest()
        finally:
            connection.close()
