"""python manage.py analysis_settings export FILE | import FILE: limits and weights of the analyses as one JSON file."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.tuning import services


class Command(BaseCommand):
    help = "Writes the settings of the analyses to a JSON file (- is standard output), or takes them over from one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("direction", choices=("export", "import"))
        parser.add_argument("file", help="a path, or - for standard output or input")

    def handle(self, *args: Any, **options: Any) -> None:
        (self._export if options["direction"] == "export" else self._import)(options["file"])

    def _export(self, name: str) -> None:
        text = json.dumps(services.document(), indent=2, ensure_ascii=False) + "\n"
        if name == "-":
            self.stdout.write(text, ending="")
            return
        try:
            Path(name).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{name} cannot be written: {error.strerror}") from None

    def _import(self, name: str) -> None:
        try:
            text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
            given = json.loads(text)
        except OSError as error:
            raise CommandError(f"{name} cannot be read: {error.strerror}") from None
        except ValueError as error:
            raise CommandError(f"{name} is not JSON: {error}") from None
        try:
            changed = services.store(given)
        except services.SettingsRefused as error:
            raise CommandError("\n".join(f"{name}: {text}" for name, text in error.faults.items())) from None
        self.stdout.write(f"Changed: {', '.join(changed)}. The next run follows." if changed else "Nothing changed.")
