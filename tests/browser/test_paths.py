"""What people come for, done in the browser from beginning to end: one test per main path."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from analytics.models import Segment
from analytics.snapshots import recompute
from crm.accounts.models import Role, User
from crm.records import services as records
from interactions.cases.models import Complaint
from interactions.deals.models import Deal
from interactions.orders.models import Order
from interactions.work.models import Task
from tests import factories
from tests.browser.driver import assert_accessible, assert_fits

# Roles and lists of choices come with the migrations and must be there again for the next test.
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def visit(page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")


def choose(page: Page, name: str, text: str) -> None:
    """Find a relation by typing and take it with Enter."""
    control = page.locator(f"#id_{name}-ts-control")
    control.focus()
    with page.expect_response(lambda answer: answer.url.endswith(f"q={text}")):
        control.press_sequentially(text)
    expect(page.locator(".ts-dropdown:visible .option.active")).to_contain_text(text)
    control.press("Enter")


def some_buyers(reader: User) -> None:
    """Six customers of the reader's unit who bought differently often and much, with their figures published."""
    reader.unit = factories.a_unit("branch")
    reader.save()
    product = factories.a_product(category=factories.a_category(name="Tea"))
    today = timezone.now()
    for at, name in enumerate(("Ada", "Berta", "Clara", "Dora", "Emma", "Flora")):
        customer = factories.a_customer(name=name, unit=reader.unit)
        for order in range(at + 1):
            day = today - timedelta(days=20 * order + 5 * at + 1)
            factories.an_order(((at + 1, 100),), product=product, customer=customer, occurred_at=day)
    recompute()


def test_a_representative_logs_a_contact_from_the_page_of_a_customer(open_as):
    page = open_as(Role.SALES_REP)
    customer = records.save(factories.a_customer(name="Ada Lovelace", owner=page.user), user=page.user)
    visit(page, "/customers/")
    page.click("#results a:has-text('Ada Lovelace')")
    composer = page.locator("form[action$='/log/']")
    composer.wait_for()  # in the panel beside the list
    assert 1 <= composer.locator("[required]").count() <= 4
    composer.locator("[name=subject]").fill("Asked for samples")
    composer.locator("summary").click()
    composer.locator("[name=next_step]").fill("Send the samples")
    day = timezone.localdate() + timedelta(days=3)
    composer.locator("[name=next_step_on]").fill(day.isoformat())
    composer.locator("button.btn-primary").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".line-of-time .time-title", has_text="Asked for samples")).to_be_visible()
    expect(page.locator(".line-of-time .time-title", has_text="Send the samples")).to_be_visible()
    task = Task.objects.get()
    assert (task.title, task.customer, task.staff, task.due_at.date()) == ("Send the samples", customer, page.user, day)
    assert page.complaints == []


def test_an_order_of_two_lines_is_entered_by_keyboard_alone(open_as):
    pot = factories.a_product(name="Tea pot", price=25)
    cup = factories.a_product(name="Tea cup", price=Decimal("4.50"))
    page = open_as(Role.SALES_REP)
    factories.a_customer(name="Ada Lovelace", owner=page.user)
    visit(page, "/orders/new/")
    choose(page, "customer", "Ada")
    total = page.locator("[data-lines-total]")
    for at, (product, quantity) in enumerate(((pot, "2"), (cup, "6"))):
        row = page.locator("[data-line]:visible").nth(at)
        expect(row.locator("[data-product]")).to_be_focused()
        page.keyboard.type(product.number)
        page.keyboard.press("Enter")
        expect(row.locator("[name$=-quantity]")).to_be_focused()
        expect(row.locator("[name$=-unit_price]")).not_to_have_value("")
        page.keyboard.type(quantity)
        expect(total).to_have_text(("50.00", "77.00")[at])
        for _cell in ("unit_price", "discount", "the next line"):
            page.keyboard.press("Enter")
    page.locator(".form-foot .btn-primary").press("Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    order = Order.objects.get()
    assert order.net_amount == Decimal(77)
    assert [(line.product, line.quantity) for line in order.lines.all()] == [(pot, 2), (cup, 6)]
    assert page.complaints == []


def test_what_is_rarely_needed_is_folded_until_it_is_wrong(open_as):
    page = open_as()
    visit(page, "/orders/new/")
    fold = page.locator("details.form-fold").last
    expect(page.locator("#id_currency")).not_to_be_visible()
    fold.locator("summary").click()
    page.fill("#id_currency", "nonsense"[:3].upper())
    page.click(".form-foot .btn-primary")
    expect(page.locator("#id_currency")).to_be_visible()
    expect(page.locator("details.form-fold").first).not_to_have_attribute("open", "")


def test_a_service_agent_records_a_complaint(open_as):
    factories.an_opinion_type("delivery")
    factories.a_customer(name="Ada Lovelace")
    page = open_as(Role.SERVICE_AGENT)
    visit(page, "/")
    page.click("main a[href*='/complaints/new/']")
    page.fill("#id_title", "The parcel was wet")
    choose(page, "customer", "Ada")
    choose(page, "opinion_type", "Deliver")
    page.click(".form-foot .btn-primary")
    page.wait_for_url(re.compile(r"/complaints/\d+/$"))
    complaint = Complaint.objects.get()
    assert (complaint.title, complaint.customer.name, complaint.status) == (
        "The parcel was wet",
        "Ada Lovelace",
        "open",
    )
    visit(page, "/")
    expect(page.locator("main .list-group-item", has_text="The parcel was wet")).to_be_visible()
    assert page.complaints == []


def test_a_figure_of_a_report_opens_exactly_the_records_it_counts(open_as):
    page = open_as(Role.MANAGER)
    some_buyers(page.user)
    visit(page, "/reports/rfm/")
    figure = page.locator("main .table-scroll table tbody td.num a").first
    counted = int(figure.inner_text())
    assert counted >= 1
    figure.click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("main table tbody tr")).to_have_count(counted)
    expect(page.locator("h1 .count")).to_have_text(str(counted))
    assert page.complaints == []


