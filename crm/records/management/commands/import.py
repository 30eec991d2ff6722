"""python manage.py import KIND FILE [--map COLUMN=FIELD …] [--preset NAME] [--dry-run] [--update-by FIELD] [--json]"""

import argparse
import json
import sys
import time
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.accounts.models import User
from crm.records.custom.registry import refresh
from crm.records.importing import FileRefused, ImportSummary, run_import
from crm.records.importing.mapping import parse_told
from crm.records.importing.registry import names

BAR = 30
PLAIN_STEP = 0.1  # without a terminal, a line for each tenth


class Command(BaseCommand):
    help = (
        "Import a CSV file (also .gz), a spreadsheet or a well-known fixed-width file. Rows that cannot be taken are"
        " reported with their line; the others are taken."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.add_argument("kind", help="what the rows are: " + ", ".join(names()))
        parser.add_argument("file")
        parser.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD", dest="pairs")
        parser.add_argument("--preset", default="", help="a well-known file: online-retail, cdnow")
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, write nothing")
        parser.add_argument("--update-by", default="", metavar="FIELD", help="change records with an equal value")
        parser.add_argument("--no-create", action="store_true", help="with --update-by: add no new records")
        parser.add_argument("--errors", metavar="FILE", help="CSV file for the rows that were not taken")
        parser.add_argument("--encoding", default="", help="where it is not recognised: utf-8, gb18030, big5, cp1252")
        parser.add_argument("--delimiter", default="", help="where it is not recognised")
        parser.add_argument("--sheet", default="", help="name of the sheet; the first one by default")
        parser.add_argument("--date-order", choices=["dmy", "mdy"], default="", help="which way 1/12/2010 is meant")
        parser.add_argument("--tidy", action="append", default=[], metavar="WHAT", help="put in order: addresses")
        parser.add_argument("--user", default="", help="in whose name, with his rights; by default the system's")
        parser.add_argument("--json", action="store_true", help="the summary as JSON on the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        refresh()  # columns may be custom fields
        bar = ProgressBar(sys.stderr)
        try:
            summary = run_import(
                options["kind"],
                options["file"],
                mapping=parse_told(options["pairs"]),
                preset=options["preset"],
                dry_run=options["dry_run"],
                update_by=options["update_by"],
                may_create=not options["no_create"],
                user=_user(options["user"]),
                errors=options["errors"],
                encoding=options["encoding"],
                delimiter=options["delimiter"],
                sheet=options["sheet"],
                date_order=options["date_order"],
                tidy=options["tidy"],
                progress=bar.show,
            )
        except FileRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        finally:
            bar.close()
        if options["json"]:
            self.stdout.write(json.dumps(summary.as_dict(), ensure_ascii=False))
        else:
            self._tell(summary)

    def _tell(self, summary: ImportSummary) -> None:
        self.stdout.write(f"{summary.file}: {summary.rows:,} rows in {summary.seconds:.1f} s")
        if summary.dry_run:
            self.stdout.write("Dry run: nothing was written.")
        for title, counts in (("Lines", summary.classes), ("Added", summary.created), ("Changed", summary.updated)):
            for key, count in counts.items():
                self.stdout.write(f"  {title}: {key.replace('_', ' ')} {count:,}")
        self.stdout.write(f"  Known already: {summary.existing:,}")
        self.stdout.write(f"  Not taken: {summary.errors:,}")
        for error in summary.error_samples:
            where = f"row {error.number}" + (f", {error.column}" if error.column else "")
            self.stdout.write(f"    {where}: {error.message}")
        if summary.errors_file:
            self.stdout.write(f"  Rows not taken are in {summary.errors_file}")
        if summary.unused_columns:
            self.stdout.write(f"  Columns not used: {', '.join(summary.unused_columns)}")
        for note in summary.notes:
            self.stdout.write(f"  {note}")


class ProgressBar:
    """One line that fills up on a terminal; a few plain lines in a log."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.is_terminal = stream.isatty()
        self.started = time.monotonic()
        self.shown = 0.0

    def show(self, share: float, text: Any) -> None:
        share = min(max(share, 0.0), 1.0)
        seconds = time.monotonic() - self.started
        if self.is_terminal:
            filled = int(share * BAR)
            self.stream.write(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {share:4.0%} {seconds:4.0f} s {text}\033[K")
            self.shown = share
        elif share - self.shown >= PLAIN_STEP:
            self.stream.write(f"{share:4.0%} {seconds:4.0f} s {text}\n")
            self.shown = share
        self.stream.flush()

    def close(self) -> None:
        if self.is_terminal and self.shown:
            self.stream.write("\n")


def _user(username: str) -> User | None:
    if not username:
        return None
    try:
        return User.objects.get(username=username)
    except User.DoesNotExist as error:
        raise CommandError(f"There is no user {username}.") from error
