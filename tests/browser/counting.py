"""Counting what a person has to do: clicks, keys pressed for their effect, fields filled.

    hands = Hands(page)
    hands.click(page.locator("…"))          # one click
    hands.press("Enter")                    # one key
    hands.type("Ada")                       # one field filled, however many letters
    assert (hands.clicks, hands.fields) == (2, 4)

Only what goes through `hands` happens, so a number that is asserted is what it takes.
"""

from playwright.sync_api import Locator, Page


class Hands:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = self.keys = self.fields = 0

    def click(self, place: Locator) -> None:
        self.clicks += 1
        place.click()

    def double_click(self, place: Locator) -> None:
        self.clicks += 2
        place.dblclick()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.keys += 1
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Into what has the focus."""
        self.fields += 1
        self.page.keyboard.type(text)

    def fill(self, place: Locator, text: str) -> None:
        """A field that is reached by Tab or shown already: filling it is one field, getting there no click."""
        self.fields += 1
        place.focus()
        place.fill(text)

    def select(self, place: Locator, value: str) -> None:
        self.fields += 1
        place.select_option(value)

    def find(self, name: str, text: str) -> None:
        """A relation found by typing and taken with Enter: one field."""
        self.fields += 1
        control = self.page.locator(f"#id_{name}-ts-control")
        control.focus()
        with self.page.expect_response(lambda answer: answer.url.endswith(f"q={text}")):
            control.press_sequentially(text)
        self.page.locator(".ts-dropdown:visible .option.active", has_text=text).wait_for()
        control.press("Enter")

    def tab_to(self, place: Locator, *, most: int = 80) -> None:
        """By Tab alone; fails where the keyboard does not get there."""
        for _step in range(most):
            self.press("Tab")
            if place.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"{most} times Tab do not reach {place}")
