"""How little it takes: what people do all day, with clicks, keys and fields counted."""

import re

import pytest
from playwright.sync_api import Page, expect

from crm.accounts.models import Role
from crm.jobs import services as jobs
from crm.jobs.models import Job
from crm.records import search
from customers.models import Customer
from interactions.cases.models import Complaint
from interactions.contacts.models import Interaction
from tests import factories
from tests.browser.counting import Hands
from tests.browser.driver import assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
PANEL = "#side-panel:not([hidden])"


def visit(page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")


def cell(page: Page, record, key: str):
    return page.locator(f"tr[data-row='{record.pk}'] > td[data-cell='{key}']")


@pytest.mark.parametrize("path", ["/", "/orders/", "/reports/"])
def test_a_call_is_logged_from_any_page_with_two_clicks_and_at_most_four_fields(open_as, path):
    page = open_as(Role.SALES_REP)
    customer = factories.a_customer(name="Ada Lovelace", owner=page.user)
    visit(page, path)
    hands = Hands(page)
    hands.click(page.locator(".top-new"))
    hands.click(page.locator("details.menu[open] .menu-item[href='/contacts/new/']"))
    page.wait_for_load_state("networkidle")
    hands.find("customer", "Ada")
    hands.fill(page.locator("#id_subject"), "Asked for samples")
    hands.fill(page.locator("#id_result"), "Samples to be sent")
    hands.press("Enter")
    page.wait_for_url(re.compile(r"/contacts/\d+/$"))
    contact = Interaction.objects.get()
    assert (contact.customer, contact.subject, contact.staff) == (customer, "Asked for samples", page.user)
    assert hands.clicks <= 2
    assert hands.fields <= 4
    assert page.complaints == []


def test_a_complaint_takes_at_most_six_fields(open_as):
    factories.an_opinion_type("delivery")
    factories.a_customer(name="Ada Lovelace")
    page = open_as(Role.SERVICE_AGENT)
    visit(page, "/tasks/")
    hands = Hands(page)
    hands.click(page.locator(".top-new"))
    hands.click(page.locator("details.menu[open] .menu-item[href='/complaints/new/']"))
    page.wait_for_load_state("networkidle")
    hands.fill(page.locator("#id_title"), "The parcel was wet")
    hands.find("customer", "Ada")
    hands.find("opinion_type", "Deliver")
    hands.select(page.locator("#id_severity"), "high")
    hands.fill(page.locator("#id_description"), "Two of three boxes")
    page.locator("#id_title").focus()
    hands.press("Enter")
    page.wait_for_url(re.compile(r"/complaints/\d+/$"))
    case = Complaint.objects.get()
    assert (case.title, case.severity, case.description) == ("The parcel was wet", "high", "Two of three boxes")
    assert hands.fields <= 6
    assert (hands.clicks, hands.keys) == (2, 1)


@pytest.mark.parametrize("text", ["小明", "5678"], ids=["two Chinese characters", "last four digits"])
def test_a_customer_is_found_from_any_page_by_keyboard(open_as, text):
    page = open_as(Role.ADMINISTRATOR)
    wanted = factories.a_customer(name="王小明", phone="+8613800005678")
    factories.a_customer(name="李大伟", phone="+8613800001234")
    visit(page, "/orders/")
    hands = Hands(page)
    hands.press("Control+k")
    hands.type(text)
    option = page.locator("#palette [role=option]", has_text="王小明")
    option.wait_for()
    expect(page.locator("#palette [role=option]", has_text="李大伟")).to_have_count(0)
    hands.press("ArrowDown", "Enter")
    page.wait_for_url(f"**{wanted.get_absolute_url()}")
    assert (hands.clicks, hands.keys, hands.fields) == (0, 3, 1)


def test_five_hundred_customers_get_another_owner_with_progress_and_undo(open_as):
    page = open_as(Role.ADMINISTRATOR)
    old, new = (factories.a_user(Role.SALES_REP, username=name) for name in ("before", "after"))
    Customer.objects.bulk_create(Customer(number=f"X-{at:06d}", name=f"Shop {at}", owner=old) for at in range(500))
    other = factories.a_customer(name="Somebody else's", owner=page.user)
    visit(page, f"/customers/?owner={old.pk}")
    hands = Hands(page)
    hands.select(page.locator("#bulk [name=rows]"), "all")
    hands.select(page.locator("#bulk [name=action]"), "assign:owner")
    hands.click(page.locator("#bulk button"))
    page.wait_for_load_state("networkidle")
    hands.select(page.locator("#id_value"), str(new.pk))
    hands.click(page.locator("form.form-page .btn-primary"))
    page.wait_for_url(re.compile(r"/bulk-changes/"))
    assert (hands.clicks, hands.fields) == (2, 3)
    pk = Job.objects.get(status="waiting").pk
    Job.objects.filter(pk=pk).update(status="running", done=250, total=500)  # a worker has come half way
    expect(page.locator("[role=progressbar]")).to_have_attribute("aria-valuenow", "50")
    Job.objects.filter(pk=pk).update(status="waiting", done=0)
    expect(page.locator("[role=progressbar]")).not_to_have_attribute("aria-valuenow", "50")
    jobs.run_waiting()
    expect(page.locator(".page-head-actions button", has_text="Undo")).to_be_visible()
    assert Customer.objects.filter(owner=new).count() == 500
    hands.click(page.locator(".page-head-actions button", has_text="Undo"))
    page.wait_for_load_state("networkidle")
    jobs.run_waiting()
    assert Customer.objects.filter(owner=old).count() == 500
    other.refresh_from_db()
    assert other.owner == page.user
    assert hands.clicks == 3


def test_two_people_edit_one_record_and_nothing_is_lost(open_as):
    """The second is shown both versions, in the panel as in a cell, and says which one stays."""
    first, second = open_as(Role.ADMINISTRATOR), open_as(Role.ADMINISTRATOR)
    customer = factories.a_customer(name="Ada", city="London", occupation="teacher")
    for page in (first, second):
        visit(page, f"/customers/?open={customer.pk}")
        page.click(f"{PANEL} .page-head-actions a[data-in-panel]")
        page.wait_for_selector(f"{PANEL} #panel_city")
    first.fill("#panel_city", "Bath")
    first.click(f"{PANEL} .form-foot .btn-primary")
    expect(first.locator(f"{PANEL} .page-head-title")).to_contain_text("Ada")
    second.fill("#panel_city", "York")
    second.fill("#panel_occupation", "poet")
    second.click(f"{PANEL} .form-foot .btn-primary")
    both = second.locator(f"{PANEL} [role=alert] tbody")
    expect(both).to_contain_text("York")
    expect(both).to_contain_text("Bath")
    expect(second.locator("#panel_occupation")).to_have_value("poet")
    customer.refresh_from_db()
    assert (customer.city, customer.occupation) == ("Bath", "teacher")
    second.click(f"{PANEL} .form-foot .btn-primary")
    expect(cell(second, customer, "city")).to_have_text("York")
    customer.refresh_from_db()
    assert (customer.city, customer.occupation) == ("York", "poet")

    for page in (first, second):
        visit(page, "/customers/")
        cell(page, customer, "city").dblclick()
        page.wait_for_selector("[data-cell-form] input[name=city]")
    first.keyboard.type("Leeds")
    first.keyboard.press("Enter")
    expect(cell(first, customer, "city")).to_have_text("Leeds")
    second.keyboard.type("Hull")
    second.keyboard.press("Enter")
    expect(second.locator(".cell-both")).to_contain_text("Hull")
    expect(second.locator(".cell-both")).to_contain_text("Leeds")
    assert_accessible(second)
    second.keyboard.press("Enter")  # "Keep mine" has the focus
    expect(cell(second, customer, "city")).to_have_text("Hull")
    customer.refresh_from_db()
    assert (customer.city, customer.occupation) == ("Hull", "poet")
    assert first.complaints == second.complaints == []


def test_a_list_is_worked_through_by_keyboard_alone(open_as):
    """Walk the cells, change two of them, open a record beside the list, step on, come back where one was."""
    page = open_as(Role.ADMINISTRATOR)
    clara, berta, ada = (factories.a_customer(name=name, city="London") for name in ("Clara", "Berta", "Ada"))
    visit(page, "/customers/?columns=name,city,relation_class")
    hands = Hands(page)
    hands.tab_to(page.locator("tr[data-row] > td[tabindex='0']"))
    hands.press("ArrowDown", "ArrowRight")
    expect(cell(page, berta, "city")).to_be_focused()
    hands.press("Enter")
    page.wait_for_selector("[data-cell-form] input[name=city]:focus")
    hands.type("Bath")
    hands.press("Enter")
    expect(cell(page, berta, "city")).to_have_text("Bath")
    expect(cell(page, berta, "city")).to_be_focused()
    expect(page.locator("#said")).to_have_text("Saved: City")
    hands.press("Enter")
    page.wait_for_selector("[data-cell-form] input:focus")
    hands.type("Nowhere")
    hands.press("Escape")
    expect(cell(page, berta, "city")).to_have_text("Bath")
    hands.press("ArrowLeft", "Enter")
    expect(page.locator(f"{PANEL} [data-panel-title]")).to_have_text("BBerta")
    hands.press("j")
    expect(page.locator(f"{PANEL} [data-panel-title]")).to_have_text("CClara")
    assert page.url.endswith(f"open={clara.pk}")
    assert_accessible(page)
    hands.press("k", "k")
    expect(page.locator(f"{PANEL} [data-panel-title]")).to_have_text("AAda")
    hands.press("Escape")
    expect(page.locator("#side-panel")).to_be_hidden()
    expect(page.locator(f"tr[data-row='{ada.pk}'] > td.cell-first")).to_be_focused()
    assert "open=" not in page.url
    berta.refresh_from_db()
    assert (berta.city, berta.version, hands.clicks) == ("Bath", 2, 0)
    assert page.complaints == []


def test_the_panel_keeps_the_place_and_takes_a_contact_without_leaving(open_as):
    page = open_as(Role.SALES_REP)
    for at in range(30):
        factories.a_customer(name=f"Shop {at:02d}", owner=page.user)
    visit(page, "/customers/?sort=name")
    page.click("tr[data-row]:has-text('Shop 24') a")
    panel = page.locator(PANEL)
    expect(panel.locator("[data-panel-title]")).to_contain_text("Shop 24")
    assert panel.locator("[data-panel-step='1']").is_enabled()
    page.keyboard.press("j")  # the first of the next page
    expect(panel.locator("[data-panel-title]")).to_contain_text("Shop 25")
    expect(page.locator("tr.is-open")).to_contain_text("Shop 25")
    assert "page=2" in page.url
    panel.locator("form[action$='/log/'] [name=subject]").fill("Asked for samples")
    panel.locator("form[action$='/log/'] button.btn-primary").click()
    expect(panel.locator(".time-title", has_text="Asked for samples")).to_be_visible()
    expect(page.locator("tr.is-open")).to_contain_text("Shop 25")
    contact = Interaction.objects.get()
    assert (contact.subject, contact.customer.name) == ("Asked for samples", "Shop 25")
    panel.locator("[data-cell=city] .cell-pencil, [data-cell=phone] .cell-pencil, .cell-pencil").first.focus()
    assert page.complaints == []


def test_what_was_typed_in_the_panel_is_not_lost_without_a_question(open_as):
    page = open_as(Role.SALES_REP)
    customer = factories.a_customer(name="Ada", owner=page.user)
    visit(page, f"/customers/?open={customer.pk}")
    panel = page.locator(PANEL)
    panel.locator("form[action$='/log/'] [name=subject]").fill("Half a thought")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.click("[data-panel-close]")
    expect(panel.locator("form[action$='/log/'] [name=subject]")).to_have_value("Half a thought")
    assert asked == ["confirm"]


@pytest.mark.parametrize("screen", [{"is_narrow": True}, {"is_dark": True}, {"language": "zh-hans"}], ids=str)
def test_cells_panel_and_quick_filters_are_accessible_on_every_screen(open_as, screen):
    page = open_as(Role.ADMINISTRATOR, **screen)
    customer = factories.a_customer(name="Ada", city="London", owner=page.user)
    visit(page, "/customers/")
    page.locator("a[data-quick]").first.click()
    page.wait_for_url("**/customers/?owner=me")
    expect(page.locator("a[data-quick][aria-current]")).to_have_count(1)
    expect(page.locator(".pill")).to_have_count(0)
    assert_accessible(page)
    assert_fits(page)
    if screen.get("is_narrow"):
        page.locator("tr[data-row] a").first.click()
        page.wait_for_url(f"**{customer.get_absolute_url()}")
        page.locator("dd[data-cell=city] .cell-pencil").click()
    else:
        page.locator("tr[data-row] a").first.click()
        page.wait_for_selector(f"{PANEL} [data-panel-title]")
        page.locator(f"{PANEL} dd[data-cell=city] .cell-pencil").focus()
        page.keyboard.press("Enter")
    page.wait_for_selector("dd[data-cell=city] input[name=city]")
    assert_accessible(page)
    assert_fits(page)
    page.keyboard.press("Escape")
    if not screen.get("is_narrow"):
        page.keyboard.press("Escape")
        expect(page.locator("#side-panel")).to_be_hidden()
        page.locator("a[data-quick][aria-current]").click()
        expect(page.locator("a[data-quick][aria-current]")).to_have_count(0)
    assert page.complaints == []


def test_without_scripts_a_list_leads_to_its_pages(chromium, live_server, open_as):
    signed_in = open_as(Role.ADMINISTRATOR)
    customer = factories.a_customer(name="Ada", city="London", owner=signed_in.user)
    search.index("customer", [customer])
    context = chromium.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=signed_in.context.storage_state()
    )
    page = context.new_page()
    page.goto("/customers/")
    page.click("a[data-quick] >> nth=0")
    assert page.url.endswith("?owner=me")
    page.click("tr[data-row] a")
    assert page.url.endswith(customer.get_absolute_url())
    page.click("dd[data-cell=city] .cell-pencil")
    assert page.url.endswith(f"/customers/{customer.pk}/edit/#id_city")
    context.close()
