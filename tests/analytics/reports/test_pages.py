"""The pages of reports: the same figures as API and command, every one a link to its records."""

import io
import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from analytics.models import Run
from analytics.reports import engine, registry
from crm.accounts.models import AccessLog, Role, User
from crm.jobs.models import Job
from tests.analytics.reports.facts import SmallFacts

REPORTS = [report.slug for report in registry.reports()]
QUESTIONS = [
    ("orders-summary", ""),
    ("orders-summary", "period=this_month&compare=previous&by=region"),
    ("product-distribution", "by=region&by=product&amount_basis=gross"),
    ("rfm", "by=customer"),
    ("rfm", "as_of=2026-04-30"),
    ("pareto", "customer=any&by=customer"),
    ("complaints", "by=opinion_type&by=region"),
    ("retention-cohorts", ""),
]


@pytest.fixture
def page(company: SmallFacts, executive: User, client: Client) -> Client:
    client.force_login(executive)
    return client


def _url(name: str, slug: str, query: str = "") -> str:
    return reverse(f"analytics:report_{name}", args=[slug]) + (f"?{query}" if query else "")


def test_the_catalogue_says_what_each_report_answers(page: Client) -> None:
    text = page.get(reverse("analytics:report_list")).content.decode()
    for report in registry.reports():
        assert str(report.question).replace("'", "&#x27;") in text


@pytest.mark.parametrize("slug", REPORTS)
def test_every_report_has_its_page(page: Client, slug: str) -> None:
    response = page.get(_url("detail", slug))
    assert response.status_code == 200
    result = engine.run(slug, user=None)
    assert response.context["result"].totals == result.totals
    report = registry.get(slug)
    is_drawn = report.chart is not None and report.default_by != ("customer",)  # a list of customers is no picture
    assert ("report-chart" in response.content.decode()) == is_drawn


@pytest.mark.parametrize(("slug", "query"), QUESTIONS)
def test_page_api_and_command_say_the_same(page: Client, slug: str, query: str) -> None:
    shown = page.get(_url("detail", slug, query)).context["result"].as_dict()
    answered = page.get(f"/api/v1/reports/{slug}?{query}").json()
    out = io.StringIO()
    call_command("report", slug, *_as_options(query), stdout=out)
    said = json.loads(out.getvalue())
    assert json.loads(json.dumps(shown)) == answered == said
    assert said["rows"]


def _as_options(query: str) -> list[str]:
    options: list[str] = []
    for part in filter(None, query.split("&")):
        key, _sign, value = part.partition("=")
        known = {"by": "--by", "as_of": "--as-of", "period": "--period", "compare": "--compare"}
        options += [known[key], value] if key in known else ["--filter", part]
    return options


