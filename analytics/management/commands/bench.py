"""How quick the product is, against the least that has to be done anyway, measured side by side in one run."""

import json
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.trial import Installation

PARTS = ("rfm", "publishing", "facts", "pages", "lists")
SMALL, LARGE, PUBLISHED = 1_000, 100_000, 1_000_000


class Command(BaseCommand):
    help = (
        "Measures aggregate + RFM scores against the bare GROUP BY, publishing apart, the refresh of facts against a"
        " raw copy, pages at 100,000 customers against 1,000, lists and search at 200,000 customers. Everything happens"
        " in throw-away installations."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", type=float, default=1.0, help="share of the usual numbers (default: 1)")
        parser.add_argument("--part", action="append", choices=PARTS, help="only this; may be given again")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON on the last line")
        parser.add_argument(
            "--here", choices=("publishing", "facts", "lists"), help="one part in this installation itself"
        )
        parser.add_argument(
            "--database", default="", help="address of an empty database for the lists (default: SQLite)"
        )
        parser.add_argument("--keep", action="store_true", help="lists --here: measure what is there, build nothing")
        parser.add_argument("--answer", action="store_true", help="open the pages that standard input names")

    def handle(self, *args: Any, **options: Any) -> None:
        from analytics.bench import facts, lists, pages, publishing

        if options["answer"]:
            pages.answer()
        elif options["here"]:
            scaled = int(PUBLISHED * options["scale"])
            if options["here"] == "lists":
                built = {} if options["keep"] else lists.build(int(lists.CUSTOMERS * options["scale"]))
                found = {"built_seconds": built} | lists.measure()
            else:
                found = facts.measure() if options["here"] == "facts" else publishing.measure(scaled)
            self.stdout.write(json.dumps(found))
        else:
            parts = options["part"] or PARTS
            self._compare(parts, options["scale"], options["database"], as_json=options["json"])

    def _compare(self, parts: list[str], scale: float, database: str, *, as_json: bool) -> None:
        from analytics.bench import measure, pages, rfm

        found: dict[str, Any] = {"machine": measure.machine(), "scale": scale}
        with tempfile.TemporaryDirectory(prefix="clientele-bench-") as name:
            if "rfm" in parts:
                found["rfm"] = rfm.measure(scale)
            if "publishing" in parts:
                empty = _installation(Path(name) / "empty", 0)
                found["publishing"] = _here(empty, "publishing", scale)
            if "lists" in parts:
                found["lists"] = _here(_installation(Path(name) / "lists", 0, database), "lists", scale)
            if {"facts", "pages"} & set(parts):
                large = _installation(Path(name) / "large", max(int(LARGE * scale), 2 * SMALL))
                if "facts" in parts:
                    found["facts"] = _here(large, "facts", scale)
                if "pages" in parts:
                    found["pages"] = pages.measure(_installation(Path(name) / "small", SMALL), large)
        if as_json:
            self.stdout.write(json.dumps(found))
            return
        for part, figures in found.items():
            self._show(part, figures)

    def _show(self, part: str, figures: Any) -> None:
        self.stdout.write(f"\n{part}")
        for key, value in figures.items() if isinstance(figures, dict) else [("", figures)]:
            self.stdout.write(f"  {key:<34} {value}")


def _installation(folder: Path, customers: int, database: str = "") -> Installation:
    place = Installation(folder, database_url=database)
    place.must("migrate", "--verbosity", "0")
    if customers:
        place.must("demo", "--customers", str(customers), "--verbosity", "0")
        place.must("recompute")
    return place


def _here(place: Installation, part: str, scale: float) -> dict[str, Any]:
    step = place.must("bench", "--here", part, "--scale", str(scale))
    if not step.answer:
        raise CommandError(f"{part} said nothing:\n{step.errors[-2000:]}")
    return step.answer | {"process_peak_memory_mb": round(step.megabytes)}
