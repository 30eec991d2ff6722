"""Who somebody may already be: for forms, the hint, API and imports, as far as the asker may know."""

import json

import pytest
from django.urls import reverse

from crm.accounts.models import FieldRight, Role
from crm.records import bulk, duplicates
from customers import duplicates as customers_duplicates
from customers.duplicates import keys
from customers.models import Customer, DuplicateKey, DuplicatePair
from tests import factories

pytestmark = pytest.mark.django_db
HINT = "/customers/duplicates/hint/"


@pytest.fixture
def manager():
    factories.a_company()
    return factories.a_user(Role.MANAGER, unit=factories.a_unit("shanghai"))


@pytest.fixture
def huaxin(manager):
    return factories.a_customer(
        name="上海华信科技有限公司", type="organisation", phone="+862155550101", unit=manager.unit, owner=manager
    )


def mask(role: str, sensitivity: str, level: str = "masked") -> None:
    FieldRight.objects.update_or_create(
        role=Role.objects.get(code=role), kind="", sensitivity=sensitivity, defaults={"level": level}
    )


def found(values: dict, user, **options) -> list[tuple]:
    return [(each.record, each.reasons) for each in customers_duplicates.candidates(values, user, **options)]


def test_keys_follow_the_record(huaxin):
    values = set(DuplicateKey.objects.filter(customer=huaxin).values_list("value", flat=True))
    assert values == {"p:+862155550101", "n:上信华技海科", "f:上海华信", "l:华信科技"}
    huaxin.phone = ""
    huaxin.save()
    assert not DuplicateKey.objects.filter(value="p:+862155550101").exists()


def test_r005_found_by_phone_and_by_name_in_either_script(huaxin, manager):
    assert found({"name": "Somebody", "phone": "021-5555-0101"}, manager) == []
    assert found({"name": "華信科技(上海)", "type": "organisation"}, manager) == [(huaxin, ("name",))]
    assert found({"name": "華信科技(上海)", "phone": "021-5555-0101"}, manager) == [(huaxin, ("phone", "name"))]


def test_the_record_itself_and_whom_it_is_not_are_no_candidates(huaxin, manager):
    other = factories.a_customer(name="华信科技（上海）", type="organisation", phone="+862155550101", unit=manager.unit)
    values = {name: getattr(other, name) for name in keys.FIELDS}
    assert found(values, manager, customer=other) == [(huaxin, ("phone", "name"))]
    first, second = sorted((huaxin.pk, other.pk))
    DuplicatePair.objects.create(first_id=first, second_id=second, score=96, status="dismissed")
    assert found(values, manager, customer=other) == []


def test_a_customer_in_the_recycle_bin_is_no_candidate(huaxin, manager):
    from crm.records import services

    services.delete(huaxin, user=manager)
    assert found({"name": "華信科技(上海)", "phone": "021-5555-0101"}, manager) == []


def test_who_is_outside_is_not_named(huaxin, manager):
    away = factories.a_user(Role.MANAGER, unit=factories.a_unit("beijing"))
    same_name = customers_duplicates.candidates({"name": "华信科技(上海)", "type": "organisation"}, away)
    assert same_name == []
    (known,) = customers_duplicates.candidates({"name": "华信科技(上海)", "phone": "+862155550101"}, away)
    assert (known.record, known.score, known.reasons, known.words, known.is_outside) == (None, 0, (), (), True)


def test_a_masked_value_answers_no_question(huaxin, manager):
    huaxin.tax_number = "9131-0000-X1"
    huaxin.save()
    asked = {"name": "Any", "type": "organisation", "tax_number": "91310000X1"}
    assert found(asked, manager) == [(huaxin, ("tax",))]
    rep = factories.a_user(Role.SALES_REP, unit=manager.unit)  # sees tax numbers masked
    assert found(asked, rep) == []
    mask("manager", "contact")
    again = type(manager).objects.get(pk=manager.pk)
    assert found({"name": "华信科技上海", "phone": "+862155550101"}, again) == [(huaxin, ("name",))]


def test_a_value_that_very_many_share_tells_nothing(manager):
    count = 70
    bulk.append(
        Customer,
        {
            "number": [f"X-{each}" for each in range(count)],
            "name": ["Same Name Ltd"] * count,
            "type": ["organisation"] * count,
            "unit_id": [manager.unit_id] * count,
        },
    )
    assert duplicates.of("customer", {"name": "Same Name", "type": "organisation"}, manager) == []
    assert (
        DuplicateKey.objects.filter(value="n:name same").count() == count
    )  # written in bulk, found at the next question


