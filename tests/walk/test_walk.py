"""Every address x role x method: who is let in, who is refused and how, and that a refusal leaves no trace.

`make test` has everybody refused by the methods a page knows, and one of those who may let in. With WALK=whole, as
`.ci/run` and `make test-slow` set it, everybody who may is let in, and every method is tried.
"""

import os
import re
import zlib
from collections.abc import Iterable
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponseBase
from django.urls import reverse

from tests.walk.harness import ask, contents, filled, form_of, patterns, undone, watched
from tests.walk.pages import METHODS, ROLE_OF, SIGNED_IN, Page, pages
from tests.walk.world import ANONYMOUS, STRANGER, World

LOGIN = reverse("account_login")
LISTED = pages()
FOUND = patterns()
WHOLE = os.environ.get("WALK") == "whole"


def test_every_address_is_listed():
    found = FOUND
    assert sorted(set(found) - set(LISTED)) == [], "addresses that tests/walk/pages.py does not know"
    assert sorted(set(LISTED) - set(found)) == [], "addresses that no longer exist"


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(LISTED))
def test_page(name: str, world: World):
    cache.clear()  # tries per minute are counted there
    page = LISTED[name]
    address = filled(FOUND[name], page.arguments(world)) if page.is_api else reverse(name, kwargs=page.arguments(world))
    wrong = _refused(page, address, world) + _let_in(page, address, world)
    assert wrong == []


def _refused(page: Page, address: str, world: World) -> list[str]:
    """Walk all refusals in a row; then look what is left of them."""
    wrong = []
    sent = _sent(page, address, world)
    with undone():
        before = contents()
        with watched() as watch:
            for method in METHODS:
                for who in _tried(page, method):
                    expected = _refusals(page, method, who)
                    response = _ask(world, who, method, address, page, sent)
                    if not _is_refused(response, expected):
                        wrong.append(f"{who} {method} {address}: {response.status_code}, not {expected}")
        wrong += [f"{address}: a refusal ran {sql}" for sql in watch.written]
        after = contents()
        wrong += [f"{address}: a refusal changed {table}" for table in before if before[table] != after.get(table)]
    return wrong


def _tried(page: Page, method: str) -> list[str]:
    """Everybody who is not let in; by a method the page does not know, one of those who are and two strangers do."""
    if method in page.unchecked:
        return []
    allowed = page.let_in.get(method)
    if allowed is None and not WHOLE and (method != "DELETE" or not page.let_in):
        return []
    if allowed is None:
        insiders = [who for group in page.let_in.values() for who in group if who != ANONYMOUS]
        return [ANONYMOUS, STRANGER, *insiders[:1]]
    return [who for who in _one_of_each_role(page, (ANONYMOUS, *SIGNED_IN)) if who not in allowed]


def _refusals(page: Page, method: str, who: str) -> set[int]:
    """How somebody is refused: visitors are sent to sign in, others find nothing or a wrong method."""
    is_public = any(ANONYMOUS in allowed for allowed in page.let_in.values())
    if not page.let_in:
        return {404} if method in {"GET", "POST"} else {404, 405}
    if who == ANONYMOUS and not is_public:
        return ({401} if method in page.let_in else {401, 405}) if page.is_api else {302}
    if method in page.let_in:
        return {404}
    is_let_in = any(who in allowed for allowed in page.let_in.values())
    return {405} if is_let_in else {404, 405}


def _is_refused(response: HttpResponseBase, expected: set[int]) -> bool:
    if response.status_code not in expected:
        return False
    return response.status_code != 302 or response.headers["Location"].startswith(LOGIN)


def _let_in(page: Page, address: str, world: World) -> list[str]:
    """Each of those who may, on their own: the form that a GET shows them is what they POST."""
    wrong = []
    for who in _tried_who_may(page, address):
        world.asking, shown = who, {}
        for method in (each for each in page.let_in if who in page.let_in[each]):
            with undone():
                response = _ask(world, who, method, address, page, {**shown, **page.sends(world)})
                if response.status_code not in page.answer(method):
                    said = f"{response.status_code}, not {page.answer(method)}{_errors(response)}"
                    wrong.append(f"{who} {method} {address}: {said}")
                elif response.status_code == 302 and who != ANONYMOUS and _is_sent_to_sign_in(response):
                    wrong.append(f"{who} {method} {address}: sent to sign in")
                elif method == "GET" and page.is_form:
                    shown = _shown(response)
    return wrong


def _one_of_each_role(page: Page, everybody: Iterable[str]) -> list[str]:
    """Where a page makes no difference within a role, one of the role goes for all."""
    chosen: dict[Any, str] = {}
    for who in sorted(everybody):
        role = ROLE_OF.get(who, who)
        of_role = {each for each in ROLE_OF if ROLE_OF[each] == role}
        is_whole = all(of_role <= set(group) or not of_role & set(group) for group in page.let_in.values())
        chosen.setdefault(role if is_whole else who, who)
    return list(chosen.values())


def _tried_who_may(page: Page, address: str) -> list[str]:
    """One of each role; where the walk is not whole, one for each method, another one on each page."""
    if WHOLE:
        return _one_of_each_role(page, {who for group in page.let_in.values() for who in group})
    groups = {method: _one_of_each_role(page, group) for method, group in page.let_in.items() if group}
    return sorted({group[zlib.crc32(f"{method}{address}".encode()) % len(group)] for method, group in groups.items()})


def _is_sent_to_sign_in(response: HttpResponseBase) -> bool:
    return response.headers["Location"].startswith(f"{LOGIN}?")


def _sent(page: Page, address: str, world: World) -> dict[str, Any]:
    """What somebody who may would send: the form as it came, with the new values over it."""
    allowed = page.let_in.get("POST", ())
    world.asking = next(iter(allowed), ANONYMOUS)
    shown: dict[str, Any] = {}
    if page.is_form and allowed:
        with undone():
            shown = _shown(ask("GET", address, world.cookies(world.asking)))
    return {**shown, **page.sends(world)}


def _shown(response: HttpResponseBase) -> dict[str, Any]:
    fields = form_of(getattr(response, "content", b"").decode())
    fields.pop("csrfmiddlewaretoken", None)
    return fields


def _ask(world: World, who: str, method: str, address: str, page: Page, sent: dict[str, Any]) -> HttpResponseBase:
    asked = page.query if isinstance(page.query, str) else page.query(world)
    query = asked if method == "GET" else ""
    body = sent if method in {"POST", "PATCH"} and method in page.let_in else None
    response = ask(method, address, world.cookies(who), body, query=query, is_json=page.is_api)
    if getattr(response, "streaming", False):
        list(response)  # a file writes its log while it is read
    return response


def _errors(response: HttpResponseBase) -> str:
    """What was wrong with a form, to see at once why a permitted twin failed."""
    text = getattr(response, "content", b"").decode()
    summary = re.findall(r'(?s)<div class="form-summary".*?</div>|class="invalid-feedback">.*?</', text)
    return " " + " ".join(re.sub(r"<[^>]*>|\s+", " ", each) for each in summary)[:300]
