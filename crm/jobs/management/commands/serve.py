"""Run the product: web, worker and scheduler under one supervisor."""

import errno
import fcntl
import http.client
import os
import socket
import time
from argparse import ArgumentParser
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crm.jobs.supervisor import Service, Supervisor, service

DEMO_USERS = ("rep", "service", "manager", "executive", "admin")
ASK_SECONDS = 0.3
PARTS = ("web", "worker", "scheduler")


class Command(BaseCommand):
    help = "Runs web, worker and scheduler until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
        parser.add_argument("--only", default=",".join(PARTS), help="parts to run, separated by commas")

    def handle(self, *args: Any, **options: Any) -> None:
        parts = [part.strip() for part in options["only"].split(",") if part.strip()]
        unknown = set(parts) - set(PARTS)
        if unknown:
            raise CommandError(f"Unknown part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
        host, port = options["host"], options["port"]
        if settings.DEMO and host not in {"127.0.0.1", "localhost"}:
            raise CommandError("With DEMO=1 everybody knows the passwords, so only 127.0.0.1 is served.")
        lock = _only_one(parts)
        if "web" in parts:
            _check_port(host, port)
        self.set_up()
        announce = _Announcement(self, host, port) if "web" in parts else None
        supervisor = Supervisor(_services(parts, host, port), folder=settings.BASE_DIR, when_started=announce)
        supervisor.run()
        lock.close()
        self.stdout.write("Stopped.")

    def set_up(self) -> None:
        """What is to be done before the parts start; `start` does more here."""


class _Announcement:
    """Says where the product is, once it answers."""

    def __init__(self, command: BaseCommand, host: str, port: int) -> None:
        self.command, self.host, self.port = command, host, port
        self.asked_at = 0.0

    def __call__(self) -> bool:
        """True once it has been said."""
        now = time.monotonic()
        if now - self.asked_at < ASK_SECONDS:
            return False
        self.asked_at = now
        if not _answers(self.host, self.port):
            return False
        self.command.stdout.write(f"\nClientele is ready: http://{_shown(self.host)}:{self.port}/")
        if settings.DEMO:
            self.command.stdout.write(f"Sign in as {', '.join(DEMO_USERS)}; the password is demo.")
        self.command.stdout.write("Stop with Ctrl-C.\n")
        self.command.stdout.flush()
        return True


def _services(parts: list[str], host: str, port: int) -> list[Service]:
    known = {
        "web": [_web(host, port)],
        "worker": [_worker(number) for number in range(1, int(os.environ.get("WORKERS") or 2) + 1)],
        "scheduler": [
            service(
                "scheduler",
                "celery",
                *("--quiet", "-A", "crm.celery", "beat", "--loglevel", "WARNING", "--pidfile", ""),
            )
        ],
    }
    return [each for part in parts for each in known[part]]


def _worker(number: int) -> Service:
    """One process for one job at a time. Celery's own pool shares a lock among its processes on the file broker: one
    that is killed while it waits for work takes the lock along, and all the others wait for ever."""
    return service(
        f"worker {number}",
        "celery",
        *("--quiet", "-A", "crm.celery", "worker", "--pool", "solo", "--loglevel", "WARNING"),
        *("--hostname", f"worker{number}-{os.getpid()}@%h"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        environment={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )


def _web(host: str, port: int) -> Service:
    """waitress in one process where the database is a file; gunicorn with several where it is a server."""
    if settings.EMBEDDED_DATABASE:
        return service("web", "crm.jobs.web", host, str(port))
    return service(
        "web",
        "gunicorn",
        *("crm.wsgi:application", "--bind", f"{host}:{port}", "--worker-class", "gthread"),
        *("--workers", os.environ.get("WEB_PROCESSES", "2"), "--threads", os.environ.get("WEB_THREADS", "8")),
        *("--timeout", "120", "--graceful-timeout", "10", "--log-level", "warning"),
    )


def _only_one(parts: list[str]) -> IO[str]:
    """Two supervisors on one data folder would run two schedulers and share one bell."""
    lock = (settings.DATA_DIR / f"serve-{'-'.join(parts)}.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CommandError(f"Clientele already runs with the data in {settings.DATA_DIR}.") from error
    return lock


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} is taken by another program. Choose another one, e.g. PORT={port + 1} make run"
                ) from error
            raise CommandError(f"Cannot listen on {host}:{port}: {error.strerror}") from error


def _answers(host: str, port: int) -> bool:
    asked = http.client.HTTPConnection(_shown(host), port, timeout=0.5)
    try:
        asked.request("GET", "/healthz", headers={"Host": _own_name()})
        return asked.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _own_name() -> str:
    """A host name that this installation accepts."""
    named = settings.ALLOWED_HOSTS[0].lstrip(".")
    return "localhost" if named == "*" else named


def _shown(host: str) -> str:
    return "127.0.0.1" if host in {"", "0.0.0.0"} else host  # noqa: S104 - shown, not bound
