"""A customer with a row in every model that can hold something of one, and a marker in every text of them."""

import gzip
import json
import mailbox
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.db.models import CharField, EmailField, JSONField, Model
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from analytics.models import Alert, CustomerFigures, Run, Segment, SegmentMembership, StageChange
from crm.accounts import log
from crm.accounts.models import User
from crm.jobs.models import Job, Outbox
from crm.records import notices
from crm.records.bulkedit.models import BulkChange, BulkRow
from crm.records.importing.models import ImportChange, ImportJob
from crm.records.models import ApiAnswer, Attachment, Batch, SavedView
from crm.records.webhooks.models import Webhook, WebhookDelivery
from customers.duplicates import merging
from customers.models import Customer, CustomerRelation, DuplicatePair
from customers.privacy import consents, holdings
from customers.privacy.models import PersonalDataFile
from customers.privacy.person import Person
from interactions.models import (
    CaseEscalation,
    CaseMessage,
    CasePresence,
    DealMilestone,
    InboundMail,
    LevelPair,
    TradingRating,
)
from tests import factories

MARK = "qzxw"
PHONE, TAX, EMAIL = "+8613871717171", "QZXW9133", "qzxw.li@example.com"
TRACES = (MARK, "71717171", "138 7171 7171")


def build(user: User) -> Customer:
    """Everything there is, once or more, all of it about one customer and one who was merged into it."""
    values = {"type": "organisation", "phone": PHONE, "email": EMAIL, "tax_number": TAX, "owner": user}
    customer = factories.a_customer(
        name="Qzxw Li Na", city="Qzxw town", birth_date=date(1990, 5, 2), unit=user.unit, **values
    )
    double = factories.a_customer(name="Qzxw Double", address="Qzxw Road 1", unit=user.unit, **values)
    merging.merge(survivor=customer, duplicate=double, user=user)
    person = factories.a_contact_person(customer=customer, name="Qzxw Person", email="p.qzxw@example.com")
    product = factories.a_product(name="Tea")
    order = factories.an_order(customer=customer, lines=[(2, 50)], product=product, occurred_at=timezone.now())
    factories.a_stock_movement(product=product, order=order)
    factories.an_after_sales_record(customer=customer, order=order, product=product)
    complaint = factories.a_complaint(customer=customer)
    enquiry = factories.an_enquiry(customer=customer)
    contact = factories.a_contact(customer=customer, person=person)
    deal = factories.a_deal([(1, 10)], customer=customer)
    factories.a_task(customer=customer)
    TradingRating.objects.create(customer=customer, item=TradingRating.Item.values[0], note="Pays late")
    LevelPair.objects.create(customer=customer, level="manager", staff=user, person=person)
    factories.a_record("need", customer=customer)
    factories.a_record("request", customer=customer, status="refused", reason="Too much")
    other = factories.a_customer(name="Kept Neighbour", city="Hangzhou", owner=user, unit=user.unit)
    CustomerRelation.objects.create(upper=other, lower=customer)
    pair = sorted((customer.pk, other.pk))
    DuplicatePair.objects.create(first_id=pair[0], second_id=pair[1], score=70)
    consents.record(
        customer=Customer.objects.get(pk=customer.pk), channel=factories.the_channel("email"), purpose="marketing",
        state="given", user=user,
    )  # fmt: skip
    CaseMessage.objects.create(complaint=complaint, direction="in", text="x", contact=contact)
    CaseMessage.objects.create(enquiry=enquiry, direction="note", text="x")
    CaseEscalation.objects.create(complaint=complaint, step="reply")
    CasePresence.objects.create(kind="complaint", object_id=complaint.pk, user=user)
    InboundMail.objects.create(message_id="<qzxw@mail>", contact=contact, address=EMAIL, result="contact")
    InboundMail.objects.create(message_id="<other@mail>", address=EMAIL, text="Qzxw unfiled", result="unknown")
    DealMilestone.objects.create(deal=deal, name="x", due_on=date(2030, 1, 1))
    _analysis(customer, user)
    _around(customer, user, [customer, person, order, complaint, enquiry, contact, deal])
    return customer


def _analysis(customer: Customer, user: User) -> None:
    run = Run.objects.create(as_of=date(2024, 1, 1))
    CustomerFigures.objects.create(run=run, customer=customer)
    StageChange.objects.create(run=run, customer=customer, on=date(2024, 1, 1), to_stage="lost")
    Alert.objects.create(customer=customer, band="high", owner=user, opened_on=date(2024, 1, 1))
    segment = Segment.objects.create(name="All", code="all", purpose="x", rule={})
    SegmentMembership.objects.create(segment=segment, customer=customer, entered_on=date(2024, 1, 1))
    factories.a_cost_entry(customer=customer)


def _around(customer: Customer, user: User, records: list[Any]) -> None:
    """What the floor of records keeps about records."""
    batch = Batch.objects.create(source="import")
    change = BulkChange.objects.create(kind="customer", action="tag", user=user)
    hook = Webhook.objects.create(name="Shop", url="https://shop.example.com/", owner=user, is_active=False)
    for at, record in enumerate(records):
        what = {"kind": record.Access.kind, "object_id": record.pk}
        Attachment.objects.create(
            **what, file=ContentFile(b"Qzxw in a file", name="x.txt"), name="qzxw.txt", size=3, format="txt"
        )
        ApiAnswer.objects.create(**what, user=user, key=f"k{at}", body="Qzxw", expires_at=timezone.now())
        ImportChange.objects.create(**what, batch=batch, version=1, before={"name": "Qzxw"})
        BulkRow.objects.create(**what, change=change, version=1, before={"name": "Qzxw"})
        WebhookDelivery.objects.create(**what, webhook=hook, event="changed", error="Qzxw")
        log.record(user, "reveal", what["kind"], object_id=record.pk, detail={"reason": "Qzxw called"})
        notices.tell(user, "given", record.get_absolute_url(), what=f"Qzxw {at}", by="Somebody")
    PersonalDataFile.objects.create(customer=customer)


