"""What somebody may not see in full is on no page and in no file, no question tells it, nothing sent changes it."""

import datetime
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.http import HttpResponseBase
from django.urls import reverse

from crm.accounts import policy
from crm.accounts.models import AccessRule, FieldRight, Role, Sensitivity
from crm.records import privacy, search, services
from crm.records.attributes import Type
from crm.records.kinds import Kind, kinds
from tests import factories
from tests.walk.harness import ask, filled, form_of, patterns, undone
from tests.walk.pages import pages
from tests.walk.world import World

pytestmark = pytest.mark.django_db
LISTED, FOUND = pages(), patterns()
PRYING = "prying"
LEVELS = ["hidden", "masked", "reveal"]

# field -> what is planted, and every way a page might write it
PLANTED: dict[str, tuple[Any, tuple[str, ...]]] = {
    "phone": ("+8613712349876", ("13712349876", "137 1234 9876", "1234 9876", "12349876")),
    "email": ("qzxverysecret@example.com", ("qzxverysecret",)),
    "address": ("77 Qzxhidden Lane", ("Qzxhidden",)),
    "postcode": ("QZX 9ZQ", ("QZX 9ZQ",)),
    "occupation": ("Qzxlighthouse keeper", ("Qzxlighthouse",)),
    "tax_number": ("QZX99887766X", ("99887766",)),
    "birth_date": (datetime.date(1931, 7, 19), ("1931-07-19", "Jul 1931", "July 1931", "19, 1931", "1931年")),
    "unit_cost": (Decimal("4711.3700"), ("4711.37", "4,711.37")),
    "income_band": ("very_high", ()),  # its words are those of other choices; asked for below
    "sex": ("other", ()),
}
SECRET = [(kind.key, each.key) for kind in kinds for each in kind.attributes if each.sensitivity != Sensitivity.PUBLIC]
WRITTEN = [(key, name) for key, name in SECRET if not kinds[key].attribute(name).is_computed and name != "age"]
# Files of others' making, pictures, and what somebody typed himself.
NOT_OURS = {"records:attachment_download", "accounts:logo", "records:import_file", "records:import_errors"}


def test_every_secret_field_is_planted():
    assert {kinds[key].attribute(name).source for key, name in WRITTEN} == set(PLANTED)


@contextmanager
def prying(world: World, level: str) -> Iterator[str]:
    """Somebody who sees and may change every record, but sees private fields only at this level."""
    with undone():
        cache.clear()
        role = Role.objects.create(code=PRYING, name="Prying", may_manage_analysis=True)
        every = {"view": "all", "change": "all", "delete": "all", "may_create": True, "may_export": True}
        AccessRule.objects.bulk_create(AccessRule(role=role, kind=key, **every) for key, _label in policy.kinds())
        FieldRight.objects.bulk_create(
            FieldRight(role=role, sensitivity=each, level=level) for each in Sensitivity if each != Sensitivity.PUBLIC
        )
        user = world.users[PRYING] = factories.a_user(role, username=PRYING, unit=world.here, region=world.region_here)
        session = SessionStore()
        session["_auth_user_id"] = str(user.pk)
        session["_auth_user_backend"] = "crm.accounts.backends.SignInBackend"
        session["_auth_user_hash"] = user.get_session_auth_hash()
        session.create()
        world.sessions[PRYING] = session.session_key
        for key, name in WRITTEN:
            for record in _holders(world, key):
                setattr(record, kinds[key].attribute(name).source, _planted(key, name))
                services.save(record, user=None)
        yield PRYING
        for record in (*world.records.values(), *world.things.values()):
            if hasattr(record, "refresh_from_db") and record.pk:
                record.refresh_from_db()


def _planted(key: str, name: str) -> Any:
    return PLANTED[kinds[key].attribute(name).source][0]


def _holders(world: World, key: str) -> list[Any]:
    others = {"customer": ["customer"], "product": ["product"]}.get(key, [])
    return [world.records[key], *(world.things[each] for each in others)]


