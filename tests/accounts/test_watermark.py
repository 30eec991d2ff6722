"""R-281: a watermark that an administrator switches on, on every surface; data stay data."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from analytics import snapshots
from crm.accounts import watermark
from crm.accounts.models import AccessLog, Company
from tests import factories
from tests.accounts.test_settings_pages import shown

pytestmark = pytest.mark.django_db
CSS = Path("static/css/clientele.css")


@pytest.fixture
def boss(client):
    factories.a_company()
    boss = factories.an_administrator(username="boss", last_name="林", first_name="薇", language="en")
    client.force_login(boss)
    return boss


@pytest.fixture
def switched_on(boss):
    company = Company.objects.current()
    company.watermark, company.watermark_text = True, "R&D only <b>"
    company.save()
    return boss


def _content(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_R_281_an_administrator_switches_it_on_and_every_page_shows_who_and_when(client, boss):
    assert "watermark-tile" not in client.get("/customers/").content.decode()
    sent = {**shown(client, "/settings/"), "watermark": "on", "watermark_text": "Confidential"}
    assert client.post("/settings/", sent).status_code == 302
    assert AccessLog.objects.get(kind="company").detail == {"watermark": "True", "watermark_text": "Confidential"}
    customer = factories.a_customer()
    order = factories.an_order(customer=customer)
    for page in ("/", "/customers/", customer.get_absolute_url(), f"/customers/{customer.pk}/print/", "/settings/",
                 f"/orders/{order.pk}/print/", "/reports/", "/nowhere/", "/accounts/2fa/"):  # fmt: skip
        text = client.get(page).content.decode()
        found = re.search(r"<svg class=\"watermark\" aria-hidden=\"true\".*?<text[^>]*>(.*?)</text>", text, re.DOTALL)
        assert found, page
        assert re.fullmatch(r"林薇 \(boss\) · \d{4}-\d\d-\d\d \d\d:\d\d · Confidential", found[1]), found[1]
    client.logout()
    assert "watermark-tile" not in client.get("/accounts/login/").content.decode()  # nobody is signed in


def test_the_time_is_that_of_the_reader(switched_on):
    with timezone.override("Asia/Tokyo"):
        east = watermark.of(Company.objects.current(), switched_on)
    with timezone.override("UTC"):
        west = watermark.of(Company.objects.current(), switched_on)
    assert (east.moment.hour - west.moment.hour) % 24 == 9


def test_it_catches_no_click_hides_nothing_and_is_printed():
    rules = CSS.read_text()
    rule = re.search(r"\.watermark \{([^}]*)\}", rules)[1]
    assert "pointer-events: none" in rule
    assert "user-select: none" in rule
    assert float(re.search(r"opacity: ([\d.]+)", rule)[1]) <= 0.1
    hidden_in_print = "".join(re.findall(r"[^{}]*\{ display: none !important; \}", rules))
    assert ".watermark" not in hidden_in_print


def test_a_sheet_carries_it_behind_and_above_its_cells(client, switched_on):
    factories.a_customer(name="Li Na")
    answer = client.get("/customers/export/?format=xlsx&columns=name")
    assert re.search(r"customers-\d{4}-\d\d-\d\d-boss-\d{8}-\d{4}\.xlsx", answer["Content-Disposition"])
    with zipfile.ZipFile(io.BytesIO(_content(answer))) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "林薇 (boss) · " in sheet.split("<oddHeader>")[1]
        assert "R&amp;&amp;D only" in sheet  # an ampersand of the text is no code
        assert "<picture r:id=" in sheet
        assert any(name.startswith("xl/media/image") for name in parts.namelist())
        assert "boss" in parts.read("docProps/core.xml").decode()
        assert sheet.count("<row ") == 2  # heading and customer: nothing is added to the data


def test_a_csv_file_stays_data_and_says_it_in_its_name(client, switched_on):
    factories.a_customer(name="Li Na")
    answer = client.get("/customers/export/?format=csv&columns=name")
    assert re.search(r"customers-[\d-]+-boss-\d{8}-\d{4}\.csv", answer["Content-Disposition"])
    assert _content(answer).decode("utf-8-sig").splitlines() == ["name", "Li Na"]
    company = Company.objects.current()
    company.watermark_in_csv = True
    company.save()
    lines = _content(client.get("/customers/export/?format=csv&columns=name")).decode("utf-8-sig").splitlines()
    assert lines[:2] == ["name", "Li Na"]
    assert lines[2].startswith("林薇 (boss) · ")


def test_reports_carry_it_too(client, switched_on, settings, tmp_path):
    settings.DATA_DIR, settings.FACTS_DIR = tmp_path, tmp_path / "facts"
    factories.an_order()
    snapshots.recompute()
    page = client.get("/reports/orders-summary/").content.decode()
    assert 'data-watermark="林薇 (boss) · ' in page  # what charts as pictures are marked with
    answer = client.get("/reports/orders-summary/export/?format=xlsx")
    assert "-boss-" in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(_content(answer))) as parts:
        assert "<oddHeader>" in parts.read("xl/worksheets/sheet1.xml").decode()
    assert "-boss-" in client.get("/reports/orders-summary/export/?format=csv")["Content-Disposition"]


def test_files_without_it_are_as_they_were(client, boss):
    factories.a_customer()
    answer = client.get("/customers/export/?format=xlsx&columns=name")
    assert re.search(r"customers-\d{4}-\d\d-\d\d\.xlsx", answer["Content-Disposition"])
    with zipfile.ZipFile(io.BytesIO(_content(answer))) as parts:
        assert "oddHeader" not in parts.read("xl/worksheets/sheet1.xml").decode()


def test_a_name_that_no_font_has_is_in_the_header_only(switched_on):
    switched_on.username = "林薇"
    mark = watermark.of(Company.objects.current(), switched_on)
    assert mark.picture() is None
    assert mark.in_name == f"-{mark.moment:%Y%m%d-%H%M}"
    assert mark.in_header.startswith("林薇 (林薇)")
