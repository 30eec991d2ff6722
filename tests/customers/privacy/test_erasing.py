"""Forgetting a person: nothing of it is left anywhere, and every figure is what it was."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Count, Sum

from analytics.facts import refresh, store
from crm.accounts.models import AccessLog, Role
from crm.records.models import SavedView, SearchGram
from customers.models import ContactPerson, Customer, DuplicateKey
from customers.privacy import erasing, holdings
from customers.privacy.models import Erasure
from interactions.models import CaseMessage, InboundMail, Interaction, Order
from tests import factories
from tests.customers.privacy import planted

pytestmark = pytest.mark.django_db

# Texts that stay, each a code, a number, or words of ours: whoever adds one answers for it here.
STAYING = {
    ("accounts.AccessLog", "kind"),
    ("accounts.AccessLog", "object_id"),
    ("analytics.Alert", "reasons"),
    *(
        ("analytics.CustomerFigures", name)
        for name in (
            "rfm_segment",
            "abc_class",
            "value_tier",
            "lifecycle_stage",
            "churn_risk",
            "loyalty_band",
            "main_concern",
            "value_class",
        )
    ),
    ("analytics.StageChange", "from_stage"),
    ("analytics.StageChange", "to_stage"),
    ("customers.Customer", "problems"),
    ("customers.Erasure", "number"),
    ("customers.Erasure", "reference"),
    ("customers.Erasure", "counts"),
    ("interactions.CasePresence", "kind"),
    ("interactions.Complaint", "former_numbers"),
    ("interactions.Enquiry", "former_numbers"),
    ("interactions.Deal", "currency"),
    ("interactions.Order", "carrier"),
    ("interactions.Order", "currency"),
    ("interactions.OrderLine", "source_key"),
    ("records.BulkRow", "kind"),
    ("records.WebhookDelivery", "kind"),
    ("records.WebhookDelivery", "event"),
}


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.FACTS_DIR = tmp_path / "facts"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path


@pytest.fixture
def manager():
    factories.a_company()
    return factories.an_administrator(unit=factories.a_unit())


def test_every_model_that_holds_something_of_a_customer_is_declared():
    assert holdings.undeclared() == []
    assert holdings.declared() - set(holdings.ways()) == set()


def test_the_texts_that_stay_are_those_that_somebody_answered_for():
    kept = {
        (each.model, field.name)
        for each in holdings.all_holdings()
        for field in holdings.texts_of(each.model_class)
        if field not in each.texts() and field.name != "number"
    }
    kept |= {("customers.Erasure", "number")}
    assert kept == STAYING


def test_no_text_of_a_declared_model_is_emptied_into_a_second_value_of_a_unique_column():
    unique = [
        f"{each.model}.{field.name}"
        for each in holdings.all_holdings()
        for field in each.texts()
        if field.unique and not each.removed
    ]
    assert unique == []


def test_R_286_nothing_of_the_person_is_left_in_the_database_or_in_files(manager, data_dir):
    customer = planted.build(manager)
    fields = planted.plant(customer)
    assert len(fields) > 60
    stays = planted.plant_files(customer)
    refresh.refresh(full=True)
    assert len(planted.traces_in_database()) > 60
    assert len(planted.traces_in_files(data_dir)) > 10

    made = erasing.erase(customer=customer, user=manager)

    found = planted.traces_in_database()
    assert found == [], planted.samples(found)
    assert planted.traces_in_files(data_dir) == []
    assert all(path.exists() for path in stays)
    assert (data_dir / "mail" / "one.log").read_text().startswith("To: wang@example.com")
    assert [path.read_bytes().count(b"stays") for path in (data_dir / "inbox").rglob("*") if path.is_file()] == [1]
    refresh.refresh()
    assert planted.traces_in_files(data_dir) == []
    assert made.finished_at is not None and made.counts["contact persons"] == 1


def test_the_page_of_somebody_erased_offers_no_change(client, manager):
    customer = planted.build(manager)
    client.force_login(manager)
    offers = 'data-cells="', f'href="/customers/{customer.pk}/edit/'
    page = client.get(customer.get_absolute_url()).content.decode()
    assert [each in page for each in offers] == [True, True]
    erasing.erase(customer=customer, user=manager, reason="term")
    page = client.get(customer.get_absolute_url()).content.decode()
    assert [each in page for each in offers] == [False, False]


def test_R_286_the_figures_stay_and_the_person_goes(manager):
    customer = planted.build(manager)
    before = _figures()
    erasing.erase(customer=customer, user=manager, reason="term")
    assert _figures() == before
    customer = Customer.objects.get(pk=customer.pk)
    assert customer.name == f"Erased {customer.number}" and customer.erased_at is not None
    assert (customer.email, customer.phone, customer.tax_number, customer.city) == ("", "", "", "")
    assert customer.birth_date == date(1990, 1, 1)
    assert customer.orders.get().net_amount == Decimal(100)
    assert ContactPerson.objects.get().name == f"Erased {ContactPerson.objects.get().number}"
    assert not DuplicateKey.objects.filter(customer=customer).exists()
    assert not SearchGram.objects.filter(gram__in=["qzx", "zxw", "717"]).exists()
    assert InboundMail.objects.count() == 0
    log = AccessLog.objects.filter(detail__has_key="erased").get()
    assert (log.user, log.object_id) == (manager, str(customer.pk))


def _figures() -> dict:
    found = {each._meta.label: each._base_manager.count() for each in planted.models()}
    for removed in (each.model for each in holdings.all_holdings() if each.removed):
        found.pop(removed)
    for grows in ("customers.Erasure", "accounts.AccessLog"):
        found.pop(grows)
    orders = Order.objects.aggregate(Count("pk"), Sum("gross_amount"), Sum("net_amount"))
    by = list(Customer.objects.order_by("pk").values_list("pk", "type", "region", "owner", "unit", "number"))
    return found | {"orders": orders, "customers": by}


def test_shared_words_stay_and_own_ones_go(manager):
    one, two = factories.a_customer(city="Hangzhou"), factories.a_customer(city="Hangzhou")
    for customer, competitor in ((one, "Big Tea"), (two, "Big Tea"), (one, "Her brother's shop")):
        factories.a_contact(customer=customer, competitor=competitor)
    erasing.erase(customer=one, user=manager)
    assert sorted(Interaction.objects.values_list("competitor", flat=True)) == ["", "Big Tea", "Big Tea"]
    assert Customer.objects.get(pk=one.pk).city == "Hangzhou"
    assert set(Customer.history.filter(id=one.pk).values_list("city", flat=True)) == {"Hangzhou"}


def test_lines_keep_the_words_of_their_product(manager):
    order = factories.an_order(product=factories.a_product(name="Tea"), lines=[(1, 1), (2, 1)])
    first, second = order.lines.order_by("pk")
    first.description, second.description = "Tea", "Tea for Li Na's wedding"
    first.save(), second.save()
    erasing.erase(customer=order.customer, user=manager)
    assert list(order.lines.order_by("pk").values_list("description", flat=True)) == ["Tea", ""]


def test_public_choices_and_numbers_of_custom_fields_stay(manager):
    factories.a_custom_field("Style", ["Modern"], key="style")
    factories.a_custom_field("Visits", type="number", key="visits")
    factories.a_custom_field("Dog", key="dog")
    factories.a_custom_field("Debt", type="number", key="debt", sensitivity="finance")
    customer = factories.a_customer(custom={"style": "modern", "visits": 3, "dog": "Rex", "debt": 5, "gone": "x"})
    erasing.erase(customer=customer, user=manager)
    assert Customer.objects.get(pk=customer.pk).custom == {"style": "modern", "visits": 3}
    assert {str(each) for each in Customer.history.filter(id=customer.pk).values_list("custom", flat=True)} == {
        "{'style': 'modern', 'visits': 3}"
    }


def test_erasing_twice_is_harmless(manager):
    customer = planted.build(manager)
    erasing.erase(customer=customer, user=manager)
    first = Customer.objects.get(pk=customer.pk)
    before = _figures()
    erasing.erase(customer=first, user=manager)
    again = Customer.objects.get(pk=customer.pk)
    assert (again.name, again.erased_at, again.birth_date) == (first.name, first.erased_at, first.birth_date)
    assert _figures() == before
    assert Erasure.objects.count() == 2


def test_what_came_after_an_erasure_goes_with_the_next(manager):
    customer = factories.a_customer(name="Li Na")
    erasing.erase(customer=customer, user=manager)
    factories.a_contact(customer=Customer.objects.get(pk=customer.pk), subject="Li Na called", content="again")
    erasing.erase(customer=customer, user=manager)
    contact = Interaction.objects.get()
    assert (contact.subject, contact.content) == ("Erased", "")


def test_whoever_was_merged_goes_along_and_the_merge_stays(manager):
    customer = planted.build(manager)
    double = Customer.objects.get(merged_into=customer)
    erasing.erase(customer=double, user=manager)  # by whichever of the two it is asked
    for each in Customer.objects.filter(pk__in=[customer.pk, double.pk]):
        assert each.erased_at is not None and each.name == f"Erased {each.number}" and each.phone == ""
    from customers.duplicates import merging
    from customers.models import CustomerMerge

    merge = CustomerMerge.objects.get()
    assert (merge.fields, merge.moved) == ({}, [])
    assert merging.why_not_undone(merge) == ["The personal data was erased since."]


def test_a_number_that_is_an_address_is_replaced(manager):
    customer = factories.a_customer(name="Li Na", number="li.na@example.com", email="li.na@example.com")
    made = erasing.erase(customer=customer, user=manager)
    customer = Customer.objects.get(pk=customer.pk)
    assert customer.number.startswith("C-") and made.number == customer.number
    assert set(Customer.history.filter(id=customer.pk).values_list("number", flat=True)) == {customer.number}


def test_another_customer_keeps_everything(manager):
    planted_customer = planted.build(manager)
    other = factories.a_customer(name="Zhang Wei", phone="+8613900000001", needs="Green tea")
    factories.a_contact(customer=other, subject="Samples", content="Asked for three")
    erasing.erase(customer=planted_customer, user=manager)
    other.refresh_from_db()
    contact = other.interactions.get()
    assert (other.name, other.phone.as_e164, other.needs, other.version) == (
        "Zhang Wei",
        "+8613900000001",
        "Green tea",
        1,
    )
    assert (contact.subject, contact.content) == ("Samples", "Asked for three")
    assert DuplicateKey.objects.filter(customer=other).count() > 0


def test_a_name_may_not_stand_in_the_file_number(manager):
    customer = factories.a_customer(name="Li Na", email="li@example.com")
    with pytest.raises(erasing.ErasureRefused):
        erasing.request(customer=customer, user=manager, reason="request", reference="wish of li@example.com")
    made = erasing.request(customer=customer, user=manager, reason="request", reference="2026/17")
    assert made.job is not None and made.finished_at is None


def test_the_facts_lose_the_texts_at_once_and_no_row(manager, data_dir):
    import pyarrow.parquet as pq

    customer = factories.a_customer(name="Li Na", city="Lonely Hamlet", needs="A quiet room")
    factories.a_customer(name="Other", city="Hangzhou", needs="Much light")
    factories.a_contact(customer=customer, competitor="Her brother's shop")
    refresh.refresh(full=True)
    path = next((store.root() / "parts" / "customers").glob("*/*.parquet"))
    before = pq.read_table(path)
    erasing.erase(customer=customer, user=manager)
    after = pq.read_table(path)
    assert after.schema == before.schema
    rows = {row["customer_id"]: row for row in after.to_pylist()}
    assert (rows[customer.pk]["needs"], rows[customer.pk]["city"]) == ("", "")
    assert {row["needs"] for row in rows.values()} == {"", "Much light"}
    contacts = pq.read_table(next((store.root() / "parts" / "contacts").glob("*/*.parquet"))).to_pylist()
    assert [row["competitor"] for row in contacts] == [""]


def test_only_who_may_delete_a_customer_and_has_the_right_may_erase():
    assert Role.objects.filter(may_handle_privacy=True).count() == 0
    assert factories.an_administrator().may_handle_privacy
    role = Role.objects.get(code=Role.MANAGER)
    assert not factories.a_user(Role.MANAGER).may_handle_privacy
    role.may_handle_privacy = True
    role.save()
    assert factories.a_user(Role.MANAGER).may_handle_privacy


def test_a_short_name_takes_no_words_with_it_that_only_hold_its_letters(manager):
    customer = factories.a_customer(name="Test")
    for name, query in (("Latest", "sort=-created_at"), ("Testers", "q=contest"), ("Hers", "q=test&city=x")):
        SavedView.objects.create(kind="customer", name=name, owner=manager, query=query)
    erasing.erase(customer=customer, user=manager)
    assert set(SavedView.objects.values_list("name", flat=True)) == {"Latest", "Testers"}


def test_mails_to_an_address_that_only_stands_in_a_message_go_too(manager, data_dir):
    complaint = factories.a_complaint()
    CaseMessage.objects.create(complaint=complaint, direction="out", address="old.li@example.com", text="x")
    sent = data_dir / "mail"
    sent.mkdir()
    (sent / "a.log").write_text("To: old.li@example.com\n\nDear Li Na\n" + "-" * 79 + "\n")
    erasing.erase(customer=complaint.customer, user=manager)
    assert list(sent.iterdir()) == []


def test_a_task_about_a_record_of_the_person_is_found_without_the_customer(manager):
    order = factories.an_order()
    task = factories.a_task(title="Call Li Na", about=order)
    erasing.erase(customer=order.customer, user=manager)
    task.refresh_from_db()
    assert (task.customer, task.title) == (None, "Erased")
