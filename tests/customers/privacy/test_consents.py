"""Consents by channel and purpose: recording, what holds, who may be reached, lists, segments, pages, API."""

import datetime
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.facts import engine
from analytics.segments import compiler
from crm.accounts.models import Role
from crm.records import rules, tokens
from crm.records.kinds import kinds
from customers.duplicates import merging
from customers.models import Channel, Consent, Customer
from customers.privacy import consents
from tests import factories
from tests.analytics import published

pytestmark = pytest.mark.django_db
GIVEN, WITHDRAWN = Consent.State.GIVEN, Consent.State.WITHDRAWN


@pytest.fixture
def rep():
    factories.a_company()
    return factories.a_user(Role.SALES_REP, unit=factories.a_unit())


def say(customer, channel, purpose, state, *, days_ago=0, **more):
    at = timezone.now() - datetime.timedelta(days=days_ago)
    channel = Channel.objects.get(code=channel)
    return consents.record(customer=customer, channel=channel, purpose=purpose, state=state, user=None, at=at, **more)


def a_customer(rep, name, **values):
    given = {"email": f"{name}@example.com", "phone": "+8613800005678", "address": "1 Lake Road"}
    return factories.a_customer(name=name, owner=rep, unit=rep.unit, **{**given, **values})


def test_customers_agree_to_mail_calls_messages_and_letters():
    codes = set(Channel.objects.filter(for_consent=True).values_list("code", flat=True))
    assert codes == {"email", "phone", "message", "post"}


def test_R_286_who_withdraws_e_mail_consent_is_excluded_from_campaigns(rep):
    customer = a_customer(rep, "lina")
    assert not Customer.objects.reachable("email", "marketing").exists()  # nothing was said
    say(customer, "email", "marketing", GIVEN, days_ago=2)
    assert list(Customer.objects.reachable("email", "marketing")) == [customer]
    assert not Customer.objects.reachable("phone", "marketing").exists()
    say(customer, "email", "marketing", WITHDRAWN)
    assert not Customer.objects.reachable("email", "marketing").exists()
    assert list(Customer.objects.reachable("email", "service")) == [customer]
    states = list(Consent.objects.values_list("state", flat=True))
    assert states == ["withdrawn", "given"]  # both are kept


def test_service_and_surveys_are_allowed_until_they_are_withdrawn(rep):
    one, other = a_customer(rep, "one"), a_customer(rep, "other")
    say(one, "phone", "service", WITHDRAWN)
    say(one, "post", "survey", WITHDRAWN)
    assert list(Customer.objects.reachable("phone", "service")) == [other]
    assert set(Customer.objects.reachable("message", "service")) == {one, other}
    assert list(Customer.objects.reachable("post", "survey")) == [other]


def test_nobody_is_reached_without_an_address_or_after_an_erasure(rep):
    a_customer(rep, "none", email="", address="")
    gone = a_customer(rep, "gone")
    Customer.objects.filter(pk=gone.pk).update(erased_at=timezone.now())
    assert not Customer.objects.reachable("email", "service").exists()
    assert not Customer.objects.reachable("post", "service").exists()
    assert Customer.objects.reachable("phone", "service").count() == 1


def test_the_latest_statement_holds_whatever_the_order_they_are_recorded_in(rep):
    customer = a_customer(rep, "lina")
    say(customer, "email", "marketing", WITHDRAWN, days_ago=1)
    say(customer, "email", "marketing", GIVEN, days_ago=5)  # entered later from an older paper form
    customer.refresh_from_db()
    assert customer.consents == {"marketing": ["email:withdrawn"]}
    assert consents.state_of(customer, "email", "marketing") == "withdrawn"


def test_a_merge_brings_the_statements_and_an_undo_takes_them_back(rep):
    one, two = a_customer(rep, "one"), a_customer(rep, "two")
    say(one, "email", "marketing", GIVEN, days_ago=3)
    say(two, "email", "marketing", WITHDRAWN, days_ago=1)
    say(two, "phone", "survey", GIVEN)
    merge = merging.merge(survivor=one, duplicate=two, user=rep)
    one = Customer.objects.get(pk=one.pk)
    assert one.consents == {"marketing": ["email:withdrawn"], "survey": ["phone:given"]}
    merging.undo(merge, user=rep)
    one, two = Customer.objects.get(pk=one.pk), Customer.objects.get(pk=two.pk)
    assert one.consents == {"marketing": ["email:given"]}
    assert two.consents == {"marketing": ["email:withdrawn"], "survey": ["phone:given"]}


