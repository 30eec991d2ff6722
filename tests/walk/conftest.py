from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseNotFound
from django.test import override_settings

from crm import urls
from crm.records.custom import registry
from tests.walk import imports
from tests.walk import world as worlds


@pytest.fixture(scope="module")
def walked_world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[worlds.World]:
    """One company for the whole walk, taken back at its end: every page is walked in a savepoint of its own."""
    uploads: Path = tmp_path_factory.mktemp("uploads")
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # The page that says "not found" has its own test; here it would be drawn some thousand times.
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(urls, "handler404", lambda request, exception: HttpResponseNotFound(), raising=False)
    changed = override_settings(
        MEDIA_ROOT=uploads, DATA_DIR=uploads, PASSWORD_HASHERS=hashers, ACCOUNT_RATE_LIMITS=False
    )
    with django_db_blocker.unblock(), changed, transaction.atomic():
        world = worlds.build()
        imports.build(world)
        yield world
        transaction.set_rollback(True)
    registry.forget()
    monkeypatch.undo()


@pytest.fixture
def world(walked_world: worlds.World, django_db_blocker: Any) -> Iterator[worlds.World]:
    with django_db_blocker.unblock():
        yield walked_world
