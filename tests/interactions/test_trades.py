"""R-316: templates of trades. Terms, fields, talk guides and reasons are data; a template only ever adds."""

import json

import pytest
from django.test import Client
from django.utils import translation

from crm.accounts.models import AccessLog, Company
from crm.records.custom import registry
from crm.records.custom.models import CustomField
from customers.models import Channel, Customer
from interactions.cases.models import FailureCause, OpinionType
from interactions.contacts.talk_models import Concern, TalkGuide
from interactions.deals.models import LostReason
from interactions.needs.models import NeedType
from interactions.trades import services
from interactions.trades.lists import BY_KEY
from interactions.trades.models import TradeItem
from interactions.trades.services import State
from interactions.trades.templates import DATA, ORDER, templates
from tests import factories

pytestmark = pytest.mark.django_db
MEDICAL = "/settings/trades/medical/"


@pytest.fixture
def admin(client):
    factories.a_company()
    admin = factories.an_administrator(language="en")
    client.force_login(admin)
    registry.forget()
    yield admin
    registry.forget()


def test_R_316_an_administrator_loads_medical_and_types_fields_and_reasons_change(client, admin):
    page = client.get(MEDICAL).content.decode()  # what it would add, before it adds anything
    assert page.count("will be added") == templates()["medical"].size
    assert not OpinionType.objects.filter(code="waiting_time").exists()
    assert client.post(f"{MEDICAL}load/").status_code == 302
    waiting = OpinionType.objects.get(code="waiting_time")
    assert (waiting.name, waiting.name_zh_hans, waiting.name_zh_hant) == ("Waiting time", "候诊时间", "候診時間")
    assert NeedType.objects.filter(code="chronic_care").exists()
    assert FailureCause.objects.filter(code="insurance_refused").exists()
    assert LostReason.objects.filter(code="doctor_left").exists()
    assert TalkGuide.objects.filter(concern="quality", name_zh_hant="患者對療效有疑慮時").exists()
    form = client.get("/customers/new/").content.decode()
    assert "Insurance" in form
    assert "Regular doctor" in form
    field = CustomField.objects.get(kind="customer", key="insurance")
    assert [option.code for option in field.options.all()] == ["public", "commercial", "self_paid"]
    need = client.get("/needs/new/").content.decode()
    assert "Care of a chronic illness" in need
    assert "Waiting time" in client.get("/complaints/new/").content.decode()
    assert AccessLog.objects.get(kind="trade").detail == {"name": "Medical care", "added": templates()["medical"].size}
    with translation.override("zh-hans"):
        assert str(templates()["medical"]) == "医疗"


def test_loading_twice_adds_nothing_twice(client, admin):
    client.post(f"{MEDICAL}load/")
    before = {key: each.model.objects.count() for key, each in BY_KEY.items()}
    client.post(f"{MEDICAL}load/")
    assert {key: each.model.objects.count() for key, each in BY_KEY.items()} == before
    assert "There is nothing left to add." in client.get(MEDICAL).content.decode()


def test_what_the_company_has_is_never_overwritten(client, admin):
    own = OpinionType.objects.create(code="waiting_time", name="Our own waiting", name_zh_hans="排队")
    field = factories.a_custom_field("Insurance")
    client.post(f"{MEDICAL}load/")
    own.refresh_from_db()
    assert own.name == "Our own waiting"
    assert CustomField.objects.filter(name="Insurance").get() == field
    renamed = OpinionType.objects.get(code="charges")
    renamed.name = "Bills"
    renamed.save()
    client.post(f"{MEDICAL}load/")
    renamed.refresh_from_db()
    assert renamed.name == "Bills"
    client.post(f"{MEDICAL}take-back/")
    assert set(
        OpinionType.objects.filter(code__in=["waiting_time", "charges", "privacy"]).values_list("code", flat=True)
    ) == {
        *("waiting_time", "charges"),
    }


def test_what_the_company_removed_is_not_brought_back(client, admin):
    client.post(f"{MEDICAL}load/")
    OpinionType.objects.get(code="privacy").delete()
    client.post(f"{MEDICAL}load/")
    assert not OpinionType.objects.filter(code="privacy").exists()
    assert "removed by you" in client.get(MEDICAL).content.decode()


