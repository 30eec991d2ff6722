"""The customer's form and page."""

from datetime import UTC, datetime

import pytest

from crm.accounts.models import Role
from crm.records import timeline
from customers.models import Customer
from tests import factories

pytestmark = pytest.mark.django_db


def test_r001_a_customer_is_entered_shown_with_age_and_found(client, monkeypatch):
    from django.utils import timezone

    client.force_login(factories.a_user(Role.SALES_REP, unit=factories.a_unit()))
    monkeypatch.setattr(timezone, "now", lambda: datetime(2024, 5, 31, 4, tzinfo=UTC))
    data = {"type": "person", "name": "Li Na", "sex": "female", "birth_date": "1990-05-02", "phone": "138-0000-5678"}
    data |= {"address": "1 West Lake Road", "city": "Hangzhou", "occupation": "teacher", "relation_class": "ordinary"}
    answer = client.post("/customers/new/", data)
    assert answer.status_code == 302
    customer = Customer.objects.get()
    assert (customer.number, customer.age) == ("C-000001", 34)
    assert customer.owner is not None
    page = client.get(answer.url)
    shown = {each.key: each.text for section in page.context["sections"] for each in section.fields}
    assert shown["age"] == "34"
    for text in ("5678", "Li Na"):
        assert client.get("/customers/", {"q": text}).context["count"] == 1


@pytest.fixture
def history_of_li():
    user = factories.an_administrator()
    li = factories.a_customer(name="Li Na", owner=user)
    day = lambda number: datetime(2024, 5, number, 9, tzinfo=UTC)  # noqa: E731
    factories.an_enquiry(customer=li, occurred_at=day(3), title="Is it in stock?")
    factories.a_contact(customer=li, occurred_at=day(4), subject="Called back")
    factories.an_order(customer=li, occurred_at=day(6))
    factories.a_complaint(customer=li, occurred_at=day(20), title="Repair of the handle")
    factories.a_contact(occurred_at=day(5), subject="Somebody else")
    return user, li


def test_r003_the_timeline_shows_everything_newest_first_and_filters(client, history_of_li):
    user, li = history_of_li
    page = timeline.of(li, user)
    assert [entry.kind.key for entry in page.entries] == ["complaint", "order", "contact", "enquiry"]
    assert [entry.title for entry in timeline.of(li, user, group="after_sales").entries] == ["Repair of the handle"]
    client.force_login(user)
    html = client.get(li.get_absolute_url()).content.decode()
    for entry in page.entries:
        assert entry.url in html
    filtered = client.get(f"{li.get_absolute_url()}?timeline=after_sales").content.decode()
    assert "Repair of the handle" in filtered
    assert "Called back" not in filtered
    assert client.get(f"{li.get_absolute_url()}?timeline=x&timeline_page=-9").status_code == 200


def test_the_timeline_turns_its_pages_without_losing_or_doubling(history_of_li):
    user, li = history_of_li
    pages = [timeline.of(li, user, page=number, size=3) for number in (1, 2)]
    assert [len(page.entries) for page in pages] == [3, 1]
    assert (pages[0].has_next, pages[1].has_next) == (True, False)
    assert len({(entry.kind.key, entry.pk) for page in pages for entry in page.entries}) == 4


def test_the_timeline_holds_only_what_the_reader_may_see(history_of_li):
    _user, li = history_of_li
    agent = factories.a_user(Role.SERVICE_AGENT)
    rules = agent.role.rules
    rules.filter(kind="order").update(view="none")
    assert {entry.kind.key for entry in timeline.of(li, agent).entries} == {"complaint", "contact", "enquiry"}


def test_the_page_asks_no_more_for_a_long_history(client, history_of_li, django_assert_max_num_queries):
    user, li = history_of_li
    client.force_login(user)
    client.get(li.get_absolute_url())
    with django_assert_max_num_queries(20) as few:
        client.get(li.get_absolute_url())
    for _ in range(30):
        factories.a_contact(customer=li)
        factories.a_task(customer=li)
    with django_assert_max_num_queries(20) as many:
        client.get(li.get_absolute_url())
    assert len(many) == len(few)