def _text(response: HttpResponseBase) -> str:
    content = b"".join(response) if getattr(response, "streaming", False) else response.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            content = b"\n".join(parts.read(name) for name in parts.namelist())
    return content.decode(errors="replace")


def _told(text: str) -> list[str]:
    return sorted(needle for _value, needles in PLANTED.values() for needle in needles if needle in text)


@pytest.mark.whole
@pytest.mark.parametrize("level", LEVELS)
def test_no_page_or_file_shows_it(world: World, level: str):
    wrong, opened = [], 0
    with prying(world, level) as who:
        for name, page in sorted(LISTED.items()):
            if "GET" not in page.let_in or name in NOT_OURS:
                continue
            address = filled(FOUND[name], page.arguments(world)) if page.is_api else None
            address = address or reverse(name, kwargs=page.arguments(world))
            asked = page.query if isinstance(page.query, str) else page.query(world)
            with undone():
                response = ask("GET", address, world.cookies(who), query=asked, is_json=page.is_api)
                opened += response.status_code == 200
                wrong += [(name, needle) for needle in _told(_text(response))]
        for kind in kinds:
            seen = ",".join(each.key for each in privacy.columns(kind, world.users[who]))
            for address in (kind.url("list"), kind.url("export"), f"{kind.url('export')}?format=xlsx"):
                address, _mark, more = address.partition("?")
                response = ask("GET", address, world.cookies(who), query=f"columns={seen}&{more}")
                assert response.status_code == 200, (address, level)
                wrong += [(address, needle) for needle in _told(_text(response))]
    assert wrong == []
    assert opened > 150


@pytest.mark.whole
@pytest.mark.parametrize("level", ["hidden", "masked"])
def test_no_question_is_answered_about_it(world: World, level: str):
    wrong = []
    with prying(world, level) as who:
        plain: dict[str, int] = {}
        for key, name in SECRET:
            kind, attribute = kinds[key], kinds[key].attribute(name)
            value = _asked_for(key, name)
            rule = json.dumps({"all": [{"attribute": name, "op": "is", "value": str(value)}]})
            questions = [f"{name}={value}", f"{name}_empty=false", f"sort=-{name}", f"rule={rule}"]
            for address in (kind.url("list"), kind.url("export"), f"/api/v1/{kind.path}/"):
                if address not in plain:
                    plain[address] = _rows(_got(world, address))
                for question in [*questions, *([f"columns={name}"] if level == "hidden" else [])]:
                    answer = _got(world, address, question)
                    # A parameter that nobody knows may be passed over, but chooses nothing.
                    if answer.status_code != 400 and (answer.status_code != 200 or _rows(answer) != plain[address]):
                        wrong.append(f"{address}?{question}: {answer.status_code}")
            if attribute.type in {Type.TEXT, Type.LONG_TEXT}:
                asked = str(value)[-4:] if name == "phone" else str(value)
                found = json.loads(_got(world, f"/lookup/{key}/", f"q={asked}").content)["results"]
                if found or list(search.find(key, asked, world.users[who])):
                    wrong.append(f"{key}: {asked} finds {found}")
    assert wrong == []


def _asked_for(key: str, name: str) -> Any:
    if name == "age":
        return 94
    if kinds[key].attribute(name).is_computed:
        pairs = kinds[key].attribute(name).choice_pairs()
        return pairs[0][0] if pairs else 1
    return _planted(key, name)


def _got(world: World, address: str, query: str = "") -> Any:
    return ask("GET", address, world.cookies(PRYING), query=query, is_json=address.startswith("/api"))


def _rows(response: HttpResponseBase) -> int:
    """How many rows an answer has, told from its marks."""
    text = _text(response)
    return text.count("<tr") or text.count('"number"') or text.count("\n")


NEW = {"birth_date": "2001-01-01", "unit_cost": "1", "sex": "male", "income_band": "low"}