def mention(customer: Customer) -> None:
    """Write name and addresses where nothing leads to the customer."""
    customer = Customer.objects.get(pk=customer.pk)
    user, name = customer.owner, customer.name
    SavedView.objects.create(kind="customer", name="One", owner=user, query=f"q={quote_plus(name)}")
    BulkChange.objects.update(query=urlencode({"q": name}))
    Batch.objects.update(summary={"first": name})
    log.record(user, "export", "customer", detail={"filter": {"q": [name.upper()]}})
    Job.objects.create(name="x", payload={"who": EMAIL}, error=f"no {EMAIL}", result={"deep": [{"a": PHONE}]})
    Outbox.objects.create(topic="x", subscriber="y", payload={"to": EMAIL})


def plant(customer: Customer) -> list[tuple[str, str]]:
    """Write the marker into every text of every model; which (model, field) were planted."""
    person, planted = Person(customer), []
    for holding in holdings.all_holdings():
        rows = person.rows(holding)
        assert rows.exists() or not holding.texts(), f"{holding.model}: the world of this test has no row of it"
        for field in holding.texts():
            if holding.removed and field.name in {"kind", "object_id", "file"}:
                continue
            planted.append((holding.model, field.name))
            for each in rows:
                value = _marker(field, each.pk)
                type(each)._base_manager.filter(pk=each.pk).update(**{field.name: value})
                history = getattr(type(each), "history", None)
                if history is not None:
                    history.filter(id=each.pk).update(**{field.name: value}, history_change_reason="Qzxw")
    mention(customer)
    return planted


def _marker(field: Any, pk: int) -> Any:
    if isinstance(field, JSONField):
        return {"marker": "Qzxw in JSON", "deep": [{"x": "Qzxw"}]}
    if isinstance(field, PhoneNumberField):
        return PHONE
    if isinstance(field, EmailField):
        return EMAIL
    text = f"Qzxw{pk} {field.name} 琪"
    return text[: field.max_length] if isinstance(field, CharField) and field.max_length else text


def plant_files(customer: Customer) -> list[Path]:
    """Files that name the person, beside files that do not; the latter are returned, they must stay."""
    customer = Customer.objects.get(pk=customer.pk)
    stays = []
    for number, (name, content) in enumerate(
        (
            ("upload", f"name;phone\nSomebody;{PHONE}\n".encode()),
            ("upload", gzip.compress("客户,邮箱\n某人,qzxw.li@example.com\n".encode())),
            ("errors.csv", f"name\n{customer.name}\n".encode("gb18030")),
            ("sample.json", json.dumps({"rows": [[1, [customer.tax_number], ""]]}).encode()),
            ("upload", _workbook()),
        ),
        901,
    ):
        folder = settings.DATA_DIR / "imports" / str(number)
        folder.mkdir(parents=True)
        (folder / name).write_bytes(content)
        ImportJob.objects.create(pk=number, importer="customer", name="a.csv", status="draft")
    other = settings.DATA_DIR / "imports" / "950" / "upload"
    other.parent.mkdir(parents=True)
    other.write_text("name;phone\nWang Wei;+8613900000000\n")
    stays.append(other)
    box = mailbox.Maildir(settings.DATA_DIR / "inbox", create=True)
    box.add(b"From: Li Na <QZXW.li@example.com>\nSubject: Hello\n\nqzxw\n")
    box.add(b"From: wang@example.com\nSubject: Other\n\nstays\n")
    sent = settings.DATA_DIR / "mail"
    sent.mkdir()
    line = "-" * 79
    (sent / "one.log").write_text(
        f"To: {EMAIL}\nSubject: qzxw\n\nDear Qzxw\n{line}\nTo: wang@example.com\n\nstays\n{line}\n"
    )
    stays.append(sent / "one.log")
    return stays


def _workbook() -> bytes:
    from io import BytesIO

    import xlsxwriter

    kept = BytesIO()
    book = xlsxwriter.Workbook(kept)
    book.add_worksheet().write_string(0, 0, EMAIL)
    book.close()
    return kept.getvalue()


def traces_in_database() -> list[str]:
    """(table.column) of every value in which a trace of the person is found."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            names = [each[0] for each in cursor.description]
            for row in cursor.fetchall():
                found |= {f"{table}.{name}" for name, value in zip(names, row, strict=True) if holds_trace(value)}
    return sorted(found)


def holds_trace(value: Any) -> bool:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return any(each in text.casefold() for each in TRACES) or "\\u742a" in text or "琪" in text


def traces_in_files(folder: Path) -> list[str]:
    import zipfile

    found = []
    for path in folder.rglob("*"):
        if not path.is_file() or path.suffix in {".sqlite3"}:
            continue
        content = path.read_bytes()
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as book:
                content = b"".join(book.read(each) for each in book.namelist())
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            content = str(pq.read_table(path).to_pylist()).encode()
        if holds_trace(content) or holds_trace(content.decode("gb18030", "replace")):
            found.append(str(path.relative_to(folder)))
    return found


def models() -> Iterator[type[Model]]:
    return (each.model_class for each in holdings.all_holdings())


def samples(columns: list[str]) -> list[str]:
    """What was left in each column, for whoever has to find out why."""
    found = []
    for each in columns:
        table, _dot, column = each.partition(".")
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {connection.ops.quote_name(column)} FROM {connection.ops.quote_name(table)}"  # noqa: S608
            )
            found += [f"{each}: {value}" for (value,) in cursor.fetchall() if holds_trace(value)][:2]
    return found
