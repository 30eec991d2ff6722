"""Views of private fields and reveals of masked ones are logged."""

import pytest

from crm.accounts.models import AccessLog, FieldRight, Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    factories.a_company()
    user = factories.a_user(Role.MANAGER, unit=factories.a_unit("here"))
    client.force_login(user)
    return user


def set_level(user, sensitivity, level):
    FieldRight.objects.update_or_create(
        role=user.role, kind="customer", sensitivity=sensitivity, defaults={"level": level}
    )


def test_R_285_who_saw_private_fields_in_full_is_logged(client, reader):
    set_level(reader, "personal", "read")
    plain = factories.a_customer(owner=reader)
    client.get(plain.get_absolute_url())
    assert not AccessLog.objects.filter(action="view").exists()
    customer = factories.a_customer(owner=reader, birth_date="1990-05-02")
    client.get(customer.get_absolute_url())
    entry = AccessLog.objects.get(action="view")
    assert (entry.user, entry.kind, entry.object_id, entry.detail) == (
        reader,
        "customer",
        str(customer.pk),
        {"fields": ["birth_date", "age"]},
    )
    set_level(reader, "personal", "masked")
    client.get(customer.get_absolute_url())
    assert AccessLog.objects.filter(action="view").count() == 1


def test_a_masked_value_is_shown_once_for_a_reason_that_is_logged(client, reader):
    set_level(reader, "contact", "reveal")
    customer = factories.a_customer(owner=reader, phone="+8613800005678")
    url = f"/reveal/customer/{customer.pk}/phone/"
    page = client.get(customer.get_absolute_url()).content.decode()
    assert "138****5678" in page and url in page and "138 0000 5678" not in page
    assert "138 0000 5678" not in client.get(url).content.decode()
    refused = client.post(url, {"reason": ""})
    assert refused.context["form"].errors and "138 0000 5678" not in refused.content.decode()
    assert not AccessLog.objects.filter(action="reveal").exists()
    shown = client.post(url, {"reason": "Called back about the order"})
    assert "138 0000 5678" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    entry = AccessLog.objects.get(action="reveal")
    assert (entry.object_id, entry.detail) == (
        str(customer.pk),
        {"field": "phone", "reason": "Called back about the order"},
    )
    assert "138 0000 5678" not in client.get(customer.get_absolute_url()).content.decode()


def test_what_may_be_revealed_is_masked_everywhere_else(client, reader):
    set_level(reader, "contact", "reveal")
    customer = factories.a_customer(owner=reader, phone="+8613800005678")
    assert client.get("/customers/", {"phone": "5678"}).status_code == 400
    edit = client.get(f"/customers/{customer.pk}/edit/").content.decode()
    assert "138****5678" in edit and "00005678" not in edit and "0000 5678" not in edit
    assert client.get(f"/api/v1/customers/{customer.pk}").json()["phone"] == "138****5678"
    assert client.get("/customers/", {"q": "13800005678"}).context["count"] == 0


@pytest.mark.parametrize("level", ["hidden", "masked", "read", "write"])
def test_other_rights_reveal_nothing(client, reader, level):
    set_level(reader, "contact", level)
    customer = factories.a_customer(owner=reader, phone="+8613800005678")
    for method in (client.get, client.post):
        assert method(f"/reveal/customer/{customer.pk}/phone/", {"reason": "curious"}).status_code == 404
    other = factories.a_customer(phone="+8613800005678")
    set_level(reader, "contact", "reveal")
    assert client.post(f"/reveal/customer/{other.pk}/phone/", {"reason": "curious"}).status_code == 404
