"""A live server and Chromium for the tests marked `browser`. Without Chromium they fail; they never skip."""

import contextlib
import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Error, Page

from crm.accounts.models import Role
from tests import factories
from tests.browser import driver

# Playwright's own loop makes Django believe that the tests are asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PASSWORD = "lotus-in-the-pond"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with driver.browser() as started:
        yield started


@pytest.fixture
def open_as(chromium: Browser, live_server) -> Iterator[Callable[..., Page]]:
    """`open_as(role, language=…, is_narrow=…, is_dark=…)`: a page signed in as a user of that role, its `page.user`."""
    factories.a_company()
    contexts = []

    def start(role: str = Role.ADMINISTRATOR, **screen: object) -> Page:
        user = factories.a_user(role, password=PASSWORD)
        context = driver.reader(chromium, live_server.url, **screen)
        contexts.append(context)
        page = context.new_page()
        page.user = user  # type: ignore[attr-defined]
        page.complaints = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
        driver.sign_in(page, user.username, PASSWORD)
        return page

    yield start
    for context in contexts:
        for page in context.pages:
            with contextlib.suppress(Error):  # what a page still fetches is answered while there is a database
                page.wait_for_load_state("networkidle", timeout=3000)
        context.close()
