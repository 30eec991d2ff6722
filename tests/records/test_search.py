"""Search: pieces of names, phones and numbers, in Latin and Chinese letters."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from crm.accounts.models import Role
from crm.records import search, services
from customers.models import Customer
from tests import factories

pytestmark = pytest.mark.django_db


def found(text, user=None):
    return set(search.find("customer", text, user))


def test_r001_a_customer_is_found_by_name_and_by_the_end_of_the_phone():
    li = factories.a_customer(name="Li Na", phone="+8613800005678", city="Hangzhou")
    factories.a_customer(name="Wu Lei", phone="+8613911112222")
    for text in (
        "5678",
        "Li Na",
        "li na",
        "na li",
        "138-0000-5678",
        "138 0000",
        "hangz",
        li.number,
    ):
        assert found(text) == {li.pk}, text
    assert found("9999") == set()


def test_chinese_names_are_found_by_two_letters_and_by_one():
    li = factories.a_customer(name="李娜贸易有限公司", city="杭州")
    wang = factories.a_customer(name="王芳")
    assert found("李娜") == {li.pk}
    assert found("贸易") == {li.pk}
    assert found("芳") == {wang.pk}
    assert found("杭州 贸易") == {li.pk}
    assert found("易贸") == set()


def test_letters_of_one_word_do_not_join_with_those_of_another():
    factories.a_customer(name="abcx ybcd")
    assert found("abcd") == set()


def test_full_width_and_capitals_are_the_same_letters():
    customer = factories.a_customer(name="ＡＣＭＥ Trading")
    assert found("acme") == {customer.pk}
    assert found("ＴＲＡＤ") == {customer.pk}


def test_e_mails_are_found_by_name_and_by_domain():
    customer = factories.a_customer(name="X", email="li.na@lotus.example.com")
    for text in ("li.na@lotus.example.com", "lotus", "li.na", "lotus.example.com"):
        assert found(text) == {customer.pk}, text


def test_the_index_follows_the_record():
    customer = factories.a_customer(name="Before")
    customer.name = "After"
    services.save(customer, user=None)
    assert (found("before"), found("after")) == (set(), {customer.pk})
    services.delete(customer, user=None)
    assert found("after") == set()
    services.restore(customer, user=None)
    assert found("after") == {customer.pk}


def test_common_and_rare_texts_give_the_same_answers(monkeypatch):
    wanted = {factories.a_customer(name=f"Golden Lotus {at}").pk for at in range(4)}
    factories.a_customer(name="Golden Rose")
    rare = found("golden lotus")
    monkeypatch.setattr(search, "RARE", 0)
    assert search.Question(search.kinds["customer"], "golden", None).rarest is None
    assert found("golden lotus") == rare == wanted


def test_only_what_the_reader_may_see_is_found(client):
    unit = factories.a_unit()
    rep = factories.a_user(Role.SALES_REP, unit=unit)
    mine = factories.a_customer(name="Golden Lotus", unit=unit)
    factories.a_customer(name="Golden Rose", unit=factories.a_unit())
    assert found("golden", rep) == {mine.pk}
    client.force_login(rep)
    groups = client.get("/search/?q=golden").context["groups"]
    assert [[each.pk for each in group["records"]] for group in groups] == [[mine.pk]]
    answer = client.get("/lookup/customer/?q=golden").json()
    assert answer == {
        "results": [{"id": mine.pk, "text": "Golden Lotus", "hint": mine.number}],
        "pagination": {"more": False},
    }


@pytest.mark.parametrize("key", ["unit", "user", "region", "category", "channel", "industry", "tag", "opinion_type"])
def test_lookups_answer_for_every_relation(client, key):
    client.force_login(factories.an_administrator())
    for query in ("", "?q=a", "?q=%00", "?q=a&page=99999999999", "?page=-1"):
        assert "results" in client.get(f"/lookup/{key}/{query}").json()
    assert client.get("/lookup/nonsense/").status_code == 404


def test_bulk_indexing_replaces_what_was_there():
    Customer.objects.bulk_create([Customer(name=f"Bulk {at}", number=f"B-{at}") for at in range(3)])
    assert search.index("customer", Customer.objects.all()) > 0
    assert search.index("customer", Customer.objects.all()) > 0
    assert len(found("bulk")) == 3


def test_chinese_names_are_found_by_the_first_letters_of_their_sounds():
    person = factories.a_customer(name="王小明")
    company = factories.a_customer(name="重庆百川茶业有限公司")
    factories.a_customer(name="Wendy Xu-Morgan")
    for text in ("wxm", "WXM", "wx", "wangxiaoming", "xiaoming", "王小"):
        assert found(text) == {person.pk}, text
    assert found("bccy") == {company.pk}
    assert found("cqbc") == {company.pk}
    assert found("wmx") == set()


def test_sounds_are_no_texts_of_other_attributes():
    factories.a_customer(name="Lotus", city="王小明")
    assert found("wxm") == set()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_long_indexing_lets_others_write_between_its_batches(monkeypatch):
    """A cursor left open would make the next write of this connection fail on SQLite."""
    monkeypatch.setattr(search, "BATCH", 2)
    for number in range(5):
        factories.a_customer(name=f"Lotus {number}")
    replace = search._replace
    state = []

    def noting(kind, attributes, records, **kwargs):
        state.append(len(records))
        with ThreadPoolExecutor(1) as other:  # a connection of its own
            other.submit(_touch).result()
        return replace(kind, attributes, records, **kwargs)

    monkeypatch.setattr(search, "_replace", noting)
    search.index("customer", Customer.objects.all())
    assert state == [2, 2, 1]


def _touch():
    Customer.objects.update(city="Suzhou")
    connection.close()


def test_all_kinds_are_asked_at_once(client, django_assert_max_num_queries):
    """The box of every page looks through every kind; a kind without an answer costs nothing of its own."""
    factories.a_company()
    client.force_login(factories.an_administrator())
    customer = factories.a_customer(name="王小明", phone="+8613800005678")
    factories.a_product(name="茶壶")
    client.get("/search/?palette=1&q=nobody")
    for text in ("小明", "5678", customer.number):
        with django_assert_max_num_queries(12):
            page = client.get("/search/", {"palette": "1", "q": text}).content.decode()
        assert customer.get_absolute_url() in page, text
    with django_assert_max_num_queries(9):
        client.get("/search/?palette=1&q=%E6%97%A0%E4%BA%BA")


def test_a_number_of_any_kind_is_found_though_no_text_holds_it(client):
    factories.a_company()
    client.force_login(factories.an_administrator())
    product = factories.a_product(number="Q7-99", name="茶壶")
    assert product.get_absolute_url() in client.get("/search/?q=q7-99").content.decode()


def test_a_very_long_question_is_one_statement(django_assert_num_queries):
    question = search.Question(search.kinds["customer"], "abcdefghijklmnopqrstuvwxyz" * 3, None)
    with django_assert_num_queries(1):
        assert question.finds_nothing
