"""The facts alone: refresh them, or compare them with the records."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from analytics.facts import refresh


class Command(BaseCommand):
    help = "Takes a facts snapshot without analysing it; --reconcile compares the facts with the records first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--full", action="store_true", help="make every part anew")
        parser.add_argument("--reconcile", action="store_true", help="compare with the records, repair what differs")
        parser.add_argument("--json", action="store_true", help="print the result as JSON on the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        differing: dict[str, list[str]] = {}
        if options["reconcile"]:
            differing, snapshot = refresh.reconcile()
        else:
            snapshot = refresh.refresh(full=options["full"])
        found = {
            "snapshot": snapshot.id if snapshot else None,
            "differing": differing,
            "rows": snapshot.counts if snapshot else {},
            "rebuilt": snapshot.rebuilt if snapshot else {},
            "notes": snapshot.notes if snapshot else [],
            "seconds": snapshot.seconds if snapshot else {},
        }
        if options["json"]:
            self.stdout.write(json.dumps(found))
        elif snapshot is None:
            self.stdout.write("The facts agree with the records.")
        else:
            self.stdout.write(f"Snapshot {snapshot.id}: {snapshot.counts}")
