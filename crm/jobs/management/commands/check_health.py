"""How the installation is doing; exit code 1 when something does not work."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from crm.jobs import status


class Command(BaseCommand):
    help = "Says whether database, worker, scheduler and broker work."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = status.lines()
        worst = status.worst(lines)
        if options["json"]:
            told = {"status": str(worst), "lines": [line.as_dict() for line in lines]}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for line in lines:
                self.stdout.write(f"{line.state:8} {line.label}: {line.text}")
        if worst == status.State.BAD:
            sys.exit(1)
