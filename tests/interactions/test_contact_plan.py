"""Contacts that are due: R-012 by relationship class, R-019 by the plan of a month."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from crm.accounts.models import Role, User
from customers.models import Customer, RelationClassStandard
from customers.standards.models import contact_intervals
from interactions.contacts import overdue
from interactions.contacts.models import ContactPlan
from interactions.work.models import Task
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 20, 4, tzinfo=UTC)  # noon in Shanghai


@pytest.fixture
def rep(client: Client, monkeypatch: pytest.MonkeyPatch) -> User:
    factories.a_company()
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    user = factories.a_user(Role.SALES_REP, unit=factories.a_unit("sales"))
    client.force_login(user)
    return user


def silent(rep: User, days: int, **values) -> Customer:
    customer = factories.a_customer(owner=rep, unit=rep.unit, **values)
    factories.a_contact(customer=customer, occurred_at=NOW - timedelta(days=days))
    return customer


def reminders() -> list[tuple[str, str]]:
    rows = Task.objects.kept().open().filter(source="contact_due")
    return sorted(rows.values_list("customer__name", "title"))


def test_R_012_a_key_account_silent_for_20_days_is_overdue_by_6_and_an_ordinary_customer_is_not(
    client: Client, rep: User
):
    silent(rep, 20, name="Key", relation_class="key")
    silent(rep, 20, name="Ordinary", relation_class="ordinary")
    assert overdue.remind() == {"made": 1, "closed": 0, "counted_on": 0}
    assert reminders() == [("Key", "Contact overdue by 6 days")]
    task = Task.objects.get(source="contact_due")
    assert (task.staff, task.due_at) == (rep, datetime(2026, 5, 14, 10, tzinfo=UTC))
    assert task.is_overdue
    assert "Contact overdue by 6 days" in client.get("/tasks/").content.decode()


def test_it_counts_on_comes_once_in_a_silence_and_closes_with_the_next_contact(rep: User, monkeypatch):
    key = silent(rep, 20, name="Key", relation_class="key")
    other = silent(rep, 20, name="Other", relation_class="key")
    overdue.remind()
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=1))
    Task.objects.filter(customer=other).update(status="cancelled")
    assert overdue.remind() == {"made": 0, "closed": 0, "counted_on": 1}
    assert reminders() == [("Key", "Contact overdue by 7 days")]
    factories.a_contact(customer=key, occurred_at=NOW - timedelta(days=18))  # logged late: still silent for too long
    assert reminders() == [("Key", "Contact overdue by 7 days")]
    contact = factories.a_contact(customer=key, occurred_at=NOW)
    task = Task.objects.get(customer=key, source="contact_due")
    assert (task.status, task.outcome) == ("done", f"Contacted: {contact.number}")
    factories.a_contact(customer=other, occurred_at=NOW)
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=16))
    assert overdue.remind()["made"] == 2  # a new silence
    assert reminders() == [("Key", "Contact overdue by 2 days"), ("Other", "Contact overdue by 2 days")]


def test_who_was_contacted_by_an_import_is_closed_at_night(rep: User):
    key = silent(rep, 20, name="Key", relation_class="key")
    overdue.remind()
    contact = factories.a_contact(customer=key, occurred_at=NOW - timedelta(days=30))
    type(contact).objects.filter(pk=contact.pk).update(occurred_at=NOW)
    assert overdue.remind() == {"made": 0, "closed": 1, "counted_on": 0}
    assert reminders() == []


def test_lost_long_silent_and_never_contacted_customers_ask_for_nothing(rep: User):
    silent(rep, 20, relation_class="key", lost_on="2026-05-01")
    silent(rep, 14 + 91, relation_class="key")
    silent(rep, 14, relation_class="key")
    factories.a_customer(owner=rep, relation_class="key")
    factories.a_contact(customer=factories.a_customer(relation_class="key"), occurred_at=NOW - timedelta(days=20))
    assert overdue.remind()["made"] == 0


def test_the_intervals_are_the_company_s_own(client: Client, rep: User):
    assert contact_intervals() == {"ordinary": 60, "key": 14, "organisational": 30}
    assert client.get("/settings/relationship-classes/").status_code == 404
    client.force_login(factories.an_administrator())
    data = {
        "ordinary-contact_interval_days": "60",
        "key-contact_interval_days": "21",
        "key-service": "Answer within an hour",
        "organisational-contact_interval_days": "0",
    }
    page = client.post("/settings/relationship-classes/", data)
    assert page.status_code == 200
    assert 'value="21"' in page.content.decode()
    data["organisational-contact_interval_days"] = "30"
    assert client.post("/settings/relationship-classes/", data).status_code == 302
    assert RelationClassStandard.objects.get(relation_class="key").service == "Answer within an hour"
    assert contact_intervals()["key"] == 21
    assert factories.a_customer(relation_class="key").contact_interval_days == 21
    key = silent(rep, 20, relation_class="key")
    assert overdue.remind()["made"] == 0
    summary = client.get(f"/customers/{key.pk}/knowledge/?part=summary").content.decode()
    assert "a contact every 21 days" in summary
    assert "Answer within an hour" in summary


def test_R_019_seven_of_ten_planned_key_customers_are_70_percent_and_three_are_named(client: Client, rep: User):
    mine = {"owner": rep, "unit": rep.unit, "relation_class": "key"}
    customers = [factories.a_customer(name=f"Key {number}", **mine) for number in range(10)]
    factories.a_customer(name="Lost", lost_on="2026-05-01", **mine)
    factories.a_customer(name="Of somebody else", relation_class="key")
    may = datetime(2026, 5, 4, 2, tzinfo=UTC)
    for customer in customers[:7]:
        factories.a_contact(customer=customer, occurred_at=may)
    factories.a_contact(customer=customers[0], occurred_at=may)  # a second one with the same
    factories.a_contact(customer=customers[7], occurred_at=datetime(2026, 4, 30, 15, tzinfo=UTC))  # 23:00 in April
    client.force_login(factories.a_user(Role.MANAGER, unit=rep.unit))
    assert client.post("/contacts/plan/", {"month": "2026-05", "key": "10"}).status_code == 302
    page = client.get("/contacts/plan/?month=2026-05")
    row = next(each for each in page.context["rows"] if each.code == "key")
    assert (row.planned, row.done, row.contacts, row.customers) == (10, 7, 8, 10)
    assert row.share == Decimal("0.7")
    assert {each.name for each in page.context["waiting"]} == {"Key 7", "Key 8", "Key 9"}
    html = page.content.decode()
    assert "70%" in html
    assert row.overdue == 8  # 7 were last contacted 16 days ago, one 20; two never


def test_only_who_sets_goals_plans_and_nonsense_is_told(client: Client, rep: User):
    assert client.get("/contacts/plan/").context["may_plan"] is False
    assert client.post("/contacts/plan/", {"month": "2026-05", "key": "10"}).status_code == 404
    client.force_login(factories.a_user(Role.MANAGER, unit=rep.unit))
    page = client.post("/contacts/plan/", {"month": "2026-05", "key": "-1", "ordinary": "5"})
    assert list(page.context["form"].errors) == ["key"]
    assert 'value="-1"' in page.content.decode()
    assert ContactPlan.objects.count() == 0
    assert client.get("/contacts/plan/?month=nonsense&class=x").context["month"].isoformat() == "2026-05-01"
    client.post("/contacts/plan/", {"month": "2026-05", "key": "3"})
    client.post("/contacts/plan/", {"month": "2026-05", "key": ""})
    assert ContactPlan.objects.count() == 0


def test_the_plan_asks_no_more_for_many_customers(client: Client, rep: User, django_assert_max_num_queries):
    for _number in range(5):
        silent(rep, 40, relation_class="key")
    client.get("/contacts/plan/")  # what settings say is kept from now on
    with django_assert_max_num_queries(12) as few:
        client.get("/contacts/plan/")
    for _number in range(45):
        silent(rep, 40, relation_class="key")
    with django_assert_max_num_queries(12) as many:
        assert len(client.get("/contacts/plan/").context["waiting"]) == 50
    assert len(few) == len(many)