@pytest.mark.parametrize(("slug", "query"), QUESTIONS)
def test_every_link_to_records_works(page: Client, slug: str, query: str) -> None:
    text = page.get(_url("detail", slug, query)).content.decode()
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+/records/\?[^"]+)"', text)}
    assert links
    for link in sorted(links):
        response = page.get(link)
        assert response.status_code == 200, link
        assert len(response.context["listed"]) > 0, link


def test_margins_lead_to_their_records(page: Client) -> None:
    query = "by=region&by=product&of=orders&from=2026-05-01"
    response = page.get(_url("detail", "product-distribution", query))
    grid = response.context["page"].cross
    east = next(row for row in grid["rows"] if row["label"] == "East")
    assert east["total"].text == "2"
    assert len(page.get(east["total"].url).context["listed"]) == 2


@pytest.mark.parametrize(
    "query", ["by=colour", "colour=red", "region=nowhere", "from=2026-13-01", "as_of=x", "limit=0"]
)
def test_what_cannot_be_asked_is_400_everywhere(page: Client, query: str) -> None:
    assert page.get(_url("detail", "orders-summary", query)).status_code == 400
    assert page.get(_url("records", "orders-summary", query)).status_code == 400
    answer = page.get(f"/api/v1/reports/orders-summary?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"]["__all__"]


SEEN_ALWAYS = {"orders-summary", "product-rules", "complaints"}  # one of each way of making rows


@pytest.mark.parametrize(
    "slug", [slug if slug in SEEN_ALWAYS else pytest.param(slug, marks=pytest.mark.whole) for slug in REPORTS]
)
def test_R_282_sql_in_any_parameter_of_a_report_is_a_text_or_refused(page: Client, slug: str) -> None:
    report = registry.get(slug)
    shown = {"sort", "of", "page", *(f"cell.{key}" for key in report.by)}  # how the answer is shown, not what is asked
    names = {"by", "as_of", "from", "to", "period", "compare", "limit", "customer", "amount_basis"}
    names |= {*report.filters, *(each.key for each in report.parameters), "' OR 1=1 --"}
    runs = Run.objects.count()
    for name in sorted(names | shown):
        answer = page.get(_url("detail", slug, urlencode({name: "' OR 1=1 --"})))
        assert answer.status_code in {200, 400}, name
        if name in names and answer.status_code == 200:
            result = answer.context[
                "result"
            ]  # a text that nothing is called: classes stand there, with nothing in them
            measures = [column.key for column in result.columns if column.measure]
            assert not any(row[key] for row in result.rows for key in measures), name
    assert Run.objects.count() == runs


def test_sorting_keeps_the_rows(page: Client) -> None:
    response = page.get(_url("detail", "orders-summary", "by=region&sort=net_amount"))
    amounts = [row["net_amount"] for row in response.context["page"].rows]
    assert amounts == sorted(amounts)


def test_files_hold_the_figures_and_are_logged(page: Client, company: SmallFacts) -> None:
    company.add("regions", {"region_id": 9, "code": "=cmd()", "name": "=cmd()", "path": "/9/"})
    try:
        response = page.get(_url("export", "orders-summary", "by=region&format=csv"))
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        assert "Total" in text
        assert AccessLog.objects.filter(action=AccessLog.Action.EXPORT, kind="report").count() == 1
        sheet = page.get(_url("export", "rfm", "by=customer&format=xlsx"))
        assert b"".join(sheet.streaming_content)[:2] == b"PK"
    finally:
        company.connection.execute("DELETE FROM regions WHERE region_id = 9")


def test_texts_that_look_like_formulas_are_made_harmless(company: SmallFacts) -> None:
    from analytics.reports import export

    result = engine.run("orders-summary", user=None, by=["region"])
    result.table.labels["region"]["east"] = "=HYPERLINK()"
    cells = [cell for line in export.lines(result) for cell in line]
    assert "'=HYPERLINK()" in cells
    assert not any(isinstance(cell, str) and cell.startswith(("=", "@", "+")) for cell in cells)


def test_refreshing_enqueues_one_recompute(page: Client) -> None:
    for _again in range(2):
        response = page.post(reverse("analytics:report_refresh"), {"next": "/reports/rfm/"})
        assert response.status_code == 302
    assert Job.objects.filter(name="analytics.recompute").count() == 1
    assert response["Location"].startswith("/reports/rfm/?job=")
    assert page.get(response["Location"]).status_code == 200
    assert page.get(reverse("analytics:report_refresh")).status_code == 405


def test_strangers_find_nothing(company: SmallFacts, client: Client, db: Any) -> None:
    assert client.get(_url("detail", "rfm")).status_code == 302
    client.force_login(User.objects.create_user("nobody", password="x", role=None))
    for name in ("detail", "records", "export"):
        assert client.get(_url(name, "rfm")).status_code == 404
    assert client.get(reverse("analytics:report_list")).status_code == 404


def test_only_who_may_export_gets_a_file(company: SmallFacts, rep: User, client: Client) -> None:
    client.force_login(rep)
    assert client.get(_url("detail", "rfm")).status_code == 200
    assert client.get(_url("export", "rfm", "format=csv")).status_code == 404


def test_the_page_says_so_before_the_first_recompute(db: Any, client: Client) -> None:
    client.force_login(User.objects.create_user("boss", password="x", role=Role.objects.get(code="executive")))
    for slug in REPORTS:
        response = client.get(_url("detail", slug))
        assert response.status_code == 200
        assert "No figures yet" in response.content.decode()
