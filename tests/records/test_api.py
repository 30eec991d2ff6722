"""The REST API of every kind."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from crm.accounts.models import Role
from crm.records import tokens
from crm.records.kinds import kinds
from crm.records.models import ApiToken
from interactions.models import Order
from tests import factories

KEYS = [kind.key for kind in kinds]
pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client):
    user = factories.an_administrator()
    client.force_login(user)
    return user


@pytest.mark.parametrize("key", KEYS)
def test_records_are_listed_read_deleted_and_restored(client, administrator, key):
    record = factories.a_record(key)
    base = f"/api/v1/{kinds[key].path}/"
    listed = client.get(base, {"number": record.number}).json()
    assert (listed["count"], listed["results"][0]["id"]) == (1, record.pk)
    whole = client.get(f"{base}{record.pk}").json()
    assert whole["number"] == record.number
    assert client.patch(f"{base}{record.pk}", {"nonsense": 1}, content_type="application/json").status_code == 422
    assert client.delete(f"{base}{record.pk}").status_code == 204
    assert client.get(f"{base}{record.pk}").status_code == 404
    assert client.post(f"{base}{record.pk}/restore").status_code == 200
    assert client.get(f"{base}{record.pk}").status_code == 200


@pytest.mark.parametrize("key", KEYS)
def test_an_empty_change_changes_nothing_but_the_version(client, administrator, key):
    record = factories.a_record(key)
    url = f"/api/v1/{kinds[key].path}/{record.pk}"
    before = client.get(url).json()
    answer = client.patch(url, {}, content_type="application/json")
    assert answer.status_code == 200, answer.json()
    after = answer.json()
    for name in ("version", "modified_at"):
        before.pop(name), after.pop(name)
    assert after == before


@pytest.mark.parametrize("key", KEYS)
def test_strangers_get_404_and_the_unknown_401(client, key):
    record = factories.a_record(key)
    base = f"/api/v1/{kinds[key].path}/"
    assert client.get(base).status_code == 401
    client.force_login(factories.a_user(role=None))
    assert client.get(base).status_code == 404
    assert client.get(f"{base}{record.pk}").status_code == 404
    assert client.post(base, {}, content_type="application/json").status_code == 404
    assert client.patch(f"{base}{record.pk}", {}, content_type="application/json").status_code == 404
    assert client.delete(f"{base}{record.pk}").status_code == 404
    assert client.get(f"{base}99999999999999999999999").status_code in {404, 422}


def test_a_customer_is_made_and_changed_by_the_rules_of_the_form(client, administrator):
    url = "/api/v1/customers/"
    wrong = client.post(url, {"name": "", "birth_date": "2999-01-01"}, content_type="application/json")
    assert wrong.status_code == 422
    assert {"name", "birth_date"} <= set(wrong.json()["errors"])
    made = client.post(
        url, {"name": "Li Na", "phone": "138 0000 5678", "country": "CN"}, content_type="application/json"
    )
    assert made.status_code == 201, made.json()
    body = made.json()
    assert (body["number"][:2], body["phone"], body["type"]) == ("C-", "+86 138 0000 5678", "person")
    one = f"{url}{body['id']}"
    assert client.patch(one, {"city": "Hangzhou"}, content_type="application/json").json()["name"] == "Li Na"
    stale = client.patch(one, {"city": "X", "version": 1}, content_type="application/json")
    assert stale.status_code == 409
    assert stale.json()["version"] == 2


def test_an_order_comes_with_its_lines(client, administrator):
    customer, product = factories.a_customer(), factories.a_product(number="P-10")
    lines = [
        {"product": "P-10", "quantity": 3, "unit_price": 100},
        {"product": product.name, "quantity": "1", "unit_price": "250"},
    ]
    body = {"customer": customer.pk, "lines": lines}
    made = client.post("/api/v1/orders/", body, content_type="application/json")
    assert made.status_code == 201, made.json()
    assert made.json()["net_amount"] == "550.00"
    assert [line["amount"] for line in made.json()["lines"]] == ["300.0000", "250.0000"]
    one = f"/api/v1/orders/{made.json()['id']}"
    changed = client.patch(one, {"lines": [lines[1]]}, content_type="application/json").json()
    assert (changed["net_amount"], len(changed["lines"])) == ("250.00", 1)
    for wrong in ([], "x", [1], [{"product": "no such", "quantity": 1}], [{"product": "P-10", "quantity": "NaN"}]):
        refused = client.patch(one, {"lines": wrong}, content_type="application/json")
        assert refused.status_code == 422, wrong
        assert "lines" in refused.json()["errors"]
    assert Order.objects.get().lines.count() == 1


@pytest.mark.parametrize(
    "body", ["", "[]", "{", "null", '{"name": {"a": 1}}', '{"name": "\\u0000"}', '{"region": "x"}']
)
def test_bad_bodies_are_explained(client, administrator, body):
    answer = client.post("/api/v1/customers/", body, content_type="application/json")
    assert answer.status_code in {400, 422} or (answer.status_code == 201 and "name" in body)
    if answer.status_code != 201:
        assert answer.json()["errors"]


def test_sessions_need_the_csrf_token_and_tokens_do_not():
    user = factories.an_administrator()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    made = browser.post("/api/v1/customers/", {"name": "A"}, content_type="application/json")
    assert made.status_code == 403
    _token, text = tokens.make_token(user=user, name="script", days=30)
    program = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {text}"})
    assert program.post("/api/v1/customers/", {"name": "A"}, content_type="application/json").status_code == 201
    assert ApiToken.objects.get().last_used_at is not None


def test_expired_revoked_and_invented_tokens_open_nothing():
    user = factories.a_user(Role.MANAGER)
    token, text = tokens.make_token(user=user, name="script", days=30)
    assert tokens.user_of(text) == user
    assert text not in str(ApiToken.objects.values().get())
    assert tokens.user_of(text + "x") is None
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert tokens.user_of(text) is None
    ApiToken.objects.update(expires_at=None)
    user.is_active = False
    user.save()
    assert tokens.user_of(text) is None


def test_users_make_and_revoke_their_own_keys(client, administrator):
    answer = client.post("/profile/api-keys/", {"name": "script", "days": "30", "access": "write"})
    text = answer.context["new_token"]
    assert text in answer.content.decode()
    assert text not in client.get("/profile/api-keys/").content.decode()
    token = ApiToken.objects.get()
    stranger = Client()
    stranger.force_login(factories.a_user(Role.MANAGER))
    assert stranger.post(f"/profile/api-keys/{token.pk}/delete/").status_code == 404
    assert client.post(f"/profile/api-keys/{token.pk}/delete/").status_code == 302
    assert not ApiToken.objects.exists()


def test_openapi_describes_every_kind(client, administrator):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    for kind in kinds:
        assert {"get", "post"} <= set(paths[f"/api/v1/{kind.path}/"])
        assert {"get", "patch", "delete"} <= set(paths[f"/api/v1/{kind.path}/{{pk}}"])
