"""The grid of an order's lines by keyboard alone: how it feels, and how few keys it takes."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from crm.accounts.models import Role
from interactions.orders.models import Order
from tests import factories
from tests.browser.driver import assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

MOST_KEYS = 40


class Keyboard:
    """Hands on the keys: what is typed as text is not counted, every other key is, and a modifier as one more."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.pressed += key.count("+") + 1
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text, delay=8)


def the_grid(open_as, **screen):
    """A page on the form of a new order of Ada's, the cursor in the first product."""
    page = open_as(Role.SALES_REP, **screen)
    ada = factories.a_customer(name="Ada Lovelace", owner=page.user)
    page.goto(f"/orders/new/?customer={ada.pk}")
    page.wait_for_load_state("networkidle")
    expect(cell(page, 0, "product")).to_be_focused()
    return page, ada


def cell(page: Page, row: int, name: str):
    return page.locator("[data-line]:visible").nth(row).locator(f"[name$=-{name}]")


def test_an_order_of_five_lines_takes_few_keys_from_the_list_to_the_saved_order(open_as):
    wanted = [
        (factories.a_product(number=f"TEA-{number}", name=f"Tea {number}", price=10 * number), str(number + 1))
        for number in range(1, 6)
    ]
    page = open_as(Role.SALES_REP)
    factories.a_customer(name="Ada Lovelace", owner=page.user)
    page.goto("/orders/")
    page.wait_for_load_state("networkidle")
    keys = Keyboard(page)
    keys.press("n")
    page.wait_for_url(re.compile(r"/orders/new/$"))
    expect(page.locator("#id_customer-ts-control")).to_be_focused()
    keys.type("Ada")
    expect(page.locator(".ts-dropdown:visible .option.active")).to_contain_text("Ada Lovelace")
    keys.press("Enter")
    expect(cell(page, 0, "product")).to_be_focused()
    for at, (product, quantity) in enumerate(wanted):
        keys.type(product.number)
        keys.press("Enter")
        keys.type(quantity)
        if at < len(wanted) - 1:
            keys.press("Enter", "Enter", "Enter")
    expect(page.locator("[data-lines-total]")).to_have_text("700.00")
    keys.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    order = Order.objects.get()
    assert [(line.product, f"{line.quantity:.0f}") for line in order.lines.all()] == wanted
    assert order.net_amount == Decimal(700)
    assert keys.pressed <= MOST_KEYS
    assert keys.pressed == 21  # n, the customer, four keys a line and one in the last, Ctrl and Enter
    assert page.complaints == []


def test_a_line_goes_and_another_comes_and_nothing_is_lost_on_the_way(open_as):
    for code in ("CUP", "POT", "JUG"):
        factories.a_product(number=code, name=f"The {code.lower()}", price=5)
    page, _ada = the_grid(open_as)
    keys = Keyboard(page)
    for code in ("CUP", "POT", "JUG"):
        keys.type(code)
        keys.press("Enter", "Enter", "Enter", "Enter")
    expect(page.locator("[data-lines-total]")).to_have_text("15.00")
    keys.press("Shift+Enter")
    expect(cell(page, 2, "product")).to_be_focused()
    keys.press("Alt+Delete")
    expect(page.locator("[data-lines-total]")).to_have_text("10.00")
    cell(page, 1, "quantity").focus()
    keys.press("ArrowUp")
    expect(cell(page, 0, "quantity")).to_be_focused()
    keys.type("4")
    expect(page.locator("[data-lines-total]")).to_have_text("25.00")
    keys.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    lines = Order.objects.get().lines.all()
    assert [(line.product.number, line.quantity) for line in lines] == [("CUP", 4), ("POT", 1)]
    assert page.complaints == []


def test_the_list_under_a_product_shows_price_reason_and_stock(open_as):
    tea = factories.a_product(number="TEA", name="Green tea", name_zh_hans="绿茶", price=100)
    factories.a_stock_movement(12, product=tea)
    factories.a_price_rule(8, name="Spring", product=tea, valid_from=timezone.localdate() - timedelta(days=1))
    page, _ada = the_grid(open_as)
    keys = Keyboard(page)
    keys.type("绿茶")
    option = page.locator(".offers [role=option][aria-selected=true]")
    for text in ("TEA", "12 in stock", "92.00", "Spring −8 %"):
        expect(option).to_contain_text(text)
    assert_accessible(page)
    keys.press("Tab")
    expect(cell(page, 0, "product")).to_have_value("TEA")
    expect(cell(page, 0, "discount")).to_have_value("8")
    expect(page.locator("[data-line-reason]").first).to_have_text("Spring −8 %")
    expect(page.locator("[data-lines-total]")).to_have_text("92.00")
    expect(page.locator("[data-lines-discount]")).to_have_text("-8.00")
    cell(page, 0, "quantity").fill("13")
    expect(page.locator("[data-line-stock]").first).to_have_class(re.compile("is-short"))
    cell(page, 0, "discount").fill("3")
    expect(page.locator("[data-line-reason]").first).to_have_text("")
    assert page.complaints == []


def test_what_is_no_product_is_said_and_kept(open_as):
    page, _ada = the_grid(open_as)
    keys = Keyboard(page)
    keys.type("nothing of the kind")
    keys.press("Enter")
    expect(page.locator("[data-line-product]").first).to_have_text("There is no such product.")
    keys.press("Control+Enter")
    expect(page.locator(".text-danger", has_text="There is no product")).to_be_visible()
    expect(cell(page, 0, "product")).to_have_value("nothing of the kind")
    assert page.complaints == []


def test_a_line_comes_back_with_two_clicks(open_as):
    page = open_as(Role.SALES_REP)
    customer = factories.a_customer(owner=page.user)
    order = factories.an_order([(3, 100), (1, 250)], customer=customer, staff=page.user)
    page.goto(order.get_absolute_url())
    page.locator(".line-return > summary").first.click()
    page.locator("[name=note]:visible").fill("Handle came off")
    page.get_by_role("button", name="Record the return").click()
    expect(page.locator("[data-net-amount]")).to_contain_text("450.00")
    expect(page.locator("#after-sales-title .count")).to_have_text("1")
    assert_accessible(page)
    assert page.complaints == []


@pytest.mark.parametrize("is_dark", [False, True])
def test_the_grid_fits_a_small_screen(open_as, is_dark):
    factories.a_product(number="TEA", name="Green tea", price=100)
    page, _ada = the_grid(open_as, is_narrow=True, is_dark=is_dark)
    Keyboard(page).type("TEA")
    expect(page.locator(".offers [role=option]")).to_have_count(1)
    assert_fits(page)
    assert_accessible(page)
    assert page.complaints == []