def test_lists_filter_and_show_what_was_agreed_to(client, rep):
    yes, no, _silent = (a_customer(rep, name) for name in ("yes", "no", "silent"))
    say(yes, "email", "marketing", GIVEN)
    say(no, "email", "marketing", WITHDRAWN)
    client.force_login(rep)
    url = kinds["customer"].url("list")
    answer = client.get(url, {"consent_marketing": "email:given", "columns": "name,consent_marketing"})
    assert answer.status_code == 200 and answer.context["count"] == 1
    text = answer.content.decode()
    assert "yes" in text and "E-mail: given" in text
    assert client.get(url, {"consent_marketing": "email:withdrawn"}).context["count"] == 1
    assert client.get(url, {"consent_marketing": ["email:withdrawn", "email:given"]}).context["count"] == 2
    assert client.get(url, {"consent_marketing": "fax:given"}).context["count"] == 0


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ({"attribute": "consent_marketing", "op": "is", "value": "email:given"}, {"yes"}),
        ({"attribute": "consent_marketing", "op": "in", "value": ["email:given", "email:withdrawn"]}, {"yes", "no"}),
        ({"attribute": "consent_marketing", "op": "is_not", "value": "email:given"}, {"no", "silent"}),
        ({"attribute": "consent_marketing", "op": "is_empty"}, {"silent"}),
        ({"attribute": "consent_survey", "op": "is_not_empty"}, {"silent"}),
    ],
)
def test_segments_ask_the_same_of_records_and_of_facts(rep, rule, names, settings, tmp_path):
    settings.FACTS_DIR = tmp_path
    yes, no, silent = (a_customer(rep, name) for name in ("yes", "no", "silent"))
    say(yes, "email", "marketing", GIVEN)
    say(no, "email", "marketing", WITHDRAWN)
    say(silent, "phone", "survey", GIVEN)
    parsed = rules.parse(rule, "customer")
    assert set(Customer.objects.filter(rules.to_q(parsed)).values_list("name", flat=True)) == names
    run = published.run("2026-01-01", {each: {} for each in (yes, no, silent)})
    ids = compiler.members(engine.reader(run.facts, user=None), rule, as_of=datetime.date(2026, 1, 1))
    assert set(Customer.objects.filter(pk__in=ids).values_list("name", flat=True)) == names


def test_the_page_records_a_statement_and_keeps_all(client, rep):
    customer = a_customer(rep, "lina")
    client.force_login(rep)
    url = reverse("customers:customer_consents", args=[customer.pk])
    channel = Channel.objects.get(code="email")
    sent = {
        "channel": channel.pk, "purpose": "marketing", "state": "given", "source": "contract", "note": "Order form",
        "at": "2026-05-01T10:00",
    }  # fmt: skip
    assert client.post(url, sent).status_code == 302
    said = Consent.objects.get()
    assert (said.channel, said.purpose, said.state, said.source, said.note, said.recorded_by) == (
        channel, "marketing", "given", "contract", "Order form", rep,
    )  # fmt: skip
    assert said.at == datetime.datetime(2026, 5, 1, 2, 0, tzinfo=datetime.UTC)
    text = client.get(url).content.decode()
    assert "Order form" in text and "What holds now" in text
    text = client.get(customer.get_absolute_url()).content.decode()
    assert "consents-title" in text and url in text
    future = client.post(url, {**sent, "at": "2199-01-01T10:00"})
    assert future.status_code == 200 and "cannot lie in the future" in future.content.decode()
    assert "Order form" in future.content.decode()  # what was typed is kept
    assert Consent.objects.count() == 1


def test_who_may_not_change_the_customer_records_nothing(client, rep):
    customer = a_customer(rep, "lina")
    stranger = factories.a_user(Role.SALES_REP, unit=factories.a_unit())
    executive = factories.a_user(Role.EXECUTIVE)
    url = reverse("customers:customer_consents", args=[customer.pk])
    client.force_login(stranger)
    assert client.get(url).status_code == client.post(url).status_code == 404
    client.force_login(executive)
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 404
    assert Consent.objects.count() == 0


def test_the_history_tells_of_consents(client, rep):
    customer = a_customer(rep, "lina")
    say(customer, "email", "marketing", GIVEN)
    client.force_login(rep)
    assert "E-mail: given" in client.get(kinds["customer"].url("history", customer.pk)).content.decode()


def test_the_api_reads_and_records(client, rep):
    customer = a_customer(rep, "lina")
    _token, key = tokens.make_token(user=rep, name="Shop", days=None)
    headers = {"Authorization": f"Bearer {key}"}
    body = {"customer": customer.pk, "channel": "email", "purpose": "marketing", "state": "withdrawn", "source": "link"}
    made = client.post("/api/v1/consents", json.dumps(body), content_type="application/json", headers=headers)
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["recorded_by"]) == ("withdrawn", rep.pk)
    found = client.get(f"/api/v1/consents?customer={customer.pk}", headers=headers).json()
    assert found["holds"] == {"marketing": ["email:withdrawn"]}
    assert [each["source"] for each in found["results"]] == ["link"]
    one = client.get(f"/api/v1/customers/{customer.pk}", headers=headers).json()
    assert one["consent_marketing"] == ["email:withdrawn"] and one["erased_at"] is None
    for wrong, status in (
        ({**body, "channel": "fax"}, 422),
        ({**body, "state": "maybe"}, 422),
        ({**body, "hat": 1}, 422),
        ({**body, "customer": "x"}, 422),
        ({**body, "customer": 10**9}, 404),
        ([1], 400),
    ):
        answer = client.post("/api/v1/consents", json.dumps(wrong), content_type="application/json", headers=headers)
        assert answer.status_code == status, wrong
    assert client.get("/api/v1/consents", headers=headers).status_code == 400
    assert Consent.objects.count() == 1


def test_the_customer_page_asks_no_more_with_consents(client, rep, django_assert_max_num_queries):
    customer = a_customer(rep, "lina")
    for state in (GIVEN, WITHDRAWN) * 10:
        say(customer, "email", "marketing", state)
    client.force_login(rep)
    url = reverse("customers:customer_consents", args=[customer.pk])
    client.get(url)
    with django_assert_max_num_queries(12):
        client.get(url)
