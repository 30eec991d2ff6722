"""Scope, limit and language of keys; requests that are sent twice; the OpenAPI document."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from crm.accounts.models import FieldRight, Role
from crm.records import tokens
from crm.records.custom import registry
from crm.records.kinds import kinds
from crm.records.models import ApiAnswer, ApiToken
from customers.models import Customer
from tests import factories

pytestmark = pytest.mark.django_db
CUSTOMERS = "/api/v1/customers/"


@pytest.fixture
def fields():
    """A company, and kinds without custom fields before and after."""
    factories.a_company()
    registry.forget()
    yield
    registry.forget()


def a_program(user, **scope) -> Client:
    _token, text = tokens.make_token(user=user, name="program", days=30, **scope)
    return Client(headers={"Authorization": f"Bearer {text}"})


def post(client, url, body, **headers):
    return client.post(url, body, content_type="application/json", headers=headers)


def test_a_key_that_only_reads_writes_nothing():
    program = a_program(factories.an_administrator(), may_write=False)
    customer = factories.a_customer()
    assert program.get(f"{CUSTOMERS}{customer.pk}").status_code == 200
    for answer in (
        post(program, CUSTOMERS, {"name": "A"}),
        program.patch(f"{CUSTOMERS}{customer.pk}", {"city": "X"}, content_type="application/json"),
        program.delete(f"{CUSTOMERS}{customer.pk}"),
        program.post(f"{CUSTOMERS}{customer.pk}/restore"),
    ):
        assert (answer.status_code, answer.json()) == (403, {"errors": {"__all__": ["This key may only read."]}})
    assert Customer.objects.get().version == 1


def test_a_key_opens_the_kinds_it_was_made_for():
    program = a_program(factories.an_administrator(), kinds=["order"])
    assert program.get("/api/v1/orders/").status_code == 200
    for path in ("customers/", "reports", "reports/rfm", "customers/1", "contact-persons/"):
        assert program.get(f"/api/v1/{path}").status_code == 403, path
    assert program.get("/api/v1/openapi.json").status_code == 200


def test_calls_of_a_key_are_limited_each_minute(settings, monkeypatch):
    settings.API_CALLS_PER_MINUTE = 3
    user = factories.an_administrator()
    program, other = a_program(user), a_program(user)
    moment = timezone.now().replace(second=40, microsecond=0)
    monkeypatch.setattr("crm.records.tokens.timezone.now", lambda: moment)
    assert [program.get(CUSTOMERS).status_code for _each in range(5)] == [200, 200, 200, 429, 429]
    refused = program.get(CUSTOMERS)
    assert refused.headers["Retry-After"] == "20"
    assert refused.json() == {"errors": {"__all__": ["This key has used up its calls of this minute. Go on in 20 s."]}}
    assert other.get(CUSTOMERS).status_code == 200
    monkeypatch.setattr("crm.records.tokens.timezone.now", lambda: moment + timedelta(seconds=20))
    assert program.get(CUSTOMERS).status_code == 200


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_processes_count_the_calls_of_a_key_together(settings):
    settings.API_CALLS_PER_MINUTE = 5
    token, _text = tokens.make_token(user=factories.an_administrator(), name="x", days=1)
    waits: list[int] = []

    def call() -> None:
        waits.extend(tokens.seconds_to_wait(token) for _each in range(4))
        connection.close()

    threads = [threading.Thread(target=call) for _each in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(wait == 0 for wait in waits) in {5, 10}  # 10 when a minute ends in between


def test_a_request_that_is_sent_twice_is_done_once():
    program = a_program(factories.an_administrator())
    body = {"name": "Li Na", "city": "Hangzhou"}
    first = post(program, CUSTOMERS, body, **{"Idempotency-Key": "a-1"})
    again = post(program, CUSTOMERS, body, **{"Idempotency-Key": "a-1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    other = post(program, CUSTOMERS, {"name": "Wang Fang"}, **{"Idempotency-Key": "a-1"})
    assert other.status_code == 422
    assert list(other.json()["errors"]) == ["Idempotency-Key"]
    elsewhere = post(program, "/api/v1/products/", body, **{"Idempotency-Key": "a-1"})
    assert elsewhere.status_code == 422
    assert Customer.objects.count() == 1
    ApiAnswer.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert post(program, CUSTOMERS, {"name": "Wang Fang"}, **{"Idempotency-Key": "a-1"}).status_code == 201


def test_keys_of_requests_belong_to_who_sent_them_and_a_refusal_leaves_the_key_free():
    user = factories.an_administrator()
    program, other = a_program(user), a_program(user)
    assert post(program, CUSTOMERS, {"name": ""}, **{"Idempotency-Key": "k"}).status_code == 422
    assert not ApiAnswer.objects.exists()
    assert post(program, CUSTOMERS, {"name": "A"}, **{"Idempotency-Key": "k"}).status_code == 201
    assert post(other, CUSTOMERS, {"name": "B"}, **{"Idempotency-Key": "k"}).status_code == 201
    assert post(program, CUSTOMERS, {"name": "C"}, **{"Idempotency-Key": "k" * 201}).status_code == 422
    assert Customer.objects.count() == 2


def test_an_answer_is_not_repeated_to_who_has_lost_the_right():
    factories.a_company()
    user = factories.a_user(Role.MANAGER, unit=factories.a_unit("here"))
    program = a_program(user)
    body = {"name": "Li Na", "owner": user.pk, "phone": "138 0000 5678", "country": "CN"}
    made = post(program, CUSTOMERS, body, **{"Idempotency-Key": "k"})
    assert made.json()["phone"] == "+86 138 0000 5678"
    FieldRight.objects.update_or_create(
        role=user.role, kind="customer", sensitivity="contact", defaults={"level": "masked"}
    )
    again = post(program, CUSTOMERS, body, **{"Idempotency-Key": "k"})
    assert (again.status_code, again.json()["phone"]) == (201, "138****5678")
    assert Customer.objects.count() == 1


def test_errors_are_in_the_language_of_the_reader():
    user = factories.an_administrator(language="zh-hans")
    answer = post(a_program(user), CUSTOMERS, {"name": ""})
    assert (answer.status_code, answer.headers["Content-Language"]) == (422, "zh-hans")
    assert set(answer.json()["errors"]) == {"name"}
    assert answer.json()["errors"]["name"] == ["这个字段是必填项。"]


def test_every_refusal_has_the_same_shape():
    program = a_program(factories.an_administrator())
    answers = {
        401: Client().get(CUSTOMERS),
        404: program.get(f"{CUSTOMERS}987654"),
        400: program.get(CUSTOMERS, {"nonsense": "1"}),
        422: program.get(f"{CUSTOMERS}x"),
        413: program.post(CUSTOMERS, "x" * (2 * 1024 * 1024 + 1), content_type="application/json"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert list(answer.json()) == ["errors"]
        assert all(isinstance(texts, list) and texts for texts in answer.json()["errors"].values())
    assert program.get("/api/v1/reports/none-such").json()["errors"]


def test_openapi_names_every_field_with_its_label_and_custom_ones(fields):
    factories.a_custom_field("Decor style", ["Modern", "Classic"])
    document = a_program(factories.an_administrator()).get("/api/v1/openapi.json").json()
    schemas = document["components"]["schemas"]
    assert schemas["customer"]["properties"]["custom_decor_style"]["enum"] == ["modern", "classic"]
    assert "Decor style." in schemas["customer_new"]["properties"]["custom_decor_style"]["description"]
    assert "name" in schemas["customer_new"]["required"]
    for kind in kinds:
        told = schemas[kind.key]["properties"]
        assert {each.key for each in kind.attributes if each.source} <= set(told)
        assert all(told[each.key]["description"] for each in kind.attributes if each.source)
    references = {text.split('"')[0] for text in json.dumps(document).split('"$ref": "#/')[1:]}
    for each in references:
        held = document
        for step in each.split("/"):
            held = held[step]
    visitors = Client().get("/api/v1/openapi.json").content.decode()
    assert "decor_style" not in visitors and '"birth_date"' in visitors


def test_openapi_keeps_to_what_the_reader_may_see_and_write():
    user = factories.a_user(Role.MANAGER)
    for sensitivity, level in (("contact", "masked"), ("personal", "hidden")):
        FieldRight.objects.update_or_create(
            role=user.role, kind="customer", sensitivity=sensitivity, defaults={"level": level}
        )
    document = a_program(user).get("/api/v1/openapi.json").json()
    schemas, paths = document["components"]["schemas"], document["paths"]
    assert schemas["customer"]["properties"]["phone"]["readOnly"] is True
    assert "phone" not in schemas["customer_new"]["properties"]
    assert "birth_date" not in schemas["customer"]["properties"]
    filters = {each["name"] for each in paths[CUSTOMERS]["get"]["parameters"]}
    assert "name" in filters and not {"phone", "birth_date_from"} & filters


def test_masked_fields_are_neither_read_filtered_sorted_nor_written_by_a_key():
    """R-252: a branch user's token gives the branch's rows, with masked telephone numbers."""
    here, away = factories.a_unit("here"), factories.a_unit("away")
    user = factories.a_user(Role.MANAGER, unit=here)
    FieldRight.objects.update_or_create(
        role=user.role, kind="customer", sensitivity="contact", defaults={"level": "masked"}
    )
    mine = factories.a_customer(name="Near", phone="+8613800005678", unit=here)
    factories.a_customer(name="Far", unit=away)
    program = a_program(user)
    listed = program.get(CUSTOMERS).json()
    assert [(each["id"], each["phone"]) for each in listed["results"]] == [(mine.pk, "138****5678")]
    for query in ({"phone": "5678"}, {"sort": "phone"}, {"sort": "-email"}, {"columns": "phone", "phone_empty": "no"}):
        assert program.get(CUSTOMERS, query).status_code == 400, query
    assert program.get(CUSTOMERS, {"q": "13800005678"}).json()["count"] == 0
    written = program.patch(f"{CUSTOMERS}{mine.pk}", {"phone": "1"}, content_type="application/json")
    assert written.status_code == 422


def test_the_page_makes_a_key_with_its_scope(client):
    client.force_login(factories.an_administrator())
    sent = {"name": "Feed", "days": "30", "access": "read", "kinds": ["order", "reports"]}
    assert "new_token" in client.post("/profile/api-keys/", sent).context
    token = ApiToken.objects.get()
    assert (token.may_write, token.kinds) == (False, ["order", "reports"])
    assert client.post("/profile/api-keys/", sent | {"kinds": ["nonsense"]}).context["form"].errors


def test_records_say_by_which_key_they_were_entered(client):
    owner = factories.an_administrator()
    program = a_program(owner)
    for name in ("Li Na", "Wang Wei"):
        assert post(program, CUSTOMERS, {"name": name}).status_code == 201
    first, second = Customer.objects.order_by("pk")
    assert (first.batch.source, str(first.batch), first.batch_id) == ("api", "program", second.batch_id)
    client.force_login(owner)
    made = post(client, CUSTOMERS, {"name": "Zhao Min"})
    assert Customer.objects.get(pk=made.json()["id"]).batch is None
