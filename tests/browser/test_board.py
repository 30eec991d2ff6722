"""The board of complaints in the browser: by key, by mouse, with what is asked, and without scripts."""

import pytest
from playwright.sync_api import Page, expect

from crm.accounts.models import Role
from interactions.cases.models import Complaint
from tests import factories
from tests.browser.driver import assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def lane_of(page: Page, case: Complaint, code: str):
    return page.locator(f"[data-lane={code}] [data-card='{case.pk}']")


def test_a_card_is_moved_by_key_by_mouse_and_asked_for_its_outcome(open_as):
    case = factories.a_complaint(title="Broken cup")
    page = open_as(Role.ADMINISTRATOR)
    page.goto("/complaints/board/")
    page.wait_for_load_state("networkidle")
    assert_accessible(page)
    assert_fits(page)
    lane_of(page, case, "open").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(lane_of(page, case, "in_work")).to_be_focused()
    expect(page.locator("[data-board-says]")).to_contain_text("Broken cup")
    card, lane = lane_of(page, case, "in_work"), page.locator("[data-lane=waiting]")
    card.hover()
    page.mouse.down()
    place = lane.bounding_box()
    page.mouse.move(place["x"] + 90, place["y"] + 20, steps=12)
    page.mouse.up()
    expect(page.locator("[data-board-says]")).to_contain_text("Waiting for the customer")
    expect(lane_of(page, case, "waiting")).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=outcome]").select_option("solved")
    dialog.locator("button.btn-primary").click()
    expect(lane_of(page, case, "closed")).to_be_visible()
    page.wait_for_load_state("networkidle")
    case.refresh_from_db()
    assert (case.status, case.outcome) == ("closed", "solved")
    assert page.complaints == []


def test_two_quick_steps_are_two_steps(open_as):
    case = factories.a_complaint()
    page = open_as(Role.ADMINISTRATOR)
    page.goto("/complaints/board/")
    page.wait_for_load_state("networkidle")
    lane_of(page, case, "open").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(lane_of(page, case, "waiting")).to_be_focused()
    case.refresh_from_db()
    assert case.status == "waiting"
    assert page.complaints == []


def test_a_refusal_is_said_on_the_page_and_ends_the_steps_after_it(open_as):
    case = factories.a_complaint()
    page = open_as(Role.ADMINISTRATOR)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.goto("/complaints/board/")
    page.wait_for_load_state("networkidle")
    Complaint.objects.filter(pk=case.pk).update(version=9)  # somebody saved it meanwhile
    lane_of(page, case, "open").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("[data-toast=error]")).to_be_visible()
    expect(lane_of(page, case, "open")).to_be_focused()
    page.wait_for_load_state("networkidle")
    case.refresh_from_db()
    assert (case.status, asked) == ("open", [])


def test_a_dialog_that_is_left_puts_the_card_back(open_as):
    case = factories.a_complaint(status="waiting")
    page = open_as(Role.ADMINISTRATOR)
    page.goto("/complaints/board/")
    lane_of(page, case, "waiting").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.locator("dialog[open]").wait_for()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(lane_of(page, case, "waiting")).to_be_visible()
    case.refresh_from_db()
    assert case.status == "waiting"
