"""manage.py segment NAME [--format json|csv|table]: the members of a segment."""

import csv
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from analytics.models import Publication, Segment, SegmentMembership


class Command(BaseCommand):
    help = "List the members of a segment: customer numbers and since when."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="name or code of the segment")
        parser.add_argument("--format", choices=("table", "json", "csv"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"]
        segment = Segment.objects.filter(Q(name=name) | Q(code=name)).first()
        if segment is None:
            known = ", ".join(Segment.objects.values_list("code", flat=True)[:30])
            raise CommandError(f"There is no segment {name!r}. Known: {known or 'none'}.")
        stays = SegmentMembership.objects.filter(
            segment=segment, left_on__isnull=True, customer__deleted_at__isnull=True
        ).order_by("customer__number")
        rows = list(stays.values_list("customer__number", "entered_on"))
        getattr(self, f"_{options['format']}")(segment, rows)

    def _json(self, segment: Segment, rows: list[tuple]) -> None:
        run = Publication.current_run()
        found = {
            "segment": segment.code,
            "name": segment.name,
            "version": segment.version,
            "run": run.pk if run else None,
            "as_of": run.as_of.isoformat() if run else None,
            "count": len(rows),
            "members": [number for number, _entered in rows],
        }
        self.stdout.write(json.dumps(found, ensure_ascii=False))

    def _csv(self, segment: Segment, rows: list[tuple]) -> None:
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(["customer_number", "entered_on"])
        writer.writerows(rows)

    def _table(self, segment: Segment, rows: list[tuple]) -> None:
        for number, entered_on in rows:
            self.stdout.write(f"{number:<16} {entered_on}")
        self.stdout.write(f"{segment.name}: {len(rows)}")
