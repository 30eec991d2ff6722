"""The printed file, handing out personal data, erasing: pages, rights, logs."""

import csv
import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from crm.accounts.models import AccessLog, FieldRight, Role
from crm.jobs.models import Job
from crm.records.models import Attachment
from customers.models import Customer, CustomerRelation, Erasure, PersonalDataFile
from customers.privacy import collecting, holdings
from interactions.models import CaseMessage, OrderLine
from tests import factories
from tests.customers.privacy import planted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.FACTS_DIR = tmp_path / "facts"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"


@pytest.fixture
def manager():
    factories.a_company()
    Role.objects.filter(code=Role.MANAGER).update(may_handle_privacy=True)
    return factories.a_user(Role.MANAGER, unit=factories.a_unit())


@pytest.fixture
def customer(manager):
    return factories.a_customer(
        name="Li Na", type="organisation", phone="+8613800005678", owner=manager, unit=manager.unit
    )


def dossier_of(client, customer):
    return client.get(reverse("customers:customer_print", args=[customer.pk]))


def test_R_006_one_page_with_basics_twelve_orders_and_their_total_and_three_of_feedback(client, manager, customer):
    for number in range(12):
        factories.an_order(customer=customer, lines=[(1, 100 + number)])
    factories.an_order(customer=customer, lines=[(1, 9_000)], status="draft")
    for title in ("Torn bag", "Late parcel"):
        factories.a_complaint(customer=customer, title=title)
    factories.an_enquiry(customer=customer, title="Any new teas?")
    client.force_login(manager)
    answer = dossier_of(client, customer)
    tabs = {tab.key: (tab.count, tab.amount) for tab in answer.context["dossier"].tabs}
    assert tabs["basics"] == (None, None)
    assert (tabs["orders"][0], float(tabs["orders"][1])) == (12, 1266.0)
    assert tabs["feedback"] == (3, None)
    text = answer.content.decode()
    for said in ("Li Na", "Torn bag", "Late parcel", "Any new teas?", "1,266.00", "Orders (12", "Feedback (3)"):
        assert said in text, said
    assert len(re.findall(r"<td>O-\d{6}</td>", text)) == 12
    log = AccessLog.objects.get(action="export")
    assert (log.user, log.kind, log.object_id) == (manager, "customer", str(customer.pk))


def test_the_dossier_shows_the_newest_of_many_and_the_total_of_all(client, manager, customer):
    orders = [factories.an_order(customer=customer, lines=[(1, 10)])]
    first = orders[0]
    from interactions.models import Order

    Order.objects.bulk_create(
        Order(
            number=f"X-{at}", customer=customer, status="confirmed", net_amount=10, gross_amount=10,
            occurred_at=first.occurred_at - timedelta(hours=at + 1),
        )
        for at in range(4_999)
    )  # fmt: skip
    client.force_login(manager)
    answer = dossier_of(client, customer)
    listed = answer.context["dossier"].parts[0]
    assert (listed.count, float(listed.amount), len(listed.rows)) == (5_000, 50_000.0, 200)
    text = answer.content.decode()
    assert "The newest 200 of 5,000; the total is of all." in text
    assert first.number in text and ">X-198<" in text and ">X-199<" not in text


def test_the_dossier_masks_what_its_reader_sees_masked(client, manager, customer):
    FieldRight.objects.filter(role=manager.role, sensitivity="contact").update(level="masked")
    client.force_login(manager)
    text = dossier_of(client, customer).content.decode()
    assert "138****5678" in text and "138 0000 5678" not in text


def test_the_dossier_tells_relations_and_consents_and_nothing_out_of_scope(client, manager, customer):
    upper = factories.a_customer(name="Jade Group", owner=manager, unit=manager.unit)
    hidden = factories.a_customer(name="Secret Holding", unit=factories.a_unit())
    CustomerRelation.objects.create(upper=upper, lower=customer, type="branch")
    CustomerRelation.objects.create(upper=hidden, lower=customer, type="dealer")
    client.force_login(manager)
    text = dossier_of(client, customer).content.decode()
    assert "Branch or subsidiary of" in text and "Jade Group" in text
    assert "Secret Holding" not in text and "nothing said" in text


@pytest.mark.parametrize("count", [5, 50])
def test_the_dossier_asks_the_same_whatever_there_is(client, manager, customer, count, django_assert_max_num_queries):
    client.force_login(manager)
    for _each in range(count):
        factories.an_order(customer=customer)
        factories.a_contact(customer=customer)
    dossier_of(client, customer)
    with django_assert_max_num_queries(12):
        dossier_of(client, customer)


def collected(customer, manager):
    file = PersonalDataFile.objects.create(customer=customer, made_by=manager)
    collecting.write(file)
    return zipfile.ZipFile(file.path)


