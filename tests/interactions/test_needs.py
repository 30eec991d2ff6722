"""Needs, pain points and requests: R-022 and R-186."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from crm.accounts.models import Role, User
from interactions.needs.models import CustomerNeed, SpecialRequest
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep(client: Client) -> User:
    factories.a_company()
    user = factories.a_user(Role.SALES_REP, unit=factories.a_unit("sales"))
    client.force_login(user)
    return user


def test_R_186_slow_delivery_is_recorded_and_ranked_by_its_twelve_customers(client: Client, rep: User):
    mine = {"owner": rep, "unit": rep.unit}
    li = factories.a_customer(name="Li Na", **mine)
    contact = factories.a_contact(customer=li, staff=rep)
    data = {
        "customer": li.pk,
        "title": "slow delivery",
        "type": "pain_point",
        "statement": "implied",
        "importance": "5",
        "status": "open",
        "contact": contact.pk,
    }
    assert client.post("/needs/new/", data).status_code == 302
    need = CustomerNeed.objects.get()
    assert (need.type, need.statement, need.importance, need.contact) == ("pain_point", "implied", 5, contact)
    for number in range(11):
        factories.a_need(customer=factories.a_customer(**mine), title="Slow delivery ", importance=1 + number % 5)
    factories.a_need(customer=li, title="Slow delivery", importance=5)
    factories.a_need(customer=li, title="Larger cups", status="open")
    factories.a_need(customer=li, title="Lower price", status="met")
    factories.a_need(title="Larger cups")  # of somebody else's customer
    rows = client.get("/needs/analysis/").context["rows"]
    assert [(row["words"], row["customers"], row["stated"], row["implied"]) for row in rows] == [
        ("slow delivery", 12, 12, 1),
        ("larger cups", 1, 1, 0),
    ]
    only = client.get("/needs/analysis/?type=pain_point").context["rows"]
    assert [(row["words"], row["customers"]) for row in only] == [("slow delivery", 1)]


def test_the_importance_is_1_to_5(client: Client, rep: User):
    li = factories.a_customer(owner=rep, unit=rep.unit)
    data = {"customer": li.pk, "title": "x", "type": "need", "statement": "stated", "status": "open"}
    page = client.post("/needs/new/", data | {"importance": "6"})
    assert list(page.context["form"].errors) == ["importance"]
    assert 'value="6"' in page.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerNeed.objects.create(customer=li, title="x", importance=6, number="N-X")


def test_a_need_names_a_contact_of_its_own_customer(client: Client, rep: User):
    li, other = (factories.a_customer(owner=rep, unit=rep.unit) for _number in range(2))
    contact = factories.a_contact(customer=other, staff=rep)
    data = {"customer": li.pk, "title": "x", "type": "need", "statement": "stated", "status": "open", "importance": 3}
    page = client.post("/needs/new/", data | {"contact": contact.pk})
    assert page.context["form"].errors["contact"] == ["This contact was with another customer."]


def test_R_022_a_request_is_not_closed_without_a_reason(client: Client, rep: User):
    li = factories.a_customer(owner=rep, unit=rep.unit)
    request = factories.a_request(customer=li, staff=rep, title="invoice in two parts")
    data = {"customer": li.pk, "title": request.title, "statement": "stated", "status": "refused", "reason": "  "}
    data["occurred_at"] = "2026-05-02T10:00"
    page = client.post(f"/requests/{request.pk}/edit/", data)
    assert page.context["form"].errors["reason"] == ["Write the reason before you close the request."]
    assert SpecialRequest.objects.get().status == "open"
    data["reason"] = "The tax office wants one invoice."
    page = client.post(f"/requests/{request.pk}/edit/", data)
    assert page.status_code == 302, page.context["form"].errors
    found = SpecialRequest.objects.get()
    assert (found.status, found.reason, found.replied_on) == ("refused", data["reason"], timezone.localdate())
    with pytest.raises(IntegrityError), transaction.atomic():
        SpecialRequest.objects.update(reason="")


def test_R_022_requests_open_for_more_than_three_days_are_listed(client: Client, rep: User):
    li = factories.a_customer(owner=rep, unit=rep.unit)
    now = timezone.now()
    late = factories.a_request(customer=li, staff=rep, occurred_at=now - timedelta(days=3, minutes=1), title="Late")
    factories.a_request(customer=li, staff=rep, occurred_at=now - timedelta(days=2, hours=23), title="Fresh")
    factories.a_request(
        customer=li, staff=rep, occurred_at=now - timedelta(days=9), title="Done", status="accepted", reason="Fine"
    )
    page = client.get("/requests/?is_waiting=true")
    assert page.context["count"] == 1
    assert "Late" in page.content.decode()
    assert client.get("/requests/?is_waiting=false").context["count"] == 2
    assert late.is_overdue
    assert list(SpecialRequest.objects.waiting()) == [late]
    groups = client.get("/").context["menu"]
    assert {item.key: item.badge for group in groups for item in group.items}["request"] == 1
