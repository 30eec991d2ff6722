"""Files of records: checked by content, kept under our own names, given out as downloads to who sees the record."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.accounts import settled
from crm.accounts.models import AccessLog, AccessRule, Role, User
from crm.records import services as records
from crm.records.attachments import formats, services
from crm.records.models import Attachment
from customers.models import Customer
from tests import factories

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n" + b"x" * 50


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    factories.a_company()
    return tmp_path


@pytest.fixture
def rep(client: Client) -> User:
    AccessRule.objects.filter(role__code=Role.SALES_REP, kind="customer").update(view="own", change="own")
    user = factories.a_user()
    client.force_login(user)
    return user


def office(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return made.getvalue()


def upload(client: Client, customer: Customer, name: str, content: bytes) -> Any:
    file = SimpleUploadedFile(name, content, "text/html")
    return client.post(f"/attachments/customer/{customer.pk}/", {"files": [file], "note": "signed"})


def test_a_file_is_kept_listed_downloaded_and_removed(client, rep, uploads, django_capture_on_commit_callbacks):
    customer = factories.a_customer(owner=rep)
    assert upload(client, customer, "合同 2026.pdf", PDF).status_code == 302
    kept = Attachment.objects.get()
    assert (kept.name, kept.size, kept.format, kept.note, kept.created_by) == (
        "合同 2026.pdf",
        59,
        "pdf",
        "signed",
        rep,
    )
    assert "pdf" not in kept.file.name
    assert (uploads / kept.file.name).read_bytes() == PDF
    part = client.get(f"/attachments/customer/{customer.pk}/?part=files").content.decode()
    assert "合同 2026.pdf" in part and "<html" not in part
    assert f"/attachments/customer/{customer.pk}/" in client.get(customer.get_absolute_url()).content.decode()
    answer = client.get(f"/attachments/{kept.pk}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert AccessLog.objects.filter(user=rep, action="export", object_id=customer.pk).exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/attachments/{kept.pk}/delete/").status_code == 302
    assert not list(uploads.rglob("*.*")) and not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("page.html", b"<script>alert(1)</script>", "page.html is not taken"),
        ("photo.png", b"<svg onload=alert(1)>", "holds something else than its ending says"),
        ("notes.txt", PDF, "holds something else"),
        ("tool.exe", b"MZ\x90\x00", "tool.exe is not taken"),
        ("macro.docx", office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "is not taken"),
        ("archive.docx", office("evil.js"), "is not taken"),
        ("broken.xlsx", b"PK\x03\x04 not a zip", "is not taken"),
        ("empty.pdf", b"", "is empty"),
        ("noending", b"text", "is not taken"),
        ("data.csv", b"a\x00b", "is not taken"),
    ],
)
def test_what_is_not_taken_is_explained(client, rep, uploads, name, content, words):
    customer = factories.a_customer(owner=rep)
    answer = upload(client, customer, name, content)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert 'value="signed"' in answer.content.decode()
    assert not Attachment.objects.exists() and not list(uploads.rglob("attachments/*/*"))


def test_a_file_over_the_limit_is_refused_with_both_sizes(client, rep, settings):
    settings.ATTACHMENT_LIMIT = 1024
    answer = upload(client, factories.a_customer(owner=rep), "big.pdf", PDF * 100)
    assert "at most 1.0" in answer.content.decode().replace("\xa0", " ")


@pytest.mark.parametrize(
    ("content", "format"),
    [
        (b"\x89PNG\r\n\x1a\n123", "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"RIFF0000WEBPVP8 ", "webp"),
        (office("[Content_Types].xml", "xl/workbook.xml"), "excel"),
        ("客户,金额\n".encode("gb18030"), "text"),
        ("Zoë".encode(), "text"),
        (b"\x7fELF\x01", ""),
    ],
)
def test_formats_are_told_by_content(content, format):
    assert formats.of(io.BytesIO(content)) == format


def test_names_lose_folders_and_what_cannot_be_printed(rep):
    customer = factories.a_customer(owner=rep)
    file = SimpleUploadedFile("x.pdf", PDF)
    file._name = "..\\..\\etc/pass\u202ewd\n.pdf"
    assert services.attach(customer, file, user=rep).name == "passwd.pdf"


def test_who_does_not_see_the_record_does_not_see_its_files(client, rep):
    foreign = factories.a_customer()
    kept = services.attach(foreign, SimpleUploadedFile("x.pdf", PDF), user=None)
    assert client.get(f"/attachments/customer/{foreign.pk}/").status_code == 404
    assert client.get(f"/attachments/{kept.pk}/").status_code == 404
    assert client.post(f"/attachments/{kept.pk}/delete/").status_code == 404
    assert upload(client, foreign, "y.pdf", PDF).status_code == 404
    AccessRule.objects.filter(role__code=Role.SALES_REP, kind="customer").update(view="all", change="own")
    settled.changed()
    assert client.get(f"/attachments/{kept.pk}/").status_code == 200  # sees it, may not change it
    assert upload(client, foreign, "y.pdf", PDF).status_code == 404
    assert client.post(f"/attachments/{kept.pk}/delete/").status_code == 404
    assert Attachment.objects.count() == 1


def test_files_of_a_record_in_the_recycle_bin_are_unseen_and_go_when_it_is_purged(client, rep):
    customer = factories.a_customer(owner=rep)
    kept = services.attach(customer, SimpleUploadedFile("x.pdf", PDF), user=rep)
    records.delete(customer, user=rep)
    assert client.get(f"/attachments/{kept.pk}/").status_code == 404
    records.purge(customer, user=rep)
    assert not Attachment.objects.exists()
