"""R-002: fields that an administrator adds are on every screen, file, rule and interface at once."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from crm.accounts.models import FieldRight, Role, User
from crm.records import rules, search, services
from crm.records.custom import registry
from crm.records.custom.models import CustomField, CustomOption
from crm.records.custom.services import OptionInUse, save_field
from crm.records.importing import run_import
from crm.records.kinds import kinds
from customers.models import Customer
from tests import factories

KIND = kinds["customer"]


@pytest.fixture
def administrator(client: Client) -> User:
    user = factories.an_administrator()
    client.force_login(user)
    return user


@pytest.fixture
def styled() -> dict[str, Customer]:
    """Three modern customers, one classic, one nobody asked."""
    factories.a_custom_field(options=["Modern", "Classic"], name_zh_hans="装修风格")
    styles = {"Ann": "modern", "Bo": "modern", "Chen": "modern", "Dan": "classic", "Eve": None}
    return {
        name: factories.a_customer(name=name, custom={"decor_style": style} if style else {})
        for name, style in styles.items()
    }


def names(rows: Any) -> list[str]:
    return sorted(each.name for each in rows)


def listed(client: Client, query: str) -> list[str]:
    answer = client.get(f"/api/v1/customers/?{query}")
    assert answer.status_code == 200, answer.content
    return [each["name"] for each in answer.json()["results"]]


def edit(client: Client, customer: Customer, **values: Any) -> Any:
    data = {"type": customer.type, "name": customer.name, "relation_class": "ordinary", **values}
    return client.post(f"/customers/{customer.pk}/edit/", data)


def test_R_002_a_choice_is_on_form_list_filter_and_rule(client, administrator, styled):
    form = client.get("/customers/new/").content.decode()
    assert 'name="custom_decor_style"' in form
    assert "Modern" in form
    assert listed(client, "custom_decor_style=modern&sort=name") == ["Ann", "Bo", "Chen"]
    page = client.get("/customers/?columns=name,custom_decor_style&sort=-custom_decor_style,name").content.decode()
    assert page.index("Ann") < page.index("Dan")
    assert "Classic" in page
    rule = rules.parse({"attribute": "custom_decor_style", "op": "is", "value": "modern"}, KIND)
    assert names(Customer.objects.filter(rules.to_q(rule))) == ["Ann", "Bo", "Chen"]
    assert "custom_decor_style" in {each["key"] for each in rules.describe(KIND, administrator)}


def test_R_002_an_administrator_adds_a_field_in_the_browser(client, administrator):
    data = {
        "kind": "customer", "name": "Decor style", "name_zh_hans": "装修风格", "type": "choice", "rank": 5,
        "sensitivity": "public", "section": "Relationship", "options-TOTAL_FORMS": 2, "options-INITIAL_FORMS": 0,
        "options-0-name": "Modern", "options-0-rank": 1, "options-1-name": "古典", "options-1-rank": 2,
    }  # fmt: skip
    preview = client.post("/settings/fields/new/", data | {"preview": "1"})
    assert (preview.status_code, CustomField.objects.count()) == (200, 0)
    assert "装修风格" in preview.content.decode()
    assert client.post("/settings/fields/new/", data).status_code == 302
    field = CustomField.objects.get()
    assert (field.key, [each.code for each in field.options.all()]) == ("decor_style", ["modern", "choice"])
    customer = factories.a_customer(name="Ann")
    assert edit(client, customer, custom_decor_style="modern").status_code == 302
    customer.refresh_from_db()
    assert customer.custom == {"decor_style": "modern"}
    detail = client.get(customer.get_absolute_url()).content.decode()
    assert "Decor style" in detail and "Modern" in detail
    with translation.override("zh-hans"):
        assert str(KIND.attribute("custom_decor_style").label) == "装修风格"
    assert any(keys[-1] == "custom_decor_style" for title, keys in KIND.summary if str(title) == "Relationship")


@pytest.mark.parametrize(
    ("type", "given", "stored", "query"),
    [
        ("text", "  Blue house ", "Blue house", "custom_extra=BLUE"),
        ("long_text", "line", "line", "custom_extra=lin"),
        ("number", "12.5", 12.5, "custom_extra_min=12&custom_extra_max=12.5"),
        ("number", "-3", -3, "custom_extra_max=-3"),
        ("date", "2026-05-01", "2026-05-01", "custom_extra_from=2026-05-01&custom_extra_to=2026-05-01"),
        ("boolean", "false", False, "custom_extra=false"),
        ("boolean", "true", True, "custom_extra=true"),
    ],
)
def test_each_type_is_stored_filtered_and_sorted(client, administrator, type, given, stored, query):
    factories.a_custom_field("Extra", type=type)
    customer = factories.a_customer(name="Ann")
    factories.a_customer(name="Bo")
    assert edit(client, customer, custom_extra=given).status_code == 302
    customer.refresh_from_db()
    assert customer.custom == {"extra": stored}
    assert listed(client, query) == ["Ann"]
    if type != "long_text":
        assert set(listed(client, "sort=custom_extra")) == {"Ann", "Bo"}
    assert edit(client, customer, custom_extra="").status_code == 302
    customer.refresh_from_db()
    assert customer.custom == {}


def test_numbers_and_dates_sort_by_their_value(client, administrator):
    factories.a_custom_field("Visits", type="number")
    for name, visits in (("Ann", 9), ("Bo", 10.5), ("Chen", 100)):
        factories.a_customer(name=name, custom={"visits": visits})
    assert listed(client, "sort=custom_visits") == ["Ann", "Bo", "Chen"]
    assert listed(client, "sort=-custom_visits&custom_visits_min=10") == ["Chen", "Bo"]


def test_several_choices_match_any_of_those_asked_for(client, administrator):
    field = factories.a_custom_field("Rooms", options=["Bath", "Bathroom", "Kitchen"], type="choices")
    one, two = factories.a_customer(name="Ann"), factories.a_customer(name="Bo")
    assert edit(client, one, custom_rooms=["bath", "kitchen"]).status_code == 302
    assert edit(client, two, custom_rooms=["bathroom"]).status_code == 302
    one.refresh_from_db()
    assert one.custom == {"rooms": ["bath", "kitchen"]}
    assert listed(client, "custom_rooms=bath") == ["Ann"]
    assert sorted(listed(client, "custom_rooms=bathroom&custom_rooms=kitchen")) == ["Ann", "Bo"]
    rule = rules.parse({"attribute": "custom_rooms", "op": "not_in", "value": ["bath"]}, KIND)
    assert names(Customer.objects.filter(rules.to_q(rule))) == ["Bo"]
    assert "Bath, Kitchen" in client.get("/customers/?columns=name,custom_rooms").content.decode()
    with pytest.raises(OptionInUse):
        save_field(field, [], [field.options.get(code="bath")])


def test_a_relation_points_at_another_record_and_costs_one_query(client, administrator):
    factories.a_custom_field("Referred by", type="relation", related="customer")
    friend = factories.a_customer(name="Friend Zhou")
    first = factories.a_customer(name="Ann")
    assert edit(client, first, custom_referred_by=friend.pk).status_code == 302
    assert listed(client, f"custom_referred_by={friend.pk}") == ["Ann"]
    assert "Friend Zhou" in client.get(first.get_absolute_url()).content.decode()
    assert edit(client, first, custom_referred_by=999_999).status_code == 200  # explained, not stored

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            page = client.get("/customers/?columns=name,custom_referred_by&per_page=50").content.decode()
        assert "Friend Zhou" in page
        return len(found)

    factories.a_customer(custom={"referred_by": first.pk})
    before = queries()
    for _each in range(20):
        factories.a_customer(custom={"referred_by": factories.a_customer().pk})
    assert queries() == before


def test_no_request_asks_more_for_having_custom_fields(client, administrator):
    client.get("/customers/")
    with CaptureQueriesContext(connection) as before:
        client.get("/customers/")
    factories.a_custom_field(options=["Modern"])
    client.get("/customers/")
    with CaptureQueriesContext(connection) as after:
        assert "Decor style" in client.get("/customers/?panel=filters").content.decode()
    assert len(after) <= len(before) + 1


def test_another_process_sees_a_new_field_at_its_next_request(client, administrator):
    client.get("/customers/")
    field = CustomField(kind="customer", key="floor", name="Floor", type="text")
    registry_before = KIND.by_key
    field.save()  # as another process would: this one is not told
    assert "custom_floor" not in registry_before and KIND.by_key is registry_before
    assert 'name="custom_floor"' in client.get("/customers/new/").content.decode()


def test_a_job_reads_the_fields_before_it_starts():
    from crm.jobs import registry as jobs

    CustomField(kind="customer", key="floor", name="Floor", type="text").save()
    assert "custom_floor" not in KIND.by_key
    jobs.prepare()
    assert "custom_floor" in KIND.by_key


def test_required_fields_are_demanded_only_of_the_type_they_are_for(client, administrator):
    factories.a_custom_field("Staff", type="number", is_required=True, applies_to=["organisation"])
    person = factories.a_customer(name="Ann")
    firm = factories.a_customer(name="Firm", type="organisation")
    assert edit(client, person).status_code == 302
    refused = edit(client, firm)
    assert refused.status_code == 200
    assert "This field is required" in refused.content.decode()
    assert edit(client, firm, custom_staff="40").status_code == 302
    assert "Staff" not in client.get(person.get_absolute_url()).content.decode()
    new = {"type": "person", "name": "New", "relation_class": "ordinary", "custom_staff": "5"}
    answer = client.post("/customers/new/", new)
    assert "does not have the field" in answer.content.decode()
    assert 'value="5"' in answer.content.decode()


def test_a_masked_field_can_neither_be_read_nor_asked_about(client):
    factories.a_custom_field("Debts", type="number", sensitivity="finance")
    role = Role.objects.get(code=Role.SALES_REP)
    FieldRight.objects.update_or_create(
        role=role, kind="customer", sensitivity="finance", defaults={"level": FieldRight.Level.MASKED}
    )
    rep = factories.a_user(role)
    client.force_login(rep)
    customer = factories.a_customer(name="Ann", owner=rep, custom={"debts": 777_555})
    page = client.get(customer.get_absolute_url()).content.decode()
    assert "777555" not in page and "777,555" not in page
    assert client.get("/customers/?custom_debts_min=1").status_code == 400
    assert client.get("/customers/?sort=custom_debts").status_code == 400
    assert "777555" not in client.get(f"/api/v1/customers/{customer.pk}").content.decode()
    assert edit(client, customer, custom_debts="5").status_code == 302
    customer.refresh_from_db()
    assert customer.custom == {"debts": 777_555}  # whatever was sent, the stored value stays
    with pytest.raises(rules.RuleError):
        rules.parse({"attribute": "custom_debts", "op": "gte", "value": 1}, KIND, user=rep)


def test_history_tells_what_a_field_was(client, administrator, styled):
    assert edit(client, styled["Ann"], custom_decor_style="classic").status_code == 302
    page = client.get(f"/customers/{styled['Ann'].pk}/history/").content.decode()
    assert "Decor style" in page
    assert page.index("Modern") < page.index("Classic")


def test_the_api_reads_and_writes_custom_fields(client, administrator, styled):
    url = f"/api/v1/customers/{styled['Eve'].pk}"
    answer = client.patch(url, {"custom_decor_style": "classic"}, content_type="application/json")
    assert (answer.status_code, answer.json()["custom_decor_style"]) == (200, "classic")
    wrong = client.patch(url, {"custom_decor_style": "baroque"}, content_type="application/json")
    assert wrong.status_code == 422
    assert "custom_decor_style" in wrong.json()["errors"]
    kept = client.patch(url, {"city": "Hangzhou"}, content_type="application/json")
    assert kept.json()["custom_decor_style"] == "classic"


def test_files_carry_custom_fields_in_both_directions(client, administrator, styled, tmp_path: Path):
    answer = client.get("/customers/export/?columns=number,name,custom_decor_style&sort=name")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[0][2] == "Decor style"
    assert [line[2] for line in lines[1:]] == ["Modern", "Modern", "Modern", "Classic", ""]
    file = tmp_path / "new.csv"
    file.write_text("name,装修风格\nFay,Classic\nGus,nonsense\n")
    summary = run_import("customers", file, user=administrator)
    assert (summary.created, summary.errors) == ({"customers": 1}, 1)
    assert Customer.objects.get(name="Fay").custom == {"decor_style": "classic"}


def test_the_import_command_knows_the_fields_of_now(tmp_path: Path):
    CustomField(kind="customer", key="floor", name="Floor", type="number").save()
    file = tmp_path / "new.csv"
    file.write_text("name,Floor\nFay,12\n")
    call_command("import", "customers", str(file), stdout=io.StringIO())
    assert Customer.objects.get(name="Fay").custom == {"floor": 12}


def test_texts_are_found_by_the_search(client, administrator):
    factories.a_custom_field("Nickname")
    customer = factories.a_customer(name="Ann")
    assert edit(client, customer, custom_nickname="Pinewood").status_code == 302
    assert list(search.find("customer", "pinew", administrator)) == [customer.pk]


def test_a_retired_field_is_gone_and_keeps_its_values(client, administrator, styled):
    field = CustomField.objects.get()
    assert client.post(f"/settings/fields/{field.pk}/retire/").status_code == 302
    assert "custom_decor_style" not in client.get("/customers/new/").content.decode()
    assert client.get("/customers/?custom_decor_style=modern").status_code == 400
    assert edit(client, styled["Ann"], city="Hangzhou").status_code == 302
    assert client.post(f"/settings/fields/{field.pk}/restore/").status_code == 302
    assert sorted(listed(client, "custom_decor_style=modern")) == ["Ann", "Bo", "Chen"]


def test_an_option_in_use_is_not_removed(client, administrator, styled):
    field = CustomField.objects.get()
    options = list(field.options.all())
    data = {
        "kind": "customer", "name": "Decor style", "rank": 50, "sensitivity": "public",
        "options-TOTAL_FORMS": 2, "options-INITIAL_FORMS": 2,
        "options-0-id": options[0].pk, "options-0-name": "Modern", "options-0-rank": 0, "options-0-DELETE": "on",
        "options-1-id": options[1].pk, "options-1-name": "Classical", "options-1-rank": 1,
    }  # fmt: skip
    answer = client.post(f"/settings/fields/{field.pk}/", data)
    assert answer.status_code == 200
    assert "“Modern” is chosen on 3 records and cannot be removed" in answer.content.decode()
    assert CustomOption.objects.count() == 2
    data["options-0-DELETE"] = ""
    assert client.post(f"/settings/fields/{field.pk}/", data).status_code == 302
    assert {each.code: each.name for each in field.options.all()} == {"modern": "Modern", "classic": "Classical"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "Phone"}, "There is a field “Phone” already"),
        ({"type": "choice"}, "Give at least one choice"),
        ({"type": "relation"}, "Say what kind of record"),
    ],
)
def test_what_is_wrong_with_a_field_is_said(client, administrator, change, words):
    data = {
        "kind": "customer", "name": "Floor", "type": "text", "rank": 5, "sensitivity": "public", "hint": "Typed",
        "options-TOTAL_FORMS": 0, "options-INITIAL_FORMS": 0,
    }  # fmt: skip
    answer = client.post("/settings/fields/new/", data | change)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert 'value="Typed"' in answer.content.decode()
    assert not CustomField.objects.exists()


def test_other_kinds_have_fields_too(client, administrator):
    for kind in kinds:
        registry.forget()
        field = factories.a_custom_field(f"Extra {kind.key}", kind=kind.key)
        record = factories.a_record(kind.key)
        url = f"/api/v1/{kind.path}/{record.pk}"
        key = f"custom_{field.key}"
        answer = client.patch(url, {key: "blue"}, content_type="application/json")
        assert (answer.status_code, answer.json().get(key)) == (200, "blue"), kind.key
        assert client.get(f"/{kind.path}/?columns={key}&{key}=BLU").status_code == 200
        assert field.name in client.get(f"/{kind.path}/{record.pk}/edit/").content.decode()


def test_conflicts_show_custom_fields(client, administrator, styled):
    version = styled["Ann"].version
    services.save(Customer.objects.get(pk=styled["Ann"].pk), user=administrator)
    answer = edit(client, styled["Ann"], custom_decor_style="classic", version=version)
    assert answer.status_code == 409
    assert "Decor style" in answer.content.decode()
