"""The worked examples of access and protection: R-279, R-282, R-283 and R-285."""

import pytest
from django.conf import settings
from django.test import Client

from analytics import snapshots
from crm.accounts.models import AccessLog, Role
from crm.records.kinds import kinds
from customers.models import Customer
from tests import factories

pytestmark = pytest.mark.django_db
INJECTION = "' OR 1=1 --"


def test_R_279_a_rep_of_shanghai_finds_nothing_of_beijing_and_counts_only_the_own_rows(client, settings, tmp_path):
    settings.DATA_DIR, settings.FACTS_DIR = tmp_path, tmp_path / "facts"
    factories.a_company()
    top = factories.a_unit("china")
    places = {name: factories.a_unit(name, parent=top) for name in ("shanghai", "beijing")}
    reps = {name: factories.a_user(Role.SALES_REP, unit=unit) for name, unit in places.items()}
    customers = {}
    for name, count in (("shanghai", 2), ("beijing", 3)):
        customers[name] = factories.a_customer(name=name.title(), owner=reps[name], unit=places[name])
        for _ in range(count):
            factories.an_order([(1, 100)], customer=customers[name], staff=reps[name], unit=places[name])
    snapshots.recompute()

    def counted() -> float:
        return client.get("/api/v1/reports/orders-summary").json()["totals"]["net_amount"]

    client.force_login(reps["shanghai"])
    beijing = customers["beijing"]
    for address in (beijing.get_absolute_url(), kinds["customer"].url("update", beijing.pk)):
        assert client.get(address).status_code == 404
    assert client.get(f"/api/v1/customers/{beijing.pk}").status_code == 404
    assert client.get("/customers/").context["count"] == 1
    assert counted() == 200
    client.force_login(factories.a_user(Role.MANAGER, unit=top))
    assert client.get(beijing.get_absolute_url()).status_code == 200
    assert client.get("/customers/").context["count"] == 2
    assert counted() == 500


@pytest.mark.parametrize("name", ["q", "name", "city", "number"])
def test_R_282_a_filter_of_sql_is_a_text_and_finds_nothing(client, name):
    client.force_login(factories.an_administrator())
    factories.a_customer(name="Li Na", city="Hangzhou")
    answer = client.get("/customers/", {name: INJECTION})
    assert (answer.status_code, answer.context["count"]) == (200, 0)
    assert Customer.objects.count() == 1


@pytest.mark.parametrize("query", [{"nonsense": INJECTION}, {"sort": INJECTION}, {"columns": INJECTION}])
def test_R_282_an_unknown_name_in_the_address_is_refused(client, query):
    client.force_login(factories.an_administrator())
    assert client.get("/customers/", query).status_code == 400


def test_R_283_a_form_without_its_token_is_refused_and_writes_nothing():
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(factories.an_administrator())
    sent = {"name": "Li Na", "type": "person", "relation_class": "ordinary"}
    assert browser.post("/customers/new/", sent).status_code == 403
    assert not Customer.objects.exists()
    browser.get("/customers/new/")
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value
    assert browser.post("/customers/new/", sent | {"csrfmiddlewaretoken": token}).status_code == 302
    assert Customer.objects.count() == 1


@pytest.mark.parametrize("https", [True, False])
def test_R_283_the_session_cookie_is_kept_from_scripts_and_other_sites(client, settings, https):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = https  # what HTTPS=1 sets
    factories.a_company()
    factories.an_administrator(username="ann", password="tea-leaves-and-rain")
    answer = client.post("/accounts/login/", {"login": "ann", "password": "tea-leaves-and-rain"}, secure=https)
    assert answer.status_code == 302
    cookie = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], bool(cookie["secure"])) == (True, "Lax", https)
    assert cookie["max-age"] == settings.SESSION_COOKIE_AGE == 12 * 3600


def test_R_285_an_export_of_50_customers_is_logged_with_count_and_filter_and_found_by_user(client):
    factories.a_company()
    for at in range(52):
        factories.a_customer(city="Hangzhou" if at < 50 else "Xian")
    manager = factories.a_user(Role.MANAGER)
    exporter = factories.an_administrator(username="ann")
    client.force_login(exporter)
    content = b"".join(client.get("/customers/export/?city=Hangzhou&columns=name").streaming_content)
    assert len(content.decode().strip().splitlines()) == 51
    entry = AccessLog.objects.get(action="export")
    assert (entry.user, entry.kind, entry.count, entry.detail["filter"]) == (
        exporter,
        "customer",
        50,
        {"city": ["Hangzhou"]},
    )
    assert [each.pk for each in client.get("/settings/log/", {"user": exporter.pk}).context["page"]] == [entry.pk]
    assert list(client.get("/settings/log/", {"user": manager.pk}).context["page"]) == []
