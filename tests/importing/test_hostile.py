"""Files that mean harm, or were made by mistake: refused soon, with a reason, in little memory."""

import gzip
import time
import tracemalloc
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from django.test import Client

from crm.accounts.models import Role, User
from crm.records.importing.models import ImportJob
from customers.models import Customer
from tests.factories import a_company, a_user
from tests.importing.wizard import errors_of, run, sent, uploaded

pytestmark = pytest.mark.django_db

SECONDS = 4.0  # about two alone; the tests share their machine
MEGABYTES = 40


@pytest.fixture(autouse=True)
def _company(settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    a_company()


@pytest.fixture
def manager(client: Client) -> User:
    user = a_user(Role.MANAGER)
    client.force_login(user)
    return user


def workbook(**entries: bytes) -> bytes:
    """A small workbook with some of its parts replaced: sheet1 is its first sheet."""
    plain = BytesIO()
    book = xlsxwriter.Workbook(plain)
    book.add_worksheet().write_row(0, 0, ["name"])
    book.close()
    made = BytesIO()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            name = Path(entry.filename).stem
            target.writestr(entry.filename, entries.get(name, source.read(entry)))
    return made.getvalue()


def bomb() -> bytes:
    return workbook(sheet1=b"<worksheet>" + b" " * (64 * 1024**2) + b"</worksheet>")


def entities() -> bytes:
    levels = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{levels}]><worksheet>&l9;</worksheet>'
    return workbook(sheet1=text.encode())


HOSTILE = {
    "bomb.xlsx": (bomb, "grows too much"),
    "entities.xlsx": (entities, "words of its own"),
    "program.xlsx": (lambda: b"MZ\x90\x00" + bytes(range(256)) * 400, "not a workbook"),
    "program.csv": (lambda: b"MZ\x90\x00" + bytes(range(256)) * 400, "not a text file"),
    "wide.csv": (lambda: ",".join(f"c{at}" for at in range(1000)).encode() + b"\n1\n", "more than 500 columns"),
    "quotes.csv": (lambda: b"name,city\n" + b'"abc,def\n' * 300_000, "quotation marks"),
    "heading.csv": (lambda: b'name,"city\nAnn,Rome\n', "heading"),
    "bomb.csv.gz": (lambda: gzip.compress(b"name\n" + b"a\n" * (20 * 1024**2), 9), "grows too much"),
    "cut.csv.gz": (lambda: gzip.compress(b"name\nAnn\n" * 1000)[:-20], "cut off"),
    "empty.csv": (lambda: b"", "empty"),
    "rows.csv": (lambda: b"name,city\n", "no rows"),
    "page.html": (lambda: b"<html>", "cannot be imported"),
    "twice.csv": (lambda: b"name,name\na,b\n", "twice"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_R_284_hostile_files_are_refused_soon_in_little_memory(client: Client, manager: User, name: str):
    make, reason = HOSTILE[name]
    content = make()
    tracemalloc.start()
    started = time.process_time()
    answer = sent(client, "customers", content, name=name)
    seconds = time.process_time() - started
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 400
    assert reason in str(answer.context["form"].errors["file"])
    assert seconds < SECONDS
    assert peak / 1024**2 < MEGABYTES + 2 * len(content) / 1024**2
    assert not ImportJob.objects.exists()
    assert list(Path(ImportJob().folder.parent).glob("*/upload")) == []


def test_R_284_a_file_of_60_MB_is_refused_by_its_announced_length(client: Client, manager: User):
    answer = client.generic(
        "POST",
        "/imports/new/?kind=order-lines&preset=online-retail",
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(60 * 1024**2),
    )
    assert answer.status_code == 413
    page = answer.content.decode()
    assert "larger than 50.0" in page
    assert answer.context["offer"].preset == "online-retail"
    assert "?kind=order-lines&amp;preset=online-retail" in page


def test_an_upload_needs_its_token(manager: User):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(manager)
    assert sent(strict, "customers", "name\nAnn\n").status_code == 403


def test_R_284_formulas_stay_texts_and_come_back_as_they_were(client: Client, manager: User):
    text = "number,name,address,生日\nK1,=cmd|' /C calc'!A0,-5,bad\nK2,Bob,@x,1990-01-01\n"
    imp = run(client, uploaded(client, "customers", text))
    row = errors_of(client, imp).splitlines()[1]
    assert "'=cmd" in row
    assert ",-5," in row
    again = run(client, uploaded(client, "customers", errors_of(client, imp).replace(",bad", ","), query="&again=1"))
    assert again.summary["errors"] == 0
    assert Customer.objects.get(number="K1").name == "=cmd|' /C calc'!A0"
    exported = b"".join(client.get("/customers/export/?columns=name").streaming_content).decode()
    assert "'=cmd" in exported


def test_a_workbook_is_read_by_its_sheets(client: Client, manager: User):
    made = BytesIO()
    book = xlsxwriter.Workbook(made)
    book.add_worksheet("One").write_row(0, 0, ["name"])
    sheet = book.add_worksheet("Two")
    sheet.write_row(0, 0, ["number", "name"])
    sheet.write_row(1, 0, ["K1", "Ann"])
    book.worksheets()[0].write_row(1, 0, ["Bob"])
    book.close()
    imp = uploaded(client, "customers", made.getvalue(), name="book.xlsx")
    page = client.get(f"/imports/{imp.pk}/columns/")
    assert "sheet" in page.context["form"].fields
    client.post(f"/imports/{imp.pk}/columns/", {"column-0": "name", "sheet": "Two", "mode": "create"})
    imp.refresh_from_db()
    imp = run(client, imp, sheet="Two")
    assert imp.summary["created"] == {"customers": 1}
    assert Customer.objects.get().number == "K1"
