"""Pages of an installation with 100,000 customers against the same pages of one with 1,000: CPU time and questions
asked of the database. Both answer in turn, so that whatever else the machine does falls on both."""

import json
import statistics
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.db import connection

from analytics.trial import Installation

GOAL, MOST_QUERIES = 1.5, 12
ROUNDS = 15
PAGES = {
    "customer list": "/customers/",
    "search, three letters": "/customers/?q=jad",
    "search, two Chinese characters": "/customers/?q=%E5%B0%8F%E6%98%8E",
    "customer page": "/customers/500/",
    "order list": "/orders/",
    "order form": "/orders/new/",
    "customer form": "/customers/new/",
}


def measure(small: Installation, large: Installation) -> dict[str, Any]:
    first, second = _Answering(small), _Answering(large)
    try:
        return {name: _compare(first, second, path) for name, path in PAGES.items()}
    finally:
        first.end()
        second.end()


def _compare(small: "_Answering", large: "_Answering", path: str) -> dict[str, Any]:
    for each in (small, large):
        each.ask(path)
    rounds = [(small.ask(path), large.ask(path)) for _ in range(ROUNDS)]
    before = statistics.median(one["seconds"] for one, _two in rounds)
    after = statistics.median(two["seconds"] for _one, two in rounds)
    return {
        "small_ms": round(1000 * before, 1),
        "large_ms": round(1000 * after, 1),
        "ratio": round(after / before, 2),
        "goal": GOAL,
        "queries": rounds[-1][1]["queries"],
        "most_queries": MOST_QUERIES,
    }


class _Answering:
    """A process of an installation that opens pages as its manager."""

    def __init__(self, place: Installation) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "bench", "--answer"],
            env=place.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, path: str) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(path + "\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        if found["status"] != 200:
            raise RuntimeError(f"{path} answers {found['status']}")
        return found

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(30)


def answer() -> None:
    """The other end: a path on standard input, its CPU seconds and questions on standard output."""
    from django.test import Client

    from crm.accounts.models import User

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username="manager"))
    for line in sys.stdin:
        asked: list[str] = []

        def note(execute: Any, sql: str, *rest: Any, asked: list[str] = asked) -> Any:
            asked.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(note):
            started = time.process_time()
            response = client.get(line.strip())
            seconds = time.process_time() - started
        found = {"status": response.status_code, "seconds": seconds, "queries": len(asked)}
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()