def test_a_manager_builds_a_segment_and_sees_its_size_at_once(open_as):
    page = open_as(Role.MANAGER)
    some_buyers(page.user)
    visit(page, "/segments/new/")
    page.fill("#id_name", "Frequent buyers")
    page.fill("#id_purpose", "Invited to the tasting")
    page.evaluate("document.querySelector('[id^=a-0]').tomselect.setValue('orders')")
    page.locator("select[id^=o-0]").select_option("gte")
    page.wait_for_load_state("networkidle")
    page.locator("input[id^=v-0]").fill("4")
    page.locator("input[id^=v-0]").press("Tab")
    expect(page.locator("#builder [role=status]")).to_contain_text("3")
    page.click("button[value=save]")
    page.wait_for_url(re.compile(r"/segments/\d+/$"))
    assert Segment.objects.get(name="Frequent buyers").rule == {
        "all": [{"attribute": "orders", "op": "gte", "value": "4"}]
    }
    assert page.complaints == []


def test_the_language_is_changed_and_kept(open_as):
    page = open_as()
    visit(page, "/customers/")
    page.locator(".menu:has(button[name=language]) > summary").click()
    page.click("button[name=language][value=zh-hans]")
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(page.locator("h1")).to_contain_text("客户")
    visit(page, "/orders/")
    expect(page.locator("h1")).to_contain_text("订单")


PICTURED = [
    (Role.SALES_REP, ["/", "/orders/new/"]),
    (Role.SERVICE_AGENT, ["/", "/complaints/new/"]),
    (
        Role.MANAGER,
        [
            "/",
            "/segments/new/",
            "/reports/rfm/",
            "/reports/product-distribution/",
            "/reports/retention-cohorts/",
            "/customers/",
        ],
    ),
]


@pytest.mark.parametrize(("role", "paths"), PICTURED, ids=[role for role, _paths in PICTURED])
def test_main_pages_fit_a_small_screen_and_are_accessible(open_as, role, paths):
    page = open_as(role, is_narrow=True)
    some_buyers(page.user)
    if role == Role.MANAGER:
        paths = [*paths, Order.objects.first().customer.get_absolute_url()]
    for path in paths:
        visit(page, path)
        assert_fits(page)
        assert_accessible(page)
    assert page.complaints == []


def test_a_deal_walks_over_the_board_by_keyboard_is_won_and_becomes_an_order(open_as):
    page = open_as(Role.SALES_REP)
    lamp = factories.a_product(name="Lamp", price=60)
    factories.a_customer(name="Ada Lovelace", owner=page.user)
    visit(page, "/deals/new/")
    page.fill("#id_title", "Lamps for the shop")
    choose(page, "customer", "Ada")
    row = page.locator("[data-line]").first
    row.locator("[data-product]").fill(lamp.number)
    row.locator("[name$=-quantity]").fill("10")
    page.click(".form-foot .btn-primary")
    page.wait_for_url(re.compile(r"/deals/\d+/$"))
    deal = Deal.objects.get()
    assert (deal.amount, deal.stage.code, deal.staff) == (600, "qualified", page.user)

    visit(page, "/deals/board/")
    card = page.locator(".board-card", has_text="Lamps for the shop")
    for stage in ("solution", "quote", "negotiation"):
        card.focus()
        page.keyboard.press("Shift+ArrowRight")
        lane = page.locator(f"[data-lane='{factories.the_stage(stage).pk}']")
        expect(lane.locator(".board-card")).to_be_focused()
        deal.refresh_from_db()
        assert deal.stage.code == stage
    page.keyboard.press("Shift+ArrowRight")
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("[name=with_order]")).to_be_checked()
    dialog.locator("button.btn-primary").press("Enter")
    expect(dialog).to_have_count(0)
    page.wait_for_load_state("networkidle")
    deal.refresh_from_db()
    order = Order.objects.get()
    assert (deal.status, deal.order, order.net_amount, order.status) == ("won", order, 600, "draft")
    visit(page, deal.get_absolute_url())
    assert_accessible(page)
    page.click(f".deal-foot a:has-text('{order.number}')")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    expect(page.locator("main")).to_contain_text("Lamps for the shop")
    visit(page, f"/deals/{deal.pk}/quote/")
    expect(page.locator(".sheet-total")).to_contain_text("600.00 CNY")
    assert_accessible(page)
    assert_fits(page)
    assert page.complaints == []
