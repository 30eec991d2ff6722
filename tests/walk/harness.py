"""What the walk needs: all pages of the resolver, forms as a browser would send them, and a watch over the database."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any

from django.db import connection, transaction
from django.test import RequestFactory
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver

# What may be written by somebody who is refused: who was refused, wrong passwords, the session.
MAY_BE_WRITTEN = re.compile(r"accounts_accesslog|axes_\w+|django_session|sqlite_sequence")
WRITING = re.compile(
    r"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO|MERGE\s+INTO)\s+[\"`]?(\w+)", re.I
)
READING = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA", "EXPLAIN", "BEGIN", "COMMIT")


def patterns() -> dict[str, str]:
    """Every address of the house: "app:name" (or the route where it has no name) -> route."""
    found: dict[str, str] = {}
    for names, route, pattern in _walk(get_resolver().url_patterns, (), ""):
        # The API has one address for several operations, and names the operations.
        is_named = pattern.name and "api" not in names
        found[":".join([*names, pattern.name]) if is_named else route] = route
    return found


def filled(route: str, arguments: dict[str, Any]) -> str:
    """The address of a route with its arguments."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(arguments[match[1]]), route)


def _walk(entries: list[Any], names: tuple[str, ...], prefix: str) -> Iterator[tuple[tuple[str, ...], str, URLPattern]]:
    for entry in entries:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            below = (*names, entry.namespace) if entry.namespace else names
            yield from _walk(entry.url_patterns, below, route)
        else:
            yield names, route, entry


@dataclass
class Watch:
    """The statements that wrote where nothing may be written."""

    written: list[str] = field(default_factory=list)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.lstrip().upper().startswith(READING):
            tables = WRITING.findall(sql)
            if not tables or not all(MAY_BE_WRITTEN.fullmatch(table) for table in tables):
                self.written.append(sql[:200])
        return execute(sql, params, many, context)


@contextmanager
def watched() -> Iterator[Watch]:
    watch = Watch()
    with connection.execute_wrapper(watch):
        yield watch


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    with transaction.atomic():
        mark = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(mark)


def contents() -> dict[str, str]:
    """A fingerprint of all rows of every table that a refusal must leave alone."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not MAY_BE_WRITTEN.fullmatch(table):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  (a table of ours)
                found[table] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    return found


def ask(
    method: str,
    address: str,
    cookies: str,
    sent: dict[str, Any] | None = None,
    *,
    query: str = "",
    is_json: bool = False,
) -> Any:
    """One request through all middleware. The test client would copy the context of every template besides."""
    factory = RequestFactory(HTTP_COOKIE=cookies)
    if is_json and sent is not None:
        request = factory.generic(method, address, json.dumps(sent, default=str), content_type="application/json")
    elif method == "POST":
        request = factory.post(address, sent or {})
    else:
        request = factory.generic(method, address, QUERY_STRING=query)
    return _handler()(request.environ)


@cache
def _handler() -> ClientHandler:
    """All middleware, made once: making it looks through every static file."""
    return ClientHandler(enforce_csrf_checks=False)


class _Forms(HTMLParser):
    """The POST forms of a page with the values a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self._form: dict[str, list[str]] | None = None
        self._select: tuple[str, bool] | None = None
        self._options: list[tuple[str, bool]] = []
        self._text: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self._form = {}
            if (given.get("method") or "").lower() == "post":
                self.forms.append(self._form)
        elif self._form is None or "disabled" in given:
            return
        elif tag == "input" and name:
            kind = (given.get("type") or "text").lower()
            if kind in {"checkbox", "radio"} and "checked" not in given:
                return
            if kind not in {"submit", "button", "file", "image", "reset"}:
                self._form.setdefault(name, []).append(given.get("value") or ("on" if kind == "checkbox" else ""))
        elif tag == "select" and name:
            self._select, self._options = (name, "multiple" in given), []
        elif tag == "option" and self._select:
            self._options.append((given.get("value") or "", "selected" in given))
        elif tag == "textarea" and name:
            self._text = (name, [])

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select" and self._select and self._form is not None:
            name, is_multiple = self._select
            chosen = [value for value, is_selected in self._options if is_selected]
            if not chosen and self._options and not is_multiple:
                chosen = [self._options[0][0]]
            self._form.setdefault(name, []).extend(chosen)
            self._select = None
        elif tag == "textarea" and self._text and self._form is not None:
            self._form.setdefault(self._text[0], []).append("".join(self._text[1]).removeprefix("\n"))
            self._text = None


def form_of(html: str) -> dict[str, Any]:
    """The longest POST form of a page, filled as it came."""
    parser = _Forms()
    parser.feed(html)
    return max(parser.forms, key=len, default={})
