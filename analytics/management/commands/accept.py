"""python manage.py accept --data FOLDER: import real data, recompute, and compare every figure with what is known.

Runs in throw-away data folders, one process for each step, so that time and memory are those of a fresh start. The
expected numbers are facts of two published data sets (UCI Online Retail, CDNOW sample), measured independently.
"""

import csv
import gzip
import os
import random
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.trial import Installation, Step

RETAIL, CDNOW = "online_retail.csv.gz", "cdnow_sample.txt"
AS_OF = "2011-12-09"
CLASSES = {
    "correction": 3,
    "cancelled_fee": 584,
    "return": 8_704,
    "negative_quantity": 1_336,
    "price_zero_or_below": 1_179,
    "fee": 2_314,
    "sale_without_customer": 131_452,
    "sale": 396_337,
}
LINES, CUSTOMERS, ORDERS, REGIONS = 541_909, 4_372, 25_900, 38
FEES = {"POST", "DOT", "M", "D", "S", "B", "C2", "CRUK", "PADS", "AMAZONFEE", "BANK CHARGES"}
FEE_NAMES = {"POSTAGE", "DOTCOM POSTAGE", "Manual", "AMAZON FEE", "Adjust bad debt", "Bank Charges", "CARRIAGE"}
IMPORT_SECONDS, RECOMPUTE_SECONDS, MEMORY_MB = 90, 20, 1_024
ABOUT = 1.5  # "about 90 seconds" allows for a slower machine
CENT = 0.005
MODELS_AS_OF, HALF_WAY = "1997-09-30", "2011-06-09"
PUBLISHED_FITS = {
    "bg_nbd": {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259, "log_likelihood": -9582.429},
    "pareto_nbd": {"r": 0.5533, "alpha": 10.578, "s": 0.6062, "beta": 11.669, "log_likelihood": -9594.976},
    "gamma_gamma": {"p": 6.25, "q": 3.74, "v": 15.45, "mean": 35.17},
}


@dataclass
class Checks:
    write: Callable[[str], Any]
    failed: list[str] = field(default_factory=list)

    def heading(self, text: str) -> None:
        self.write(f"\n{text}")

    def equal(self, what: str, found: Any, expected: Any) -> None:
        self.that(what, found == expected, found, expected)

    def close(self, what: str, found: Any, expected: float, within: float = CENT) -> None:
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        self.that(what, is_number and abs(found - expected) <= within, found, expected)

    def at_most(self, what: str, found: float, limit: float) -> None:
        self.that(what, found <= limit, round(found, 1), f"<= {limit:g}")

    def that(self, what: str, is_right: bool, found: Any, expected: Any) -> None:
        self.write(f"  {'ok    ' if is_right else 'FAILED'}  {what:<66} {found!s:>16}   {expected}")
        if not is_right:
            self.failed.append(what)


class Retail(Installation):
    """An installation that takes the file of Online Retail and answers as of its last day."""

    def report(self, slug: str, *words: str) -> dict[str, Any]:
        return self.run("report", slug, "--as-of", AS_OF, *words, "--format", "json").answer

    def import_retail(self, path: Path, *words: str) -> Step:
        return self.run("import", "order-lines", str(path), "--preset", "online-retail", "--json", *words)