def test_many_rows_are_compared_with_the_base_and_with_each_other(huaxin, manager, django_assert_max_num_queries):
    rows = [
        {"name": "Acme Tools", "type": "organisation", "email": "a@acme.example"},
        {"name": "華信科技(上海)", "phone": "021-5555-0101"},
        {"name": "ACME Tools Ltd", "email": "A@acme.example"},
        {"name": "Nobody else"},
    ]
    with django_assert_max_num_queries(14):
        answers = duplicates.of_many("customer", rows, manager)
    assert [[(each.record, each.row, each.score) for each in answer] for answer in answers] == [
        [],
        [(huaxin, None, 96)],
        [(None, 0, 96)],
        [],
    ]
    assert customers_duplicates.candidates_of_many(rows, manager)[1][0].record == huaxin
    assert duplicates.of("product", {"name": "Tea"}, manager) == []


# the hint -------------------------------------------------------------------------------------------------------------


def test_r005_the_hint_names_who_is_typed_and_nothing_masked(client, huaxin, manager):
    client.force_login(manager)
    html = client.post(HINT, {"name": "華信科技(上海)", "type": "person"}).content.decode()
    assert huaxin.name in html and huaxin.number in html
    assert "similar name" in html
    assert client.post(HINT, {"name": "Quite different"}).content.decode().strip() == ""
    assert client.post(HINT, {"name": "\0", "birth_date": "2024-13-99", "record": "9" * 30}).status_code == 200
    assert client.get(HINT).status_code == 405


def test_the_hint_says_nothing_of_who_is_outside(client, huaxin, manager):
    client.force_login(factories.a_user(Role.SALES_REP, unit=factories.a_unit("beijing")))
    assert client.post(HINT, {"name": huaxin.name, "phone": "+862155550101"}).content.decode().strip() == ""
    client.force_login(factories.a_user(Role.EXECUTIVE))  # neither creates nor changes customers
    assert client.post(HINT, {"name": huaxin.name}).status_code == 404


def test_the_hint_asks_as_many_questions_for_many_matches(client, manager, django_assert_num_queries):
    client.force_login(manager)
    client.post(HINT, {"name": "Warm Up"})
    for count in (5, 45):
        for _each in range(count):
            factories.a_customer(name="Acme Tools", type="organisation", unit=manager.unit)
        with django_assert_num_queries(9):
            client.post(HINT, {"name": "Acme Tools", "type": "organisation", "phone": "021 5555 0101"})


# saving ---------------------------------------------------------------------------------------------------------------


def test_saving_a_likely_duplicate_asks_first_and_keeps_what_was_typed(client, huaxin, manager):
    client.force_login(manager)
    data = {
        "name": "華信科技(上海)",
        "type": "organisation",
        "phone": "021-5555-0101",
        "relation_class": "key",
        "needs": "Fast",
    }
    answer = client.post("/customers/new/", data)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert Customer.objects.count() == 1
    assert 'name="save_anyway"' in html and huaxin.number in html
    assert answer.context["form"]["needs"].value() == "Fast"
    assert client.post("/customers/new/", {**data, "save_anyway": "1"}).status_code == 302
    assert Customer.objects.count() == 2


def test_only_a_change_of_what_is_compared_is_questioned(client, huaxin, manager):
    client.force_login(manager)
    other = factories.a_customer(
        name="华信科技(上海)", type="organisation", phone="+862155550101", unit=manager.unit, owner=manager
    )
    url = reverse("customers:customer_update", args=[other.pk])
    data = {
        "name": other.name,
        "type": "organisation",
        "phone": "+862155550101",
        "relation_class": "ordinary",
        "needs": "Fast",
    }
    data |= {"unit": manager.unit_id, "owner": manager.pk}
    assert client.post(url, data).status_code == 302
    assert client.post(url, {**data, "email": "a@b.example"}).status_code == 409
    assert client.post(url, {**data, "email": "a@b.example", "save_anyway": "1"}).status_code == 302


def test_the_api_answers_409_with_candidates_until_forced(client, huaxin, manager):
    client.force_login(manager)

    def post(**values):
        body = {"name": "華信科技(上海)", "type": "organisation", "phone": "021-5555-0101", **values}
        return client.post("/api/v1/customers/", json.dumps(body), content_type="application/json")

    answer = post()
    assert answer.status_code == 409
    assert answer.json()["candidates"] == [
        {
            "id": huaxin.pk,
            "number": huaxin.number,
            "name": huaxin.name,
            "url": huaxin.get_absolute_url(),
            "score": 96,
            "reasons": ["phone", "name"],
            "is_outside": False,
            "erased_on": None,
        }
    ]
    assert post(force=False).status_code == 409
    assert post(force=True).status_code == 201
    assert (
        client.post("/api/v1/products/", json.dumps({"force": True}), content_type="application/json").status_code
        == 422
    )
    client.force_login(factories.a_user(Role.SALES_REP, unit=factories.a_unit("beijing")))
    (outside,) = post().json()["candidates"]
    assert outside == {
        "id": None, "number": None, "name": None, "url": None, "score": None, "reasons": [], "is_outside": True,
        "erased_on": None,
    }  # fmt: skip
