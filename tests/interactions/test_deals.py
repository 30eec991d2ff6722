"""Deals: the pipeline, its board, the quote, the order that a won deal becomes, and who may see what."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import formats, timezone

from crm.accounts.models import ExchangeRate, FieldRight, Role
from crm.records import services
from interactions.deals import figures
from interactions.deals.models import Deal, DealMilestone, DealPhase, LostReason
from interactions.deals.services import make_order, move, save_deal
from interactions.orders.models import Order
from interactions.work.models import Task
from interactions.work.services import finish_task
from tests import factories
from tests.factories import a_deal, the_stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    factories.a_company()
    user = factories.a_user(Role.ADMINISTRATOR, unit=factories.a_unit())
    client.force_login(user)
    return user


@pytest.fixture
def rep(client):
    factories.a_company()
    user = factories.a_user(Role.SALES_REP, unit=factories.a_unit())
    client.force_login(user)
    return user


def test_R_207_a_deal_of_100k_at_40_percent_adds_40k_to_the_weighted_pipeline(client, admin):
    a_deal(amount=50_000, probability=50)
    assert client.get("/deals/pipeline/").context["pipeline"].weighted == 25_000
    sent = {"title": "Lamps", "customer": factories.a_customer().pk, "amount": "100000", "probability": "40"}
    late = {"expected_on": timezone.localdate() - timedelta(days=1), "source": ""}
    assert client.post("/deals/new/", sent | late | lines()).status_code == 302
    deal = Deal.objects.get(title="Lamps")
    assert (deal.weighted_amount, deal.stage, deal.status) == (40_000, the_stage("qualified"), "open")
    pipeline = client.get("/deals/pipeline/").context["pipeline"]
    assert (pipeline.count, pipeline.amount, pipeline.weighted, pipeline.overdue) == (2, 150_000, 65_000, 1)
    board = client.get("/deals/board/")
    lane = board.context["lanes"][0]
    assert (lane.count, lane.total) == (2, 65_000)
    assert [card.is_late for card in lane.cards] == [True, False]
    assert "board-card is-late" in board.content.decode()
    assert '<span class="text-danger" title="overdue">' in client.get("/deals/").content.decode()


def lines(*rows):
    data = {"lines-TOTAL_FORMS": str(len(rows)), "lines-INITIAL_FORMS": "0"}
    for at, row in enumerate(rows):
        data |= {f"lines-{at}-{name}": value for name, value in row.items()}
    return data


def test_R_208_win_rate_per_origin_of_20_tagged_deals(client, admin):
    for origin, won, lost in (("need", 6, 4), ("competition", 1, 4), ("strength", 3, 1)):
        for at in range(won + lost):
            a_deal(stage="won" if at < won else "lost", origin=origin)
    a_deal(stage="quote", origin="strength")
    rows = client.get("/deals/pipeline/").context["wins"]
    assert [(each.code, each.won, each.lost, each.rate) for each in rows] == [
        ("need", 6, 4, Decimal("0.6")),
        ("competition", 1, 4, Decimal("0.2")),
        ("strength", 3, 1, Decimal("0.75")),
    ]


def test_R_209_a_fixed_date_that_is_missed_warns(client, admin):
    deal, today = a_deal(), timezone.localdate()
    address = f"/deals/{deal.pk}/milestones/"
    for name, days, is_fixed in (("Tender closes", -1, "on"), ("Sample shown", -1, ""), ("Contract", 5, "on")):
        client.post(address, {"name": name, "due_on": today + timedelta(days=days), "is_fixed": is_fixed})
    found = {each.name: (each.is_late, each.is_missed) for each in DealMilestone.objects.all()}
    assert found == {"Tender closes": (True, True), "Sample shown": (True, False), "Contract": (False, False)}
    page = client.get(deal.get_absolute_url()).content.decode()
    assert page.count("The fixed date of") == 1
    assert "“Tender closes” was missed" in page
    done = DealMilestone.objects.get(name="Tender closes")
    client.post(f"{address}{done.pk}/done/")
    done.refresh_from_db()
    assert (done.done_on, done.is_missed) == (today, True)  # done, and too late all the same
    assert "The fixed date of" not in client.get(deal.get_absolute_url()).content.decode()
    wrong = client.post(address, {"name": "", "due_on": "nonsense"})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (200, {"name", "due_on"})


def test_R_016_the_next_step_of_a_deal_becomes_a_task(admin):
    customer = factories.a_customer(owner=admin)
    deal = a_deal(customer=customer, next_step="Send the quote", next_step_on=date(2030, 5, 12))
    task = Task.objects.get()
    assert (task.title, task.customer, task.staff, task.about) == ("Send the quote", customer, admin, deal)
    assert timezone.localtime(task.due_at).date() == date(2030, 5, 12)
    deal.next_step_on = date(2030, 5, 14)
    deal = save_deal(deal, user=admin)
    task.refresh_from_db()
    assert timezone.localtime(task.due_at).date() == date(2030, 5, 14)
    finish_task(task, user=admin)
    deal.amount = Decimal(5)
    deal = save_deal(deal, user=admin)
    assert Task.objects.count() == 1  # a step that is done is not asked for again
    deal.next_step, deal.next_step_on = "Call", date(2030, 5, 20)
    deal = save_deal(deal, user=admin)
    assert [each.title for each in Task.objects.open()] == ["Call"]
    move(deal, stage=the_stage("won"), user=admin)
    assert sorted(Task.objects.values_list("title", "status")) == [("Call", "cancelled"), ("Send the quote", "done")]


def test_probability_follows_the_stage_until_somebody_sets_another(admin):
    deal = a_deal(amount=1000)
    assert (deal.probability, deal.weighted_amount) == (10, 100)
    deal = move(deal, stage=the_stage("quote"), user=admin)
    assert (deal.probability, deal.weighted_amount) == (50, 500)
    deal = move(deal, stage=the_stage("negotiation"), user=admin, probability=60)
    assert deal.probability == 60
    deal = move(deal, stage=the_stage("won"), user=admin)
    assert (deal.probability, deal.status, deal.closed_on) == (100, "won", timezone.localdate())
    deal = move(deal, stage=the_stage("quote"), user=admin)
    assert (deal.probability, deal.status, deal.closed_on) == (50, "open", None)


def test_every_stay_in_a_stage_is_kept_with_its_moments(admin):
    opened = timezone.now() - timedelta(days=10)
    deal = a_deal(amount=300, occurred_at=opened)
    deal = move(deal, stage=the_stage("quote"), user=admin)
    save_deal(deal, user=admin)
    first, second = DealPhase.objects.filter(deal=deal)
    assert (first.stage.code, first.entered_at, first.days, first.base_amount) == ("qualified", opened, 10, 300)
    assert (second.stage.code, second.entered_at, second.left_at) == ("quote", first.left_at, None)
    assert second.user == admin
    rows = {row.stage.code: row for row in figures.by_stage(Deal.objects.all())}
    assert (rows["qualified"].count, rows["qualified"].entered, rows["qualified"].went_on) == (0, 1, 1)
    assert round(rows["qualified"].days, 3) == 10
    assert (rows["quote"].count, rows["quote"].amount, rows["quote"].went_on) == (1, 300, None)


def test_of_those_that_left_a_stage_only_those_further_on_went_on(admin):
    for end in ("won", "lost", "lost", "quote"):
        deal = a_deal(stage="solution")
        reason = LostReason.objects.first() if end == "lost" else None
        move(deal, stage=the_stage(end), user=admin, lost_reason=reason)
    a_deal(stage="solution")
    rows = {row.stage.code: row for row in figures.by_stage(Deal.objects.all())}
    assert (rows["solution"].entered, rows["solution"].went_on) == (5, Decimal("0.5"))
    assert rows["lost"].went_on is None


def test_a_lost_deal_has_a_reason(client, admin):
    deal = a_deal()
    with pytest.raises(ValidationError):
        move(deal, stage=the_stage("lost"), user=admin)
    address, lost = f"/deals/{deal.pk}/move/", the_stage("lost").pk
    assert client.post(address, {"to": lost}, headers={"X-Board": "1"}).status_code == 422
    wrong = client.post(address, {"to": lost, "asked": "1", "competitor": "Rival Co", "closed_on": "2030-01-01"})
    assert set(wrong.context["form"].errors) == {"lost_reason", "closed_on"}
    assert "Rival Co" in wrong.content.decode()
    reason = LostReason.objects.get(code="competitor")
    today = timezone.localdate()
    sent = {"to": lost, "asked": "1", "competitor": "Rival Co", "closed_on": today, "lost_reason": reason.pk}
    assert client.post(address, sent).status_code == 302
    deal.refresh_from_db()
    assert (deal.status, deal.lost_reason, deal.competitor, deal.closed_on) == ("lost", reason, "Rival Co", today)
    assert (deal.probability, deal.weighted_amount) == (0, 0)


def test_the_form_asks_for_the_reason_and_keeps_what_was_typed(client, admin):
    sent = {"title": "Lost lamps", "customer": factories.a_customer().pk, "stage": the_stage("lost").pk}
    wrong = client.post("/deals/new/", sent | lines())
    assert set(wrong.context["form"].errors) == {"lost_reason"}
    assert "Lost lamps" in wrong.content.decode()
    other = factories.a_contact_person()
    wrong = client.post("/deals/new/", sent | lines() | {"stage": "", "person": other.pk, "next_step": "Call"})
    assert set(wrong.context["form"].errors) == {"person", "next_step_on"}
    reason = LostReason.objects.first().pk
    wrong = client.post("/deals/new/", sent | lines() | {"stage": "", "lost_reason": reason, "amount": "-1"})
    assert set(wrong.context["form"].errors) == {"stage", "amount"}
    assert not Deal.objects.exists()


def test_with_lines_the_amount_is_their_total_in_both_currencies(client, admin):
    ExchangeRate.objects.create(currency="EUR", valid_from="2020-01-01", rate=8)
    pot = factories.a_product(name="Pot", price=25)
    sent = {"title": "Pots", "customer": factories.a_customer().pk, "amount": "7", "currency": "eur"}
    rows = lines({"product": pot.number, "quantity": "4", "discount": "10"}, {"description": "Freight", "quantity": "1",
                                                                             "unit_price": "9.99"})  # fmt: skip
    assert client.post("/deals/new/", sent | rows).status_code == 302
    deal = Deal.objects.get()
    assert (deal.amount, deal.currency, deal.base_amount) == (Decimal("21.24"), "EUR", Decimal("169.92"))
    assert deal.weighted_amount == Decimal("16.99")
    wrong = client.post("/deals/new/", sent | rows | {"currency": "USD"})
    assert set(wrong.context["form"].errors) == {"currency"}


def test_a_won_deal_becomes_an_order_once(client, rep):
    customer = factories.a_customer(owner=rep, unit=rep.unit)
    product = factories.a_product(name="Lamp", unit_cost=3)
    deal = a_deal([(2, 50), (1, "7.5")], product=product, customer=customer, staff=rep)
    address = f"/deals/{deal.pk}/order/"
    client.post(address)
    assert not Order.objects.exists()  # not won yet
    move(deal, stage=the_stage("won"), user=rep)
    assert "Make the order" in client.get(deal.get_absolute_url()).content.decode()
    answer = client.post(address)
    order = Order.objects.get()
    assert answer.url == f"/orders/{order.pk}/edit/"
    assert (order.customer, order.staff, order.status, order.net_amount) == (customer, rep, "draft", Decimal("107.5"))
    assert [(line.product, line.quantity, line.unit_price) for line in order.lines.all()] == [
        (product, 2, 50),
        (product, 1, Decimal("7.5")),
    ]
    client.post(address)
    assert Order.objects.count() == 1
    deal.refresh_from_db()
    assert deal.order == order
    assert "Make the order" not in client.get(deal.get_absolute_url()).content.decode()
    assert deal.number in client.get(order.get_absolute_url()).content.decode()
    services.delete(order, user=None)
    again = make_order(Deal.objects.get(), user=rep)  # the first one is in the recycle bin
    assert again.pk != order.pk


def test_winning_on_the_board_can_make_the_order_at_once(client, admin):
    deal = a_deal(amount=500, title="Tea for a year")
    address, today = f"/deals/{deal.pk}/move/", timezone.localdate()
    assert client.get(address, {"to": the_stage("won").pk}).context["form"].initial["with_order"] is True
    client.post(address, {"to": the_stage("won").pk, "asked": "1", "closed_on": today, "with_order": "on"})
    order = Order.objects.get()
    assert [(line.description, line.amount) for line in order.lines.all()] == [("Tea for a year", 500)]
    deal.refresh_from_db()
    assert (deal.order, deal.status) == (order, "won")


def test_quote_and_order_can_be_printed(client, admin):
    customer = factories.a_customer(name="Lotus Garden", city="Hangzhou", phone="+8613800005678")
    deal = a_deal([(2, 50)], customer=customer, valid_until=date(2030, 6, 1), product=factories.a_product(name="Lamp"))
    page = client.get(f"/deals/{deal.pk}/quote/").content.decode()
    day = formats.date_format(date(2030, 6, 1), "SHORT_DATE_FORMAT")
    for text in ("Lotus Trading", "Lotus Garden", "Hangzhou", "Lamp", "100.00 CNY", day, deal.number):
        assert text in page, text
    whole = a_deal(amount=900, title="Tea corner")
    page = client.get(f"/deals/{whole.pk}/quote/").content.decode()
    assert "Tea corner" in page
    assert "900.00 CNY" in page
    order = factories.an_order([(3, 10)], customer=customer)
    page = client.get(f"/orders/{order.pk}/print/").content.decode()
    assert "30.00 CNY" in page
    assert order.number in page


def test_the_quote_shows_no_more_than_the_reader_may_see(client, rep):
    customer = factories.a_customer(owner=rep, unit=rep.unit, phone="+8613800005678")
    deal = a_deal(customer=customer, amount=900)
    FieldRight.objects.filter(role=rep.role, sensitivity="contact").update(level="masked")
    page = client.get(f"/deals/{deal.pk}/quote/").content.decode()
    assert "5678" in page
    assert "13800005678" not in page.replace(" ", "")
    FieldRight.objects.create(role=rep.role, kind="deal", sensitivity="public", level="masked")
    assert client.get(f"/deals/{deal.pk}/quote/").status_code == 404
    assert client.get("/deals/pipeline/").status_code == 404


def test_figures_count_only_what_the_reader_may_see(client, rep):
    a_deal(amount=100, staff=rep)
    a_deal(amount=900, unit=factories.a_unit())
    assert client.get("/deals/pipeline/").context["pipeline"].amount == 100
    assert [lane.count for lane in client.get("/deals/board/").context["lanes"]] == [1, 0, 0, 0, 0, 0]
    a_deal(amount=50, unit=rep.unit, staff=factories.a_user())
    shown = {
        whose: client.get("/deals/pipeline/", {"whose": whose}).context["pipeline"].amount
        for whose in ("", "mine", "unit", "x")
    }
    assert shown == {"": 150, "mine": 100, "unit": 150, "x": 150}


def test_deals_are_on_the_page_of_their_customer(client, rep):
    customer = factories.a_customer(owner=rep, unit=rep.unit)
    deal = a_deal(customer=customer, amount=1000, title="Yearly contract")
    a_deal(customer=customer, stage="won", title="Last year")
    page = client.get(customer.get_absolute_url())
    text = page.content.decode()
    assert f'hx-get="/panels/customer/{customer.pk}/deals/"' in text  # the panel is fetched when it is shown
    assert text.count("Yearly contract") == 1  # the timeline
    assert "Last year" in text
    panel = client.get(f"/panels/customer/{customer.pk}/deals/", headers={"HX-Request": "true"}).content.decode()
    assert "Open deals" in panel
    assert panel.count("Yearly contract") == 1
    assert "Last year" not in panel
    only = client.get(customer.get_absolute_url(), {"group": "deal"})
    assert only.status_code == 200
    assert "yearly" in client.get("/search/?q=yearly").content.decode().lower()
    assert deal.get_absolute_url() in text


def test_pages_of_deals_take_as_many_queries_at_50_as_at_5(client, admin, django_assert_max_num_queries):
    customer, product = factories.a_customer(), factories.a_product()
    deals = [a_deal([(1, 5)], customer=customer, product=product, staff=admin) for _each in range(5)]
    addresses = ("/deals/", "/deals/board/", "/deals/pipeline/", deals[0].get_absolute_url())
    for address in addresses:
        client.get(address)
    counts = {}
    for address in addresses:
        with django_assert_max_num_queries(12) as few:
            assert client.get(address).status_code == 200
        counts[address] = len(few)
    for _each in range(45):
        a_deal([(1, 5)], customer=customer, product=product, staff=admin)
    for address in addresses:
        with django_assert_max_num_queries(counts[address]):
            client.get(address)


def test_a_stage_that_is_needed_stays(client, admin):
    deal = a_deal()
    first = deal.stage
    address = f"/settings/deals/stage/{first.pk}/"
    same = {"code": first.code, "name": first.name, "rank": 10, "probability": 15, "is_active": "on"}
    assert client.post(address, same | {"outcome": "won"}).context["form"].errors
    assert (
        client.post(address, {k: v for k, v in same.items() if k != "is_active"} | {"outcome": "open"}).status_code
        == 200
    )
    assert client.post(address, same | {"outcome": "open"}).status_code == 302
    client.post(f"{address}delete/")
    first.refresh_from_db()
    assert (first.probability, first.is_active) == (15, True)
    won = the_stage("won")
    client.post(f"/settings/deals/stage/{won.pk}/delete/")
    assert the_stage("won").is_active
    gone = the_stage("solution")
    client.post(f"/settings/deals/stage/{gone.pk}/delete/")
    assert [lane.column.label for lane in client.get("/deals/board/").context["lanes"]] == [
        "Need known",
        "Quote sent",
        "Negotiation",
        "Won",
        "Lost",
    ]
    added = {"part": "stage", "stage-code": "trial", "stage-name": "Trial",
             "stage-name_zh_hans": "试用",
             "stage-rank": "15", "stage-probability": "101", "stage-outcome": "open",
             "stage-is_active": "on"}  # fmt: skip
    assert client.post("/settings/deals/", added).context["forms"]["stage"].errors
    assert client.post("/settings/deals/", added | {"stage-probability": "30"}).status_code == 302
    client.cookies["django_language"] = "zh-hans"
    assert [lane.column.label for lane in client.get("/deals/board/").context["lanes"]][1] == "试用"


def test_deals_come_and_go_by_api_and_file(client, admin, tmp_path):
    from crm.records.importing import run_import

    customer = factories.a_customer(name="Lotus Ltd", number="K9")
    body = {
        "title": "By API",
        "customer": customer.pk,
        "lines": [{"description": "Tea", "quantity": 2, "unit_price": 5}],
    }
    made = client.post("/api/v1/deals/", body, content_type="application/json")
    assert made.status_code == 201, made.content
    assert (made.json()["status"], Deal.objects.get().amount) == ("open", 10)
    path = tmp_path / "deals.csv"
    path.write_text("title,customer,stage,amount,reason for losing\nLamps,K9,已报价,500,\nPots,K9,Lost,20,\n", "utf-8")
    summary = run_import("deals", path)
    assert (summary.created, summary.errors) == ({"deals": 1}, 1)
    deal = Deal.objects.get(title="Lamps")
    assert (deal.stage.code, deal.weighted_amount, deal.phases.count()) == ("quote", 250, 1)
    exported = b"".join(client.get("/deals/export/").streaming_content)
    assert "Lamps" in exported.decode("utf-8-sig")


def test_the_form_of_an_order_leaves_its_heirs_their_fields(client):
    """Django adds the order to the fields of its lines; the lines of deals, loaded later, have none."""
    from interactions.orders.forms import OrderLineForm

    factories.a_company()
    client.force_login(factories.an_administrator())
    assert client.get("/orders/new/").status_code == 200
    assert OrderLineForm.Meta.fields == ("product", "description", "quantity", "unit_price", "discount")
