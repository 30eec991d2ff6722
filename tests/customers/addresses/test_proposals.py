"""The address check on the form and in imports: proposed, never put in place of what somebody typed."""

from pathlib import Path

import pytest

from crm.accounts.models import FieldRight
from crm.records.importing import run_import
from customers.models import Customer
from tests import factories

pytestmark = pytest.mark.django_db
HINT = "/customers/addresses/check/"
WRITTEN = "杭州市西湖区文三路 1 号"


@pytest.fixture
def manager(client):
    factories.a_company()
    user = factories.an_administrator()
    client.force_login(user)
    return user


def test_R_249_the_form_proposes_the_standard_form_and_the_region(client, manager):
    east = factories.a_region("east", name="East")
    page = client.post(HINT, {"address": WRITTEN, "city": "", "name": "Li Na"}).content.decode()
    assert "浙江省杭州市西湖区文三路1号" in page
    assert "Region: East" in page
    assert "Deliverable" in page
    without_number = client.post(HINT, {"address": "杭州市西湖区文三路"}).content.decode()
    assert "Not deliverable:</strong> no house number" in without_number
    assert client.post(HINT, {"address": ""}).content.strip() == b""

    typed = {"name": "Li Na", "type": "person", "relation_class": "ordinary", "address": WRITTEN, "needs": "tea"}
    shown = client.post("/customers/new/", {**typed, "assist": "standard_address"})
    assert shown.status_code == 200
    assert Customer.objects.count() == 0
    form = shown.context["form"]
    assert (form["address"].value(), form["district"].value(), form["city"].value()) == (
        "文三路1号",
        "西湖区",
        "杭州市",
    )
    assert (form["province"].value(), form["region"].value(), form["needs"].value()) == ("浙江省", str(east.pk), "tea")
    assert not form.errors


def test_what_was_typed_is_stored_as_it_was_typed(client, manager):
    east = factories.a_region("east", name="East")
    typed = {"name": "Li Na", "type": "person", "relation_class": "ordinary", "address": WRITTEN}
    assert client.post("/customers/new/", typed).status_code == 302
    customer = Customer.objects.get()
    assert (customer.address, customer.city, customer.region) == (WRITTEN, "", east)  # a region nobody chose
    other = factories.a_region("south", name="South")
    assert client.post("/customers/new/", {**typed, "name": "Wang Wei", "region": other.pk}).status_code == 302
    assert Customer.objects.get(name="Wang Wei").region == other


def test_an_assistant_of_a_stored_customer_stores_nothing(client, manager):
    customer = factories.a_customer(address=WRITTEN)
    sent = {"name": "Renamed", "type": "person", "relation_class": "ordinary", "address": WRITTEN, "version": 1}
    shown = client.post(f"/customers/{customer.pk}/edit/", {**sent, "assist": "check_address"})
    assert "浙江省杭州市西湖区文三路1号" in shown.content.decode()
    assert shown.context["form"]["name"].value() == "Renamed"
    customer.refresh_from_db()
    assert (customer.name == "Renamed", customer.version) == (False, 1)
    assert client.post(f"/customers/{customer.pk}/edit/", {**sent, "assist": "nonsense"}).status_code == 302


def test_who_may_not_write_addresses_is_proposed_nothing(client, manager):
    customer = factories.a_customer(address=WRITTEN)
    FieldRight.objects.filter(role=manager.role, sensitivity="contact").update(level="masked")
    page = client.get(f"/customers/{customer.pk}/edit/").content.decode()
    assert "address-hint" not in page
    client.force_login(factories.a_user(role=None))
    assert client.post(HINT, {"address": WRITTEN}).status_code == 404


FILE = "number,name,address,city,region\nK1,Ann,杭州市西湖区文三路 1 号 310012,,\nK2,Bob,文三路 2 号,杭州,South\n"


def test_an_import_puts_addresses_in_order_when_it_is_asked_to(manager, tmp_path: Path):
    east, south = factories.a_region("east", name="East"), factories.a_region("south", name="South")
    path = tmp_path / "rows.csv"
    path.write_text(FILE, encoding="utf-8")
    assert run_import("customers", path, tidy=["addresses"], user=manager).created == {"customers": 2}
    ann, bob = Customer.objects.order_by("number")
    assert (ann.address, ann.district, ann.city, ann.province) == ("文三路1号", "西湖区", "杭州市", "浙江省")
    assert (ann.postcode, ann.region) == ("310012", east)
    assert (bob.address, bob.city, bob.province, bob.region) == ("文三路2号", "杭州", "浙江省", south)


def test_an_import_leaves_addresses_as_they_are_unless_it_is_asked(manager, tmp_path: Path):
    factories.a_region("south", name="South")
    path = tmp_path / "rows.csv"
    path.write_text(FILE, encoding="utf-8")
    run_import("customers", path, user=manager)
    ann = Customer.objects.get(number="K1")
    assert (ann.address, ann.city, ann.postcode) == ("杭州市西湖区文三路 1 号 310012", "", "")


def test_the_wizard_offers_it_where_a_column_is_an_address(client, manager):
    from tests.importing import wizard

    factories.a_region("south", name="South")
    imp = wizard.uploaded(client, "customers", FILE)
    page = client.get(f"/imports/{imp.pk}/columns/").content.decode()
    assert "Write addresses in their standard form" in page
    shown = wizard.press(client, imp, "preview", tidy=["addresses"])
    assert shown.status_code == 302 or "文三路1号" in shown.content.decode()
    imp.refresh_from_db()
    wizard.run(client, imp, tidy=["addresses"])
    assert Customer.objects.get(number="K1").city == "杭州市"
    without = wizard.uploaded(client, "customers", "number,name\nK9,Cy\n")
    assert "standard form" not in client.get(f"/imports/{without.pk}/columns/").content.decode()
