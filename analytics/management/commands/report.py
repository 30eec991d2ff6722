"""report SLUG: a report on the command line, with the figures of page and API."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.reports import describe, engine, export, registry
from analytics.reports.errors import ReportError
from crm.accounts.models import User


class Command(BaseCommand):
    help = "Print a report as JSON, CSV or XLSX; without a name, the list of reports."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="name of the report, such as orders-summary")
        parser.add_argument("--as-of", help="last day whose events count, such as 2026-01-31")
        parser.add_argument("--from", dest="start", help="first day of the period")
        parser.add_argument("--to", dest="end", help="last day of the period")
        parser.add_argument("--period", help="a named period, such as last_12_months")
        parser.add_argument("--compare", choices=["previous", "year_earlier"], help="totals of another period as well")
        parser.add_argument(
            "--against", action="append", default=[], help="totals of another segment, or of all, as well"
        )
        parser.add_argument("--filter", action="append", default=[], metavar="KEY=VALUE", help="repeat for more")
        parser.add_argument("--by", action="append", default=[], help="dimensions, separated by commas")
        parser.add_argument("--limit", type=int, help="number of rows at most")
        parser.add_argument("--format", choices=["json", "csv", "xlsx"], default="json")
        parser.add_argument("--output", help="file to write; needed for xlsx unless the output is redirected")
        parser.add_argument("--describe", action="store_true", help="what the report can be asked")
        parser.add_argument("--user", help="answer as this user sees it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._answer(options)
        except ReportError as error:
            raise CommandError(str(error), returncode=2) from error

    def _answer(self, options: dict[str, Any]) -> None:
        user = _user(options["user"])
        if not options["slug"]:
            self._write_json([describe.brief(each) for each in registry.reports() if each.is_for(user)])
            return
        if options["describe"]:
            self._write_json(describe.report(registry.get(options["slug"], user), user))
            return
        result = engine.run(
            options["slug"],
            user=user,
            as_of=options["as_of"],
            period=_period(options),
            comparison=options["compare"],
            filters=_filters(options["filter"]),
            by=[part.strip() for text in options["by"] for part in text.split(",") if part.strip()],
            limit=options["limit"],
            against=options["against"],
        )
        if options["format"] == "json":
            self._write_json(result.as_dict())
        else:
            self._write_file(export.as_file(result, options["format"]), options["output"])

    def _write_json(self, answer: Any) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))

    def _write_file(self, pieces: Any, path: str | None) -> None:
        if path:
            with open(path, "wb") as file:  # noqa: PTH123  a path the user gave, "-" and devices included
                file.writelines(pieces)
            return
        out = getattr(self.stdout._out, "buffer", None) or sys.stdout.buffer
        out.writelines(pieces)
        out.flush()


def _user(name: str | None) -> User | None:
    if not name:
        return None
    found = User.objects.filter(username=name, is_active=True).first()
    if found is None:
        raise ReportError(f"There is no active user {name!r}.")
    return found


def _period(options: dict[str, Any]) -> dict[str, str] | str | None:
    if options["start"] or options["end"]:
        return {"from": options["start"], "to": options["end"]}
    return options["period"]


def _filters(texts: list[str]) -> dict[str, Any]:
    """KEY=VALUE as typed; a key given again adds a value."""
    found: dict[str, Any] = {}
    for text in texts:
        key, sign, value = text.partition("=")
        if not sign:
            raise ReportError(f"Write a filter as KEY=VALUE, not {text!r}.")
        found[key.strip()] = f"{found[key.strip()]},{value}" if key.strip() in found else value
    return found