class Command(BaseCommand):
    help = (
        "Import the public data sets of FOLDER into throw-away databases and compare every figure with what is known."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", required=True, metavar="FOLDER", help=f"holds {RETAIL} and {CDNOW}")
        parser.add_argument("--quick", action="store_true", help="without the second, shuffled import")
        parser.add_argument("--only-import", action="store_true", help="without recompute and reports")

    def handle(self, *args: Any, **options: Any) -> None:
        data = Path(options["data"])
        for name in (RETAIL, CDNOW):
            if not (data / name).is_file():
                raise CommandError(f"There is no {name} in {data}.")
        checks = Checks(lambda line: self.stdout.write(line))
        with tempfile.TemporaryDirectory(prefix="clientele-accept-") as name:
            folder = Path(name)
            retail = Retail(folder / "retail", database_url=os.environ.get("DATABASE_URL", ""))
            self._import(retail, data / RETAIL, checks)
            self._broken_copies(Retail(folder / "broken"), data / RETAIL, folder, checks)
            music = Retail(folder / "cdnow")
            self._cdnow(music, data / CDNOW, checks)
            if not options["only_import"]:
                self._models(music, checks)
                self._unidentified(retail, checks)
                self._figures(retail, checks)
                if not options["quick"]:
                    self._shuffled(retail, Retail(folder / "shuffled"), data / RETAIL, folder, checks)
        if checks.failed:
            raise CommandError(f"{len(checks.failed)} checks FAILED: {'; '.join(checks.failed)}")
        self.stdout.write("\nEvery check is ok.")

    def _import(self, place: Retail, path: Path, checks: Checks) -> None:
        checks.heading("Import of Online Retail into an empty database")
        place.must("migrate", "--verbosity", "0")
        known = place.must("shell", "--no-imports", "-c", COUNTS).answer
        if any(known.values()):
            raise CommandError("The database of DATABASE_URL is not empty; this needs one of its own.")
        dry = place.import_retail(path, "--dry-run").answer
        checks.equal("dry run: lines by class", dry.get("classes") == CLASSES, True)
        checks.equal("dry run: writes nothing", place.must("shell", "--no-imports", "-c", COUNTS).answer, known)
        step = place.import_retail(path)
        said = step.answer
        checks.equal("lines read", said.get("rows"), LINES)
        for name, count in CLASSES.items():
            checks.equal(f"lines: {name.replace('_', ' ')}", said.get("classes", {}).get(name), count)
        checks.equal("lines refused", said.get("errors"), 0)
        counts = place.must("shell", "--no-imports", "-c", COUNTS).answer
        checks.equal("lines in the database", counts.get("lines"), LINES)
        checks.equal("orders in the database", counts.get("orders"), ORDERS)
        checks.equal("customers in the database", counts.get("customers"), CUSTOMERS)
        checks.equal("regions in the database", counts.get("regions"), REGIONS)
        checks.equal("rows of history", counts.get("history"), 0)
        checks.equal("lines at 0.001", counts.get("tiny"), 4)
        checks.equal("time zone of the company", counts.get("zone"), "Europe/London")
        checks.at_most("seconds", step.seconds, IMPORT_SECONDS * ABOUT)
        checks.at_most("memory at its highest, MB", step.megabytes, MEMORY_MB)
        again = place.import_retail(path).answer
        checks.equal("second import: lines known already", again.get("existing"), LINES)
        checks.equal("second import: added", again.get("created"), {})
        checks.equal("second import: nothing changed", place.must("shell", "--no-imports", "-c", COUNTS).answer, counts)

    def _broken_copies(self, place: Retail, path: Path, folder: Path, checks: Checks) -> None:
        checks.heading("Broken copies")
        place.must("migrate", "--verbosity", "0")
        with gzip.open(path, "rb") as file:
            heading, *rows = islice(file, 1_001)
        wrong = folder / "wrong_columns.csv"
        wrong.write_bytes(b"".join([heading.replace(b"InvoiceDate", b"Colour"), *rows]))
        checks.equal("wrong columns: refused", place.import_retail(wrong).code != 0, True)
        cut = folder / "cut_off.csv.gz"
        cut.write_bytes(path.read_bytes()[:200_000])
        checks.equal("file cut off: refused", place.import_retail(cut).code != 0, True)
        checks.equal("refused: nothing written", place.must("shell", "--no-imports", "-c", COUNTS).answer["lines"], 0)
        rows[10] = rows[10].replace(b"2010-12-01", b"2010-13-01")
        rows[20] = rows[20][: len(rows[20]) // 2].rstrip() + b"\n"
        rows[30] = rows[30].replace(b",", b',"', 1)
        rows[40] = rows[40].replace(b"2010-12-01", b"yesterday")
        spoilt = folder / "spoilt.csv"
        utf8 = "999999,10002,CAFÉ TRAY,1,2010-12-01 09:00:00,1.00,17850.0,United Kingdom\n".encode()
        gbk = "999998,10002,礼物盒,1,2010-12-01 09:00:00,1.00,17850.0,United Kingdom\n".encode("gbk")
        spoilt.write_bytes(b"".join([heading, *rows, utf8, gbk]))
        said = place.import_retail(spoilt, "--errors", str(folder / "errors.csv")).answer
        checks.equal("bad dates, half a line, open quote, GBK bytes: rows", said.get("rows"), 1_002)
        checks.equal("reported one by one", said.get("errors"), 5)
        reported = [each["row"] for each in said.get("error_samples", [])]
        checks.equal("by their line", reported, [12, 22, 32, 42, 1003])
        checks.equal("the good ones taken", said.get("created", {}).get("lines"), 997)

    def _cdnow(self, place: Retail, path: Path, checks: Checks) -> None:
        checks.heading("Import of the CDNOW sample into an empty database")
        place.must("migrate", "--verbosity", "0")
        said = place.run("import", "orders", str(path), "--preset", "cdnow", "--json").answer
        checks.equal("rows", said.get("rows"), 6_919)
        checks.equal("orders", said.get("created", {}).get("orders"), 6_919)
        checks.equal("customers", said.get("created", {}).get("customers"), 2_357)
        again = place.run("import", "orders", str(path), "--preset", "cdnow", "--json").answer
        checks.equal("second import: added", again.get("created"), {})

    def _models(self, place: Retail, checks: Checks) -> None:
        checks.heading(f"CDNOW: models of buying fitted to {MODELS_AS_OF}, held against the 39 weeks after it")
        place.must("recompute", "--as-of", MODELS_AS_OF, "--json")
        found = place.must("shell", "--no-imports", "-c", MODELS).answer
        counts = found["counts"]
        checks.equal("customers", counts["customers"], 2_357)
        checks.equal("repeat purchases", counts["repeat_purchases"], 2_457)
        checks.equal("customers without one", counts["without"], 1_411)
        checks.equal("repeat purchases of the 39 weeks after", counts["later"], 1_882)
        for name, published in PUBLISHED_FITS.items():
            fit = found["fits"][name]
            checks.equal(f"{name}: status", fit["status"], "ok")
            for letter, value in published.items():
                within = 0.01 if letter == "log_likelihood" else 0.002 * value
                checks.close(f"{name}: {letter}", fit[letter], value, within)
        checks.close("bg_nbd: E[Y(39)] of x=2, t_x=30.43, T=38.86", found["one"], 1.226, 0.0005)
        checks.equal("days instead of weeks change nothing but units", found["days_agree"], True)
        for name in ("bg_nbd", "mbg_nbd", "pareto_nbd"):
            held_out = found["held_out"][name]
            if name != "mbg_nbd":
                checks.that(
                    f"{name}: correlation", held_out["correlation"] >= 0.625, held_out["correlation"], ">= 0.625"
                )
                total = held_out["cumulative"]
                checks.close(f"{name}: repeat purchases by week 78", total, 4_339, 0.05 * 4_339)
        area = found["held_out"]["pareto_nbd"]["area"]
        checks.that("pareto_nbd: no order in 39 weeks, area under the curve", area >= 0.76, area, ">= 0.76")

        checks.heading("The same by recompute and report")
        rows = place.must("report", "value-models", "--format", "json").answer["rows"]
        told = {(row["model"], row["parameter"]): row["value"] for row in rows}
        for name, published in PUBLISHED_FITS.items():
            checks.equal(f"report, {name}: status", told.get((name, "status")), "ok")
            for letter, value in published.items():
                within = 0.01 if letter == "log_likelihood" else 0.002 * value
                shown = told.get((name, "mean_amount" if letter == "mean" else letter))
                checks.close(f"report, {name}: {letter}", shown, value, within)

    def _unidentified(self, place: Retail, checks: Checks) -> None:
        checks.heading(f"Online Retail to {HALF_WAY}: nobody leaves that a model could see")
        place.must("recompute", "--as-of", HALF_WAY, "--json")
        rows = place.must("report", "value-models", "--format", "json").answer["rows"]
        told = {row["parameter"]: row["value"] for row in rows if row["model"] == "bg_nbd"}
        checks.equal("report, bg_nbd: status", told.get("status"), "not_identified")
        checks.equal("report, bg_nbd: letters that the data do not tell", told.get("unidentified"), "a, b")
        found = place.must("shell", "--no-imports", "-c", UNIDENTIFIED).answer
        checks.equal("bg_nbd: status", found["status"], "not_identified")
        checks.equal("bg_nbd: letters that the data do not tell", found["unidentified"], ["a", "b"])
        checks.equal("bg_nbd: no parameters", found["parameters"], [None] * 4)

    def _figures(self, place: Retail, checks: Checks) -> None:
        checks.heading(f"Recompute as of {AS_OF}")
        step = place.run("recompute", "--as-of", AS_OF, "--json")
        checks.equal("exit code", step.code, 0)
        checks.at_most("seconds", step.seconds, RECOMPUTE_SECONDS * ABOUT)
        checks.at_most("memory at its highest, MB", step.megabytes, MEMORY_MB)
        gross = ("--filter", "amount_basis=gross")
        checks.heading("Reports")
        totals = place.report("orders-summary", *gross).get("totals", {})
        checks.close("orders-summary: gross amount", totals.get("gross_amount"), 8_911_407.90)
        checks.close("orders-summary: net amount", totals.get("net_amount"), 8_300_065.81)
        checks.equal("orders-summary: customers", totals.get("customers"), 4_338)
        checks.equal("orders-summary: orders", totals.get("orders"), 18_532)
        for words, value in ((gross, 168_472.50), ((), 2.90)):
            row = _row(place.report("rfm", "--by", "customer", *words), customer_number="16446")
            checks.close(f"rfm: customer 16446 {'gross' if words else 'net'}", row.get("monetary_value"), value)
        totals = place.report("pareto", *gross).get("totals", {})
        checks.equal("pareto, gross: customers", totals.get("customers"), 4_338)
        checks.close(
            "pareto, gross: share of the top 20 %", totals.get("top_20_percent_revenue_share"), 0.7459, 0.00005
        )
        checks.equal("pareto, gross: customers for 80 %", totals.get("customers_for_80_percent"), 1_133)
        totals = place.report("pareto").get("totals", {})
        checks.equal("pareto, net: customers", totals.get("customers"), 4_372)
        checks.equal("pareto, net: customers for 80 %", totals.get("customers_for_80_percent"), 1_171)
        cohorts = place.report("retention-cohorts", *gross)
        first = _row(cohorts, cohort="2010-12", period_number=1)
        last = _row(cohorts, cohort="2010-12", period_number=12)
        checks.equal("cohort 2010-12: customers", first.get("cohort_size"), 885)
        checks.equal("cohort 2010-12: back in period 1", first.get("customers"), 324)
        checks.close("cohort 2010-12: rate in period 1", first.get("retention_rate"), 0.366, 0.0005)
        checks.equal("cohort 2010-12: back in period 12", last.get("customers"), 235)
        checks.equal("cohort 2010-12: period 12 is partial", last.get("is_partial"), True)
        checks.equal("cohort 2010-12: period 1 is whole", first.get("is_partial"), False)
        products = place.report("product-distribution", "--by", "product").get("rows", [])
        named = {str(value) for row in products for value in row.values()}
        checks.equal("product-distribution: products in it", len(products) > 1_000, True)
        checks.equal("product-distribution: fees in it", sorted(named & (FEES | FEE_NAMES)), [])
        self._drills(place, checks)

    def _drills(self, place: Retail, checks: Checks) -> None:
        """Every figure above, opened on its page: as many records as it says, and their money."""
        checks.heading("The records behind the figures, opened on the pages")
        found = place.must("shell", "--no-imports", "-c", DRILLS).answer
        gross, net = found["summary gross"], found["summary net"]
        checks.equal("orders-summary: customers", gross["customers"]["records"], 4_338)
        checks.equal("orders-summary: orders", gross["orders"]["records"], 18_532)
        checks.close("orders-summary: gross amount of its orders", gross["gross_amount"]["gross"], 8_911_407.90)
        checks.close("orders-summary: net amount of its orders", net["net_amount"]["net"], 8_300_065.81)
        checks.equal("pareto: customers for 80 %", found["pareto gross"]["customers_for_80_percent"]["records"], 1_133)
        checks.equal(
            "pareto: customers of the top 20 %", found["pareto gross"]["top_20_percent_revenue_share"]["records"], 867
        )
        checks.equal(
            "pareto, net: customers for 80 %", found["pareto net"]["customers_for_80_percent"]["records"], 1_171
        )
        for number, count in ((0, 885), (1, 324), (12, 235)):
            checks.equal(f"cohort 2010-12: customers of period {number}", found["cohort"][str(number)], count)
        checks.close("customer 16446: gross of its orders", found["16446 gross"]["gross"], 168_472.50)
        checks.close("customer 16446: net of its orders", found["16446 net"]["net"], 2.90)

    def _shuffled(self, place: Retail, other: Retail, path: Path, folder: Path, checks: Checks) -> None:
        checks.heading("The same file with its rows shuffled")
        shuffled = folder / "shuffled.csv"
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            heading, *rows = csv.reader(file)
        random.Random(1).shuffle(rows)
        with shuffled.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows([heading, *rows])
        other.must("migrate", "--verbosity", "0")
        said = other.import_retail(shuffled).answer
        checks.equal("lines by class", said.get("classes") == CLASSES, True)
        other.must("recompute", "--as-of", AS_OF, "--json")
        before = place.report("rfm", "--by", "customer").get("rows", [])
        after = other.report("rfm", "--by", "customer").get("rows", [])
        checks.equal("rfm: customers compared", len(before), len(_scores(after)))
        checks.equal("rfm: figures and scores are the same", bool(before) and _scores(before) == _scores(after), True)


def _row(report: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    """The row of a report with these values; empty where there is none."""
    for row in report.get("rows", []):
        if all(row.get(key) == value for key, value in wanted.items()):
            return row
    return {}


def _scores(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    keys = ("recency_days", "frequency", "monetary_value", "r_score", "f_score", "m_score", "segment")
    return {row["customer_number"]: [row.get(key) for key in keys] for row in rows}


MODELS = f"""
import datetime
import json
from dataclasses import asdict
import numpy as np
import pandas as pd
from analytics.analysis import bg_nbd, gamma_gamma, mbg_nbd, pareto_nbd
from analytics.facts import engine
from analytics.facts.statistics import buying_histories

day = datetime.date.fromisoformat("{MODELS_AS_OF}")
with engine.reader(user=None) as facts:
    known = buying_histories(facts, day)
    in_days = buying_histories(facts, day, time_unit="day")
    after = buying_histories(facts, day + datetime.timedelta(days=273))
later = known.merge(after, on="customer_id", suffixes=("", "_after"))
later = (later["repeat_purchases_after"] - later["repeat_purchases"]).to_numpy()
dollars = known.assign(mean_repeat_amount=known["mean_repeat_amount"] / 100)
money = gamma_gamma.fit(dollars)
fits = {{"gamma_gamma": asdict(money) | {{"mean": money.mean_amount}}}}
held_out, days_agree = {{}}, True
for name, model in (("bg_nbd", bg_nbd), ("mbg_nbd", mbg_nbd), ("pareto_nbd", pareto_nbd)):
    fitted = model.fit(known)
    fits[name] = asdict(fitted)
    forecast = model.apply(known, fitted, horizon=39)
    by_day = model.apply(in_days, model.fit(in_days, time_unit="day"), horizon=273)
    days_agree = days_agree and bool(np.allclose(forecast, by_day, rtol=1e-6))
    ranks = forecast["probability_of_no_order"].rank().to_numpy()
    stayed_away = later == 0
    pairs = stayed_away.sum() * (~stayed_away).sum()
    cumulative = model.expected_repeat_purchases(known, fitted, horizons=[39])["expected_repeat_purchases"][0]
    held_out[name] = {{
        "correlation": round(float(np.corrcoef(forecast["expected_purchases"], later)[0, 1]), 4),
        "cumulative": round(float(cumulative), 1),
        "area": round(float((ranks[stayed_away].sum() - stayed_away.sum() * (stayed_away.sum() + 1) / 2) / pairs), 4),
    }}
one = pd.DataFrame(
    {{"customer_id": [1], "repeat_purchases": [2], "time_to_last": [30.43], "time_observed": [38.86]}}
)
print(json.dumps({{
    "counts": {{
        "customers": len(known), "repeat_purchases": int(known["repeat_purchases"].sum()),
        "without": int((known["repeat_purchases"] == 0).sum()), "later": int(later.sum()),
    }},
    "fits": fits, "held_out": held_out, "days_agree": days_agree,
    "one": float(bg_nbd.apply(one, bg_nbd.fit(known), horizon=39)["expected_purchases"].iloc[0]),
}}))
"""

UNIDENTIFIED = f"""
import datetime
import json
import math
from analytics.analysis import bg_nbd
from analytics.facts import engine
from analytics.facts.statistics import buying_histories

with engine.reader(user=None) as facts:
    fitted = bg_nbd.fit(buying_histories(facts, datetime.date.fromisoformat("{HALF_WAY}")))
found = [None if math.isnan(value) else value for value in fitted.values]
print(json.dumps({{"status": fitted.status, "unidentified": fitted.unidentified, "parameters": found}}))
"""

COUNTS = """
import json
from crm.accounts.models import Company, Region
from crm.records.models import Batch
from customers.models import Customer
from interactions.catalogue.models import Product
from interactions.orders.models import Order, OrderLine
print(json.dumps({
    "lines": OrderLine.objects.count(), "orders": Order.objects.count(), "customers": Customer.objects.count(),
    "products": Product.objects.count(), "regions": Region.objects.count(), "batches": Batch.objects.count(),
    "history": Order.history.count() + Customer.history.count() + Product.history.count(),
    "tiny": OrderLine.objects.filter(unit_price="0.001").count(),
    "zone": Company.objects.current().time_zone if Company.objects.exists() else "",
}))
"""

DRILLS = """
import json
from django.db.models import Sum
from django.test import Client
from django.test.utils import setup_test_environment
from crm.accounts.models import Role, User
from interactions.orders.models import Order

setup_test_environment()  # pages keep what they showed
administrator = Role.objects.get(code="administrator")
reader, _made = User.objects.get_or_create(username="acceptance", defaults={"role": administrator})
client = Client(headers={"host": "localhost"})
client.force_login(reader)


def opened(url):
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    listed = answer.context["listed"]
    ids = listed[0:len(listed)]
    found = {"records": len(listed)}
    assert len(set(ids)) == len(listed)
    if listed.kind.key == "order":
        sums = Order.objects.filter(pk__in=ids).aggregate(gross=Sum("gross_amount"), net=Sum("net_amount"))
        found |= {key: float(value or 0) for key, value in sums.items()}
    return found


def stats(slug, query):
    page = client.get(f"/reports/{slug}/?{query}").context["page"]
    return {stat["key"]: opened(stat["url"]) for stat in page.stats if stat["url"]}


def row(slug, query, **wanted):
    page = client.get(f"/reports/{slug}/?{query}").context["page"]
    return page, next(row for row in page.result.rows if all(row[key] == value for key, value in wanted.items()))


found = {
    "summary gross": stats("orders-summary", "amount_basis=gross"),
    "summary net": stats("orders-summary", ""),
    "pareto gross": stats("pareto", "amount_basis=gross"),
    "pareto net": stats("pareto", ""),
    "cohort": {},
}
for period in (0, 1, 12):
    page, chosen = row("retention-cohorts", "amount_basis=gross", cohort="2010-12", period_number=period)
    found["cohort"][str(period)] = opened(page.records_url("customers", page._row_cell(chosen)))["records"]
for basis in ("gross", "net"):
    page = client.get(f"/reports/orders-summary/?amount_basis={basis}&customer=16446").context["page"]
    url = next(stat["url"] for stat in page.stats if stat["key"] == f"{basis}_amount")
    found[f"16446 {basis}"] = opened(url)
print(json.dumps(found))
"""
