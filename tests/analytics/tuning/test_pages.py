"""The page of limits and weights."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from analytics.models import AnalysisSettings
from analytics.tuning import forms, services
from analytics.tuning.fields import Grid, Numbers, Weights
from analytics.tuning.sections import sections
from crm.accounts.models import AccessLog, Role
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/settings/analysis/"


@pytest.fixture
def manager(client):
    factories.a_company()
    user = factories.a_user(Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def as_typed() -> dict[str, str]:
    """The page as it is, sent back."""
    found = {}
    values = services.document()
    for section in sections():
        for row in forms.rows(section, values[section.key], {}):
            found |= {each.name: each.value for each in row.inputs}
            for rule in row.rules:
                found |= {f"{rule['name']}.order": rule["order"], f"{rule['name']}.segment": rule["segment"]}
                found |= {name: value for score in rule["scores"] for name, value in score["inputs"]}
    return found


def test_sending_the_page_back_changes_nothing(client, manager):
    kinds = {type(setting.kind) for section in sections() for setting in section.settings}
    assert {Numbers, Weights, Grid} < kinds
    answer = client.post(URL, as_typed(), follow=True)
    assert "Nothing was changed." in answer.content.decode()
    assert AnalysisSettings.current() == {}


def test_weights_are_set_and_the_log_tells_who_did(client, manager):
    answer = client.post(URL, as_typed() | {"loyalty.weights.satisfaction": "40", "abc.a": "0.65"}, follow=True)
    assert "the next run of the analysis follows them" in answer.content.decode()
    assert AnalysisSettings.current()["abc"] == {"a": 0.65}
    assert AnalysisSettings.current()["loyalty"]["weights"]["satisfaction"] == 40
    entry = AccessLog.objects.get(action=AccessLog.Action.SETTINGS)
    assert (entry.user, entry.detail) == (manager, {"changed": ["abc", "loyalty"]})


def test_a_wrong_value_is_named_and_everything_typed_is_kept(client, manager):
    answer = client.post(URL, as_typed() | {"abc.a": "0.95", "forecast.order_days": "45"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "must not be above “b”" in page
    assert 'value="0.95"' in page
    assert 'value="45"' in page
    assert AnalysisSettings.current() == {}


def test_a_rule_moves_up_by_its_number(client, manager):
    rules = services.document()["rfm"]["rules"]
    client.post(URL, as_typed() | {"rfm.rules.3.order": "3", "rfm.rules.2.order": "4"})
    stored = AnalysisSettings.current().get("rfm", {}).get("rules")
    assert stored is None or [each["segment"] for each in stored[2:4]] == [rules[3]["segment"], rules[2]["segment"]]


def test_the_file_comes_and_goes(client, manager):
    given = client.get(f"{URL}file/").json()
    assert given == services.document()
    given["abc"]["b"] = 0.8
    sent = SimpleUploadedFile("settings.json", json.dumps(given).encode())
    client.post(f"{URL}take-over/", {"file": sent})
    assert AnalysisSettings.current() == {"abc": {"b": 0.8}}
    for wrong, said in ((b"{", "not JSON"), (b'{"abc": {"b": 7}}', "abc.b: at most 1")):
        answer = client.post(f"{URL}take-over/", {"file": SimpleUploadedFile("s.json", wrong)}, follow=True)
        assert said in answer.content.decode()
    assert AnalysisSettings.current() == {"abc": {"b": 0.8}}


def test_who_may_not_set_rules_finds_no_page(client):
    factories.a_company()
    client.force_login(factories.a_user(Role.SALES_REP))
    assert client.get(URL).status_code == 404
    assert client.post(URL, {"abc.a": "0.1"}).status_code == 404
    assert AnalysisSettings.current() == {}
