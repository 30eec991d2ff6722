"""Refresh the facts, run every analysis, publish."""

import datetime
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics import snapshots


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


class Command(BaseCommand):
    help = "Refreshes the facts, runs every analysis and publishes the figures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=day, metavar="DATE", help="last day that counts (default: today)")
        parser.add_argument("--changed", action="store_true", help="do nothing when nothing has changed since")
        parser.add_argument("--full", action="store_true", help="make every part of the facts anew")
        parser.add_argument("--json", action="store_true", help="print the summary as JSON on the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = snapshots.recompute(as_of=options["as_of"], full=options["full"], only_if_changed=options["changed"])
        except ValueError as error:
            raise CommandError(f"The analysis settings cannot be used: {error}") from error
        found = snapshots.summary(run)
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        self.stdout.write(
            f"Run {found['run']} as of {found['as_of']}: {found['customers']} customers, {found['orders']} orders,"
            f" {found['seconds'].get('total', 0):.1f} s ({found['status']})."
        )