def test_it_can_be_taken_back_while_it_is_unused(client, admin):
    before = {key: set(each.model.objects.values_list("pk", flat=True)) for key, each in BY_KEY.items()}
    client.post(f"{MEDICAL}load/")
    used_type, used_channel = OpinionType.objects.get(code="charges"), Channel.objects.get(code="outpatient")
    factories.a_complaint(opinion_type=used_type)
    factories.a_contact(channel=used_channel)
    factories.a_customer(custom={"allergies": "nuts"})
    factories.a_need(need_type=NeedType.objects.get(code="check_up"))
    states = {item.code: item.state for item in services.plan(templates()["medical"]).items}
    assert [states[code] for code in ("charges", "outpatient", "customer.allergies", "check_up", "privacy")] == [
        *(State.USED, State.USED, State.USED, State.USED, State.LOADED),
    ]
    assert client.post(f"{MEDICAL}take-back/").status_code == 302
    left = {key: {str(row) for row in each.model.objects.exclude(pk__in=before[key])} for key, each in BY_KEY.items()}
    assert {key: rows for key, rows in left.items() if rows} == {
        "opinion_types": {"Charges and insurance"},
        "channels": {"Outpatient department"},
        "fields": {"Allergies"},
        "need_types": {"Check-up"},
    }
    assert set(TradeItem.objects.values_list("code", flat=True)) == {
        *("charges", "outpatient", "customer.allergies", "check_up"),
    }


def test_a_deleted_record_still_counts_as_use(client, admin):
    client.post(f"{MEDICAL}load/")
    need = factories.a_need(need_type=NeedType.objects.get(code="check_up"))
    type(need).objects.filter(pk=need.pk).update(deleted_at=need.created_at)
    client.post(f"{MEDICAL}take-back/")
    assert NeedType.objects.filter(code="check_up").exists()


def test_two_templates_do_not_take_from_each_other(client, admin):
    services.load(templates()["retail"], user=admin)
    services.load(templates()["ecommerce"], user=admin)
    services.take_back(templates()["ecommerce"], user=admin)
    assert OpinionType.objects.filter(code="freshness").exists()
    assert not OpinionType.objects.filter(code="counterfeit").exists()


def test_the_first_run_page_offers_them():
    founder = Client()
    page = founder.get("/welcome/").content.decode()
    assert "Template of a trade" in page
    assert '<option value="medical">' in page
    assert "watermark" not in page
    sent = {
        "name": "Clinic", "currency": "CNY", "time_zone": "Asia/Shanghai", "fiscal_year_start": 1, "language": "en",
        "username": "boss", "last_name": "Lin", "email": "lin@example.com", "trade": "medical",
        "password1": "a-founder-from-afar", "password2": "a-founder-from-afar",
    }  # fmt: skip
    assert founder.post("/welcome/", {**sent, "trade": "no-such"}).status_code == 200
    assert not Company.objects.exists()
    answer = founder.post("/welcome/", sent)
    assert answer.status_code == 302, answer.context["user_form"].errors
    assert OpinionType.objects.filter(code="waiting_time").exists()


def test_the_short_lists_are_changed_on_their_page(client, admin):
    page = "/settings/lists/"
    new = {"part": "need-types", "need-types-code": "speed", "need-types-name": "Speed", "need-types-is_active": "on"}
    assert client.post(page, new).status_code == 302
    row = NeedType.objects.get(code="speed")
    twice = client.post(page, new)
    assert twice.status_code == 200
    assert "Speed" in twice.content.decode()
    edit = f"/settings/lists/need-types/{row.pk}/"
    assert client.post(edit, {"code": "speed", "name": "Quick", "is_active": "on"}).status_code == 302
    factories.a_need(need_type=row)
    client.post(f"{edit}delete/")
    assert NeedType.objects.get(code="speed").name == "Quick"
    assert client.get("/settings/lists/nonsense/1/").status_code == 404
    assert client.get("/settings/trades/nonsense/").status_code == 404


@pytest.mark.parametrize("slug", ORDER)
def test_every_template_is_whole(slug):
    """Three names of every row, known lists and kinds, a talk guide with a concern that exists."""
    content = json.loads((DATA / f"{slug}.json").read_text())
    assert set(content) - {"name"} == set(BY_KEY)
    for key, rows in content.items():
        if key == "name":
            assert len(rows) == 3
            continue
        for code, row in rows.items():
            names = row["name"] if isinstance(row, dict) else row
            assert len(names) == 3, code
            assert all(names), code
            if key == "fields":
                assert code.partition(".")[0] in {"customer", "order", "complaint"}
                assert all(len(each) == 3 for each in row.get("options", {}).values())
                assert set(row.get("applies_to", [])) <= set(Customer.Type.values)
            if key == "talk_guides":
                assert row["concern"] in Concern.values
                assert all(len(row[name]) == 3 for name in ("questions", "points"))
                assert len({len(text.splitlines()) for text in row["questions"]}) == 1


def test_every_template_can_be_loaded_and_taken_back_whole(admin):
    for template in templates().values():
        assert services.load(template, user=admin) == template.size
        assert services.take_back(template, user=admin) == template.size
    assert not TradeItem.objects.exists()
