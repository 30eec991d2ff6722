"""The contact log and what is known of talks: R-016, R-020, R-021, R-025."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from crm.accounts.models import Role, User
from crm.records import menu, timeline
from interactions.contacts import figures
from interactions.contacts.forms import ComposerForm, InteractionForm
from interactions.contacts.models import Interaction
from interactions.contacts.talk_models import Objection, ObjectionAnswer, Observation, TalkGuide
from interactions.work.models import Task
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep(client: Client) -> User:
    factories.a_company()
    user = factories.a_user(Role.SALES_REP, unit=factories.a_unit("sales"))
    client.force_login(user)
    return user


def test_R_016_a_visit_with_li_na_is_on_the_timeline_and_its_next_step_on_the_list(client: Client, rep: User):
    customer = factories.a_customer(name="Lotus", type="organisation", owner=rep, unit=rep.unit)
    li = factories.a_contact_person(customer=customer, name="Li Na")
    product = factories.a_product(name="P-10", number="P-10")
    before = Interaction.objects.filter(unit=rep.unit).count()
    data = {
        "customer": customer.pk,
        "person": li.pk,
        "channel": factories.the_channel("visit").pk,
        "direction": "outbound",
        "subject": "Visit",
        "product": product.pk,
        "result": "quote asked",
        "next_step": "Send the quote",
        "next_step_on": "2030-05-12",
    }
    assert client.post("/contacts/new/", data).status_code == 302
    contact = Interaction.objects.get()
    assert (contact.person, contact.product, contact.result) == (li, product, "quote asked")
    assert [entry.title for entry in timeline.of(customer, rep, group="contact").entries] == ["Visit"]
    task = Task.objects.get(staff=rep)
    assert (task.title, task.source) == ("Send the quote", "follow_up")
    assert task.due_at == datetime(2030, 5, 12, 10, tzinfo=UTC)  # 18:00 in Shanghai
    assert Interaction.objects.filter(unit=rep.unit).count() == before + 1


def test_R_016_at_most_four_fields_are_required_and_fewer_than_ten_shown(rep: User):
    for form in (InteractionForm(user=rep), ComposerForm(user=rep)):
        visible = [field for field in form.fields if not form[field].is_hidden]
        assert sum(form.fields[name].required for name in visible) <= 4
    shown = [part for part in InteractionForm(user=rep).parts() if not part["is_open"] and not part["is_folded"]]
    assert [len(part["fields"]) for part in shown] == [9]
    assert len([name for name in ComposerForm(user=rep).fields if name not in ("version", "guide")]) == 9


def test_R_016_the_form_is_one_click_away_from_every_page(client: Client, rep: User):
    assert menu.quick_create(rep)[0].url == "/contacts/new/"
    for page in ("/", "/tasks/", "/customers/"):
        assert 'href="/contacts/new/"' in client.get(page).content.decode()


def test_R_020_observations_are_ticked_counted_and_said_to_be_observed(client: Client, rep: User):
    customer = factories.a_customer(owner=rep, unit=rep.unit)
    ticks = list(Observation.objects.filter(code__in=["interested", "hesitates_at_price"]))
    data = {"customer": customer.pk, "direction": "outbound", "subject": "Call"}
    assert client.post("/contacts/new/", data | {"observations": [each.pk for each in ticks]}).status_code == 302
    assert client.post("/contacts/new/", data | {"observations": [ticks[1].pk]}).status_code == 302
    contact = Interaction.objects.order_by("pk").first()
    assert [each.code for each in contact.observations.all()] == ["interested", "hesitates_at_price"]
    page = client.get(contact.get_absolute_url()).content.decode()
    assert f"Observed by {rep}" in page
    assert "Hesitates at the price" in page
    counted = {each.code: count for each, count in client.get("/needs/analysis/").context["observations"]}
    assert counted == {"hesitates_at_price": 2, "interested": 1}


def test_R_021_an_answer_that_overcame_six_of_eight_objections_has_75_percent_and_is_offered(client: Client, rep: User):
    too_expensive = Objection.objects.get(code="too_expensive")
    answer = ObjectionAnswer.objects.get(code="A-2")
    customer = factories.a_customer(owner=rep, unit=rep.unit)
    for result in ["overcome"] * 6 + ["not_overcome"] * 2:
        factories.a_contact(customer=customer, objection=too_expensive, answer=answer, objection_result=result)
    page = client.get("/contacts/library/")
    row = next(each for each in page.context["objections"] if each.objection == too_expensive)
    assert (row.named, row.overcome) == (8, 6)
    assert [(each.answer.code, each.success) for each in row.answers][0] == ("A-2", pytest.approx(0.75))
    assert "75%" in page.content.decode()
    panel = client.get("/contacts/library/", {"part": "panel", "objection": too_expensive.pk}).content.decode()
    assert "A-2" in panel
    assert "75% success" in panel
    assert f'data-fill="answer" data-value="{answer.pk}"' in panel
    assert "A-4" not in panel


def test_R_021_only_contacts_that_the_reader_may_see_count(client: Client, rep: User):
    answer = ObjectionAnswer.objects.get(code="A-2")
    factories.a_contact(objection=answer.objection, answer=answer, objection_result="overcome")
    rows = figures.objections(Interaction.objects.visible_to(rep), only=answer.objection_id)
    assert [(row.named, row.overcome) for row in rows] == [(0, 0)]
    assert {each.success for each in rows[0].answers} == {None}


def test_an_answer_brings_its_objection_and_must_fit_it(client: Client, rep: User):
    customer = factories.a_customer(owner=rep, unit=rep.unit)
    answer = ObjectionAnswer.objects.get(code="A-2")
    data = {"customer": customer.pk, "direction": "outbound", "subject": "Call", "answer": answer.pk}
    assert client.post("/contacts/new/", data).status_code == 302
    assert Interaction.objects.get().objection == answer.objection
    other = Objection.objects.get(code="no_need")
    page = client.post("/contacts/new/", data | {"objection": other.pk})
    assert page.context["form"].errors["answer"] == ["This answer belongs to another objection."]
    page = client.post("/contacts/new/", data | {"answer": "", "objection_result": "overcome"})
    assert page.context["form"].errors["objection"] == ["Say which objection it was."]


def test_R_025_a_concern_about_price_shows_three_questions_and_selling_points_and_keeps_the_guide(
    client: Client, rep: User
):
    product = factories.a_product(name="Lamp", selling_points="Lasts ten years\nNeeds a third of the power")
    guide = TalkGuide.objects.get(concern="price")
    panel = client.get("/contacts/library/", {"part": "panel", "concern": "price", "product": product.pk})
    assert [len(each.local_questions) for each in panel.context["guides"]] == [3]
    html = panel.content.decode()
    for text in (*guide.local_questions, "Lasts ten years", "Needs a third of the power"):
        assert text in html
    customer = factories.a_customer(owner=rep, unit=rep.unit)
    data = {"customer": customer.pk, "direction": "outbound", "subject": "Call", "concern": "price", "guide": guide.pk}
    assert client.post("/contacts/log/", data).status_code == 302
    assert Interaction.objects.get().guide == guide


def test_guides_speak_the_language_of_the_reader(client: Client, rep: User):
    rep.language = "zh-hans"
    rep.save()
    panel = client.get("/contacts/library/", {"part": "panel", "concern": "price"}).content.decode()
    assert "您一年需要多少数量？" in panel


def test_nonsense_asked_of_the_panel_is_an_empty_panel(client: Client, rep: User):
    for query in ({"concern": "x"}, {"objection": "x"}, {"product": "9" * 30}, {"objection": "99999"}):
        panel = client.get("/contacts/library/", {"part": "panel"} | query)
        assert panel.status_code == 200
        assert not panel.context["guides"]


def test_lists_of_contacts_are_kept_by_administrators(client: Client, rep: User):
    assert client.get("/settings/contacts/").status_code == 404
    client.force_login(factories.an_administrator())
    new = {"part": "observation", "observation-code": "smiles", "observation-name": "Smiles"}
    assert client.post("/settings/contacts/", new | {"observation-is_active": "on"}).status_code == 302
    smiles = Observation.objects.get(code="smiles")
    factories.a_contact().observations.add(smiles)
    client.post(f"/settings/contacts/observation/{smiles.pk}/delete/")
    assert Observation.objects.filter(pk=smiles.pk).exists()
    unused = Observation.objects.get(code="reserved")
    client.post(f"/settings/contacts/observation/{unused.pk}/delete/")
    assert not Observation.objects.filter(pk=unused.pk).exists()
    page = client.post("/settings/contacts/", {"part": "answer", "answer-code": "A-2"})
    assert "answer-code" in page.content.decode()
    assert page.status_code == 200
