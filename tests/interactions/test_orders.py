"""Orders from draft to payment: prices for some, the grid's offers, stock, order again, what comes back."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.accounts.models import Company, ExchangeRate, Role
from crm.records import services as records
from crm.records import timeline
from customers import tiers
from interactions.aftersales.services import take_back
from interactions.models import AfterSales, Order, OrderLine, StockMovement
from interactions.orders.services import confirm, order_again, save_order
from interactions.orders.stock import count_stock, stock_of
from interactions.pricing.services import quotes
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2024, 5, 6)


@pytest.fixture
def rep(client):
    factories.a_company()
    user = factories.a_user(Role.ADMINISTRATOR, unit=factories.a_unit(), first_name="Wang")
    client.force_login(user)
    return user


@pytest.fixture
def tier_of(monkeypatch):
    """Customers of the value tiers a test names: `tier_of[customer.pk] = "high"`."""
    known = {}
    monkeypatch.setattr(tiers, "_provider", [lambda pk: known.get(pk, "")])
    return known


def lines_of(*rows, initial=0):
    data = {"lines-TOTAL_FORMS": str(len(rows)), "lines-INITIAL_FORMS": str(initial)}
    for at, row in enumerate(rows):
        data |= {f"lines-{at}-{name}": value for name, value in row.items()}
    return data


def entered(customer, **values):
    return {"customer": customer.pk, "status": "confirmed", "occurred_at": "2024-05-06T09:00", **values}


# Prices -----------------------------------------------------------------------------------------------------------


def test_R_032_a_high_customer_is_proposed_8_percent_off_tea(client, rep, tier_of):
    tea = factories.a_category(name="Tea")
    green = factories.a_product(number="T-1", price=100, category=factories.a_category(name="Green", parent=tea))
    lamp = factories.a_product(number="L-1", price=50)
    rule = factories.a_price_rule(8, value_tier="high", category=tea)
    li, wu = factories.a_customer(owner=rep), factories.a_customer(owner=rep)
    tier_of[li.pk] = "high"
    offers = client.get("/orders/offers/", {"code": ["T-1", "L-1"], "customer": li.pk}).json()["results"]
    told = {each["code"]: (each["price"], each["discount"], each["reason"]) for each in offers}
    assert told == {"T-1": ("100", "8", "High value −8 %"), "L-1": ("50", "0", "")}
    rows = [{"product": "T-1", "quantity": "2"}, {"product": "L-1", "quantity": "1"}]
    assert client.post("/orders/new/", entered(li) | lines_of(*rows)).status_code == 302
    assert client.post("/orders/new/", entered(wu) | lines_of(*rows)).status_code == 302
    high, other = Order.objects.order_by("pk")
    assert [(each.discount, each.amount, each.price_rule) for each in high.lines.all()] == [
        (Decimal(8), Decimal(184), rule),
        (Decimal(0), Decimal(50), None),
    ]
    assert (high.net_amount, other.net_amount) == (Decimal(234), Decimal(250))
    assert [each.list_price for each in high.lines.all()] == [100, 50]
    assert "High value −8 %" in client.get(high.get_absolute_url()).content.decode()
    assert {green, lamp} == {each.product for each in high.lines.all()}


def test_staff_may_change_what_is_proposed(client, rep, tier_of):
    factories.a_product(number="T-1", price=100)
    factories.a_price_rule(8, value_tier="high")
    li = factories.a_customer(owner=rep)
    tier_of[li.pk] = "high"
    row = {"product": "T-1", "quantity": "1", "unit_price": "100", "discount": "12"}
    assert client.post("/orders/new/", entered(li) | lines_of(row)).status_code == 302
    line = OrderLine.objects.get()
    assert (line.discount, line.amount, line.price_rule, line.list_price) == (12, 88, None, 100)


def test_the_lowest_price_wins_then_the_more_precise_then_the_newer(tier_of):
    tea = factories.a_category()
    product = factories.a_product(price=100, category=tea)
    key = factories.a_customer(relation_class="key")

    def best(**given):
        return quotes([product], customer=key, day=TODAY, **given)[product.pk]

    assert (best().rule, best().unit_price) == (None, 100)
    everything = factories.a_price_rule(5)
    assert best().rule == everything
    precise = factories.a_price_rule(5, category=tea)
    assert best().rule == precise
    newer = factories.a_price_rule(5, category=tea, relation_class="key")
    assert best().rule == newer
    agreed = factories.a_price_rule(price=Decimal(90), product=product)
    assert (best().rule, best().unit_price, best().discount) == (agreed, 90, 0)
    factories.a_price_rule(50, relation_class="organisational")
    factories.a_price_rule(50, value_tier="high")
    factories.a_price_rule(50, valid_until=TODAY - timedelta(days=1))
    factories.a_price_rule(50, valid_from=TODAY + timedelta(days=1))
    factories.a_price_rule(50, is_active=False)
    records.delete(factories.a_price_rule(50), user=None)
    assert best().rule == agreed
    last = factories.a_price_rule(50, valid_from=TODAY, valid_until=TODAY)
    assert (best().rule, best().discount) == (last, 50)
    assert (best(rate=Decimal("8")).unit_price, best(rate=Decimal("8")).list_price) == (
        Decimal("12.5"),
        Decimal("12.5"),
    )


def test_a_price_above_the_list_and_a_fee_are_as_they_are():
    product, fee = factories.a_product(price=100), factories.a_product(price=10, is_fee=True)
    factories.a_price_rule(price=Decimal(120), product=product)
    factories.a_price_rule(50, product=fee)
    found = quotes([product, fee], customer=None, day=TODAY)
    assert [(found[each.pk].unit_price, found[each.pk].rule) for each in (product, fee)] == [(100, None), (10, None)]


def test_a_rule_by_tag_reaches_the_customers_who_have_it():
    from customers.models import Tag

    product, tag = factories.a_product(price=100), Tag.objects.create(name="School")
    rule = factories.a_price_rule(20, tag=tag)
    school, other = factories.a_customer(), factories.a_customer()
    school.tags.add(tag)
    assert quotes([product], customer=school, day=TODAY)[product.pk].rule == rule
    assert quotes([product], customer=other, day=TODAY)[product.pk].rule is None
    assert rule.reason == "School −20 %"


def test_a_price_rule_says_what_it_lacks(client, rep):
    product, tea = factories.a_product(), factories.a_category()
    form = client.post("/price-rules/new/", {"name": "Empty"}).context["form"]
    assert set(form.errors) == {"discount"}
    both = {"name": "Both", "discount": "5", "price": "9", "product": product.pk, "category": tea.pk}
    both |= {"valid_from": "2024-05-02", "valid_until": "2024-05-01"}
    assert set(client.post("/price-rules/new/", both).context["form"].errors) == {"discount", "category", "valid_until"}
    assert "product" in client.post("/price-rules/new/", {"name": "No", "price": "9"}).context["form"].errors
    good = {"name": "Tea for good customers", "discount": "8", "value_tier": "high", "is_active": "on"}
    assert client.post("/price-rules/new/", good).status_code == 302


def test_offers_of_a_foreign_order_are_in_its_currency(client, rep):
    ExchangeRate.objects.create(currency="USD", valid_from=date(2024, 1, 1), rate=Decimal("8"))
    factories.a_product(number="T-1", price=100, unit_cost=40)
    told = client.get("/orders/offers/", {"q": "T-1", "currency": "usd", "day": "2024-05-06"}).json()["results"]
    assert (told[0]["price"], told[0]["list_price"]) == ("12.5", "12.5")
    data = entered(factories.a_customer(owner=rep), currency="USD") | lines_of({"product": "T-1", "quantity": "1"})
    assert client.post("/orders/new/", data).status_code == 302
    line = OrderLine.objects.get()
    assert (line.unit_price, line.list_price, line.unit_cost) == (Decimal("12.5"), Decimal("12.5"), 5)
    assert line.order.net_amount == 100


def test_offers_find_code_and_name_in_three_languages_and_show_the_stock(client, rep):
    product = factories.a_product(number="AX-7", name="Tea pot", name_zh_hans="茶壶", name_zh_hant="茶壺", price=30)
    factories.a_product(number="AX-8", name="Old pot", is_active=False)
    factories.a_stock_movement("12.5", product=product)
    for text in ("ax", "tea p", "茶壶", "茶壺"):
        found = client.get("/orders/offers/", {"q": text}).json()["results"]
        assert [(each["code"], each["stock"], each["price"]) for each in found] == [("AX-7", "12.5", "30")], text
    stranger_sees = client.get("/orders/offers/", {"q": "ax", "customer": "9" * 30, "day": "never", "currency": "??"})
    assert stranger_sees.status_code == 200


def test_what_begins_with_the_text_is_offered_first(client, rep):
    for name in ("Bamboo steamer", "Green tea", "Tea pot", "Iced-tea"):
        factories.a_product(name=name)
    factories.a_product(name="Cup", number="TEA-9")
    found = client.get("/orders/offers/", {"q": "tea"}).json()["results"]
    assert [each["text"] for each in found] == ["Cup", "Tea pot", "Green tea", "Bamboo steamer", "Iced-tea"]


def test_offers_ask_the_same_number_of_queries_for_one_and_for_many(client, rep):
    factories.a_price_rule(5, category=factories.a_category())

    def asked():
        client.get("/orders/offers/", {"q": "pot"})
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/orders/offers/", {"q": "pot"})
        return len(queries)

    factories.a_product(name="pot 0")
    one = asked()
    for number in range(1, 12):
        factories.a_product(name=f"pot {number}", category=factories.a_category())
    assert asked() == one <= 12


# Drafts and repeated orders -----------------------------------------------------------------------------------------


def test_an_order_put_aside_is_a_draft_until_it_is_confirmed(client, rep):
    factories.a_product(number="T-1", price=100)
    li = factories.a_customer(owner=rep)
    data = entered(li, as_draft="1") | lines_of({"product": "T-1", "quantity": "2"})
    assert client.post("/orders/new/", data).status_code == 302
    draft = Order.objects.get()
    assert (draft.status, draft.confirmed_at, draft.occurred_on) == ("draft", None, date(2024, 5, 6))
    assert client.get("/orders/?status=draft").context["count"] == 1
    assert client.get(f"/orders/{draft.pk}/confirm/").status_code == 405
    assert client.post(f"/orders/{draft.pk}/confirm/").status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.occurred_on) == ("confirmed", Company.objects.current().today())
    assert draft.confirmed_at is not None
    assert client.post(f"/orders/{draft.pk}/confirm/").status_code == 404
    with pytest.raises(ValidationError):
        confirm(draft, user=rep)


def test_an_order_that_was_never_a_draft_has_no_moment_of_confirmation():
    order = factories.an_order()
    save_order(order, lines=order.lines.all(), user=None)
    assert order.confirmed_at is None


def test_R_030_order_again_is_a_draft_with_the_same_lines_at_todays_price(client, rep):
    pot = factories.a_product(number="POT", price=100, unit_cost=60)
    gone = factories.a_product(number="GONE")
    order = factories.an_order([(3, 100, pot), (2, 10, gone)], customer=factories.a_customer(owner=rep))
    gone.is_active = False
    records.save(gone, user=None)
    pot.price, pot.unit_cost = Decimal(110), Decimal(70)
    records.save(pot, user=None)
    rule = factories.a_price_rule(10, product=pot)
    answer = client.post(f"/orders/{order.pk}/again/", follow=True)
    draft = Order.objects.exclude(pk=order.pk).get()
    assert answer.redirect_chain == [(draft.get_absolute_url(), 302)]
    assert "1 line is left out" in answer.content.decode()
    line = draft.lines.get()
    assert (draft.status, draft.customer, line.product, line.quantity) == ("draft", order.customer, pot, 3)
    assert (line.unit_price, line.discount, line.price_rule, line.unit_cost) == (110, 10, rule, 70)
    assert draft.net_amount == Decimal(297)
    with pytest.raises(ValidationError):
        order_again(factories.an_order([(1, 10, gone)]), user=rep)


# Stock and delivery -------------------------------------------------------------------------------------------------


def test_R_031_the_product_page_shows_stock_on_hand(client, rep):
    pot, cup = factories.a_product(name="Pot"), factories.a_product(name="Cup")
    factories.a_stock_movement(40, product=pot)
    factories.a_stock_movement(-3, product=pot, reason="lost")
    page = client.get(pot.get_absolute_url()).content.decode()
    assert '<p class="stat-value" data-stock>37</p>' in page
    assert "No stock is kept" in client.get(cup.get_absolute_url()).content.decode()
    rows = client.get("/api/v1/products/?columns=name,stock_on_hand").json()["results"]
    assert {row["name"]: row["stock_on_hand"] and Decimal(row["stock_on_hand"]) for row in rows} == {
        "Pot": Decimal(37),
        "Cup": None,
    }
    assert client.get("/products/?sort=-stock_on_hand&columns=name,stock_on_hand").status_code == 200


def test_a_count_makes_the_stock_what_was_found(client, rep):
    pot = factories.a_product()
    assert client.post(f"/products/{pot.pk}/count/", {"counted": "12"}).status_code == 302
    client.post(f"/products/{pot.pk}/count/", {"counted": "7.5"})
    assert stock_of([pot.pk]) == {pot.pk: Decimal("7.5")}
    assert list(StockMovement.objects.order_by("pk").values_list("quantity", "reason")) == [
        (Decimal(12), "counted"),
        (Decimal("-4.5"), "counted"),
    ]
    assert count_stock(pot, counted=Decimal("7.5"), user=rep) is None
    for wrong in ("", "-1", "x", "NaN", "1e40"):
        assert client.post(f"/products/{pot.pk}/count/", {"counted": wrong}).status_code == 302
    assert StockMovement.objects.count() == 2


def test_stock_leaves_with_the_delivery_and_comes_back_with_the_return(rep):
    pot, loose = factories.a_product(), factories.a_product()
    factories.a_stock_movement(10, product=pot)
    order = factories.an_order([(4, 100, pot), (2, 5, loose)])
    assert stock_of([pot.pk]) == {pot.pk: 10}
    order.status, order.delivered_on = Order.Status.DELIVERED, date(2024, 5, 8)
    save_order(order, lines=order.lines.all(), user=rep)
    save_order(order, lines=order.lines.all(), user=rep)  # saving again moves nothing again
    assert stock_of([pot.pk, loose.pk]) == {pot.pk: 6}
    line = order.lines.get(product=pot)
    back = take_back(order, quantities={line.pk: Decimal(1)}, user=rep)
    assert stock_of([pot.pk]) == {pot.pk: 7}
    records.delete(back, user=rep)
    assert stock_of([pot.pk]) == {pot.pk: 6}
    order.status = Order.Status.CANCELLED
    save_order(order, lines=order.lines.all(), user=rep)
    assert stock_of([pot.pk]) == {pot.pk: 10}


def test_an_order_knows_that_it_is_late_and_how_long_it_took_to_be_paid():
    given = {"promised_on": date(2024, 5, 10), "invoiced_on": date(2024, 5, 6)}
    late = factories.an_order(**given, delivered_on=date(2024, 5, 11), paid_on=date(2024, 5, 26))
    in_time = factories.an_order(**given, delivered_on=date(2024, 5, 10))
    waiting = factories.an_order(**given)
    plain = factories.an_order(occurred_at=datetime(2024, 5, 1, 9, tzinfo=UTC), paid_on=date(2024, 5, 4))
    assert [each.is_late for each in (late, in_time, waiting, plain)] == [True, False, True, False]
    assert [each.settlement_days for each in (late, in_time, plain)] == [20, None, 3]


# After-sales --------------------------------------------------------------------------------------------------------


def test_R_029_a_return_of_one_unit_leaves_450_and_one_after_sales_record(client, rep):
    order = factories.an_order([(3, 100), (1, 250)], customer=factories.a_customer(owner=rep))
    line = order.lines.get(quantity=3)
    page = client.get(order.get_absolute_url()).content.decode()
    assert f'name="quantity_{line.pk}"' in page  # first click opens it, the second records it
    data = {f"quantity_{line.pk}": "1", "note": "Handle came off", "cost": "12.50", "from_order": "1"}
    answer = client.post(f"/orders/{order.pk}/return/", data)
    assert (answer.status_code, answer.url) == (302, order.get_absolute_url())
    assert order.amount_after_returns == Decimal(450)
    record = AfterSales.objects.get()
    assert (record.type, record.order, record.order_line, record.product) == ("return", order, line, line.product)
    assert (record.cost, record.status, record.note) == (Decimal("12.50"), "done", "Handle came off")
    page = client.get(order.get_absolute_url()).content.decode()
    assert "<strong data-net-amount>450.00" in page
    assert 'After-sales <span class="count">1</span>' in page
    shown = timeline.of(order.customer, rep, group="after_sales").entries
    assert [(each.kind.key, each.badge_text) for each in shown] == [("after_sales", "Return")]


def test_an_imported_return_shows_under_after_sales_by_itself(rep):
    customer = factories.a_customer(owner=rep)
    factories.an_order([(-1, 100)], type="return", customer=customer)
    assert [each.kind.key for each in timeline.of(customer, rep, group="after_sales").entries] == ["order"]


def test_a_repair_follows_the_line_it_is_for(client, rep):
    order = factories.an_order(customer=factories.a_customer(owner=rep))
    line = order.lines.get()
    asked = {"customer": order.customer_id, "order": order.pk, "order_line": line.pk}
    form = client.get("/after-sales/new/", asked | {"product": line.product_id}).context["form"]
    assert (form["order_line"].value(), form["product"].value()) == (line.pk, line.product_id)
    data = asked | {"type": "repair", "status": "done", "cost": "80", "occurred_at": "2024-05-02T09:00"}
    answer = client.post("/after-sales/new/", data)
    assert answer.status_code == 302, answer.context["form"].errors
    record = AfterSales.objects.get()
    assert (record.product, record.title) == (line.product, f"Repair: {line.product}")
    assert (record.done_on, record.cost) == (Company.objects.current().today(), 80)


def test_an_after_sales_record_says_what_does_not_fit(client, rep):
    order, other = factories.an_order(), factories.an_order()
    data = {"customer": order.customer_id, "order": other.pk, "order_line": order.lines.get().pk, "cost": "-1"}
    data |= {"occurred_at": "2024-05-02T09:00", "done_on": "2024-05-01", "note": "kept"}
    answer = client.post("/after-sales/new/", data)
    assert set(answer.context["form"].errors) == {"order", "order_line", "cost", "done_on"}
    assert answer.context["form"]["note"].value() == "kept"


def test_lines_say_what_they_are():
    order = factories.an_order([(2, 5)], product=factories.a_product(name="Pot"))
    assert str(order.lines.get()) == "2 × Pot"
    assert str(factories.a_deal([("1.5", 5)], product=factories.a_product(name="Cup")).lines.get()) == "1.5 × Cup"


@pytest.mark.parametrize("lines", [5, 50])
def test_an_order_page_asks_as_often_for_5_lines_as_for_50(client, rep, lines):
    order = factories.an_order([(2, 10)] * lines, customer=factories.a_customer(owner=rep))
    rule = factories.a_price_rule(5)
    for line in order.lines.all():
        line.product, line.price_rule = factories.a_product(category=factories.a_category()), rule
        line.save()
    factories.an_after_sales_record(customer=order.customer, order=order)
    take_back(order, quantities={order.lines.first().pk: Decimal(1)}, user=rep)
    client.get(order.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        assert client.get(order.get_absolute_url()).status_code == 200
    assert len(queries) <= 10, [each["sql"][:90] for each in queries]
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/orders/{order.pk}/edit/").status_code == 200
    assert len(queries) <= 12