@pytest.mark.parametrize("level", ["masked", "reveal"])
def test_nothing_sent_changes_it(world: World, level: str):
    with prying(world, level):
        for key, name in WRITTEN:
            kind, record = kinds[key], world.records[key]
            source = kind.attribute(name).source
            new = NEW.get(source, "13900001111")
            before = getattr(type(record).objects.get(pk=record.pk), source)
            sent = {"name": "Renamed", "version": record.version, "type": "person", "price": "5", source: new}
            sent |= {"relation_class": "ordinary"} if key == "customer" else {}
            sent |= {"customer": record.customer_id} if key == "contact_person" else {}
            with undone():
                _sent(world, "POST", kind.url("update", record.pk), sent, 302)
                held = type(record).objects.get(pk=record.pk)
                assert (held.name, getattr(held, source)) == ("Renamed", before)
            cell = reverse(f"{kind.model._meta.app_label}:{kind.model_name}_cell", args=[record.pk, name])
            _sent(world, "PATCH", f"/api/v1/{kind.path}/{record.pk}", {name: new}, 422)
            _sent(world, "POST", cell, {source: new, "version": record.version}, 404)
            assert _got(world, cell).status_code == 404
            assert getattr(type(record).objects.get(pk=record.pk), source) == before


def _sent(world: World, method: str, address: str, sent: dict[str, Any], expected: int) -> None:
    answer = ask(method, address, world.cookies(PRYING), sent, is_json=address.startswith("/api"))
    assert answer.status_code == expected, (address, sent, answer.status_code)


def test_the_planted_values_are_there_for_those_who_may(world: World):
    """The other tests would pass as well if nothing had been planted."""
    with prying(world, "write"):
        shown = ""
        for key in ("customer", "contact_person", "product"):
            secret = ",".join(name for of, name in SECRET if of == key)
            shown += _text(_got(world, kinds[key].url("detail", world.records[key].pk)))
            shown += _text(_got(world, kinds[key].url("export"), f"columns={secret}"))
        assert {"Qzxhidden", "Qzxlighthouse", "qzxverysecret", "99887766", "1931-07-19", "4711.37"} <= set(_told(shown))
        assert {"13712349876", "137 1234 9876"} & set(_told(shown))


@pytest.mark.whole
@pytest.mark.parametrize("key", [kind.key for kind in kinds])
def test_a_form_changes_only_what_it_asks(world: World, key: str):
    """Every column of the model is sent, by every name; only what the form of the kind declares may change."""
    kind, record = kinds[key], world.records[key]
    columns = [each for each in kind.model._meta.concrete_fields if not each.primary_key]
    with undone():
        fields = set(kind.form_class(instance=record, user=world.users["administrator"]).fields)
        before = _columns(kind, record.pk)
        junk = {each.attname: _junk(each) for each in columns} | {each.name: _junk(each) for each in columns}
        shown = form_of(_text(ask("GET", kind.url("update", record.pk), world.cookies("administrator"))))
        sent = {**{name: value for name, value in junk.items() if name not in fields}, **shown}
        answer = ask("POST", kind.url("update", record.pk), world.cookies("administrator"), sent)
        assert answer.status_code == 302, answer.content[:2000]
        after = _columns(kind, record.pk)
        changed = {name for name in before if before[name] != after[name]}
        assert changed - OF_ANY_SAVE - fields - {f"{name}_id" for name in fields} == set()
        unknown = {name: value for name, value in junk.items() if name not in fields and name not in kind.by_key}
        for name, value in unknown.items():
            ask(
                "PATCH", f"/api/v1/{kind.path}/{record.pk}", world.cookies("administrator"), {name: value}, is_json=True
            )
        last = _columns(kind, record.pk)
        assert {name for name in after if after[name] != last[name]} - OF_ANY_SAVE == set()


OF_ANY_SAVE = {"version", "modified_at", "modified_by_id"}


def _columns(kind: Kind, pk: int) -> dict[str, Any]:
    return kind.model._default_manager.filter(pk=pk).values().get()


def _junk(field: Any) -> Any:
    if field.get_internal_type() in {"DateTimeField", "DateField"}:
        return "2001-02-03"
    if field.get_internal_type() in {"CharField", "TextField", "SlugField"}:
        return field.choices[-1][0] if field.choices else "junk"
    return "1"
