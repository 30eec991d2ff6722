"""Values changed in place: by whom, with what checks, and what happens when two do it at once."""

import pytest
from django.test import Client

from crm.accounts.models import FieldRight, Role, Sensitivity
from crm.records.attributes import Type
from crm.records.inline import editable
from crm.records.kinds import kinds
from tests import factories
from tests.walk.harness import form_of

pytestmark = pytest.mark.django_db
KEYS = [kind.key for kind in kinds]
ROLES = [Role.SALES_REP, Role.SERVICE_AGENT, Role.MANAGER, Role.EXECUTIVE, Role.ADMINISTRATOR]
SCRIPT = {"HTTP_X_CELL": "1"}


@pytest.fixture
def reader(client):
    factories.a_company()
    user = factories.an_administrator()
    client.force_login(user)
    client.user = user
    return client


def address(record, key: str) -> str:
    return f"{kinds.of(record).url('update', record.pk)}{key}/"


def opened(client: Client, record, key: str) -> dict[str, str]:
    """What the field is sent with, as it was opened."""
    answer = client.get(address(record, key), **SCRIPT)
    assert answer.status_code == 200, (key, answer.status_code)
    return {"version": str(answer.context["record"].version), "was": answer.context["was"]}


@pytest.mark.whole
@pytest.mark.parametrize("key", KEYS)
def test_every_field_of_every_kind_opens_and_is_saved_as_it_was(reader, key):
    """Opening a field and saving what stands in it changes nothing but the version."""
    record = factories.a_record(key)
    kind = kinds[key]
    tried = 0
    for name in sorted(editable(kind, reader.user)):
        answer = reader.get(address(record, name), **SCRIPT)
        if answer.status_code == 404:
            continue  # this record has no such field
        bound = answer.context["field"]
        before = kind.attribute(name).value_of(kind.model.objects.get(pk=record.pk))
        sent = form_of(answer.content.decode())
        saved = reader.post(address(record, name), sent, **SCRIPT)
        refused = saved.status_code == 422 and bound.field.required and sent.get(bound.html_name) in (None, [""])
        assert saved.status_code == 200 or refused, (name, saved.content.decode()[:400])
        after = kind.attribute(name).value_of(kind.model.objects.get(pk=record.pk))
        if hasattr(before, "all"):
            before, after = list(before.all()), list(after.all())
        assert before == after, name
        tried += 1
    assert tried >= 3


def test_a_value_is_changed_and_the_row_of_its_list_comes_back(reader):
    customer = factories.a_customer(name="Ada", city="London")
    sent = opened(reader, customer, "city") | {"city": "Bath", "columns": "name,city", "ticks": "1"}
    answer = reader.post(address(customer, "city"), sent, **SCRIPT)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("<tr") == 1
    assert page.count("<td") == 3
    assert 'data-cell="city">Bath</td>' in page
    customer.refresh_from_db()
    assert (customer.city, customer.version) == ("Bath", 2)
    assert customer.history.first().history_user == reader.user


def test_a_value_of_a_page_comes_back_alone(reader):
    order = factories.an_order()
    answer = reader.post(address(order, "status"), opened(reader, order, "status") | {"status": "delivered"}, **SCRIPT)
    assert "Delivered" in answer.content.decode()
    assert "<td" not in answer.content.decode()
    order.refresh_from_db()
    assert (order.status, order.lines.count()) == ("delivered", 1)


def test_a_wrong_value_is_refused_in_words_and_kept_in_its_control(reader):
    customer = factories.a_customer(email="ada@example.com")
    sent = opened(reader, customer, "email") | {"email": "ada at home"}
    answer = reader.post(address(customer, "email"), sent, **SCRIPT)
    assert answer.status_code == 422
    assert 'value="ada at home"' in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()
    customer.refresh_from_db()
    assert (customer.email, customer.version) == ("ada@example.com", 1)


