"""A database is migrated once: every worker, and every later run, copies it while nothing that made it has changed.

Migrating takes ten seconds, a copy some hundredths of one. The key of what is kept is taken over everything that
decides what is in it: migrations, models and what they are built of, settings, receivers of `post_migrate`, versions.
"""

import contextlib
import fcntl
import hashlib
import sqlite3
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.backends.sqlite3.creation import DatabaseCreation as SQLiteCreation
from django.db.models.signals import post_migrate
from django.utils.functional import cached_property


class Kept:
    """What a database's own way of making a test database is mixed with."""

    folder: Path
    database: str  # the name in the settings, before it becomes that of the tests

    def create_test_db(
        self, verbosity: int = 1, autoclobber: bool = False, serialize: bool = True, keepdb: bool = False
    ) -> str:
        with one_at_a_time(self.folder / "lock"):
            if self.rows.exists() and self.is_kept():
                name = self._get_test_db_name()
                self.copy(name)
                self.connection._test_serialized_contents = self.rows.read_text()
            else:
                name = super().create_test_db(verbosity, autoclobber, serialize=True, keepdb=keepdb)
                self.forget()
                self.save(name)
                self.rows.write_text(self.connection._test_serialized_contents)
        self.connection.ensure_connection()
        return name

    @cached_property
    def key(self) -> str:
        return fingerprint()

    @property
    def rows(self) -> Path:
        """The rows as text, for tests that empty the tables; written last, so whatever is kept is whole."""
        return self.folder / f"{self.connection.vendor}-{self.key}.json"

    def turn_to(self, name: str) -> None:
        self.connection.close()
        settings.DATABASES[self.connection.alias]["NAME"] = name
        self.connection.settings_dict["NAME"] = name


class KeptFile(Kept, SQLiteCreation):
    @property
    def file(self) -> Path:
        return self.folder / f"sqlite-{self.key}.sqlite3"

    def is_kept(self) -> bool:
        return self.file.exists()

    def copy(self, name: str) -> None:
        self.turn_to(name)
        self.connection.ensure_connection()
        with contextlib.closing(sqlite3.connect(self.file)) as kept:
            kept.backup(self.connection.connection)

    def save(self, name: str) -> None:
        self.connection.ensure_connection()
        with contextlib.closing(sqlite3.connect(self.file)) as kept:
            self.connection.connection.backup(kept)

    def forget(self) -> None:
        for old in self.folder.glob("sqlite-*"):
            old.unlink()


def keep_in(folder: Path) -> None:
    """From now on the database of the tests is kept in the folder, or copied from what is kept there."""
    folder.mkdir(parents=True, exist_ok=True)
    if connection.vendor == "sqlite":
        connection.creation = KeptFile(connection)
    elif connection.vendor == "postgresql":
        from tests.database_postgresql import KeptTemplate

        connection.creation = KeptTemplate(connection)
    connection.creation.folder = folder
    connection.creation.database = str(connection.settings_dict["NAME"])


def migrated_file() -> Path | None:
    """The tables as the migrations made them, before any test wrote a row.

    None on other databases than SQLite, and where no test that was chosen wants a database, so that none was made.
    """
    made = connection.creation
    return made.file if isinstance(made, KeptFile) and made.rows.exists() else None


def fingerprint() -> str:
    """A key that is another one as soon as anything changes that decides what a migrated database holds."""
    found = hashlib.sha256(repr((sys.version, django.VERSION, sqlite3.sqlite_version)).encode())
    for file in sorted(sources()):
        found.update(str(file).encode() + file.read_bytes())
    return found.hexdigest()[:20]


def sources() -> set[Path]:
    modules = {settings.SETTINGS_MODULE, "crm.settings", __name__}
    files: set[Path] = set()
    for app in apps.get_app_configs():
        modules |= {cls.__module__ for cls in type(app).__mro__}
        files |= set((Path(app.path) / "migrations").glob("*.py"))
    for model in apps.get_models(include_auto_created=True):
        modules |= {cls.__module__ for cls in model.__mro__}
        modules |= {cls.__module__ for field in model._meta.get_fields() for cls in type(field).__mro__}
    for _key, receiver, *_rest in post_migrate.receivers:
        function = receiver() if isinstance(receiver, weakref.ReferenceType) else receiver
        modules |= {function.__module__} if function else set()
    files |= {Path(file) for name in modules if (file := getattr(sys.modules[name], "__file__", None))}
    return files


@contextlib.contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
