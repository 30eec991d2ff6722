"""The access log in the reader's words, and the list of settings pages."""

import pytest
from django.urls import get_resolver
from django.utils import translation

from crm.accounts import log, log_words, policy, settings_pages
from crm.accounts.models import AccessLog, Role
from tests import factories

pytestmark = pytest.mark.django_db
VIEW, EXPORT, SETTINGS = AccessLog.Action.VIEW, AccessLog.Action.EXPORT, AccessLog.Action.SETTINGS


def told(kind: str, action: str = SETTINGS, **detail) -> list[tuple[str, str]]:
    [entry] = log_words.in_words([log.record(None, action, kind, object_id=7, detail=detail)])
    return [(line.label, line.text) for line in entry.lines]


def test_keys_of_fields_and_filters_are_told_by_their_labels():
    assert told("customer", VIEW, fields=["birth_date", "tax_number"]) == [("fields", "birth date, tax or ID number")]
    assert told("customer", EXPORT, filter={"region": ["3"], "birth_date_from": ["1990-01-01"]}, format="csv") == [
        ("filter", "region: 3, birth date: 1990-01-01"),
        ("file format", "csv"),
    ]
    assert told("customer", AccessLog.Action.REVEAL, field="phone", reason="call back") == [
        ("field", "phone"),
        ("reason", "call back"),
    ]


def test_rights_are_told_as_they_were_and_are():
    assert told("role", **{"customer.view": ["unit", "all"], "order.may_export": [False, True]}) == [
        ("Customers: may view", "Own department and below → All records"),
        ("Orders: may export", "no → yes"),
    ]
    assert told("role", **{"fields.*.contact": [None, "masked"]}) == [
        ("all kinds of records: Contact details", "– → Masked")
    ]


def test_settings_and_reports_are_told_in_words():
    assert told("company", watermark="True", fiscal_year_start="4") == [
        ("watermark on every page and file", "yes"),
        ("first month of the fiscal year", "4"),
    ]
    assert told("report", EXPORT, report="customer-profile", query="by=age_group&region=east&format=csv") == [
        ("report", "Customer profile"),
        ("question", "Split by: Age group, Region: east, file format: csv"),
    ]
    assert told("completeness", phone="2") == [("phone", "weight 2")]
    assert told("relation_classes", key="30")[0][1] == "30 days"


def test_readers_see_their_own_language():
    row = log.record(None, VIEW, "customer", object_id=7, detail={"fields": ["birth_date"]})
    with translation.override("zh-hans"):
        [entry] = log_words.in_words([row])
        assert (entry.kind, entry.lines[0].label, entry.lines[0].text) == ("客户", "字段", "出生日期")
    with translation.override("zh-hant"):
        assert log_words.in_words([row])[0].lines[0].label == "欄位"


def test_the_page_shows_words_links_and_a_choice_of_kinds(client):
    factories.a_company()
    boss = factories.an_administrator(language="en")
    client.force_login(boss)
    customer = factories.a_customer()
    log.record(boss, VIEW, "customer", object_id=customer.pk, detail={"fields": ["birth_date"]})
    log.record(boss, SETTINGS, "unit", object_id=1, detail={"code": "north"})
    page = client.get("/settings/log/").content.decode()
    assert f'<a href="/customers/{customer.pk}/">{customer.pk}</a>' in page
    assert "birth date" in page
    assert "birth_date" not in page
    assert '<option value="customer">Customers</option>' in page
    only = client.get("/settings/log/?kind=unit").context["entries"]
    assert [entry.kind for entry in only] == ["Department"]


ROOMS = (
    "company user webhook custom_field service_target deal_reason talk_guide second_factor sign_in settings analysis"
)


@pytest.mark.parametrize("kind", ROOMS.split())
def test_every_kind_that_is_logged_has_a_name(kind):
    assert log_words.kind_label(kind) != kind


def test_every_kind_of_record_has_a_name():
    assert all(log_words.kind_label(key) != key for key, _label in policy.kinds())


def test_every_settings_page_is_listed_or_lies_below_a_listed_one(client):
    factories.a_company()
    client.force_login(factories.an_administrator())
    pages = [each["page"] for each in settings_pages.listed("")]
    under_settings = []
    for app in ("accounts", "records", "customers", "interactions"):
        patterns = get_resolver().namespace_dict[app][1].url_patterns
        under_settings += [f"{app}:{each.name}" for each in patterns if str(each.pattern).startswith("settings/")]
    assert len(under_settings) > 30
    forgotten = [name for name in under_settings if not any(page.holds(name) for page in pages)]
    assert forgotten == []
    text = client.get("/settings/deals/").content.decode()
    for page in pages:
        assert f'href="{page.url}"' in text
    assert {"/settings/deals/", "/settings/contacts/"} <= {page.url for page in pages}
    assert text.count('aria-current="page" href="/settings/deals/"') == 2  # once for small screens


def test_nobody_else_is_led_there(client):
    factories.a_company()
    client.force_login(factories.a_user(Role.MANAGER))
    assert client.get("/settings/log/").status_code == 404
