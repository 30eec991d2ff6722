"""Make or remove the demo company."""

import datetime
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.demo import service
from analytics.demo.plan import Plan
from crm.accounts.models import Company


class Command(BaseCommand):
    help = "Fill the database with a deterministic demo company, or take it out again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customers", type=int, default=2_000, help="how many customers (default 2000)")
        parser.add_argument("--seed", type=int, default=7, help="the same seed makes the same company")
        parser.add_argument("--until", type=datetime.date.fromisoformat, help="last day with records (default today)")
        parser.add_argument("--remove", action="store_true", help="take the demo company out, and nothing else")
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when there are users or customers already"
        )
        parser.add_argument("--json", action="store_true", help="print the summary as JSON on the last line")

    def handle(self, **options: Any) -> None:
        tell = (lambda text: self.stderr.write(f"  {text} …")) if options["verbosity"] else (lambda _text: None)
        if options["remove"]:
            summary: dict[str, Any] = dict(service.remove(tell=tell))
        else:
            if options["customers"] < 1:
                raise CommandError("--customers must be 1 or more.")
            if options["if_empty"] and not service.is_empty():
                self.stdout.write("There are records already; nothing was added.")
                return
            until = options["until"] or Company.objects.current().today()
            plan = Plan(until=until, customers=options["customers"], seed=options["seed"])
            try:
                summary = service.create(plan, tell=tell)
            except service.DemoExists as error:
                raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(summary))
            return
        for key, value in summary.items():
            self.stdout.write(f"{key}: {value}")
