"""Who was erased is known again by import, form, API and mailbox, and by nobody who reads the database."""

import json
from email.message import EmailMessage

import pytest
from django.urls import reverse
from django.utils import formats, timezone

from crm.accounts.models import AccessLog, Role
from crm.records import tokens
from crm.records.importing.engine import run_import
from customers.models import ContactPerson, Customer, Suppression
from customers.privacy import erasing, suppression
from interactions.cases import inbox
from interactions.models import InboundMail, Interaction
from tests import factories

pytestmark = pytest.mark.django_db
PHONE, EMAIL, TAX = "+8613800005678", "Li.Na@example.com", "91310000-MA1"


@pytest.fixture
def rep(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.FACTS_DIR = tmp_path / "facts"
    factories.a_company()
    return factories.a_user(Role.SALES_REP, unit=factories.a_unit())


@pytest.fixture
def erased(rep):
    customer = factories.a_customer(
        name="Li Na", phone=PHONE, email=EMAIL, tax_number=TAX, owner=rep, unit=rep.unit, country="CN"
    )
    factories.a_contact_person(customer=customer, email="wang@example.com")
    erasing.erase(customer=customer, user=factories.an_administrator())
    return Customer.objects.get(pk=customer.pk)


def test_only_keyed_hashes_are_kept(erased):
    rows = list(Suppression.objects.order_by("kind").values_list("kind", flat=True))
    assert rows == ["email", "email", "phone", "tax"]
    kept = str(list(Suppression.objects.values())).casefold()
    assert "00005678" not in kept and "li.na" not in kept and "91310000" not in kept
    assert all(len(each.digest) == 64 for each in Suppression.objects.all())


@pytest.mark.parametrize(
    ("values", "reasons"),
    [
        ({"phone": "138 0000 5678", "country": "CN"}, ("phone",)),
        ({"email": "LI.NA+shop@example.com"}, ("email",)),
        ({"tax_number": "91310000 ma1"}, ("tax",)),
        ({"email": "wang@example.com"}, ("email",)),
        ({"phone": PHONE, "email": EMAIL}, ("phone", "email")),
        ({"phone": "+8613800005679", "email": "na@example.com"}, None),
        ({}, None),
    ],
)
def test_a_person_is_known_again_however_it_is_written(erased, values, reasons):
    found = suppression.check([values])[0]
    assert [each.reasons for each in found] == ([reasons] if reasons else [])
    assert all(each.erased_on == timezone.localdate() for each in found)


def test_hashes_outlive_a_new_secret_key_with_a_fallback(erased, settings):
    assert suppression.status_line() == []
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another-secret-key-of-at-least-32-letters"
    assert suppression.check([{"email": EMAIL}]) == [[]]
    assert suppression.status_line().text.startswith("4 erased addresses")
    settings.SECRET_KEY_FALLBACKS = [former]
    assert suppression.check([{"email": EMAIL}])[0][0].reasons == ("email",)
    assert suppression.status_line() == []


def test_the_form_asks_for_a_reason_and_logs_it(client, rep, erased):
    client.force_login(rep)
    url = reverse("customers:customer_create")
    sent = {"name": "Li Na", "type": "person", "relation_class": "ordinary", "email": EMAIL}
    asked = client.post(url, sent)
    day = formats.date_format(timezone.localdate(), "SHORT_DATE_FORMAT")
    text = asked.content.decode()
    assert asked.status_code == 409 and f"was erased on {day}" in text and 'name="why"' in text
    assert client.post(url, {**sent, "save_anyway": "1"}).status_code == 409  # no reason was given
    assert client.post(url, {**sent, "save_anyway": "1", "why": "  "}).status_code == 409
    assert Customer.objects.filter(name="Li Na").count() == 0
    saved = client.post(url, {**sent, "save_anyway": "1", "why": "ordered again"})
    assert saved.status_code == 302
    made = Customer.objects.get(name="Li Na")
    log = AccessLog.objects.get(kind="customer", object_id=str(made.pk), action="settings")
    assert (log.user, log.detail) == (rep, {"suppression_lifted": 1, "why": "ordered again"})
    assert suppression.check([{"email": EMAIL}]) == [[]]  # is a customer again
    assert suppression.check([{"phone": PHONE}])[0] != []


def test_the_form_of_a_contact_person_asks_too(client, rep, erased):
    client.force_login(rep)
    firm = factories.a_customer(type="organisation", owner=rep, unit=rep.unit)
    url = reverse("customers:contactperson_create")
    sent = {"customer": firm.pk, "name": "Wang", "email": "wang@example.com"}
    assert client.post(url, sent).status_code == 409
    assert client.post(url, {**sent, "save_anyway": "1", "why": "new job"}).status_code == 302
    assert ContactPerson.objects.filter(email="wang@example.com").count() == 1


def test_the_api_answers_409_until_it_is_told_why(client, rep, erased):
    _token, key = tokens.make_token(user=rep, name="Shop", days=None)

    def post(**values):
        body = {"name": "Li Na", "email": EMAIL, **values}
        return client.post(
            "/api/v1/customers/", json.dumps(body), content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip

    asked = post()
    assert asked.status_code == 409
    assert asked.json()["candidates"][0]["erased_on"] == timezone.localdate().isoformat()
    assert asked.json()["candidates"][0]["reasons"] == ["email"]
    assert post(force=True).status_code == 409
    assert post(force=True, why="ordered in the shop").status_code == 201
    assert Customer.objects.filter(name="Li Na").count() == 1


def test_an_import_reports_the_row_as_suppressed(rep, erased, tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text(f"name,email,phone\nLi Na,{EMAIL},\nZhang Wei,zhang@example.com,+8613900000001\nNa,,{PHONE}\n")
    summary = run_import("customers", path, user=rep)
    assert (summary.created, summary.errors) == ({"customers": 1}, 2)
    said = [each.message for each in summary.problems] if hasattr(summary, "problems") else str(summary.as_dict())
    assert "Suppressed" in str(said)
    assert not Customer.objects.filter(name="Li Na").exists()


def test_an_import_does_not_fill_an_erased_customer_again(rep, erased, tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text(f"number,name\n{erased.number},Li Na\n")
    summary = run_import("customers", path, user=rep, update_by="number")
    assert summary.errors == 1
    erased.refresh_from_db()
    assert erased.name == f"Erased {erased.number}"


def test_a_mail_of_somebody_erased_waits_for_a_person(rep, erased):
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = f"Li Na <{EMAIL}>", "Hello again", "<again@example.com>"
    mail.set_content("Are you still there?")
    assert inbox.file_mail(mail.as_bytes()) == "erased"
    assert InboundMail.objects.get().result in InboundMail.WAITING
    assert Interaction.objects.count() == 0


def test_the_page_of_an_erased_customer_opens_and_cannot_be_filled(client, rep, erased):
    client.force_login(rep)
    day = formats.date_format(timezone.localdate(), "SHORT_DATE_FORMAT")
    text = client.get(erased.get_absolute_url()).content.decode()
    assert f"Erased on {day}" in text and erased.number in text
    url = reverse("customers:customer_update", args=[erased.pk])
    sent = {"name": "Li Na", "type": "person", "relation_class": "ordinary", "version": erased.version}
    refused = client.post(url, sent)
    assert refused.status_code == 200 and "was erased" in refused.content.decode()
    for page in ("history", "delete"):
        assert client.get(reverse(f"customers:customer_{page}", args=[erased.pk])).status_code in {200, 404}
    assert Customer.objects.get(pk=erased.pk).name.startswith("Erased")
