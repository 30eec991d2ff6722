"""Chromium for the browser tests and the pictures: how it is started, how a user signs in, what axe finds."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / ".assets" / "axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
]
SERIOUS = {"serious", "critical"}
WIDE = {"width": 1280, "height": 860}
NARROW = {"width": 390, "height": 844}


class NoBrowser(RuntimeError):
    """Browser tests never skip: a machine without Chromium fails them and says so."""


def chromium() -> str:
    """Path of the machine's Chromium, or of the one named by CHROMIUM."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not found or not Path(found).exists():
        raise NoBrowser("Chromium is needed: install it, or say where it is with CHROMIUM=/path/to/it.")
    return found


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            yield started
        finally:
            started.close()


def reader(
    started: Browser, address: str, *, language: str = "en", is_narrow: bool = False, is_dark: bool = False
) -> BrowserContext:
    """A fresh visitor with a language, a screen and a taste for light or dark."""
    context = started.new_context(
        base_url=address,
        viewport=NARROW if is_narrow else WIDE,
        device_scale_factor=2 if is_narrow else 1,
        is_mobile=is_narrow,
        has_touch=is_narrow,
        color_scheme="dark" if is_dark else "light",
        reduced_motion="reduce",
        locale={"en": "en-GB", "zh-hans": "zh-CN", "zh-hant": "zh-TW"}[language],
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    return context


def sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", password)
    page.click("main button:not([type=button])")
    page.wait_for_load_state("networkidle")
    if "/accounts/login/" in page.url:
        raise AssertionError(f"{username} could not sign in.")


def findings(page: Page) -> list[str]:
    """What axe calls serious or critical on the page, one line each with the places."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    report = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']} ({each['impact']}): {each['help']} — "
        + "; ".join(" ".join(map(str, node["target"])) for node in each["nodes"][:5])
        for each in report["violations"]
        if each["impact"] in SERIOUS
    ]


def assert_accessible(page: Page) -> None:
    found = findings(page)
    assert not found, f"{page.url}\n" + "\n".join(found)


def sideways(page: Page) -> int:
    """By how many pixels the page itself scrolls sideways; tables scroll in their own box instead."""
    return page.evaluate("Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)")


def assert_fits(page: Page) -> None:
    assert sideways(page) == 0, f"{page.url} scrolls sideways by {sideways(page)} pixels."
