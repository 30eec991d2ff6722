"""The frame and the parts of every page, as a reader with a browser meets them."""

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.driver import assert_accessible, assert_fits

# Roles and lists of choices come with the migrations and must be there again for the next test.
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

PAGES = ["/customers/", "/customers/new/", "/orders/new/", "/complaints/new/", "/tasks/", "/search/?q=Ada", "/nowhere/"]


def visit(page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("screen", [{}, {"is_narrow": True}, {"is_dark": True}, {"language": "zh-hans"}], ids=str)
def test_pages_are_accessible_fit_and_raise_nothing(open_as, screen):
    customer = factories.a_customer(name="Ada Lovelace")
    factories.an_order(customer=customer)
    factories.a_complaint(customer=customer)
    page = open_as(**screen)
    for path in [*PAGES, customer.get_absolute_url()]:
        visit(page, path)
        assert_accessible(page)
        assert_fits(page)
    assert page.complaints == []


def test_dark_is_remembered_and_applied_before_the_page_is_painted(open_as):
    page = open_as()
    visit(page, "/customers/")
    page.click("[data-toggle-theme]")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto("/customers/", wait_until="commit")
    page.wait_for_selector("body")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_the_search_key_leads_to_the_search_box(open_as):
    page = open_as()
    visit(page, "/customers/")
    page.keyboard.press("Control+k")
    expect(page.locator("[data-search-box]")).to_be_focused()


def test_a_list_is_sorted_and_searched_in_place(open_as):
    for name in ("Ada", "Berta", "Clara"):
        factories.a_customer(name=name)
    page = open_as()
    visit(page, "/customers/")
    page.click("th a:has-text('Name')")
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Name")
    page.fill("#filter-q", "Berta")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    expect(page.locator("[data-list-count]")).to_have_text("1")
    assert "q=Berta" in page.url
    assert "sort=name" in page.url


def test_a_click_on_a_row_opens_its_record_beside_the_list(open_as):
    customer = factories.a_customer(name="Ada")
    page = open_as()
    visit(page, "/customers/")
    page.click("#results tbody tr td:first-child + td + td")
    expect(page.locator("#side-panel [data-panel-title]")).to_contain_text("Ada")
    assert page.url.endswith(f"/customers/?open={customer.pk}")
    page.click("#side-panel [data-panel-page-link]")
    page.wait_for_url(f"**{customer.get_absolute_url()}")


def test_changes_are_not_lost_without_a_question(open_as):
    page = open_as()
    visit(page, "/customers/new/")
    page.fill("[name=name]", "Ada")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.click(".crumbs a")
    page.wait_for_url("**/customers/")
    assert asked == ["beforeunload"]


def test_a_wrong_form_leads_to_its_fields(open_as):
    page = open_as()
    visit(page, "/customers/new/")
    page.click(".form-foot button.btn-primary")
    expect(page.locator(".form-summary")).to_be_focused()
    page.click(".form-summary a >> nth=0")
    assert page.evaluate("document.querySelector(':target') !== null")


def test_a_relation_is_found_by_typing(open_as):
    factories.a_customer(name="Ada Lovelace")
    factories.a_customer(name="Berta Benz")
    page = open_as()
    visit(page, "/complaints/new/")
    control = page.locator("#id_customer-ts-control")
    control.click()
    control.press_sequentially("Berta")
    expect(page.locator(".ts-dropdown:visible .option")).to_have_count(1)
    page.click(".ts-dropdown .option:has-text('Berta Benz')")
    expect(page.locator("#id_customer option:checked")).to_have_text("Berta Benz")


def test_order_lines_are_entered_by_keyboard(open_as):
    product = factories.a_product(name="Tea pot", price=25)
    page = open_as()
    visit(page, "/orders/new/")
    rows = page.locator("[data-lines] [data-line]:visible")
    before = rows.count()
    first = rows.nth(0).locator("[data-product]")
    first.focus()
    expect(page.locator(".offers .offer-code").first).to_have_text(product.number)
    first.fill(product.number)
    first.press("Tab")
    rows.nth(0).locator("[name$=-quantity]").fill("3")
    expect(page.locator("[data-lines-total]")).to_have_text("75.00")
    rows.nth(before - 1).locator("[name$=-description]").fill("Postage")
    expect(rows).to_have_count(before + 1)
    rows.nth(0).locator("[name$=-quantity]").press("Enter")
    expect(rows.nth(0).locator("[name$=-unit_price]")).to_be_focused()


def test_navigation_opens_and_closes_on_a_small_screen(open_as):
    page = open_as(is_narrow=True)
    visit(page, "/customers/")
    expect(page.locator("#sidebar")).not_to_be_visible()
    page.click(".top-burger")
    expect(page.locator("#sidebar")).to_be_visible()
    page.click(".side-link:has-text('Orders')")
    page.wait_for_url("**/orders/")


def test_pages_work_without_scripts(chromium, live_server, open_as):
    factories.a_customer(name="Ada")
    signed_in = open_as()
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(signed_in.context.cookies())
    page = context.new_page()
    page.goto("/customers/?q=Ada")
    assert page.locator("#results tbody tr").count() == 1
    page.click(".menu > summary.top-new")
    page.click(".menu-panel a:has-text('customer')")
    assert page.url.endswith("/customers/new/")
    context.close()


def test_the_palette_finds_and_opens_by_keyboard(open_as):
    customer = factories.a_customer(name="王小明")
    page = open_as()
    visit(page, "/orders/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]").first).to_be_visible()
    page.keyboard.type("wxm")
    expect(page.locator("#palette [role=option]", has_text="王小明")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette [aria-selected=true]")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{customer.get_absolute_url()}")

    page.keyboard.press("Control+k")
    page.keyboard.type("new compl")
    expect(page.locator("#palette [role=option]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/complaints/new/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