def test_what_a_form_wants_besides_is_said_with_the_way_to_the_form(reader):
    """A case is not closed without its outcome, in a list as little as on its form."""
    case = factories.a_complaint()
    sent = opened(reader, case, "status") | {"status": "closed"}
    answer = reader.post(address(case, "status"), sent, **SCRIPT)
    assert answer.status_code == 422
    assert kinds.of(case).url("update", case.pk) in answer.content.decode()
    case.refresh_from_db()
    assert case.status == "open"


def test_two_people_who_change_one_field_the_second_sees_both_versions(reader):
    customer = factories.a_customer(city="London")
    first, second = (opened(reader, customer, "city") for _ in range(2))
    reader.post(address(customer, "city"), first | {"city": "Bath"}, **SCRIPT)
    answer = reader.post(address(customer, "city"), second | {"city": "York"}, **SCRIPT)
    assert answer.status_code == 409
    assert (answer.context["conflict"]["yours"], answer.context["conflict"]["theirs"]) == ("York", "Bath")
    assert answer.context["conflict"]["by"] == reader.user
    assert 'value="York"' in answer.content.decode()
    customer.refresh_from_db()
    assert (customer.city, customer.version) == ("Bath", 2)
    kept = {"version": "2", "was": "Bath", "city": "York", "keep_mine": "1"}
    assert reader.post(address(customer, "city"), kept, **SCRIPT).status_code == 200
    customer.refresh_from_db()
    assert customer.city == "York"


def test_two_people_who_change_different_fields_do_not_meet(reader):
    customer = factories.a_customer(city="London", occupation="teacher")
    city, occupation = opened(reader, customer, "city"), opened(reader, customer, "occupation")
    reader.post(address(customer, "city"), city | {"city": "Bath"}, **SCRIPT)
    answer = reader.post(address(customer, "occupation"), occupation | {"occupation": "poet"}, **SCRIPT)
    assert answer.status_code == 200
    customer.refresh_from_db()
    assert (customer.city, customer.occupation) == ("Bath", "poet")


def test_somebody_else_s_phone_number_is_asked_about_once(reader):
    factories.a_customer(name="Ada Lovelace", phone="+8613800005678")
    other = factories.a_customer(name="Ada Lovelace", phone="+8613800001111")
    sent = opened(reader, other, "phone") | {"phone": "+8613800005678"}
    answer = reader.post(address(other, "phone"), sent, **SCRIPT)
    assert answer.status_code == 409
    other.refresh_from_db()
    assert other.phone.as_e164 == "+8613800001111"
    assert reader.post(address(other, "phone"), sent | {"save_anyway": "1"}, **SCRIPT).status_code == 200
    other.refresh_from_db()
    assert other.phone.as_e164 == "+8613800005678"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("level", ["hidden", "masked", "reveal", "read"])
def test_R_280_what_is_not_written_offers_nothing_and_takes_nothing(client, role, level):
    """For every role: a field that it has less than whole is neither offered nor written."""
    factories.a_company()
    unit, region = factories.a_unit("here"), factories.a_region("here")
    user = factories.a_user(role, unit=unit, region=region)
    customer = factories.a_customer(
        name="Ada", phone="+8613800005678", city="London", owner=user, unit=unit, region=region
    )
    FieldRight.objects.update_or_create(
        role=user.role, kind="", sensitivity=Sensitivity.CONTACT, defaults={"level": level}
    )
    FieldRight.objects.filter(role=user.role, kind="customer").delete()
    client.force_login(user)
    page = client.get("/customers/?columns=name,city" + ("" if level == "hidden" else ",phone")).content.decode()
    assert 'data-cell="phone"' not in page
    assert 'data-cell="phone"' not in client.get(customer.get_absolute_url()).content.decode()
    assert client.get(address(customer, "phone"), **SCRIPT).status_code == 404
    sent = {"version": "1", "was": "", "phone": "+8613811112222"}
    assert client.post(address(customer, "phone"), sent, **SCRIPT).status_code == 404
    customer.refresh_from_db()
    assert (customer.phone.as_e164, customer.version) == ("+8613800005678", 1)
    changes = client.post(address(customer, "city"), {"version": "1", "was": "London", "city": "Bath"}, **SCRIPT)
    customer.refresh_from_db()
    if role == Role.EXECUTIVE:  # who may change nothing
        assert 'data-cell="city"' not in page
        assert (changes.status_code, customer.city) == (404, "London")
    else:
        assert 'data-cell="city"' in page
        assert (changes.status_code, customer.city, customer.phone.as_e164) == (200, "Bath", "+8613800005678")