def test_R_286_all_that_is_known_is_in_one_file(manager):
    customer = planted.build(manager)
    complaint = customer.complaints.get()
    CaseMessage.objects.create(complaint=complaint, direction="note", text="He was very kind")
    Attachment.objects.filter(kind="complaint").delete()
    Attachment.objects.create(
        kind="complaint", object_id=complaint.pk, file=ContentFile(b"%PDF picture", name="a.pdf"), name="bag.pdf",
        size=3, format="pdf", note="The torn bag",
    )  # fmt: skip
    book = collected(customer, manager)
    data = json.loads(book.read("data.json"))
    models = {name: len(rows) for name, rows in data["records"].items()}
    handed = [each for each in holdings.all_holdings() if each.is_handed_out]
    assert set(models) == {each.model for each in handed}
    assert all(models[name] for name in models), {name for name in models if not models[name]}
    assert models == {name: data["about"]["counts"][name] for name in models}
    (order,) = data["records"]["interactions.Order"]
    assert order["net_amount"] == "100.00" and order["status"] == "Confirmed"
    (line,) = data["records"]["interactions.OrderLine"]
    assert line["quantity"] == "2.000" and "unit_cost" not in line
    assert OrderLine.objects.filter(order__customer=customer).count() == 1
    texts = [each.get("text") for each in data["records"]["interactions.CaseMessage"]]
    assert "He was very kind" in texts
    names = {each["name"] for each in data["records"]["customers.Customer"]}
    assert names == {"Qzxw Li Na", "Qzxw Double"}  # whoever was merged into the customer too
    log = data["records"]["accounts.AccessLog"]
    assert any(each["action"] == "revealed" and each["user"] == str(manager) for each in log)
    (kept,) = [name for name in book.namelist() if name.endswith("bag.pdf")]
    assert book.read(kept) == b"%PDF picture"
    table = list(csv.reader(io.StringIO(book.read("tables/interactions-order.csv").decode("utf-8-sig"))))
    assert len(table) == 2 and "Net amount" in table[0]
    page = book.read("index.html").decode()
    assert "Qzxw Li Na" in page and "He was very kind" in page and "<script" not in page


def test_the_page_is_harmless_whatever_somebody_was_called(manager):
    customer = factories.a_customer(name="<script>alert(1)</script>", address="=HYPERLINK(1)")
    book = collected(customer, manager)
    assert b"<script>" not in book.read("index.html")
    assert "'=HYPERLINK(1)" in book.read("tables/customers-customer.csv").decode()


def test_the_file_is_asked_for_made_by_a_job_and_fetched(client, manager, customer):
    client.force_login(manager)
    assert client.post(reverse("customers:personal_data_export", args=[customer.pk])).status_code == 302
    job = Job.objects.get(name=collecting.JOB)
    client.post(reverse("customers:personal_data_export", args=[customer.pk]))
    assert Job.objects.filter(name=collecting.JOB).count() == 1  # the one that waits is the answer
    _run(job)
    file = PersonalDataFile.objects.get()
    assert file.finished_at and file.size > 500
    page = client.get(reverse("customers:personal_data", args=[customer.pk])).content.decode()
    url = reverse("customers:personal_data_file", args=[customer.pk, file.pk])
    assert url in page
    answer = client.get(url)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{customer.number}.zip"'
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).testzip() is None
    assert AccessLog.objects.filter(action="export", object_id=str(customer.pk)).count() == 3
    file.path.unlink()
    assert client.get(url).status_code == 404


def _run(job):
    from crm.jobs.context import JobContext
    from crm.jobs.registry import find

    job.status, job.fence = Job.Status.RUNNING, 1
    job.save()
    found = find(job.name)
    found.function(JobContext(job))
    Job.objects.filter(pk=job.pk).update(status=Job.Status.DONE, done=1, total=1)


def test_files_are_kept_for_a_week(manager, customer):
    collected(customer, manager).close()
    old = PersonalDataFile.objects.get()
    PersonalDataFile.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert old.path.exists() and collecting.forget_old() == 1
    assert not old.path.exists()


def test_erasing_asks_for_the_number_and_is_done_by_a_job(client, manager, customer):
    factories.a_contact(customer=customer, subject="Li Na called")
    client.force_login(manager)
    url = reverse("customers:customer_erase", args=[customer.pk])
    shown = client.get(url).content.decode()
    assert "What goes" in shown and "What stays" in shown and f"Type {customer.number} to confirm." in shown
    wrong = client.post(url, {"number": "C-999999", "reason": "request", "reference": "2026/17"})
    assert wrong.status_code == 200 and "not the number of this customer" in wrong.content.decode()
    assert "2026/17" in wrong.content.decode() and Erasure.objects.count() == 0
    named = client.post(url, {"number": customer.number, "reason": "request", "reference": "Li Na"})
    assert "must not name the person" in named.content.decode()
    sent = {"number": customer.number.lower(), "reason": "request", "reference": "2026/17"}
    assert client.post(url, sent).url == reverse("customers:personal_data", args=[customer.pk])
    assert Customer.objects.get(pk=customer.pk).name == "Li Na"  # the job waits
    _run(Job.objects.get(name="customers.erase"))
    made = Erasure.objects.get()
    assert (made.number, made.reason, made.reference, made.requested_by) == (
        customer.number, "request", "2026/17", manager,
    )  # fmt: skip
    page = client.get(reverse("customers:personal_data", args=[customer.pk])).content.decode()
    assert "the person asked for it" in page and "2026/17" in page and "Li Na" not in page
    assert "Erased on" in client.get(customer.get_absolute_url()).content.decode()


@pytest.mark.parametrize("page", ["personal_data", "customer_erase"])
def test_without_the_right_there_is_no_such_page(client, manager, customer, page):
    url = reverse(f"customers:{page}", args=[customer.pk])
    for user in (
        factories.a_user(Role.SALES_REP, unit=manager.unit),
        factories.a_user(Role.EXECUTIVE),
        factories.a_user(Role.MANAGER, unit=factories.a_unit()),
    ):
        client.force_login(user)
        assert client.get(url).status_code == 404
        assert page == "personal_data" or client.post(url).status_code == 404
    client.force_login(factories.an_administrator())
    assert client.get(url).status_code == 200
