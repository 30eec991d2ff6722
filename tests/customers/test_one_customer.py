"""The worked examples of the customer's file: entered once, everything that happens on one timeline."""

import datetime
import json
from collections import Counter

import pytest
import xlsxwriter
from django.urls import reverse

from crm.accounts.models import Role
from crm.records import timeline, tokens
from crm.records.importing.engine import run_import
from crm.records.models import Sequence
from customers.models import Customer
from interactions.models import Interaction, Order
from tests import factories

pytestmark = pytest.mark.django_db
ZONE = datetime.timezone(datetime.timedelta(hours=8))


@pytest.fixture
def rep():
    factories.a_company()
    return factories.a_user(Role.SALES_REP, unit=factories.a_unit())


def test_R_001_li_na_gets_a_number_her_age_is_reckoned_and_she_is_found(client, rep, monkeypatch):
    Sequence.objects.update_or_create(prefix="C", defaults={"last": 122})
    client.force_login(rep)
    sent = {
        "name": "Li Na", "type": "person", "sex": "female", "birth_date": "1990-05-02", "phone": "138-0000-5678",
        "city": "Hangzhou", "occupation": "teacher", "relation_class": "ordinary",
    }  # fmt: skip
    assert client.post(reverse("customers:customer_create"), sent).status_code == 302
    customer = Customer.objects.get()
    assert (customer.number, customer.phone.as_e164, customer.occupation) == ("C-000123", "+8613800005678", "teacher")
    for day, age in ((1, 35), (2, 36)):  # her birthday is the second of May
        monkeypatch.setattr("customers.models.timezone.localdate", lambda day=day: datetime.date(2026, 5, day))
        assert customer.age == age
    monkeypatch.undo()
    for text in ("5678", "Li Na"):
        found = client.get(reverse("customers:customer_list"), {"q": text})
        assert [row.record for row in found.context["table"].page.object_list] == [customer]


def test_R_003_four_records_newest_first_and_one_of_after_sales(client, rep):
    customer = factories.a_customer(owner=rep, unit=rep.unit)

    def on(day):
        return datetime.datetime(2026, 5, day, 10, tzinfo=ZONE)

    made = [
        factories.an_enquiry(customer=customer, title="Is it in stock?", occurred_at=on(3)),
        factories.a_contact(customer=customer, subject="Called back", occurred_at=on(4)),
        factories.an_order(customer=customer, occurred_at=on(6)),
        factories.an_after_sales_record(customer=customer, type="repair", title="Lamp mended", occurred_at=on(20)),
    ]
    client.force_login(rep)
    page = timeline.of(customer, rep)
    assert [each.url for each in page.entries] == [each.get_absolute_url() for each in reversed(made)]
    text = client.get(customer.get_absolute_url()).content.decode()
    assert all(each.get_absolute_url() in text for each in made)
    after_sales = timeline.of(customer, rep, group="after_sales")
    assert [each.title for each in after_sales.entries] == ["Lamp mended"]


def test_R_008_web_order_hotline_call_and_imported_store_order_are_one_customer_s(client, rep, tmp_path):
    customer = factories.a_customer(
        name="Li Na", number="C-77", email="a@b.cn", phone="+8613800005678", owner=rep, unit=rep.unit
    )
    factories.a_product(name="Tea", number="TEA-1")
    _token, key = tokens.make_token(user=rep, name="Shop", days=None)
    headers = {"Authorization": f"Bearer {key}"}
    (found,) = client.get("/api/v1/customers/?email=a@b.cn", headers=headers).json()["results"]
    order = {
        "customer": found["id"], "channel": factories.the_channel("web").pk, "status": "confirmed",
        "lines": [{"product": "TEA-1", "quantity": 1, "unit_price": 50}],
    }  # fmt: skip
    made = client.post("/api/v1/orders/", json.dumps(order), content_type="application/json", headers=headers)
    assert made.status_code == 201
    client.force_login(rep)
    called = client.get("/lookup/customer/", {"q": "138 0000 5678"}).json()["results"]
    assert [each["id"] for each in called] == [customer.pk]
    factories.a_contact(customer=customer, channel=factories.the_channel("phone"), direction="inbound")
    path = tmp_path / "store.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    heading = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Channel"]
    sheet.write_row(0, 0, heading)
    sheet.write_row(1, 0, ["S-1", "TEA-1", "Tea", 2, "2026-05-06 10:00:00", 50, "C-77", "Store"])
    book.close()
    run_import("order-lines", path)
    assert Customer.objects.count() == 1
    records = [*Order.objects.all(), *Interaction.objects.all()]
    assert Counter(each.channel.code for each in records) == {"web": 1, "phone": 1, "store": 1}
    assert {each.customer_id for each in records} == {customer.pk}
    assert len(timeline.of(customer, rep).entries) == 3