@pytest.mark.parametrize("key", KEYS)
def test_nobody_writes_what_is_not_his_or_no_field(client, key):
    factories.a_company()
    record = factories.a_record(key)
    client.force_login(factories.a_user(role=None))
    name = next(iter(sorted(editable(kinds[key], factories.an_administrator()))))
    assert client.post(address(record, name), {"version": "1"}, **SCRIPT).status_code == 404
    client.force_login(factories.an_administrator())
    for name in ("created_at", "modified_at", "nonsense", "version"):
        assert client.post(address(record, name), {"version": "1", name: "x"}, **SCRIPT).status_code == 404
    before = record.version
    record.refresh_from_db()
    assert record.version == before


def test_a_list_offers_only_what_its_reader_may_change(client):
    factories.a_company()
    here, away = factories.a_unit("here"), factories.a_unit("away")
    rep = factories.a_user(Role.SALES_REP, unit=here)
    manager = factories.a_user(Role.MANAGER, unit=here)
    own = factories.a_customer(name="Own", owner=rep, unit=here)
    factories.a_customer(name="Far", unit=away)
    client.force_login(manager)
    page = client.get("/customers/").content.decode()
    assert page.count("data-cells=") == 1
    assert f'data-cells="/customers/{own.pk}/edit/"' in page
    computed = [each.key for each in kinds["customer"].attributes if each.is_computed]
    assert not set(computed) & editable(kinds["customer"], manager)


def test_a_custom_field_is_changed_in_place(reader):
    factories.a_custom_field("Decor style", options=("Modern", "Classic"))
    customer = factories.a_customer()
    sent = opened(reader, customer, "custom_decor_style")
    answer = reader.post(address(customer, "custom_decor_style"), sent | {"custom_decor_style": "modern"}, **SCRIPT)
    assert answer.status_code == 200
    assert "Modern" in answer.content.decode()
    customer.refresh_from_db()
    assert customer.custom == {"decor_style": "modern"}


def test_who_gives_a_record_away_is_told_that_it_is_gone(client):
    factories.a_company()
    rep, other = factories.a_user(Role.SALES_REP), factories.a_user(Role.SALES_REP)
    customer = factories.a_customer(owner=rep)
    client.force_login(rep)
    sent = opened(client, customer, "owner") | {"owner": str(other.pk), "columns": "name"}
    answer = client.post(address(customer, "owner"), sent, **SCRIPT)
    assert (answer.status_code, answer.content, answer.headers["X-Gone"]) == (200, b"", "1")
    assert client.get("/customers/").context["count"] == 0


def test_without_scripts_the_address_leads_to_the_form_and_back(reader):
    customer = factories.a_customer(city="London")
    assert reader.get(address(customer, "city")).url == f"/customers/{customer.pk}/edit/#id_city"
    sent = {"version": "1", "was": "London", "city": "Bath"}
    answer = reader.post(address(customer, "city"), sent)
    assert answer.url == customer.get_absolute_url()
    assert f'href="/customers/{customer.pk}/edit/#id_city"' in reader.get(answer.url).content.decode()


def test_a_box_and_several_choices_are_written_too(reader):
    person = factories.a_contact_person(is_key_person=True)
    sent = opened(reader, person, "is_key_person")
    assert reader.post(address(person, "is_key_person"), sent, **SCRIPT).status_code == 200
    person.refresh_from_db()
    assert person.is_key_person is False
    from customers.models import Tag

    tags = [Tag.objects.create(name=name) for name in ("Fair", "Press")]
    customer = factories.a_customer()
    sent = opened(reader, customer, "tags") | {"tags": [each.pk for each in tags]}
    assert reader.post(address(customer, "tags"), sent, **SCRIPT).status_code == 200
    assert list(customer.tags.order_by("name")) == tags
    assert kinds["customer"].attribute("tags").type == Type.RELATION
