"""Masks: what a reader may not see in full is shown masked, and answers no question either."""

import json

import pytest

from crm.accounts.models import FieldRight, Role
from crm.records import search
from crm.records.kinds import kinds
from tests import factories

pytestmark = pytest.mark.django_db
SECRET = "330106199005020028"
PHONE = "+8613800005678"


@pytest.fixture
def reader():
    """A sales representative to whom telephone numbers are masked as well as tax numbers."""
    FieldRight.objects.filter(role__code=Role.SALES_REP, sensitivity="contact").update(level="masked")
    unit = factories.a_unit()
    return factories.a_user(Role.SALES_REP, unit=unit)


@pytest.fixture
def customer(reader):
    return factories.a_customer(name="Li Na", owner=reader, unit=reader.unit, tax_number=SECRET, phone=PHONE)


def test_pages_and_files_show_the_mask(client, reader, customer):
    client.force_login(reader)
    kind = kinds["customer"]
    for page in ("detail", "update", "history"):
        text = client.get(kind.url(page, customer.pk)).content.decode()
        assert SECRET not in text and "13800005678" not in text and "138 0000 5678" not in text, page
    detail = client.get(kind.url("detail", customer.pk)).content.decode()
    assert "138****5678" in detail
    text = client.get(kind.url("list") + "?columns=name,phone,tax_number").content.decode()
    assert "138****5678" in text and "138 0000 5678" not in text
    FieldRight.objects.filter(role=reader.role, sensitivity="contact").update(level="hidden")
    assert client.get(kind.url("list") + "?columns=name,phone").status_code == 400


def test_masked_attributes_may_not_be_filtered_sorted_or_searched(client, reader, customer):
    client.force_login(reader)
    url = kinds["customer"].url("list")
    for query in ("phone=5678", "tax_number=3301", "tax_number_empty=false", "sort=phone", "sort=-tax_number"):
        answer = client.get(f"{url}?{query}")
        assert answer.status_code == 400, query
    assert client.get(f"{url}?q=5678").context["count"] == 0
    assert client.get(f"{url}?q=Li+Na").context["count"] == 1
    assert list(search.find("customer", "5678", reader)) == []
    assert list(search.find("customer", "5678", None)) == [customer.pk]
    found = client.get("/lookup/customer/?q=5678").json()
    assert found["results"] == []


def test_export_is_masked_and_refuses_masked_filters(client, reader, customer):
    manager = factories.a_user(Role.EXECUTIVE)
    FieldRight.objects.filter(role__code=Role.EXECUTIVE, sensitivity="contact").update(level="masked")
    client.force_login(manager)
    url = kinds["customer"].url("export")
    content = b"".join(client.get(url + "?columns=name,phone,tax_number").streaming_content).decode()
    assert "138****5678" in content and SECRET not in content
    assert client.get(url + "?phone=5678").status_code == 400


def test_saving_a_form_keeps_what_it_showed_masked(client, reader, customer):
    client.force_login(reader)
    url = kinds["customer"].url("update", customer.pk)
    form = client.get(url).context["form"]
    assert {"phone", "tax_number"} <= set(form.locked)
    data = {"version": customer.version, "type": "person", "name": "Li Nana", "relation_class": "ordinary"}
    data |= {"phone": "138****5678", "tax_number": "33**", "owner": reader.pk, "unit": reader.unit_id}
    assert client.post(url, data).status_code == 302
    customer.refresh_from_db()
    assert (customer.name, str(customer.phone.as_e164), customer.tax_number) == ("Li Nana", PHONE, SECRET)


def test_the_api_masks_and_refuses_to_write_what_is_masked(client, reader, customer):
    client.force_login(reader)
    url = f"/api/v1/customers/{customer.pk}"
    body = client.get(url).json()
    assert body["phone"] == "138****5678"
    assert SECRET not in json.dumps(body)
    assert client.get("/api/v1/customers/?phone=5678").status_code == 400
    answer = client.patch(url, {"tax_number": "1"}, content_type="application/json")
    assert answer.status_code == 422
    customer.refresh_from_db()
    assert customer.tax_number == SECRET


def test_relations_may_only_point_at_what_the_writer_sees(client, reader, customer):
    hidden = factories.a_customer(name="Not yours", unit=factories.a_unit())
    client.force_login(reader)
    answer = client.post("/contacts/new/", {"customer": hidden.pk, "subject": "Hello", "direction": "outbound"})
    assert answer.status_code == 200
    assert "customer" in answer.context["form"].errors
    assert client.get(f"/contacts/new/?customer={hidden.pk}").context["form"].initial.get("customer") is None
