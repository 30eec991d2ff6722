"""Rights, places, rates, the log, the profile, languages and time zones."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.accounts import access, log, policy
from crm.accounts.models import AccessLog, AccessRule, Company, ExchangeRate, FieldRight, Role, Unit, User
from tests.factories import a_company, a_unit, a_user, an_administrator
from tests.walk.harness import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    a_company()
    boss = an_administrator(username="boss", language="en")
    client.force_login(boss)
    return boss


def shown(client, page):
    sent = form_of(client.get(page).content.decode())
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def test_saving_the_rights_as_they_are_changes_nothing(client, boss):
    for role in Role.objects.all():
        page = f"/settings/roles/{role.pk}/rights/"
        before = policy.read(role)
        assert client.post(page, shown(client, page)).status_code == 302
        assert policy.read(Role.objects.get(pk=role.pk)) == before, role
    assert not AccessLog.objects.filter(kind="role").exists()


def test_a_changed_right_counts_at_once_and_is_logged_with_both_values(client, boss):
    rep = a_user()
    page = f"/settings/roles/{rep.role_id}/rights/"
    sent = {**shown(client, page), "customer-view": "all", "order-may_export": "on", "field-customer-contact": "masked"}
    assert client.post(page, sent).status_code == 302
    rep = User.objects.get(pk=rep.pk)
    assert access.scope("customer", rep).is_everything
    assert access.may_export("order", rep)
    assert access.field_level("customer", "contact", rep) == "masked"
    assert access.field_level("order", "contact", rep) == "write"
    entry = AccessLog.objects.get(kind="role")
    assert entry.detail == {
        "customer.view": ["unit", "all"],
        "order.may_export": [False, True],
        "fields.customer.contact": [None, "masked"],
    }


@pytest.mark.parametrize(("view", "change"), [("own", "all"), ("none", "own"), ("unit", "region"), ("own", "unit")])
def test_nobody_may_change_more_than_they_see(client, boss, view, change):
    role = Role.objects.get(code=Role.SALES_REP)
    page = f"/settings/roles/{role.pk}/rights/"
    sent = {**shown(client, page), "customer-view": view, "customer-change": change}
    response = client.post(page, sent)
    assert response.status_code == 200 and "customer-change" in response.context["form"].errors
    assert AccessRule.objects.get(role=role, kind="customer").view == "unit"


@pytest.mark.parametrize(
    ("narrow", "wide", "answer"),
    [("none", "none", True), ("own", "unit", True), ("own", "region", True), ("unit", "all", True),
     ("unit", "unit", True), ("unit", "region", False), ("region", "unit", False),
     ("all", "unit", False), ("own", "none", False)],
)  # fmt: skip
def test_which_scope_lies_in_which(narrow, wide, answer):
    assert policy.is_within(narrow, wide) is answer


def test_the_default_rights_never_reach_further_than_viewing():
    for rule in AccessRule.objects.all():
        assert policy.is_within(rule.change, rule.view), rule
        assert policy.is_within(rule.delete, rule.view), rule


def test_the_default_rights_know_every_kind_and_sensitivity():
    kinds = {kind for kind, _label in policy.kinds()}
    for role in Role.objects.all():
        assert set(role.rules.values_list("kind", flat=True)) == kinds, role
        general = FieldRight.objects.filter(role=role, kind="")
        assert general.count() == 5, role


def test_a_new_role_begins_with_the_rights_of_another(client, boss):
    rep = Role.objects.get(code=Role.SALES_REP)
    sent = {"code": "buyer", "name": "Buyer", "home": "rep", "copy_of": rep.pk}
    assert client.post("/settings/roles/new/", sent).status_code == 302
    made = Role.objects.get(code="buyer")
    assert policy.read(made) == policy.read(rep)
    client.post(f"/settings/roles/{made.pk}/delete/")
    assert not Role.objects.filter(code="buyer").exists()


def test_a_role_somebody_has_is_not_deleted(client, boss):
    rep = a_user()
    client.post(f"/settings/roles/{rep.role_id}/delete/")
    assert Role.objects.filter(pk=rep.role_id).exists()


def test_a_department_is_made_moved_and_refused_a_ring(client, boss):
    client.post("/settings/departments/new/", {"code": "south", "name": "South", "name_zh_hans": "南区"})
    south = Unit.objects.get(code="south")
    client.post("/settings/departments/new/", {"code": "shop", "name": "Shop", "parent": south.pk})
    shop = Unit.objects.get(code="shop")
    assert shop.path == f"/{south.pk}/{shop.pk}/"
    ring = client.post(f"/settings/departments/{south.pk}/", {"code": "south", "name": "South", "parent": shop.pk})
    assert ring.status_code == 200 and ring.context["form"].errors["parent"]
    client.post(f"/settings/departments/{shop.pk}/", {"code": "shop", "name": "Shop", "parent": ""})
    shop.refresh_from_db()
    assert shop.path == f"/{shop.pk}/"
    client.post(f"/settings/departments/{shop.pk}/delete/")
    assert not Unit.objects.filter(code="shop").exists()


def test_a_department_in_use_is_not_deleted(client, boss):
    unit = a_unit("south")
    a_user(unit=unit)
    page = client.post(f"/settings/departments/{unit.pk}/delete/", follow=True)
    assert Unit.objects.filter(pk=unit.pk).exists()
    assert "is in use" in page.content.decode()


def test_rates_are_dated_unique_and_positive(client, boss):
    page = "/settings/rates/"
    good = {"currency": "USD", "valid_from": "2024-02-01", "rate": "7.1"}
    assert client.post(page, good).status_code == 302
    assert ExchangeRate.objects.get().rate == Decimal("7.1")
    for wrong in ({}, {"rate": "0", "valid_from": "2024-03-01"}, {"currency": "CNY"}, {"valid_from": "soon"}):
        response = client.post(page, {**good, **wrong})
        assert response.status_code == 200 and response.context["form"].errors, wrong
    client.post(f"/settings/rates/{ExchangeRate.objects.get().pk}/delete/")
    assert not ExchangeRate.objects.exists()


def test_company_settings_are_saved_and_logged(client, boss):
    sent = {**shown(client, "/settings/"), "name": "Jade Trading", "time_zone": "Europe/London"}
    assert client.post("/settings/", sent).status_code == 302
    company = Company.objects.get()
    assert (company.name, company.time_zone) == ("Jade Trading", "Europe/London")
    assert AccessLog.objects.get(kind="company").detail == {"name": "Jade Trading", "time_zone": "Europe/London"}


def test_the_log_is_filtered_and_its_days_are_those_of_the_reader(client, boss):
    rep = a_user(username="rep")
    log.record(rep, AccessLog.Action.EXPORT, "customer", count=40)
    log.record(rep, AccessLog.Action.VIEW, "order", object_id=7)
    evening = datetime.datetime(2024, 5, 1, 23, 30, tzinfo=datetime.UTC)  # the second of May in Shanghai
    AccessLog.objects.filter(kind="order").update(at=evening)

    def kinds(**query):
        return [entry.kind for entry in client.get("/settings/log/", query).context["page"]]

    assert kinds() == ["customer", "order"]
    assert kinds(action="export") == ["customer"]
    assert kinds(user=rep.pk, kind="order") == ["order"]
    assert kinds(user=boss.pk) == []
    assert kinds(since="2024-05-02", until="2024-05-02") == ["order"]
    assert kinds(until="2024-05-01") == []
    assert kinds(since="nonsense") == []  # said at the field


@pytest.mark.parametrize(
    ("given", "kept"),
    [("10.0.0.1", "10.0.0.1"), ("::1", "::1"), ("", None), ("unix:/run/socket", None), ("1.2.3.4, 5.6.7.8", None)],
)
def test_only_the_connection_is_believed(rf, given, kept):
    request = rf.get("/", REMOTE_ADDR=given, HTTP_X_FORWARDED_FOR="9.9.9.9", HTTP_X_REAL_IP="9.9.9.9")
    assert log.record(a_user(), AccessLog.Action.VIEW, request=request).address == kept


def test_the_profile_keeps_language_and_zone(client, boss):
    sent = {
        **shown(client, "/profile/"),
        "last_name": "王",
        "first_name": "芳",
        "language": "zh-hans",
        "time_zone": "UTC",
    }
    assert client.post("/profile/", sent).status_code == 302
    boss.refresh_from_db()
    assert (str(boss), boss.language, boss.time_zone) == ("王芳", "zh-hans", "UTC")
    assert client.get("/profile/").headers["Content-Language"] == "zh-hans"
    wrong = client.post("/profile/", {**sent, "time_zone": "Mars/Olympus"})
    assert wrong.context["form"].errors["time_zone"]


def test_the_profile_gives_nobody_a_role(client):
    a_company()
    rep = a_user(language="en")
    client.force_login(rep)
    more = {"role": Role.objects.get(code=Role.ADMINISTRATOR).pk, "is_superuser": "on", "email": "x@example.com"}
    client.post("/profile/", {**shown(client, "/profile/"), **more})
    kept = User.objects.get(pk=rep.pk)
    assert (kept.role.code, kept.is_superuser, kept.email) == (Role.SALES_REP, False, rep.email)


@pytest.mark.parametrize(
    ("browser", "language"),
    [("zh-TW,zh;q=0.9", "zh-hant"), ("zh-CN", "zh-hans"), ("zh", "zh-hans"), ("zh-HK", "zh-hant"), ("en-GB,en", "en"),
     ("fr-FR,fr;q=0.9,zh-TW;q=0.5", "zh-hant"), ("fr", "zh-hans"), ("*", "zh-hans"), ("", "zh-hans")],
)  # fmt: skip
def test_visitors_get_their_browsers_language_or_the_companys(client, browser, language):
    a_company(language="zh-hans")
    response = client.get("/accounts/login/", HTTP_ACCEPT_LANGUAGE=browser)
    assert response.headers["Content-Language"] == language


def test_the_switch_works_for_visitors_and_stays_with_users(client):
    a_company()
    response = client.post("/language/", {"language": "zh-hant", "next": "/accounts/login/"})
    assert response.url == "/accounts/login/"
    assert client.get("/accounts/login/").headers["Content-Language"] == "zh-hant"
    user = a_user(language="en")
    client.force_login(user)
    assert client.get("/profile/").headers["Content-Language"] == "en"
    client.post("/language/", {"language": "zh-hans"})
    user.refresh_from_db()
    assert user.language == "zh-hans"
    elsewhere = client.__class__()
    elsewhere.force_login(user)
    assert elsewhere.get("/profile/").headers["Content-Language"] == "zh-hans"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_the_switch_leads_nowhere_else(client, target):
    a_company()
    assert client.post("/language/", {"language": "en", "next": target}).url == "/"
    response = client.post("/language/", {"language": "xx", "next": "/profile/"})
    assert response.url == "/profile/" and not response.cookies


def test_a_zone_nobody_knows_closes_no_page(client):
    a_company()
    Company.objects.update(time_zone="Nowhere/Land")
    user = a_user(time_zone="../etc/passwd")
    client.force_login(user)
    assert client.get("/profile/").status_code == 200
    assert timezone.get_current_timezone_name() == "UTC"  # and nothing of it stays after the request
