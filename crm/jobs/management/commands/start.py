"""What `make run` does: bring the installation up to date, found the demo company on the first start, then serve."""

import os
import subprocess
import sys

from django.conf import settings
from django.core.management import CommandError, call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from crm.accounts.models import User
from crm.jobs import services
from crm.jobs.locales import compile_locales
from crm.jobs.management.commands import serve


class Command(serve.Command):
    """DEMO unset: a demo company if the database is empty or holds one already. DEMO=0 and DEMO=1 are obeyed."""

    help = "Sets up what is missing (tables, translations, demo company), then serves."

    def set_up(self) -> None:
        settings.STATIC_ROOT.mkdir(exist_ok=True)
        for folder in settings.LOCALE_PATHS:
            compile_locales(folder)
        self._migrate()
        is_first = not User.objects.exists()
        wants_demo = settings.DEMO or (not os.environ.get("DEMO") and (is_first or _holds_demo()))
        settings.DEMO = wants_demo
        os.environ["DEMO"] = "1" if wants_demo else "0"
        if wants_demo:
            self._make_demo(is_first)
        connection.close()

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._say("Creating the tables …")
            call_command("migrate", verbosity=0, interactive=False)
            services.refresh_statistics()

    def _make_demo(self, is_first: bool) -> None:
        """The demo company and its analysis. What an interrupted first start left is taken out before."""
        unfinished = settings.DATA_DIR / "demo.unfinished"
        if not (is_first or unfinished.exists()):
            return
        commands = get_commands()
        missing = [name for name in ("demo", "recompute") if name not in commands]
        if missing:
            self._say(f"No demo company: this installation has no command {missing[0]}.")
            return
        if unfinished.exists():
            _manage("demo", "--remove")
        unfinished.touch()
        self._say("Founding the demo company …")
        _manage("demo")
        self._say("Analysing it …")
        _manage("recompute")
        unfinished.unlink()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _holds_demo() -> bool:
    return User.objects.filter(is_demo=True).exists()


def _manage(*arguments: str) -> None:
    """In a process of its own, so that its memory is given back."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    if subprocess.run(command, cwd=settings.BASE_DIR, check=False).returncode:  # noqa: S603 - our own command
        raise CommandError(f"{' '.join(arguments)} failed; what it said stands above.")
