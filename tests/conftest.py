"""What all tests share."""

import contextlib
import sqlite3

import pytest
from django.db import connection

_MIGRATED = {}


@pytest.fixture(scope="session")
def migrated_file(django_db_setup):
    """The tables as the migrations made them, before any test wrote a row; None on other databases than SQLite."""
    return _MIGRATED.get("file")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, tmp_path_factory):
    """Migrating takes long: processes of their own get a copy."""
    if connection.vendor != "sqlite":
        return
    _MIGRATED["file"] = tmp_path_factory.mktemp("database") / "migrated.sqlite3"
    with django_db_blocker.unblock(), contextlib.closing(sqlite3.connect(_MIGRATED["file"])) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
